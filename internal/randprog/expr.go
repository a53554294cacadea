package randprog

import (
	"strings"

	"github.com/descent-go/descent/formula"
)

// How tightly an operand must bind; an operator that binds less is put in
// parentheses, and sometimes one that need not be.
const (
	summand = iota + 1
	multiplicand
	atom
)

// expr makes an expression of at most this kind.
func (m *maker) expr(kind formula.Kind, depth, least int) string {
	if depth <= 0 || m.chance(6) {
		return m.leaf(kind, least)
	}
	var s string
	binds := atom
	switch n := m.Intn(12); {
	case n < 3:
		s, binds = m.expr(kind, depth-1, summand)+m.pick(" + ", " - ")+m.expr(kind, depth-1, multiplicand), summand
	case n < 6:
		s, binds = m.expr(kind, depth-1, multiplicand)+"*"+m.expr(kind, depth-1, atom), multiplicand
	case n < 7:
		s, binds = m.quotient(kind, depth), multiplicand
	case n < 8 && !m.o.NoPow:
		s, binds = m.power(kind, depth), multiplicand
	case n < 9:
		s, binds = "-"+m.expr(kind, depth-1, atom), multiplicand
	case n < 10 && !m.o.NoWhere:
		s, binds = m.choice(kind, depth)
	case n < 11 && !m.o.NoFunctions:
		s = m.function(kind, depth)
	default:
		s = m.special(kind, depth, least)
	}
	if binds < least || m.chance(12) {
		return "(" + s + ")"
	}
	return s
}

func (m *maker) leaf(kind formula.Kind, least int) string {
	if m.chance(4) {
		return m.pick("0", "1", "2", "0.5", "3.25", "1e-3", "1e-8", "10", "0.1")
	}
	k := kind
	for k > formula.Global && (len(m.vars[k]) == 0 || m.chance(4)) {
		k--
	}
	name := m.pick(m.vars[k]...)
	if least > 0 && strings.Contains(name, "=") {
		return "(" + name + ")"
	}
	return name
}

// quotient divides, mostly by what is not near 0.
func (m *maker) quotient(kind formula.Kind, depth int) string {
	x, y := m.expr(kind, depth-1, multiplicand), m.expr(kind, depth-1, atom)
	switch {
	case m.chance(8):
		return x + "/" + y
	case m.o.NoFunctions:
		return x + "/" + m.pick("2", "3", "0.7")
	case m.chance(2):
		return x + "/(sqrt(abs(" + y + ")) + 0.1)"
	}
	return x + "/(abs(" + y + ") + 0.5)"
}

// power raises to whole numbers, and to others what is not negative.
func (m *maker) power(kind formula.Kind, depth int) string {
	x := m.expr(kind, depth-1, atom)
	switch {
	case m.chance(4) && !m.o.NoFunctions:
		return "abs(" + x + ")^" + m.pick("0.5", "1.5", "-0.25")
	case m.chance(6):
		return m.pick(m.hyper...) + "^t"
	}
	return x + "^" + m.pick("2", "3", "2", "-1", "0", "1")
}

// choice makes a where, or a comparison, which binds least.
func (m *maker) choice(kind formula.Kind, depth int) (s string, binds int) {
	c := m.expr(kind, depth-1, summand) + m.pick(" < ", " <= ", " > ", " >= ", " == ", " != ") + m.expr(kind, depth-1, summand)
	if m.chance(3) {
		return c, 0
	}
	if m.chance(5) {
		c = m.expr(kind, depth-1, 0)
	}
	return "where(" + c + ", " + m.expr(kind, depth-1, 0) + ", " + m.expr(kind, depth-1, 0) + ")", atom
}

func (m *maker) function(kind formula.Kind, depth int) string {
	x := func() string { return m.expr(kind, depth-1, 0) }
	switch name := m.pick("sqrt", "abs", "sign", "exp", "log", "sin", "cos", "floor", "min", "max", "mod", "clip", "float16", "bfloat16"); name {
	case "sqrt", "log":
		if m.chance(8) {
			return name + "(" + x() + ")"
		}
		return name + "(abs(" + x() + ") + 1e-3)"
	case "exp":
		return "exp(min(" + x() + ", 3))"
	case "min", "max":
		return name + "(" + x() + ", " + x() + ")"
	case "mod":
		return "mod(" + x() + ", " + m.pick("2", "3", "0.5") + ")"
	case "clip":
		return "clip(" + x() + ", " + m.pick("-1, 1", "-0.5, 2", "0, 10") + ")"
	default:
		return name + "(" + x() + ")"
	}
}

// special makes a reduction, a draw or a gradient, where they are allowed.
func (m *maker) special(kind formula.Kind, depth, least int) string {
	var forms []string
	if kind == formula.Elem && m.o.Grad && !m.noGrad {
		forms = append(forms, "grad")
	}
	if kind == formula.Elem && !m.o.NoNormal {
		forms = append(forms, "normal")
	}
	if kind >= formula.Row && !m.o.NoRow {
		forms = append(forms, "row.")
	}
	if kind >= formula.Scalar && !m.o.NoReductions {
		forms = append(forms, "one")
	}
	if !m.o.NoAll {
		forms = append(forms, "all.")
	}
	if len(forms) == 0 {
		return m.leaf(kind, least)
	}
	switch form := m.pick(forms...); form {
	case "grad":
		return "grad(w + " + m.expr(formula.Elem, depth-1, multiplicand) + ")"
	case "normal":
		return "normal()"
	case "one":
		return m.reduction("", depth)
	default:
		return m.reduction(form, depth)
	}
}

func (m *maker) reduction(scope string, depth int) string {
	x := func() string { return m.expr(formula.Elem, depth-1, 0) }
	name := scope + m.pick("norm", "sum", "mean", "max", "dot")
	if strings.HasSuffix(name, "dot") {
		return name + "(" + x() + ", " + x() + ")"
	}
	return name + "(" + x() + ")"
}
