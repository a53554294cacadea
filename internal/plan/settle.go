package plan

// settle stores states in the phase that computes them, where that makes no
// difference: later phases then load them, which is less work than to compute
// them again. It does so only where no phase can fail once this one has run, no
// later phase reads what the state was, and the array holds what was computed.
func (l *layout) settle() {
	o := l.b.o
	if o.Remote || o.Output != "" || o.Round.Half() || o.States == BF16 || len(l.b.grads) > 0 || l.p.ByRow {
		return
	}
	for i := range l.roots {
		r := &l.roots[i]
		a := l.arrayOf(r)
		if a.Kind != State || r.n.level < perElem || r.n.op == Load || r.n.phase >= r.phase || r.n.typ != l.p.Type {
			continue
		}
		early := *r
		early.phase = r.n.phase
		if l.computes(early) && !l.needsLater(l.start[l.p.States[a.Index].Name], early) {
			*r = early
			l.settled[r.n] = early
		}
	}
}

// arrayOf is the array that a root stores to; of other roots it is that of the weights.
func (l *layout) arrayOf(r *root) Array {
	if r.op != Store {
		return Array{}
	}
	return l.p.Arrays[r.imm]
}

// computes reports whether the phase computes the value anyway.
func (l *layout) computes(early root) bool {
	return l.reached(early.phase, nil)[early.n]
}

// reached is what code of a phase computes and loads for its roots, but for
// those of one value.
func (l *layout) reached(phase int, but *node) map[*node]bool {
	seen := map[*node]bool{}
	for _, r := range l.roots {
		if r.phase == phase && r.n != but {
			l.reach(r.n, phase, seen)
		}
	}
	return seen
}

// needsLater reports whether a phase after the early one computes with what
// the state was, though it loads the early value.
func (l *layout) needsLater(old *node, early root) bool {
	l.settled[early.n] = early
	defer delete(l.settled, early.n)
	for phase := early.phase + 1; phase <= l.last; phase++ {
		if seen := l.reached(phase, early.n); seen[old] {
			return true
		}
	}
	return false
}

// reach marks n and what it is computed from.
func (l *layout) reach(n *node, phase int, seen map[*node]bool) {
	if n.level < perElem || seen[n] {
		return
	}
	seen[n] = true
	if r, ok := l.settled[n]; ok && r.phase < phase {
		return
	}
	for _, a := range n.args {
		l.reach(a, phase, seen)
	}
}
