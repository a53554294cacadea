package engine

import (
	"flag"
	"fmt"
	"hash/fnv"
	"os"
	"strings"
	"testing"

	"github.com/descent-go/descent/internal/plan"
)

var update = flag.Bool("update", false, "write testdata/golden.txt anew")

// goldens are programs whose results have the same bits on every platform and
// for every GOAMD64.
var goldens = []struct{ name, text string }{
	{"sgd", "hyper lr = 0.1, momentum = 0.9, wd = 0.01\nstate v\nv = momentum*v - lr*(g + wd*w)\nw = w + v"},
	{"adam", "hyper lr = 0.1, b1 = 0.9, b2 = 0.999\nstate m, v\nm = b1*m + (1-b1)*g; v = b2*v + (1-b2)*g^2; w = w - lr*(m/(1-b1^t))/(sqrt(v/(1-b2^t)) + 1e-8)"},
	{"exp", "hyper lr = 0.1\nw = w - lr*g*exp(-w^2) + exp(lr*t)/100"},
	{"log", "hyper lr = 0.1\nw = w - lr*log(abs(g) + 0.01) - log(t + lr)"},
	{"pow", "hyper lr = 0.1, p = 0.3\nw = w - lr*abs(g)^p*sign(g) + lr^(p*t) - (1 + w^2)^-1.5"},
	{"sin", "hyper lr = 0.1\nw = w - lr*sin(10*g) + cos(100*w)*cos(t)/50"},
	{"normal", "hyper lr = 0.1\nw = w - lr*(g + normal()*normal())"},
	{"reductions", "hyper lr = 0.1\nscalar s\nstate row r\nglobal scalar d = 1\ns = s + norm(g); r = r + row.mean(w*g); d = d + all.dot(w, g)/1000\nw = w - lr*g/s + r/100 - lr*d/all.norm(g) + max(g)/1000"},
	{"grad", "hyper lr = 0.1\nv = g + 0.5*norm(w)\nw = w - lr*(grad(w + lr*v) - mod(g, 0.3)*floor(w))"},
}

// exact are numbers that need no rounding.
func exact(t plan.Type, n, seed int) plan.Vector {
	v := plan.Make(t, n)
	for i := range n {
		v.Set(i, float64((i*37+seed)%101-50)/16)
	}
	return v
}

// TestGolden compares bits with those on file.
func TestGolden(t *testing.T) {
	var out strings.Builder
	for _, c := range goldens {
		p := program(t, c.text)
		g := &Group{Hyper: defaults(p, nil)}
		tensors := []*Tensor{
			{Name: "x", Shape: []int{19, 7}, W: exact(plan.F32, 133, 1), G: exact(plan.F32, 133, 2), Group: g},
			{Name: "y", Shape: []int{23}, W: exact(plan.F64, 23, 3), G: exact(plan.F64, 23, 4), Group: g},
		}
		e := newEngine(t, p, tensors...)
		for range 5 {
			step(t, e, bowl(tensors))
		}
		h := fnv.New64a()
		for _, u := range everything(e) {
			fmt.Fprintf(h, "%x ", u)
		}
		fmt.Fprintf(&out, "%-10s %016x", c.name, h.Sum64())
		for _, x := range tensors {
			fmt.Fprintf(&out, " %016x %016x", bitsOf(x.W.At(0)), bitsOf(x.W.At(20)))
		}
		out.WriteByte('\n')
	}
	const file = "testdata/golden.txt"
	if *update {
		if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.ReplaceAll(string(want), "\r", ""), "\n")
	for i, got := range strings.Split(out.String(), "\n") {
		if i >= len(lines) || got != lines[i] {
			t.Errorf("got  %s\nwant %s", got, lines[min(i, len(lines)-1)])
		}
	}
}
