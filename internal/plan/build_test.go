package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

const adam = `hyper lr = 0.1, b1 = 0.9, b2 = 0.99, eps = 1e-8
	state m, v
	m = b1*m + (1-b1)*g; v = b2*v + (1-b2)*g^2
	w = w - lr*(m/(1-b1^t))/(sqrt(v/(1-b2^t)) + eps)`

// Scalar factors gather and a division by a scalar is a multiplication.
func TestFactors(t *testing.T) {
	for _, c := range []struct {
		text   string
		vector map[Op]int // those of Mul, Div, Sqrt, Neg, Add, Sub
		divs   int        // in scalar code
	}{
		{adam, map[Op]int{Mul: 7, Div: 1, Sqrt: 1, Add: 3, Sub: 1}, 2},
		{"hyper a = 2\nw = g/a", map[Op]int{Mul: 1}, 1},
		{"hyper a = 2, b = 3\nw = a*g/b*t", map[Op]int{Mul: 1}, 1},
		{"hyper a = 2, b = 3\nw = a*(b*(g*w))", map[Op]int{Mul: 2}, 0},
		{"hyper a = 2\nw = a/g", map[Op]int{Div: 1}, 0},
		{"hyper a = 2\nw = g/(a*w)", map[Op]int{Div: 1, Mul: 1}, 1},
		{"hyper a = 2\nw = (a/g)*w", map[Op]int{Div: 1, Mul: 1}, 0},
		{"hyper a = 2\nw = -(-g)*a", map[Op]int{Mul: 1}, 0},
		{"w = -g", map[Op]int{Neg: 1}, 0},
		{"w = g/w/g", map[Op]int{Div: 2}, 0},
		{"w = g/4", map[Op]int{Mul: 1}, 0},
		{"hyper a = 2\nw = mod(g, a)", map[Op]int{Div: 1, Mul: 1, Sub: 1}, 0}, // a true division
		{"x = g*g; w = w*(g*g) - x", map[Op]int{Mul: 2, Sub: 1}, 0},           // computed once
		{"hyper a = 2\nx = a*g; w = x*a", map[Op]int{Mul: 2}, 0},              // a name stands for a value
	} {
		p := build(t, c.text, Options{})
		ops := count(p)
		for _, op := range []Op{Mul, Div, Sqrt, Neg, Add, Sub} {
			if ops[op] != c.vector[op] {
				t.Errorf("%s: %d %v, expected %d", c.text, ops[op], op, c.vector[op])
			}
		}
		if n := countScalars(p)[Div]; n != c.divs {
			t.Errorf("%s: %d scalar divisions, expected %d", c.text, n, c.divs)
		}
	}
}

// shape describes the phases of a plan: the sums over a parameter or all of
// each, the gradients after it, its segments and its stores.
func shape(p *Plan) string {
	var phases []string
	for _, ph := range p.Phases {
		var parts []string
		for _, s := range ph.Sums {
			parts = append(parts, map[bool]string{false: "sum", true: "max"}[s.Max]+s.All)
		}
		for range ph.Points {
			parts = append(parts, "grad")
		}
		for i, s := range ph.Segments {
			if i > 0 {
				parts = append(parts, "|")
			}
			for range s.RowSums {
				parts = append(parts, "row")
			}
			for _, in := range s.Code {
				if in.Op == Store {
					parts = append(parts, [...]string{"w", "seen", "g", "point", "state", "out", "step"}[p.Arrays[in.Imm].Kind])
				}
			}
		}
		phases = append(phases, strings.Join(parts, " "))
	}
	return strings.Join(phases, "; ")
}

