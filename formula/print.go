package formula

import "strings"

// String prints the program as text that parses to the same program.
func (p *Program) String() string {
	var b strings.Builder
	for _, h := range p.Hypers {
		b.WriteString("hyper " + h.Name + " = " + h.FormatValue(h.Default))
		if r := h.Range.String(); r != "" {
			b.WriteString(" " + r)
		}
		b.WriteByte('\n')
	}
	for _, s := range p.States {
		b.WriteString([...]string{Global: "global scalar ", Scalar: "scalar ", Row: "state row ", Elem: "state "}[s.Kind] + s.Name)
		if s.Init != nil {
			b.WriteString(" = " + s.Init.String())
		}
		b.WriteByte('\n')
	}
	for _, s := range p.Body {
		b.WriteString(s.String() + "\n")
	}
	if p.Eval != nil {
		b.WriteString("eval " + p.Eval.String() + "\n")
	}
	return b.String()
}

// String prints the assignment.
func (s Stmt) String() string { return s.Name + " = " + s.X.String() }

// String prints the expression with no more parentheses than it needs.
func (e *Expr) String() string { return e.text(0) }

// precedence of the operators: comparisons, sums, products, signs, powers, atoms.
func (e *Expr) precedence() int {
	switch {
	case e.Op.IsComparison():
		return 1
	case e.Op == Add || e.Op == Sub:
		return 2
	case e.Op == Mul || e.Op == Div:
		return 3
	case e.Op == Neg || e.Op == Num && e.negative():
		return 4
	case e.Op == Pow:
		return 5
	}
	return 6
}

func (e *Expr) negative() bool { return strings.HasPrefix(formatNumber(e.Value), "-") }

// text prints the expression, in parentheses if it binds less than least.
func (e *Expr) text(least int) string {
	prec := e.precedence()
	var s string
	switch e.Op {
	case Num:
		s = formatNumber(e.Value)
	case Var:
		s = e.Name
	case Call:
		args := make([]string, len(e.Args))
		for i, a := range e.Args {
			args[i] = a.text(0)
		}
		s = e.Name + "(" + strings.Join(args, ", ") + ")"
	case Neg:
		s = "-" + e.Args[0].text(4)
	case Pow:
		s = e.Args[0].text(6) + "^" + e.Args[1].text(4)
	case Mul, Div:
		s = e.Args[0].text(3) + e.Op.String() + e.Args[1].text(4)
	case Add, Sub:
		s = e.Args[0].text(2) + " " + e.Op.String() + " " + e.Args[1].text(3)
	default:
		s = e.Args[0].text(2) + " " + e.Op.String() + " " + e.Args[1].text(2)
	}
	if prec < least {
		return "(" + s + ")"
	}
	return s
}
