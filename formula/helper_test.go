package formula_test

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/descent-go/descent/formula"
)

const adam = `
	hyper lr = 0.001, beta1 = 0.9 [0,1), beta2 = 0.999, eps = 1e-8, wd = 0
	state m, v

	g = g + wd*w
	m = beta1*m + (1-beta1)*g
	v = beta2*v + (1-beta2)*g^2
	w = w - lr * (m/(1-beta1^t)) / (sqrt(v/(1-beta2^t)) + eps)
`

const nag = `
	hyper lr = 0.01, momentum = 0.9
	state v
	v = momentum*v - lr*grad(w + momentum*v)
	w = w + v
`

func parse(t *testing.T, text string) *formula.Program {
	t.Helper()
	p, err := formula.Parse("mine", text)
	if err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	return p
}

func mistake(t *testing.T, text string) *formula.Error {
	t.Helper()
	_, err := formula.Parse("mine", text)
	var e *formula.Error
	if !errors.As(err, &e) {
		t.Fatalf("no *Error for\n%s\ngot %v", text, err)
	}
	return e
}

// same reports whether two programs differ only in places and name.
func same(p, q *formula.Program) bool { return reflect.DeepEqual(stripped(p), stripped(q)) }

func stripped(p *formula.Program) formula.Program {
	c := formula.Program{}
	for _, h := range p.Hypers {
		h.Pos = formula.Pos{}
		c.Hypers = append(c.Hypers, h)
	}
	for _, s := range p.States {
		c.States = append(c.States, formula.State{Name: s.Name, Kind: s.Kind, Init: placeless(s.Init)})
	}
	for _, s := range p.Body {
		c.Body = append(c.Body, formula.Stmt{Name: s.Name, X: placeless(s.X)})
	}
	if p.Eval != nil {
		c.Eval = &formula.Stmt{Name: p.Eval.Name, X: placeless(p.Eval.X)}
	}
	return c
}

func placeless(e *formula.Expr) *formula.Expr {
	if e == nil {
		return nil
	}
	return e.Map(func(x *formula.Expr) *formula.Expr {
		return &formula.Expr{Op: x.Op, Value: x.Value, Name: x.Name, Args: x.Args}
	})
}

// body is the program's statements as text, one a line.
func body(p *formula.Program) string {
	var lines []string
	for _, s := range p.Body {
		lines = append(lines, s.String())
	}
	return strings.Join(lines, "\n")
}

func near(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %v, expected %v", what, got, want)
	}
	for i := range got {
		if got[i] != want[i] && !(math.Abs(got[i]-want[i]) <= 1e-12*(1+math.Abs(want[i]))) {
			t.Fatalf("%s: %v, expected %v", what, got, want)
		}
	}
}
