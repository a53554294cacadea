package plan

import (
	"fmt"
	"math"
	"strings"

	"github.com/descent-go/descent/formula"
)

// expr lowers an expression to one value.
func (b *builder) expr(e *formula.Expr) *node { return b.value(b.product(e)) }

// factors is a product under way: coef times num over den. Scalar factors
// gather in coef, where they cost nothing per weight: x/s is x*(1/s), and
// lr*(m/c)/d is one multiplication and one division. They gather inside one
// expression only: a name stands for a value.
type factors struct {
	coef     *node // nil is 1
	num, den *node // per weight; nil is 1
}

func (b *builder) value(f factors) *node {
	switch {
	case f.num == nil && f.den == nil:
		if f.coef == nil {
			return b.konst(1)
		}
		return f.coef
	case f.den == nil:
		return b.scaled(f.coef, f.num)
	case f.num == nil:
		if f.coef == nil {
			f.coef = b.konst(1)
		}
		return b.op(Div, f.coef, f.den)
	}
	return b.op(Div, b.scaled(f.coef, f.num), f.den)
}

func (b *builder) scaled(coef, x *node) *node {
	switch {
	case coef == nil || coef.op == konst && math.Float64frombits(coef.bits) == 1:
		return x
	case coef.op == konst && math.Float64frombits(coef.bits) == -1:
		return b.op(Neg, x)
	}
	return b.op(Mul, coef, x)
}

func (b *builder) times(x, y *node) *node {
	switch {
	case x == nil:
		return y
	case y == nil:
		return x
	}
	return b.op(Mul, x, y)
}

// settled divides what is to be divided, so that a further factor can follow.
func (b *builder) settled(f factors) factors {
	if f.den != nil && f.num != nil {
		return factors{f.coef, b.op(Div, f.num, f.den), nil}
	}
	return f
}

func (b *builder) product(e *formula.Expr) factors {
	switch e.Op {
	case formula.Neg:
		f := b.product(e.Args[0])
		if f.coef == nil {
			f.coef = b.konst(1)
		}
		f.coef = b.op(Neg, f.coef)
		return f
	case formula.Mul:
		x, y := b.settled(b.product(e.Args[0])), b.settled(b.product(e.Args[1]))
		switch {
		case x.den != nil && y.num != nil: // (1/d)*y
			return factors{b.times(x.coef, y.coef), y.num, x.den}
		case y.den != nil && x.num != nil:
			return factors{b.times(x.coef, y.coef), x.num, y.den}
		}
		return factors{b.times(x.coef, y.coef), b.times(x.num, y.num), b.times(x.den, y.den)}
	case formula.Div:
		x, y := b.settled(b.product(e.Args[0])), b.settled(b.product(e.Args[1]))
		coef := x.coef
		if y.coef != nil {
			if coef == nil {
				coef = b.konst(1)
			}
			coef = b.op(Div, coef, y.coef)
		}
		return factors{coef, b.times(x.num, y.den), b.times(x.den, y.num)}
	}
	n := b.plain(e)
	if n.level < perElem {
		return factors{coef: n}
	}
	return factors{num: n}
}

// plain lowers a node that is no product.
func (b *builder) plain(e *formula.Expr) *node {
	switch e.Op {
	case formula.Num:
		return b.konst(e.Value)
	case formula.Var:
		return b.vars[e.Name]
	case formula.Call:
		return b.call(e)
	case formula.Pow:
		return b.pow(b.expr(e.Args[0]), b.expr(e.Args[1]))
	}
	x, y := b.expr(e.Args[0]), b.expr(e.Args[1])
	switch e.Op {
	case formula.Add:
		return b.op(Add, x, y)
	case formula.Sub:
		return b.op(Sub, x, y)
	case formula.Lt:
		return b.op(Lt, x, y)
	case formula.Le:
		return b.op(Le, x, y)
	case formula.Gt:
		return b.op(Lt, y, x)
	case formula.Ge:
		return b.op(Le, y, x)
	case formula.Eq:
		return b.op(Eq, x, y)
	}
	return b.op(Ne, x, y)
}

func (b *builder) call(e *formula.Expr) *node {
	if scope, name, ok := formula.SplitReduction(e); ok {
		return b.reduction(scope, name, "", e)
	}
	if e.Name == "normal" {
		return b.normal()
	}
	a := make([]*node, len(e.Args))
	for i, x := range e.Args {
		a[i] = b.expr(x)
	}
	switch e.Name {
	case "sqrt":
		return b.op(Sqrt, a[0])
	case "abs":
		return b.op(Abs, a[0])
	case "floor":
		return b.op(Floor, a[0])
	case "sign":
		return b.op(Select, b.op(Lt, b.konst(0), a[0]), b.konst(1), b.op(Select, b.op(Lt, a[0], b.konst(0)), b.konst(-1), a[0]))
	case "min":
		return b.extreme(b.op(Lt, a[1], a[0]), a[0], a[1])
	case "max":
		return b.extreme(b.op(Lt, a[0], a[1]), a[0], a[1])
	case "mod":
		m := b.op(Sub, a[0], b.op(Mul, a[1], b.op(Floor, b.op(Div, a[0], a[1]))))
		m.whole = a[0].whole && a[1].whole
		return m
	case "clip":
		return b.op(Select, b.op(Lt, a[0], a[1]), a[1], b.op(Select, b.op(Lt, a[2], a[0]), a[2], a[0]))
	case "where":
		return b.op(Select, a[0], a[1], a[2])
	case "float16":
		return b.round(F16, a[0])
	case "bfloat16":
		return b.round(BF16, a[0])
	}
	x := b.wide(a[0])
	switch e.Name {
	case "exp":
		x = b.exp(x)
	case "log":
		x = b.log(x)
	case "sin":
		x = b.sincos(x, 0)
	case "cos":
		x = b.sincos(x, 1)
	}
	return b.narrow(x)
}

