package plan

import "slices"

// scalars gives every scalar that anything needs a slot, those of the group
// first, and orders the scalar code of phases.
func (l *layout) scalars() {
	seen := map[*node]bool{}
	for _, r := range l.roots {
		mark(r.n, seen)
	}
	for _, r := range l.p.Results {
		mark(l.b.vars[r.Name], seen)
		l.p.ByRow = l.p.ByRow || r.Kind == RowStateKind
	}
	for _, n := range l.b.globals {
		mark(n, seen)
	}
	var nodes []*node
	for n := range seen {
		if n.level < perElem {
			nodes = append(nodes, n)
		}
	}
	slices.SortFunc(nodes, func(x, y *node) int {
		if x.level != y.level {
			return int(x.level) - int(y.level)
		}
		return x.id - y.id
	})
	for i, n := range nodes {
		l.slot[n] = i
		if n.level == perGroup {
			l.p.GroupEnd = i + 1
		}
		if n.in != nil {
			in := *n.in
			in.Slot = i
			l.p.Inputs = append(l.p.Inputs, in)
			l.p.ByRow = l.p.ByRow || n.level == perRow
			continue
		}
		if n.level != perRow {
			code := l.code(n.level, n.phase)
			*code = append(*code, l.scalar(n))
		}
	}
	l.p.Slots = len(nodes)
	for i, r := range l.p.Results {
		l.p.Results[i].Slot = l.slot[l.b.vars[r.Name]]
	}
	for i, n := range l.b.globals {
		l.p.Globals[i].Slot = l.slot[n]
	}
}

// code is where the scalar code of a level and phase goes.
func (l *layout) code(lv level, phase int) *[]Instr {
	p := &l.p.Final
	if phase <= l.last {
		p = &l.p.Phases[phase]
	}
	if lv == perGroup {
		return &p.Group
	}
	return &p.Param
}

func (l *layout) scalar(n *node) Instr {
	in := Instr{Op: n.op, Type: F64, Dst: int32(l.slot[n]), Imm: int32(n.imm)}
	for i, a := range n.args {
		*[]*Operand{&in.A, &in.B, &in.C}[i] = Operand(^l.slot[a])
	}
	return in
}
