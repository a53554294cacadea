package formula

import "strings"

// notation makes the pieces of a formula in one markup language. Operators and
// fences are named by their Unicode characters.
type notation interface {
	letter(s string) string
	word(s string) string // upright
	number(s string) string
	function(name string) string
	binary(op string) string // with the space of an operator between two values
	prefix(op string) string
	row(parts ...string) string
	sub(x, below string) string
	sup(x, above string) string
	prime(x string) string
	frac(x, y string) string
	sqrt(x string) string
	fence(open, x, end string) string
	cases(cases [][2]string, otherwise string) string // each a value and its condition
}

// The signs that stand between factors.
const (
	tight = "\u2062" // invisible times
	thin  = "\u2009" // a thin space
	dot   = "·"
)

// layout sets formulas as papers do.
type layout struct {
	notation
	symbols map[string]symbol
	prog    *Program        // nil where there is none to take time from
	timed   bool            // values carry the number of the step
	now     map[string]bool // the names that have their value of this step
	level   int             // how many fractions and exponents this is inside
}

func newLayout(to notation, names []string) *layout {
	return &layout{notation: to, symbols: symbols(names), now: map[string]bool{}}
}

// layout prepares the program's: where every name gets a value at most once a
// step, m is m_{t-1} before and m_t after; elsewhere arrows replace the index.
func (p *Program) layout(to notation) *layout {
	l := newLayout(to, p.names())
	l.prog, l.timed = p, !(p.Assigns("w") && (p.Reads("step") || p.Assigns("step")))
	count := map[string]int{}
	for _, s := range p.Body {
		count[s.Name]++
		l.timed = l.timed && count[s.Name] == 1
	}
	return l
}

// line is an assignment in three columns.
type line struct{ left, relation, right string }

func (l *layout) lines(p *Program) []line {
	var out []line
	for _, s := range p.Body {
		out = append(out, l.line(s))
	}
	if p.Eval != nil {
		s := l.symbols[p.Eval.Name]
		out = append(out, line{l.symbol(s, false, l.word("eval")), "=", l.expr(p.Eval.X, 0)})
	}
	return out
}

func (l *layout) line(s Stmt) line {
	right := l.expr(s.X, 0)
	l.now[s.Name] = true
	relation := "←"
	if l.timed {
		relation = "="
	}
	return line{l.variable(s.Name), relation, right}
}

func (l *layout) variable(name string) string {
	if name == "seen" {
		return l.sup(l.letter("w"), l.word(name))
	}
	given := name == "g" || name == "step"
	return l.symbol(l.symbols[name], l.timed && given && l.now[name], l.index(name)...)
}

// index is the number of the step whose value the variable has here.
func (l *layout) index(name string) []string {
	if !l.timed {
		return nil
	}
	t := l.letter("t")
	switch {
	case name == "g" || name == "step" || l.now[name] && l.prog.State(name) != nil:
		return []string{t}
	case name == "w" && (l.now[name] || l.prog.Reads("step") || l.prog.Assigns("step")):
		return []string{t}
	case name == "w" || l.prog.State(name) != nil && l.prog.Assigns(name):
		return []string{l.row(t, l.prefix("-"), l.number("1"))}
	}
	return nil
}

func (l *layout) symbol(s symbol, primed bool, below ...string) string {
	x := l.name(s.base)
	if primed {
		x = l.prime(x)
	}
	var subs []string
	for _, sub := range s.subs {
		subs = append(subs, l.name(sub))
	}
	var list []string
	for i, sub := range append(subs, below...) {
		if i > 0 {
			list = append(list, l.prefix(","))
		}
		list = append(list, sub)
	}
	if len(list) == 0 {
		return x
	}
	return l.sub(x, l.row(list...))
}

func (l *layout) name(s string) string {
	switch {
	case s[0] >= '0' && s[0] <= '9':
		return l.number(s)
	case symbol{base: s}.isWord():
		return l.word(s)
	}
	return l.letter(s)
}

// The precedences of what is set, least first.
const (
	comparing = iota + 1
	choosing  // mod and where
	adding
	slashing
	multiplying
	signing
	tall // what needs parentheses only below an exponent
	atomic
)

func (l *layout) precedence(e *Expr) int {
	switch e.Op {
	case Num:
		return numberPrecedence(formatNumber(e.Value))
	case Var:
		if e.Name == "seen" {
			return tall
		}
	case Call:
		switch e.Name {
		case "where", "mod":
			return choosing
		case "sqrt", "abs", "floor", "norm", "dot":
			return atomic
		}
		return tall
	case Neg:
		return signing
	case Add, Sub:
		return adding
	case Mul:
		return multiplying
	case Div:
		if l.level > 0 {
			return slashing
		}
		return tall
	case Pow:
		return tall
	}
	return atomic
}

