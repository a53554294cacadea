package stability

import (
	"slices"

	"github.com/descent-go/descent/formula"
)

// value is what an expression amounts to: a number plus a share of the weight
// and of each state, as they are before the step. Where it is something else,
// or depends on t, it is not known.
type value struct {
	known  bool
	number float64
	of     []float64 // the shares; nil for a number
}

var unknown = value{}

func number(v float64) value { return value{known: true, number: v} }

func (v value) isNumber() bool { return v.known && v.of == nil }

// walk evaluates a program for one weight.
type walk struct {
	*System
	vars map[string]value
}

// expr evaluates an expression.
func (k walk) expr(x *formula.Expr) value {
	switch x.Op {
	case formula.Num:
		return number(x.Value)
	case formula.Var:
		return k.variable(x.Name)
	}
	args := make([]value, len(x.Args))
	for i, a := range x.Args {
		args[i] = k.expr(a)
	}
	switch x.Op {
	case formula.Neg:
		return args[0].times(-1)
	case formula.Add:
		return args[0].plus(args[1], 1)
	case formula.Sub:
		return args[0].plus(args[1], -1)
	case formula.Mul:
		return product(args[0], args[1])
	case formula.Div:
		return quotient(args[0], args[1])
	case formula.Call:
		return k.call(x, args)
	}
	if x.Op == formula.Pow && args[1].isNumber() {
		switch args[1].number {
		case 0:
			return number(1)
		case 1:
			return args[0]
		}
	}
	return constant(x, args)
}

// variable is what a name stands for: what has been assigned to it, or a choice.
func (k walk) variable(name string) value {
	if v, ok := k.vars[name]; ok {
		return v
	}
	for _, h := range k.program.Hypers {
		if i := slices.Index(h.Range.Choices, name); i >= 0 {
			return number(float64(i))
		}
	}
	return unknown // t
}

// call evaluates a function. Reductions are over the one weight that there is.
func (k walk) call(x *formula.Expr, args []value) value {
	if _, name, ok := formula.SplitReduction(x); ok {
		switch name {
		case "norm":
			return constant(&formula.Expr{Op: formula.Call, Name: "abs"}, args)
		case "dot":
			return product(args[0], args[1])
		}
		return args[0]
	}
	switch {
	case x.Name == "grad":
		return args[0].times(k.curvature)
	case x.Name == "where" && args[0].isNumber():
		if args[0].number != 0 {
			return args[1]
		}
		return args[2]
	case len(args) == 0: // normal
		return unknown
	}
	return constant(x, args)
}

// constant computes an operation on numbers, as the reference does.
func constant(x *formula.Expr, args []value) value {
	c := &formula.Expr{Op: x.Op, Name: x.Name}
	for _, a := range args {
		if !a.isNumber() {
			return unknown
		}
		c.Args = append(c.Args, &formula.Expr{Op: formula.Num, Value: a.number})
	}
	p := &formula.RefParam{W: []float64{0}}
	step := &formula.Program{Body: []formula.Stmt{{Name: "w", X: c}}}
	formula.NewReference(step, []*formula.RefParam{p}, nil).Step(nil)
	return number(p.W[0])
}

func (v value) times(c float64) value {
	out := value{known: v.known, number: c * v.number}
	for _, share := range v.of {
		out.of = append(out.of, c*share)
	}
	return out
}

// plus is v + c*u.
func (v value) plus(u value, c float64) value {
	if !v.known || !u.known {
		return unknown
	}
	out := value{known: true, number: v.number + c*u.number, of: slices.Clone(v.of)}
	if out.of == nil && u.of != nil {
		out.of = make([]float64, len(u.of))
	}
	for i, share := range u.of {
		out.of[i] += c * share
	}
	return out
}

// product is linear where a factor is a number; 0 takes away whatever it
// multiplies, as it does when rules run.
func product(v, u value) value {
	switch {
	case v.zero() || u.zero():
		return number(0)
	case v.isNumber():
		return u.times(v.number)
	case u.isNumber():
		return v.times(u.number)
	}
	return unknown
}

// zero reports whether a value is nothing.
func (v value) zero() bool {
	return v.known && v.number == 0 && !slices.ContainsFunc(v.of, func(share float64) bool { return share != 0 })
}

func quotient(v, u value) value {
	if !v.known || !u.isNumber() {
		return unknown
	}
	out := value{known: true, number: v.number / u.number}
	for _, share := range v.of {
		out.of = append(out.of, share/u.number)
	}
	return out
}