// extreme picks y where better, else x, and NaN where either is.
func (b *builder) extreme(better, x, y *node) *node {
	return b.op(Select, b.op(Ne, y, y), y, b.op(Select, better, y, x))
}

// pow lowers x^y: whole powers by repeated squaring, halves by a root.
func (b *builder) pow(x, y *node) *node {
	if y.op == konst {
		c := math.Float64frombits(y.bits)
		switch {
		case c == math.Trunc(c) && math.Abs(c) <= 64 && x.level == perElem:
			return b.wholePower(x, int(c))
		case c == 0.5:
			return b.op(Sqrt, x)
		case c == -0.5:
			return b.op(Div, b.konst(1), b.op(Sqrt, x))
		}
	}
	if x.level < perElem && y.level < perElem {
		if y.whole || y.op == konst && b.isWhole(y) {
			return b.op(PowInt, x, y)
		}
		return b.op(Select, b.op(Eq, b.op(Floor, y), y), b.op(PowInt, x, y), b.realPower(x, y))
	}
	return b.narrow(b.realPower(b.wide(x), b.wide(y)))
}

func (b *builder) isWhole(n *node) bool {
	c := math.Float64frombits(n.bits)
	return c == math.Trunc(c) && math.Abs(c) < 1<<31
}

func (b *builder) wholePower(x *node, n int) *node {
	if n < 0 {
		return b.op(Div, b.konst(1), b.wholePower(x, -n))
	}
	var p *node
	for sq := x; n > 0; n >>= 1 {
		if n&1 == 1 {
			p = b.times(p, sq)
		}
		if n > 1 {
			sq = b.op(Mul, sq, sq)
		}
	}
	if p == nil {
		return b.konst(1)
	}
	return p
}

// reduction lowers norm, sum, mean, max and dot over a parameter, a row or all.
func (b *builder) reduction(scope, name, all string, e *formula.Expr) *node {
	x := b.wide(b.expr(e.Args[0]))
	y := x
	if name == "dot" {
		y = b.wide(b.expr(e.Args[1]))
	}
	if scope == "row" && b.o.RowIsElem {
		switch name {
		case "norm":
			x = b.op(Abs, x)
		case "dot":
			x = b.op(Mul, x, y)
		}
		return b.narrow(x)
	}
	switch name {
	case "max":
		return b.accumulate(AccMax, scope, all, x)
	case "norm", "dot":
		x = b.op(Mul, x, y)
	}
	sum := b.accumulate(AccSum, scope, all, x)
	switch name {
	case "norm":
		return b.op(Sqrt, sum)
	case "mean":
		kind := map[string]InputKind{"": Count, "all": AllCount, "row": RowLength}[scope]
		return b.op(Div, sum, b.input(kind, "", 0))
	}
	return sum
}

// statement lowers the right side of an assignment, also of those that Flatten cut out.
func (b *builder) statement(s formula.Stmt) *node {
	switch {
	case strings.HasPrefix(s.Name, "all.") && s.X.Op == formula.Call:
		if scope, name, ok := formula.SplitReduction(s.X); ok && scope == "all" {
			return b.reduction(scope, name, s.Name, s.X)
		}
	case strings.HasPrefix(s.Name, "grad.") && s.X.Op == formula.Call && s.X.Name == "grad":
		return b.gradient(s)
	}
	return b.expr(s.X)
}

// gradient makes grad(x): x is stored in one phase, the result is there in the
// next. Gradients are taken in the order of the program.
func (b *builder) gradient(s formula.Stmt) *node {
	x := b.expr(s.X.Args[0])
	phase := max(x.phase, b.o.Barriers[s.Name])
	if n := len(b.grads); n > 0 {
		phase = max(phase, b.grads[n-1].phase)
	}
	b.grads = append(b.grads, gradient{x, phase})
	b.plan.Barriers[s.Name] = phase
	return b.load(Array{Grad, len(b.grads)}, phase+1)
}

// global gives what an assignment to a global scalar assigns: the optimizer's
// own plan computes it, and those of parameters read it there.
func (b *builder) global(s formula.Stmt, n *node) *node {
	name := fmt.Sprintf("=%s:%d:%d", s.Name, s.Pos.Line, s.Pos.Col)
	if b.o.Optimizer {
		b.plan.Globals = append(b.plan.Globals, GlobalValue{Name: name})
		b.globals = append(b.globals, n)
		b.plan.Barriers[name] = n.phase
		return n
	}
	n = b.input(GlobalResult, name, 0)
	n.phase = b.o.Barriers[name]
	return n
}
