package formula

import "slices"

// maxDepth bounds how deep expressions nest, so that no text can exhaust the stack.
const maxDepth = 200

// Parse reads and checks a formula. The name is what errors call it. The
// error, if any, is an *Error.
func Parse(name, text string) (*Program, error) {
	p := parser{src: newSource(name, text), prog: &Program{Name: name}}
	err := p.parse()
	if err == nil {
		err = check(p.src, p.prog)
	}
	if err != nil {
		return nil, err
	}
	return p.prog, nil
}

type parser struct {
	src   *source
	toks  []token
	i     int
	depth int
	prog  *Program
}

func (p *parser) parse() (err *Error) {
	if p.toks, err = lex(p.src); err != nil {
		return err
	}
	for {
		for p.peek().kind == tokLine {
			p.i++
		}
		if p.peek().kind == tokEnd {
			return nil
		}
		if err := p.statement(); err != nil {
			return err
		}
		if t := p.peek(); t.kind != tokLine && t.kind != tokEnd {
			return p.expected(t, "an operator or the end of the line")
		}
	}
}

func (p *parser) peek() token { return p.toks[p.i] }

// ahead is the token n places after the next one.
func (p *parser) ahead(n int) token { return p.toks[min(p.i+n, len(p.toks)-1)] }

func (p *parser) take() token {
	t := p.toks[p.i]
	if t.kind != tokEnd {
		p.i++
	}
	return t
}

func (p *parser) isSymbol(s string) bool {
	return p.peek().kind == tokSymbol && p.peek().text == s
}

func (p *parser) symbol(s string) (token, *Error) {
	if !p.isSymbol(s) {
		return token{}, p.expected(p.peek(), "\""+s+"\"")
	}
	return p.take(), nil
}

func (p *parser) name(what string) (token, *Error) {
	if p.peek().kind != tokName {
		return token{}, p.expected(p.peek(), what)
	}
	return p.take(), nil
}

func (p *parser) expected(t token, what string) *Error {
	return p.src.errorf(t.pos, "expected %s, found %s", what, t.describe())
}

// statement reads one line. hyper, state, scalar, global and eval are words of
// the language only where a name follows, so they stay free as names.
func (p *parser) statement() *Error {
	first, followed := p.peek(), p.ahead(1).kind == tokName
	if first.kind == tokName && followed {
		switch first.text {
		case "hyper":
			p.take()
			return p.list(p.hyper)
		case "state":
			p.take()
			if p.peek().text == "row" && p.ahead(1).kind == tokName {
				p.take()
				return p.list(func() *Error { return p.state(Row) })
			}
			return p.list(func() *Error { return p.state(Elem) })
		case "scalar":
			p.take()
			return p.list(func() *Error { return p.state(Scalar) })
		case "global":
			p.take()
			if t := p.take(); t.text != "scalar" {
				return p.expected(t, `"scalar"`)
			}
			return p.list(func() *Error { return p.state(Global) })
		case "eval":
			return p.eval()
		}
	}
	s, err := p.assignment()
	if err == nil {
		p.prog.Body = append(p.prog.Body, s)
	}
	return err
}

func (p *parser) eval() *Error {
	at := p.take().pos
	s, err := p.assignment()
	if err != nil {
		return err
	}
	if p.prog.Eval != nil {
		return p.src.errorf(at, "a second eval line; the first is line %d", p.prog.Eval.Pos.Line)
	}
	p.prog.Eval = &s
	return nil
}

func (p *parser) list(item func() *Error) *Error {
	for {
		if err := item(); err != nil {
			return err
		}
		if !p.isSymbol(",") {
			return nil
		}
		p.take()
	}
}

func (p *parser) assignment() (Stmt, *Error) {
	if op, ok := p.operator(Add, Sub, Mul, Div, Pow, Lt, Le, Gt, Ge, Eq, Ne); ok {
		return Stmt{}, p.src.errorf(p.peek().pos, "a line cannot begin with \"%s\": end the line above with it, or put the expression in parentheses", op)
	}
	t, err := p.name("an assignment such as w = w - lr*g, or hyper, state, scalar, global scalar, eval")
	if err != nil {
		return Stmt{}, err
	}
	if _, err := p.symbol("="); err != nil {
		return Stmt{}, err
	}
	x, err := p.expr()
	return Stmt{t.text, x, t.pos}, err
}

