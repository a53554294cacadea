package formula

// Derivative is the partial derivative by a variable, found symbolically. At
// the kinks of abs, min, max, clip and where it is that of one side, at the
// steps of sign, floor, mod and comparisons that of what is around; sqrt(x^2)
// has 0 where x is.
func (f *Function) Derivative(v string) *Function {
	d := deriver{by: v, done: map[*Expr]*Expr{}}
	return newFunction(d.of(f.x), f.vars)
}

// deriver derives every node of an expression once.
type deriver struct {
	by   string
	done map[*Expr]*Expr
}

func (d *deriver) of(x *Expr) *Expr {
	if y, ok := d.done[x]; ok {
		return y
	}
	y := d.rule(x)
	d.done[x] = y
	return y
}

func (d *deriver) rule(x *Expr) *Expr {
	switch x.Op {
	case Num:
		return num(0)
	case Var:
		return num(truth(x.Name == d.by))
	case Call:
		return d.call(x)
	case Neg:
		return neg(d.of(x.Args[0]))
	}
	if x.Op.IsComparison() {
		return num(0)
	}
	u, v := x.Args[0], x.Args[1]
	du, dv := d.of(u), d.of(v)
	switch x.Op {
	case Add:
		return add(du, dv)
	case Sub:
		return sub(du, dv)
	case Mul:
		return add(mul(du, v), mul(u, dv))
	case Div:
		return sub(div(du, v), div(mul(u, dv), pow(v, num(2))))
	}
	return d.power(x, du, dv)
}

// power derives u^v.
func (d *deriver) power(x, du, dv *Expr) *Expr {
	u, v := x.Args[0], x.Args[1]
	along, across := num(0), num(0)
	if !isNumber(du, 0) {
		along = mul(mul(v, pow(u, sub(v, num(1)))), du)
	}
	if !isNumber(dv, 0) {
		across = mul(mul(x, call("log", u)), dv)
	}
	return add(along, across)
}

func (d *deriver) call(x *Expr) *Expr {
	u := x.Args[0]
	du := d.of(u)
	switch x.Name {
	case "sqrt":
		if du.Op == Num {
			return div(du, mul(num(2), x))
		}
		return where(&Expr{Op: Eq, Args: []*Expr{du, num(0)}}, num(0), div(du, mul(num(2), x)))
	case "abs":
		return mul(call("sign", u), du)
	case "exp":
		return mul(x, du)
	case "log":
		return div(du, u)
	case "sin":
		return mul(call("cos", u), du)
	case "cos":
		return neg(mul(call("sin", u), du))
	case "min":
		return where(&Expr{Op: Lt, Args: []*Expr{x.Args[1], u}}, d.of(x.Args[1]), du)
	case "max":
		return where(&Expr{Op: Gt, Args: []*Expr{x.Args[1], u}}, d.of(x.Args[1]), du)
	case "mod":
		return sub(du, mul(call("floor", div(u, x.Args[1])), d.of(x.Args[1])))
	case "clip":
		below := &Expr{Op: Lt, Args: []*Expr{u, x.Args[1]}}
		above := &Expr{Op: Gt, Args: []*Expr{u, x.Args[2]}}
		return where(below, d.of(x.Args[1]), where(above, d.of(x.Args[2]), du))
	case "where":
		return where(u, d.of(x.Args[1]), d.of(x.Args[2]))
	}
	return num(0) // sign, floor, float16, bfloat16: steps
}

// What follows makes expressions without the terms and factors that say nothing.

func num(v float64) *Expr { return &Expr{Op: Num, Value: v + 0} } // not -0

func isNumber(x *Expr, v float64) bool { return x.Op == Num && x.Value == v }

// finite reports whether a number can be written in the language.
func finite(v float64) bool { return v-v == 0 }

// operation is x op y, computed where both are numbers and that is one too.
func operation(op Op, x, y *Expr) *Expr {
	if x.Op == Num && y.Op == Num {
		if v := applyScalar(op, x.Value, y.Value); finite(v) {
			return num(v)
		}
	}
	return &Expr{Op: op, Args: []*Expr{x, y}}
}

// scaled is c times x.
func scaled(c float64, x *Expr) *Expr {
	switch c {
	case 0:
		return num(0)
	case 1:
		return x
	case -1:
		return &Expr{Op: Neg, Args: []*Expr{x}}
	}
	return &Expr{Op: Mul, Args: []*Expr{num(c), x}}
}

// coefficient takes the number in front of x from it; of a number 1 is left.
func coefficient(x *Expr) (float64, *Expr) {
	switch {
	case x.Op == Num:
		return x.Value, num(1)
	case x.Op == Neg:
		c, rest := coefficient(x.Args[0])
		return -c, rest
	case x.Op == Mul && x.Args[0].Op == Num:
		c, rest := coefficient(x.Args[1])
		if c *= x.Args[0].Value; finite(c) {
			return c, rest
		}
	}
	return 1, x
}

func neg(x *Expr) *Expr { return mul(num(-1), x) }

func add(x, y *Expr) *Expr {
	c, rest := coefficient(y)
	switch {
	case isNumber(x, 0):
		return y
	case isNumber(y, 0):
		return x
	case c < 0:
		return operation(Sub, x, mul(num(-c), rest))
	}
	return operation(Add, x, y)
}

func sub(x, y *Expr) *Expr { return add(x, neg(y)) }

func mul(x, y *Expr) *Expr {
	c, u := coefficient(x)
	d, v := coefficient(y)
	if !finite(c * d) {
		return &Expr{Op: Mul, Args: []*Expr{x, y}}
	}
	x, y = u, v
	switch {
	case isNumber(x, 1) && isNumber(y, 1):
		return num(c * d)
	case isNumber(x, 1):
		return scaled(c*d, y)
	case isNumber(y, 1):
		return scaled(c*d, x)
	}
	return scaled(c*d, operation(Mul, x, y))
}

func div(x, y *Expr) *Expr {
	switch {
	case isNumber(x, 0):
		return x
	case isNumber(y, 1):
		return x
	}
	return operation(Div, x, y)
}

func pow(x, y *Expr) *Expr {
	switch {
	case isNumber(y, 0):
		return num(1)
	case isNumber(y, 1):
		return x
	}
	return operation(Pow, x, y)
}

func call(name string, args ...*Expr) *Expr { return &Expr{Op: Call, Name: name, Args: args} }

// where is a choice, or what both would be.
func where(c, x, y *Expr) *Expr {
	if x.Equal(y) {
		return x
	}
	return call("where", c, x, y)
}
