package formula

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// constants are the numbers that a function may call by name.
var constants = map[string]float64{"pi": math.Pi, "e": math.E}

// A Function is a function of a few variables, a landscape to descend say,
// written as an expression of the language: x^2 + 10*y^2. It has the language's
// operators and elementwise functions, and the constants pi and e.
type Function struct {
	x    *Expr
	vars []string
	code []instruction
}

// ParseFunction reads a function of the variables. The name is what errors call
// it. The error, if any, is an *Error.
func ParseFunction(name, text string, vars ...string) (*Function, error) {
	p := parser{src: newSource(name, text), prog: &Program{Name: name}}
	x, err := p.function()
	if err == nil {
		err = checkFunction(p.src, x, vars)
	}
	if err != nil {
		return nil, err
	}
	return newFunction(x, vars), nil
}

// function reads a text that is one expression.
func (p *parser) function() (*Expr, *Error) {
	var err *Error
	if p.toks, err = lex(p.src); err != nil {
		return nil, err
	}
	p.skipLines()
	x, err := p.expr()
	if err != nil {
		return nil, err
	}
	p.skipLines()
	if t := p.peek(); t.kind != tokEnd {
		return nil, p.expected(t, "an operator or the end of the function")
	}
	return x, nil
}

func (p *parser) skipLines() {
	for p.peek().kind == tokLine {
		p.i++
	}
}

// checkFunction finds unknown names, and functions that are of more than one point.
func checkFunction(src *source, x *Expr, vars []string) *Error {
	if x.Op == Var && !slices.Contains(vars, x.Name) {
		if _, ok := constants[x.Name]; !ok {
			return src.errorf(x.Pos, "unknown name %s%s", x.Name, functionHint(x.Name, vars))
		}
	}
	if x.Op == Call {
		f, err := lookup(src, x)
		if err != nil {
			return err
		}
		if f.class != elementwise {
			return src.errorf(x.Pos, "%s has no meaning here: expected functions of one point such as sqrt, exp, sin, abs, min, max, where", x.Name)
		}
	}
	for _, a := range x.Args {
		if err := checkFunction(src, a, vars); err != nil {
			return err
		}
	}
	return nil
}

// functionHint says what could have been meant by a name.
func functionHint(name string, vars []string) string {
	if forms := functions[name]; forms != nil {
		return fmt.Sprintf("; %s is a function: write %s", name, forms[0].usage)
	}
	return fmt.Sprintf(": expected %s, pi or e", strings.Join(vars, ", "))
}

// String is the function as text that parses to the same function.
func (f *Function) String() string { return f.x.String() }

// LaTeX sets the function's expression.
func (f *Function) LaTeX() string { return f.x.LaTeX() }

// MathML sets the function's expression as a math element.
func (f *Function) MathML() string { return f.x.MathML() }

// instruction computes one value from earlier ones.
type instruction struct {
	op    Op
	name  string  // of a Call
	value float64 // of a Num
	args  [3]int  // the places of the arguments, or the variable's number
}

// newFunction puts the distinct nodes of x in an order of evaluation.
func newFunction(x *Expr, vars []string) *Function {
	f := &Function{x: x, vars: vars}
	f.emit(x, map[*Expr]int{})
	return f
}

func (f *Function) emit(x *Expr, done map[*Expr]int) int {
	if at, ok := done[x]; ok {
		return at
	}
	if x.Op == Pow && isNumber(x.Args[1], 2) {
		u := f.emit(x.Args[0], done)
		return f.add(instruction{op: Mul, args: [3]int{u, u}}, x, done) // several times as fast
	}
	in := instruction{op: x.Op, name: x.Name, value: x.Value}
	if x.Op == Var {
		in.args[0] = slices.Index(f.vars, x.Name)
		if in.args[0] < 0 {
			in.op, in.value = Num, constants[x.Name]
		}
	}
	for i, a := range x.Args {
		in.args[i] = f.emit(a, done)
	}
	return f.add(in, x, done)
}

// add appends the instruction of a node and gives its place.
func (f *Function) add(in instruction, of *Expr, done map[*Expr]int) int {
	f.code = append(f.code, in)
	done[of] = len(f.code) - 1
	return done[of]
}

// Eval is the function's value where its variables have these values, in the
// order of ParseFunction; NaN where there are fewer. It is computed in float64.
func (f *Function) Eval(x ...float64) float64 {
	if len(x) < len(f.vars) {
		return math.NaN()
	}
	var few [64]float64
	values := few[:0]
	for _, in := range f.code {
		var v float64
		switch in.op {
		case Num:
			v = in.value
		case Var:
			v = x[in.args[0]]
		case Call:
			a := [3]float64{values[in.args[0]], values[in.args[1]], values[in.args[2]]}
			v = applyFunction(in.name, a[:])
		default:
			v = applyScalar(in.op, values[in.args[0]], values[in.args[1]])
		}
		values = append(values, v)
	}
	return values[len(values)-1]
}