// expr sets an expression, in parentheses if it binds less than least.
func (l *layout) expr(e *Expr, least int) string {
	e = l.pullOut(e)
	var s string
	switch e.Op {
	case Num:
		s = l.scientific(formatNumber(e.Value))
	case Var:
		s = l.variable(e.Name)
	case Call:
		s = l.call(e)
	case Neg:
		s = l.row(l.prefix("-"), l.expr(e.Args[0], multiplying))
	case Add, Sub:
		s = l.row(l.expr(e.Args[0], adding), l.binary(e.Op.String()), l.addend(e.Args[1]))
	case Mul:
		s = l.product(e)
	case Div:
		s = l.quotient(e)
	case Pow:
		s = l.sup(l.expr(e.Args[0], atomic), l.inside(e.Args[1]))
	default:
		s = l.row(l.word("𝟏"), l.fence("[", l.condition(e, 0), "]"))
	}
	if l.precedence(e) < least {
		return l.fence("(", s, ")")
	}
	return s
}

// inside sets an expression that is part of a fraction or an exponent.
func (l *layout) inside(e *Expr) string {
	l.level++
	defer func() { l.level-- }()
	return l.expr(e, 0)
}

// addend sets what is added or subtracted, never with a sign in front.
func (l *layout) addend(e *Expr) string {
	first := e
	for first.Op == Mul || first.Op == Div && l.level > 0 {
		first = first.Args[0]
	}
	if l.precedence(first) == signing {
		return l.fence("(", l.expr(e, 0), ")")
	}
	return l.expr(e, slashing)
}

// pullOut takes a leading hyperparameter out of a fraction: lr*m/v is lr times m/v.
func (l *layout) pullOut(e *Expr) *Expr {
	if e.Op != Div || e.Args[0].Op != Mul || l.level > 0 || l.prog == nil {
		return e
	}
	factors := factors(e.Args[0])
	if factors[0].Op != Var || l.prog.Hyper(factors[0].Name) == nil {
		return e
	}
	rest := factors[1]
	for _, f := range factors[2:] {
		rest = &Expr{Op: Mul, Args: []*Expr{rest, f}}
	}
	rest = &Expr{Op: Div, Args: []*Expr{rest, e.Args[1]}}
	return &Expr{Op: Mul, Args: []*Expr{factors[0], rest}}
}

// factors cuts a product as far as it groups from the left.
func factors(e *Expr) []*Expr {
	if e.Op != Mul {
		return []*Expr{e}
	}
	return append(factors(e.Args[0]), e.Args[1])
}

func (l *layout) product(e *Expr) string {
	var parts []string
	fs := factors(e)
	for i, f := range fs {
		least := tall
		if i == 0 {
			least = multiplying
		} else {
			parts = append(parts, l.binary(l.between(fs[i-1], f)))
		}
		parts = append(parts, l.expr(f, least))
	}
	return l.row(parts...)
}

// between is the sign between two factors.
func (l *layout) between(a, b *Expr) string {
	first := b
	for first.Op == Pow {
		first = first.Args[0]
	}
	fenced := l.precedence(a) < tall
	switch {
	case first.Op == Num && first.Value >= 0:
		return dot
	case l.wide(a) && !fenced, l.wide(b), l.precedence(b) < tall && !fenced && a.Op != Num:
		return thin
	}
	return tight
}

// wide reports whether a factor is a word or a function.
func (l *layout) wide(e *Expr) bool {
	return e.Op == Call && l.precedence(e) >= tall || e.Op.IsComparison() || e.Op == Var && l.symbols[e.Name].isWord() || e.Op == Pow && l.wide(e.Args[0])
}

func (l *layout) quotient(e *Expr) string {
	if l.level > 0 {
		return l.row(l.expr(e.Args[0], multiplying), l.prefix("/"), l.expr(e.Args[1], tall))
	}
	return l.frac(l.inside(e.Args[0]), l.inside(e.Args[1]))
}

// scientific sets a number as it is formatted: 2.5e-8 is 2.5·10^-8.
func (l *layout) scientific(s string) string {
	if digits, negative := strings.CutPrefix(s, "-"); negative {
		return l.row(l.prefix("-"), l.scientific(digits))
	}
	if s == "inf" {
		return l.prefix("∞")
	}
	mantissa, exponent, ok := strings.Cut(s, "e")
	if !ok {
		return l.number(s)
	}
	sign := exponent[:1]
	above := l.number(strings.TrimLeft(exponent[1:], "0"))
	if sign == "-" {
		above = l.row(l.prefix("-"), above)
	}
	power := l.sup(l.number("10"), above)
	if mantissa == "1" {
		return power
	}
	return l.row(l.number(mantissa), l.binary(dot), power)
}

func numberPrecedence(s string) int {
	switch {
	case s[0] == '-':
		return signing
	case strings.HasPrefix(s, "1e"):
		return tall
	case strings.Contains(s, "e"):
		return multiplying
	}
	return atomic
}