// expr reads a comparison, which binds least and does not chain.
func (p *parser) expr() (*Expr, *Error) {
	if p.depth++; p.depth > maxDepth {
		return nil, p.src.errorf(p.peek().pos, "the expression nests more than %d deep; name its parts on lines of their own", maxDepth)
	}
	defer func() { p.depth-- }()
	x, err := p.sum()
	if err != nil {
		return nil, err
	}
	op, ok := p.operator(Lt, Le, Gt, Ge, Eq, Ne)
	if !ok {
		return x, nil
	}
	at := p.take().pos
	y, err := p.sum()
	if err != nil {
		return nil, err
	}
	if _, again := p.operator(Lt, Le, Gt, Ge, Eq, Ne); again {
		return nil, p.src.errorf(p.peek().pos, "comparisons do not chain; multiply two: (a < b)*(b < c)")
	}
	return &Expr{Op: op, Args: []*Expr{x, y}, Pos: at}, nil
}

func (p *parser) operator(ops ...Op) (Op, bool) {
	if p.peek().kind == tokSymbol {
		for _, op := range ops {
			if p.peek().text == op.String() {
				return op, true
			}
		}
	}
	return 0, false
}

func (p *parser) sum() (*Expr, *Error)  { return p.left(p.term, Add, Sub) }
func (p *parser) term() (*Expr, *Error) { return p.left(p.unary, Mul, Div) }

// left reads operands joined by operators that group from the left.
func (p *parser) left(operand func() (*Expr, *Error), ops ...Op) (*Expr, *Error) {
	x, err := operand()
	for n := chained(x, ops); err == nil; n++ {
		op, ok := p.operator(ops...)
		if !ok {
			return x, nil
		}
		if n >= maxDepth {
			return nil, p.src.errorf(p.peek().pos, "more than %d terms in a row; name some on lines of their own", maxDepth)
		}
		at := p.take().pos
		var y *Expr
		if y, err = operand(); err == nil {
			x = &Expr{Op: op, Args: []*Expr{x, y}, Pos: at}
		}
	}
	return nil, err
}

// chained counts the operators that x already joins from the left: written
// without its parentheses, as it is printed, x is part of the same row of terms.
func chained(x *Expr, ops []Op) (n int) {
	for ; x != nil && slices.Contains(ops, x.Op); n++ {
		x = x.Args[0]
	}
	return n
}

// unary reads a sign, which binds less than ^: -x^2 is -(x^2).
func (p *parser) unary() (*Expr, *Error) {
	if p.depth++; p.depth > maxDepth {
		return nil, p.src.errorf(p.peek().pos, "the expression nests more than %d deep; name its parts on lines of their own", maxDepth)
	}
	defer func() { p.depth-- }()
	if p.isSymbol("+") {
		p.take()
		return p.unary()
	}
	if p.isSymbol("-") {
		at := p.take().pos
		x, err := p.unary()
		if err != nil {
			return nil, err
		}
		if x.Op == Num {
			return &Expr{Op: Num, Value: -x.Value, Pos: at}, nil
		}
		return &Expr{Op: Neg, Args: []*Expr{x}, Pos: at}, nil
	}
	return p.power()
}

func (p *parser) power() (*Expr, *Error) {
	x, err := p.atom()
	if err != nil || !p.isSymbol("^") {
		return x, err
	}
	at := p.take().pos
	y, err := p.unary() // groups from the right, and the exponent may have a sign
	return &Expr{Op: Pow, Args: []*Expr{x, y}, Pos: at}, err
}

func (p *parser) atom() (*Expr, *Error) {
	t := p.take()
	switch {
	case t.kind == tokNumber:
		return &Expr{Op: Num, Value: t.value, Pos: t.pos}, nil
	case t.kind == tokName:
		if p.isSymbol(".") {
			p.take()
			f, err := p.name("the name of a reduction such as " + t.text + ".mean(x)")
			if err != nil {
				return nil, err
			}
			t.text += "." + f.text
			if !p.isSymbol("(") {
				return nil, p.expected(p.peek(), `"(" after `+t.text)
			}
		}
		if p.isSymbol("(") && t.text != "inf" { // what follows inf is a range
			return p.call(t)
		}
		return &Expr{Op: Var, Name: t.text, Pos: t.pos}, nil
	case t.text == "(" && t.kind == tokSymbol:
		x, err := p.expr()
		if err != nil {
			return nil, err
		}
		_, err = p.symbol(")")
		return x, err
	}
	return nil, p.expected(t, "a number, a name or \"(\"")
}

func (p *parser) call(name token) (*Expr, *Error) {
	p.take()
	e := &Expr{Op: Call, Name: name.text, Pos: name.pos}
	if p.isSymbol(")") {
		p.take()
		return e, nil
	}
	err := p.list(func() *Error {
		x, err := p.expr()
		e.Args = append(e.Args, x)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !p.isSymbol(")") {
		return nil, p.expected(p.peek(), `"," or ")"`)
	}
	p.take()
	return e, nil
}
