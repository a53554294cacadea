package plan

import "slices"

// phase makes the segments of a phase.
func (l *layout) phase(at int) {
	ph := &l.p.Phases[at]
	var roots []root
	needed := map[*node]bool{}
	last := 0
	need := func(n *node) {
		within(n, needed)
		last = max(last, n.segment)
	}
	for _, r := range l.roots {
		if r.phase == at {
			roots = append(roots, l.bind(ph, r))
			need(r.n)
		}
	}
	if at == l.last {
		for _, r := range l.p.Results {
			if r.Kind == RowStateKind {
				need(l.b.vars[r.Name])
			}
		}
	}
	ph.Segments = make([]Segment, last+1)
	for s := range ph.Segments {
		l.segment(at, s, roots, needed)
	}
}

// bind gives the root of a reduction its accumulator.
func (l *layout) bind(ph *Phase, r root) root {
	if r.op == Store {
		return r
	}
	a := l.b.accs[-1-r.imm]
	r.imm = len(ph.Sums)
	ph.Sums = append(ph.Sums, Reduction{Max: a.op == AccMax, All: a.all, Slot: l.slot[a.result]})
	return r
}

// within marks what a phase computes per row and per weight: through
// reductions over rows, not through those of earlier phases.
func within(n *node, seen map[*node]bool) {
	if seen[n] || n.level < perRow {
		return
	}
	seen[n] = true
	for _, a := range n.args {
		within(a, seen)
	}
	if n.acc != nil && n.level == perRow {
		within(n.acc.x, seen)
	}
}

func (l *layout) segment(at, s int, roots []root, needed map[*node]bool) {
	ph := &l.p.Phases[at]
	seg := &ph.Segments[s]
	var rows []*node
	for n := range needed {
		if n.level == perRow && n.segment == s && n.in == nil {
			rows = append(rows, n)
		}
	}
	slices.SortFunc(rows, func(x, y *node) int { return x.id - y.id })
	for _, n := range rows {
		seg.Rows = append(seg.Rows, l.scalar(n))
	}
	g := generator{l: l, phase: at, seg: seg, uses: map[*node]int{}, reg: map[*node]int32{}}
	var here []root
	for _, r := range roots {
		if r.op != Store && r.n.segment == s || r.op == Store && s == len(ph.Segments)-1 {
			here = append(here, r)
		}
	}
	for i, a := range l.b.accs {
		if needed[a.result] && a.scope == "row" && a.x.segment == s {
			here = append(here, root{a.x, a.op, len(ph.Sums) + len(seg.RowSums), i})
			seg.RowSums = append(seg.RowSums, RowReduction{a.op == AccMax, len(ph.Sums) + len(seg.RowSums), l.slot[a.result]})
		}
	}
	l.p.Accs = max(l.p.Accs, len(ph.Sums)+len(seg.RowSums))
	g.run(here)
}

// generator makes the vector code of a segment, with a register for every value
// from where it is made to where it is last used.
type generator struct {
	l     *layout
	phase int
	seg   *Segment
	uses  map[*node]int
	reg   map[*node]int32
	free  [2][]int32
}

func (g *generator) run(roots []root) {
	for _, r := range roots {
		g.count(r.n)
	}
	var stores []root
	for _, r := range roots {
		if r.op == Store {
			stores = append(stores, r)
			continue
		}
		a := g.operand(r.n)
		g.seg.Code = append(g.seg.Code, Instr{Op: r.op, Type: F64, A: a, Imm: int32(r.imm)})
		g.release(r.n)
	}
	g.store(stores)
}

// store computes all values before it writes any, since arrays may be both read and written.
func (g *generator) store(stores []root) {
	from := make([]Operand, len(stores))
	for i, r := range slices.Backward(stores) { // the weights, which take longest, first
		from[i] = g.operand(r.n)
		if r.n.op == Load { // a register may show the array itself
			dst := g.take(r.n.typ)
			g.seg.Code = append(g.seg.Code, Instr{Op: Mov, Type: r.n.typ, Dst: dst, A: from[i]})
			from[i] = Operand(dst)
		}
	}
	for i, r := range stores {
		t := g.l.p.Type // of scalars
		if r.n.level == perElem {
			t = r.n.typ
		}
		g.seg.Code = append(g.seg.Code, Instr{Op: Store, Type: t, A: from[i], Imm: int32(r.imm)})
	}
}

// count notes how often every value is used.
func (g *generator) count(n *node) {
	if n.level < perElem {
		return
	}
	if g.uses[n]++; g.uses[n] == 1 && !g.stored(n) {
		for _, a := range n.args {
			g.count(a)
		}
	}
}

// operand gives where a value is, computing it first where it is not there yet.
func (g *generator) operand(n *node) Operand {
	if n.level < perElem {
		return Operand(^g.l.slot[n])
	}
	if r, ok := g.reg[n]; ok {
		return Operand(r)
	}
	in := Instr{Op: n.op, Type: n.typ, Imm: int32(n.imm)}
	if g.stored(n) {
		in = Instr{Op: Load, Type: n.typ, Imm: int32(g.l.settled[n].imm)}
	} else {
		g.operands(n, &in)
	}
	in.Dst = g.take(n.typ)
	g.reg[n] = in.Dst
	g.seg.Code = append(g.seg.Code, in)
	return Operand(in.Dst)
}

// operands gives the instruction its operands.
func (g *generator) operands(n *node, in *Instr) {
	for i, a := range n.args {
		*[]*Operand{&in.A, &in.B, &in.C}[i] = g.operand(a)
	}
	for _, a := range n.args {
		g.release(a)
	}
}

// stored reports whether an earlier phase has stored the value.
func (g *generator) stored(n *node) bool {
	r, ok := g.l.settled[n]
	return ok && r.phase < g.phase
}

func (g *generator) release(n *node) {
	if n.level < perElem {
		return
	}
	if g.uses[n]--; g.uses[n] == 0 {
		g.free[n.typ] = append(g.free[n.typ], g.reg[n])
	}
}

func (g *generator) take(t Type) int32 {
	if free := g.free[t]; len(free) > 0 {
		g.free[t] = free[:len(free)-1]
		return free[len(free)-1]
	}
	g.seg.Regs[t]++
	return int32(g.seg.Regs[t] - 1)
}
