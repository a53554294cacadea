package formula_test

import (
	"math/rand"
	"testing"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/internal/randprog"
)

func TestPrint(t *testing.T) {
	p := parse(t, `
		hyper lr = 1e-3 (0, inf), mode = b {a, b}; hyper d = inf (0,inf]
		state m, v = 1e-6; state row r; scalar s = lr
		global scalar k = 2
		m = (g)*((2))
		w = w - lr*(m - v)   # the step
		eval x = w + m`)
	want := `hyper lr = 0.001 (0,inf)
hyper mode = b {a, b}
hyper d = inf (0,inf]
state m
state v = 1e-6
state row r
scalar s = lr
global scalar k = 2
m = g*2
w = w - lr*(m - v)
eval x = w + m
`
	if p.String() != want {
		t.Errorf("printed\n%s\nexpected\n%s", p, want)
	}
	roundTrip(t, p)
	for _, text := range []string{adam, nag} {
		roundTrip(t, parse(t, text))
	}
}

func roundTrip(t *testing.T, p *formula.Program) {
	t.Helper()
	text := p.String()
	q, err := formula.Parse("printed", text)
	if err != nil {
		t.Fatalf("the printed program is none:\n%s\n%v", text, err)
	}
	if !same(p, q) || q.String() != text {
		t.Fatalf("printed\n%s\nand parsed and printed again\n%s", text, q)
	}
}

func TestPrintRandom(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for range 500 {
		roundTrip(t, randprog.Program(r, randprog.Options{Grad: true, Depth: 2 + r.Intn(4)}))
	}
}

// Equal tells programs apart that differ in one place.
func TestEqual(t *testing.T) {
	x := func(text string) *formula.Expr { return parse(t, "w = "+text).Body[0].X }
	for _, pair := range [][2]string{{"w + g", "w - g"}, {"w + 1", "w + 2"}, {"w", "g"}, {"abs(w)", "sign(w)"}, {"max(w, g)", "max(w)"}} {
		if x(pair[0]).Equal(x(pair[1])) || !x(pair[0]).Equal(x("  "+pair[0])) {
			t.Errorf("%s and %s", pair[0], pair[1])
		}
	}
	var none *formula.Expr
	if !none.Equal(nil) || none.Equal(x("w")) || x("w").Equal(nil) {
		t.Error("nil is equal to nil only")
	}
}