func TestPhases(t *testing.T) {
	for _, c := range []struct {
		name, text, want string
		o                Options
	}{
		{"no reduction", adam, "state state w", Options{}},
		{"clipping by the norm of all", "hyper lr = 1\nn = all.norm(g)\nw = w - lr*g*where(n > 1, 1/n, 1)", "sumall.1; w", Options{}},
		{"trust ratio", "hyper lr = 1, b = 0.9\nstate m\nm = b*m + g\nu = m + w\nw = w - lr*norm(w)/norm(u)*u", "sum sum state; w", Options{}},
		{"a state that a later phase may not reach", "hyper lr = 1, b = 0.9\nstate m\nm = b*m + g\nu = m + w\nw = w - lr*norm(w)/norm(u)*u", "sum sum; state w", Options{Remote: true}},
		{"a state in half precision", "hyper lr = 1, b = 0.9\nstate m\nm = b*m + g\nu = m + w\nw = w - lr*norm(w)/norm(u)*u", "sum sum; state w", Options{States: BF16}},
		{"a state whose old value is read later", "state m\nold = m\nm = m + g\nw = w - old*m/norm(m)", "sum; state w", Options{}},
		{"a state that the first phase does not need", "state m\nm = m + g\nw = w - m/norm(w)", "sum; state w", Options{}},
		{"one after the other", "n = norm(g); x = g/n; w = w - x/max(x)", "sum; max; w", Options{}},
		{"a reduction nobody reads", "n = norm(g); w = w - g", "w", Options{}},
		{"grad", "hyper lr = 1\nstate v\nv = v - lr*grad(w + v)\nw = w + v", "grad point; state w", Options{}},
		{"grad of a reduction", "w = w - grad(w/norm(w))", "sum; grad point; w", Options{}},
		{"two gradients in their order", "a = grad(w + norm(w)); b = grad(2*w); w = w - a - b", "sum; grad grad point point; w", Options{}},
		{"one gradient of another", "a = grad(w + 1); b = grad(w + a); w = w - a - b", "grad point; grad point; w", Options{}},
		{"rows are segments", "w = w - g/row.norm(g)", "row | w", Options{}},
		{"rows in rows", "x = g - row.mean(g); w = w - x/row.norm(x)", "row | row | w", Options{}},
		{"rows again in a later phase", "x = g - row.mean(g); w = w - x/norm(x)", "sum row |; row | w", Options{}},
		{"rows of one weight", "x = g - row.mean(g); w = w - x/norm(x)", "sum; w", Options{RowIsElem: true}},
		{"a later barrier", "w = w - g*all.sum(g)", "; sumall.1; w", Options{Barriers: map[string]int{"all.1": 1}}},
		{"a scalar state after all", "scalar s\nw = w - s*g; s = s + norm(w)", "sum w", Options{}},
		{"a global scalar after all", "global scalar d\nw = w - d*g; d = d + all.sum(g)", "sumall.1 w", Options{}},
		{"which may fail", "global scalar d\nw = w - d*g; d = d + all.sum(g)", "sumall.1; w", Options{Remote: true}},
		{"a scalar state that may", "scalar s\nw = w - s*g; s = s + norm(w)", "sum; w", Options{Remote: true}},
		{"where another plan's may", "w = w - g", "; ; w", Options{Remote: true, Barriers: map[string]int{"": 2}}},
		{"output", "state m\nm = m + g; w = w - m", "out", Options{Output: "w"}},
	} {
		p := build(t, c.text, c.o)
		if got := shape(p); got != c.want {
			t.Errorf("%s: phases are %q, expected %q", c.name, got, c.want)
		}
		if p.ByRow != strings.Contains(c.want, "row") {
			t.Errorf("%s: runs by row: %v", c.name, p.ByRow)
		}
	}
}

// The optimizer's own plan gives what is assigned to global scalars, and the
// plans of parameters read it once it is known.
func TestGlobals(t *testing.T) {
	text := "hyper k = 2\nglobal scalar d\nd = d + k*all.sum(g)\nw = w - d*g\nd = 2*d"
	own := build(t, text, Options{Type: F64, Optimizer: true})
	if len(own.Globals) != 2 || len(own.Results) != 1 || own.Barriers[own.Globals[0].Name] != 1 {
		t.Fatalf("the optimizer's own plan: globals %v, results %v, barriers %v", own.Globals, own.Results, own.Barriers)
	}
	p := build(t, text, Options{Barriers: own.Barriers})
	reads := 0
	for _, in := range p.Inputs {
		if in.Kind == GlobalResult && in.Name == own.Globals[0].Name {
			reads++
		}
		if in.Kind == Hyper || in.Kind == GlobalState {
			t.Errorf("the plan of parameters reads %s", in.Name)
		}
	}
	if got := shape(p); reads != 1 || got != "sumall.1; w" {
		t.Errorf("%d reads of the global, phases %q", reads, got)
	}
}

// What is scalar is computed by the group or the parameter, and constants beforehand.
func TestScalars(t *testing.T) {
	p := build(t, "hyper lr = 1, b = 0.5\nscalar s\ns = s + t\nw = w - lr*(1 - b^t)*g/s*(2*3 + 1)*mean(g)", Options{})
	ops := count(p)
	if ops[Mul] != 1 || ops[Sub] != 1 || p.GroupEnd >= p.Slots || p.GroupEnd == 0 {
		t.Errorf("operations %v, %d of %d slots are the group's", ops, p.GroupEnd, p.Slots)
	}
	if countScalars(p)[PowInt] != 1 {
		t.Error("b^t is no power by squaring")
	}
	for _, in := range p.Inputs {
		if in.Kind == Const && in.Value != 1 && in.Value != 7 {
			t.Errorf("the constant %v is left", in.Value)
		}
	}
}

// A program gives the same plan each time.
func TestDeterministic(t *testing.T) {
	text := "hyper lr = 1\nstate m\nstate row r\nscalar s\nr = r + row.max(g); m = m + exp(g)^1.5; s = s + norm(m) + all.max(w); w = w - lr*m/(r + s) + normal()"
	first := fmt.Sprintf("%+v", build(t, text, Options{}))
	for range 20 {
		if fmt.Sprintf("%+v", build(t, text, Options{})) != first {
			t.Fatal("two plans of one program differ")
		}
	}
}

// Every operation has a name.
func TestOpNames(t *testing.T) {
	names := map[string]bool{}
	for op := Mov; op <= AccMax; op++ {
		names[op.String()] = true
	}
	if len(names) != int(AccMax)+1 || konst.String() != "op30" {
		t.Errorf("names: %v", slices.Sorted(maps.Keys(names)))
	}
}

// A formula whose plan would be without end is an error.
func TestTooLong(t *testing.T) {
	text := "x = w" + strings.Repeat("\nx = sin(x)^0.3", 3000) + "\nw = x"
	p, _ := Specialise(program(t, text), nil, nil)
	if _, err := Build(p, Options{}); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("the error is %v", err)
	}
}
