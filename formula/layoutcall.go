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
		return l.cases(l.expr(e.Args[1], 0), l.condition(e.Args[0], 0), l.expr(e.Args[2], 0))
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
		return l.row(l.expr(e.Args[0], choosing), l.binary(sign), l.expr(e.Args[1], choosing))
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
