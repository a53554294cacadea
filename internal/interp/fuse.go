package interp

import (
	"math"

	"github.com/descent-go/descent/internal/plan"
)

// Forms are operations of this backend alone. Each stands for a few primitives
// that often follow each other, rounds as they do, and saves their trips
// through memory. Capitals are blocks; r, s, t are coefficients, which where
// nothing is to be multiplied are 1 and where nothing is to be added -0: both
// leave every number as it is.
const (
	linear   plan.Op = 255 - iota // A*r + B*s
	sum3                          // (A*r + B*s) + C*t
	product                       // A*r + B*C*s
	quotient                      // A*r + B*s/C*t
	affine                        // A*r + s
	times                         // A*B*r + s
	ratio                         // A*r/B
	root                          // sqrt(A*r + s) + t
	pick                          // C where A < B, else D
	dot                           // add A*B, as float64, to an accumulator
)

// coef is a scalar operand, or one of those below, with its sign.
type coef struct {
	x     plan.Operand
	minus bool
}

var (
	one     = coef{}
	nothing = coef{x: 1}
)

// value is a coefficient's.
func value[T lane](table []float64, c coef) T {
	x := T(1)
	if slot, ok := c.x.Slot(); ok {
		x = T(table[slot])
	} else if c == nothing {
		x = T(math.Copysign(0, -1))
	}
	if c.minus {
		x = -x
	}
	return x
}

// form turns a primitive into a form where it has one.
func (in *instr) form() {
	a, b := in.args[0], in.args[1]
	switch minus := in.op == plan.Sub; in.op {
	case plan.Add, plan.Sub:
		switch {
		case b < 0:
			in.become(affine, [3]coef{one, {b, minus}}, a)
		case a < 0:
			in.become(affine, [3]coef{{one.x, minus}, {x: a}}, b)
		default:
			in.become(linear, [3]coef{one, {one.x, minus}}, a, b)
		}
	case plan.Mul:
		switch {
		case b < 0:
			in.become(affine, [3]coef{{x: b}, nothing}, a)
		case a < 0:
			in.become(affine, [3]coef{{x: a}, nothing}, b)
		default:
			in.become(times, [3]coef{one, nothing}, a, b)
		}
	case plan.Div:
		in.become(ratio, [3]coef{one}, a, b)
	case plan.Sqrt:
		in.become(root, [3]coef{one, nothing, nothing}, a)
	}
}

func (in *instr) become(op plan.Op, coefs [3]coef, args ...plan.Operand) {
	in.op, in.coefs, in.n = op, coefs, copy(in.args[:], args)
}

// fuse makes one operation of a form and those that make its operands.
func (c *compiler) fuse(in *instr) {
	switch in.op {
	case linear:
		c.scaled(in, 0)
		c.scaled(in, 1)
		if !c.deeper(in, 1) {
			c.deeper(in, 0)
		}
	case affine:
		c.scaled(in, 0)
		c.follow(in)
	case ratio:
		c.scaled(in, 0)
	case root:
		if x := c.once(in.args[0], affine); x != nil {
			c.uses[in.args[0]] = 0
			in.become(root, [3]coef{x.coefs[0], x.coefs[1], nothing}, x.args[0])
		}
	case plan.AccSum:
		c.dot(in)
	case plan.Select:
		if x := c.once(in.args[0], plan.Lt); x != nil {
			c.uses[in.args[0]] = 0
			in.become(pick, in.coefs, x.args[0], x.args[1], in.args[1], in.args[2])
		}
	}
}

// once gives the operation that makes a value, if it is the one asked for and
// nothing else reads the value.
func (c *compiler) once(v plan.Operand, op plan.Op) *instr {
	if v >= 0 && c.code[v].op == op && c.uses[v] == 1 {
		return &c.code[v]
	}
	return nil
}

// scaled takes the factor of an operand that is a product by a scalar, which
// costs nothing, even where others read the product too.
func (c *compiler) scaled(in *instr, k int) {
	v := in.args[k]
	if v < 0 || in.coefs[k].x != one.x || c.code[v].op != affine || c.code[v].coefs[1] != nothing {
		return
	}
	x := &c.code[v]
	in.args[k], in.coefs[k].x = x.args[0], x.coefs[0].x
	if x.args[0] >= 0 {
		c.uses[x.args[0]]++
	}
	c.drop(v)
}

// deeper takes the blocks of an operand that is their product, quotient or sum.
func (c *compiler) deeper(in *instr, k int) bool {
	a, v, r, s := in.args[1-k], in.args[k], in.coefs[1-k], in.coefs[k]
	if x := c.once(v, ratio); x != nil {
		in.become(quotient, [3]coef{r, x.coefs[0], s}, a, x.args[0], x.args[1])
		c.uses[v] = 0
		return true
	}
	if x := c.once(v, linear); x != nil && s == one {
		in.become(sum3, [3]coef{x.coefs[0], x.coefs[1], r}, x.args[0], x.args[1], a)
		c.uses[v] = 0
		return true
	}
	x := c.once(v, times)
	if x == nil || x.coefs[1] != nothing || x.coefs[0] != one && s.x != one.x {
		return false
	}
	if s.x == one.x {
		s.x = x.coefs[0].x
	}
	in.become(product, [3]coef{r, s}, a, x.args[0], x.args[1])
	c.uses[v] = 0
	return true
}

// follow makes a scalar's product and sum the end of the form before it.
func (c *compiler) follow(in *instr) {
	v, r, s := in.args[0], in.coefs[0], in.coefs[1]
	if x := c.once(v, root); x != nil && x.coefs[2] == nothing && r == one {
		in.become(root, [3]coef{x.coefs[0], x.coefs[1], s}, x.args[0])
		c.uses[v] = 0
	}
	if x := c.once(v, times); x != nil && x.coefs[1] == nothing && (x.coefs[0] == one || r == one) {
		if r == one {
			r = x.coefs[0]
		}
		in.become(times, [3]coef{r, s}, x.args[0], x.args[1])
		c.uses[v] = 0
	}
}

// dot sums products without keeping them.
func (c *compiler) dot(in *instr) {
	x := c.once(in.args[0], times)
	if x == nil || x.coefs != [3]coef{one, nothing} {
		return
	}
	c.uses[in.args[0]] = 0
	in.become(dot, x.coefs, x.args[0], x.args[1])
	if a, b := x.args[0], x.args[1]; c.code[a].op == plan.ToF64 && c.code[b].op == plan.ToF64 {
		in.typ = plan.F32
		for k, v := range [2]plan.Operand{a, b} {
			in.args[k] = c.code[v].args[0]
			if in.args[k] >= 0 {
				c.uses[in.args[k]]++
			}
			c.drop(v)
		}
	}
}
