package formula

// fences are the functions that are set as their argument between two signs.
var fences = map[string][2]string{"abs": {"|", "|"}, "norm": {"‖", "‖"}, "floor": {"⌊", "⌋"}, "dot": {"⟨", "⟩"}}

func (l *layout) call(e *Expr) string {
	scope, name, isReduction := SplitReduction(e)
	if !isReduction {
		name = e.Name
	}
	switch name {
	case "sqrt":
		return l.sqrt(l.expr(e.Args[0], 0))
	case "mod":
		return l.row(l.expr(e.Args[0], slashing), l.binary("mod"), l.expr(e.Args[1], slashing))
	case "where":
		return l.where(e)
	case "normal":
		return l.row(l.letter("𝒩"), l.fence("(", l.row(l.number("0"), l.prefix(","), l.number("1")), ")"))
	case "grad":
		return l.row(l.prefix("∇"), l.letter("f"), l.fence("(", l.expr(e.Args[0], 0), ")"))
	}
	if f, ok := fences[name]; ok {
		return l.scoped(l.fence(f[0], l.arguments(e), f[1]), scope)
	}
	return l.row(l.scoped(l.function(name), scope), l.fence("(", l.arguments(e), ")"))
}

// where sets a choice, and those that stand in its otherwise, as cases.
func (l *layout) where(e *Expr) string {
	var cases [][2]string
	for e.Op == Call && e.Name == "where" {
		cases = append(cases, [2]string{l.expr(e.Args[1], 0), l.condition(e.Args[0], 0)})
		e = e.Args[2]
	}
	return l.cases(cases, l.expr(e, 0))
}

func (l *layout) scoped(x, scope string) string {
	if scope == "" {
		return x
	}
	return l.sub(x, l.word(scope))
}

func (l *layout) arguments(e *Expr) string {
	var parts []string
	for i, a := range e.Args {
		if i > 0 {
			parts = append(parts, l.binary(","))
		}
		parts = append(parts, l.expr(a, 0))
	}
	return l.row(parts...)
}

// isCondition reports whether e is made of comparisons, joined by * and max.
func isCondition(e *Expr) bool {
	joins := e.Op == Mul || e.Op == Call && e.Name == "max" && len(e.Args) == 2
	return e.Op.IsComparison() || joins && isCondition(e.Args[0]) && isCondition(e.Args[1])
}

// condition sets what is true or false, in parentheses if it binds less than
// least: or binds 0, and 1, a comparison 2.
func (l *layout) condition(e *Expr, least int) string {
	binds, sign := 2, "≠"
	switch {
	case !isCondition(e):
		return l.row(l.expr(e, choosing), l.binary(sign), l.number("0"))
	case e.Op.IsComparison():
		sign = map[Op]string{Lt: "<", Le: "≤", Gt: ">", Ge: "≥", Eq: "=", Ne: "≠"}[e.Op]
		return l.row(l.expr(e.Args[0], choosing), l.binary(sign), l.compared(e.Args[0], e.Args[1]))
	case e.Op == Mul:
		binds, sign = 1, "∧"
	default:
		binds, sign = 0, "∨"
	}
	s := l.row(l.condition(e.Args[0], binds), l.binary(sign), l.condition(e.Args[1], binds))
	if binds < least {
		return l.fence("(", s, ")")
	}
	return s
}

// compared sets what x is compared with: where x is a choice of a
// hyperparameter and y its number, the name.
func (l *layout) compared(x, y *Expr) string {
	if x.Op == Var && y.Op == Num && l.prog != nil {
		if h := l.prog.Hyper(x.Name); h != nil && h.Range.Choices != nil && h.Check(y.Value) == nil {
			return l.word(h.Range.Choices[int(y.Value)])
		}
	}
	return l.expr(y, choosing)
}
