package plan

import (
	"fmt"

	"github.com/descent-go/descent/formula"
)

// Options say for what a plan is built.
type Options struct {
	Type      Type           // in which values are computed
	Round     Type           // half precision, where weights and states have it: every result is rounded to it
	Low       Type           // half precision, where the weights are the master copy of others that have it
	States    Type           // BF16: the states of weights, but for those that start as weights, are bfloat16 arrays, rounded at random; else they are as computed
	RowIsElem bool           // rows have one weight each, so rows are weights
	Barriers  map[string]int // phases before which no all.*, grad.* or global scalar may be, so that plans of one optimizer agree
	Optimizer bool           // the plan of the optimizer itself: global scalars and no weights
	Output    string         // store this variable into Output instead of updating weights and states
	Step      string         // the variable that is what a rule that is no formula has put into Step
	Remote    bool           // reductions can fail, so nothing is written before the last is known
}

// Build makes the plan of a flat, specialised program.
func Build(p *formula.Program, o Options) (*Plan, error) {
	b := &builder{o: o, prog: p, typ: o.Type, nodes: map[nodeKey]*node{}, vars: map[string]*node{}}
	b.plan = &Plan{Type: o.Type, Barriers: map[string]int{}}
	b.start()
	start := map[string]*node{}
	for name, n := range b.vars {
		start[name] = n
	}
	for _, s := range p.Body {
		if len(b.nodes) > 200_000 {
			return nil, fmt.Errorf("%s: the formula is too long", p.Name)
		}
		n := b.statement(s)
		if st := p.State(s.Name); st != nil && st.Kind == formula.Elem || s.Name == "w" || s.Name == "g" || s.Name == "step" {
			n = b.narrow(n)
		} else if st != nil && st.Kind == formula.Global {
			n = b.global(s, n)
		}
		b.vars[s.Name] = n
	}
	b.plan.Grads = len(b.grads)
	l := layout{b: b, p: b.plan, slot: map[*node]int{}, start: start, settled: map[*node]root{}}
	l.run()
	return b.plan, nil
}

// isWeights reports whether a state starts as weights do: it is to be compared
// with them, or to take their place.
func isWeights(s formula.State) bool { return s.Init != nil && s.Init.Reads("w") }

// start sets what a program finds before its first line.
func (b *builder) start() {
	for i, s := range b.prog.States {
		kind := [...]StateKind{formula.Global: GlobalStateKind, formula.Scalar: ScalarStateKind, formula.Row: RowStateKind, formula.Elem: ElemState}[s.Kind]
		b.plan.States = append(b.plan.States, StateInfo{s.Name, kind, b.o.States == BF16 && kind == ElemState && !isWeights(s)})
		switch {
		case kind == GlobalStateKind:
			b.vars[s.Name] = b.input(GlobalState, s.Name, 0)
		case kind == ScalarStateKind:
			b.vars[s.Name] = b.input(ScalarState, s.Name, i)
		case kind == RowStateKind && !b.o.RowIsElem:
			b.vars[s.Name] = b.input(RowState, s.Name, i)
		default:
			b.vars[s.Name] = b.load(Array{State, i}, 0)
		}
	}
	for _, h := range b.prog.Hypers {
		b.vars[h.Name] = b.input(Hyper, h.Name, 0)
	}
	b.vars["w"] = b.weights()
	b.vars["g"] = b.load(Array{Kind: Grad}, 0)
	b.vars["seen"] = b.load(Array{Kind: Seen}, 0)
	b.vars["t"] = b.input(T, "", 0)
	if b.o.Step != "" {
		b.vars[b.o.Step] = b.load(Array{Kind: Step}, 0)
	}
}

// weights is the weights. A master copy holds where the weights in half
// precision are what it rounds to; else somebody has changed them, and they count.
func (b *builder) weights() *node {
	w := b.load(Array{Kind: Weights}, 0)
	if !b.o.Low.Half() {
		return w
	}
	low := b.load(Array{Kind: Low}, 0)
	return b.op(Select, b.op(Eq, b.round(b.o.Low, w), low), w, low)
}

// root is a value that a phase must deliver.
type root struct {
	n     *node
	op    Op // Store, AccSum or AccMax
	imm   int
	phase int
}

// layout orders a graph into phases, segments and code.
type layout struct {
	b     *builder
	p     *Plan
	start map[string]*node // what variables were before the first line
	roots []root
	slot  map[*node]int
	last  int // the phase that writes weights

	settled map[*node]root // values of states that an earlier phase stores
}

func (l *layout) run() {
	if l.b.o.Optimizer {
		l.results(GlobalStateKind)
		for _, n := range l.b.globals {
			l.last = max(l.last, n.phase)
		}
	} else {
		l.writes()
		l.results(ScalarStateKind)
		l.results(RowStateKind)
		l.reductions()
		l.afterAll()
		for i := range l.roots {
			if l.roots[i].phase < 0 {
				l.roots[i].phase = l.last
			}
		}
	}
	l.p.Phases = make([]Phase, l.last+1)
	l.scalars()
	if !l.b.o.Optimizer {
		l.settle()
	}
	for phase := range l.p.Phases {
		if !l.b.o.Optimizer {
			l.phase(phase)
		}
	}
	for _, r := range l.roots {
		if r.op == Store && l.p.Arrays[r.imm].Kind == Point {
			l.p.Phases[r.phase].Points = append(l.p.Phases[r.phase].Points, l.p.Arrays[r.imm].Index)
		}
	}
	l.dropUnusedArrays()
}

// dropUnusedArrays keeps those arrays that code loads or stores.
func (l *layout) dropUnusedArrays() {
	place := map[int32]int32{}
	var arrays []Array
	for p := range l.p.Phases {
		for s := range l.p.Phases[p].Segments {
			code := l.p.Phases[p].Segments[s].Code
			for i, in := range code {
				if in.Op != Load && in.Op != Store {
					continue
				}
				at, ok := place[in.Imm]
				if !ok {
					at = int32(len(arrays))
					place[in.Imm] = at
					arrays = append(arrays, l.p.Arrays[in.Imm])
				}
				code[i].Imm = at
			}
		}
	}
	l.p.Arrays = arrays
}

// array gives the index of an array, listing it where it is new.
func (l *layout) array(a Array) int {
	return l.b.load(a, 0).imm
}

// writes makes roots of what the last phase stores.
func (l *layout) writes() {
	store := func(n *node, a Array) {
		l.roots = append(l.roots, root{n, Store, l.array(a), -1})
		l.last = max(l.last, n.phase)
	}
	if out := l.b.o.Output; out != "" {
		store(l.b.vars[out], Array{Kind: Output})
	} else {
		rounded := rounder{b: l.b}
		for i, s := range l.p.States {
			if n := l.b.vars[s.Name]; (s.Kind == ElemState || s.Kind == RowStateKind && l.b.o.RowIsElem) && n != l.start[s.Name] {
				if s.BF16 {
					n = rounded.round(n)
				}
				store(n, Array{State, i})
			}
		}
		if n := l.b.vars["w"]; n != l.start["w"] {
			store(n, Array{Kind: Weights})
			if l.b.o.Low.Half() {
				store(n, Array{Kind: Low})
			}
		}
	}
	for i, g := range l.b.grads {
		l.roots = append(l.roots, root{g.x, Store, l.array(Array{Point, i + 1}), g.phase})
		l.last = max(l.last, g.phase+1)
	}
}

// writing is the name of the barrier before which no plan of an optimizer writes
// what it cannot take back.
const writing = ""

// afterAll lets the last phase come when no reduction is still to be made, which
// may fail where it is made by several processes.
func (l *layout) afterAll() {
	if !l.b.o.Remote || l.b.o.Output != "" {
		return
	}
	for _, r := range l.roots {
		if r.op != Store {
			l.last = max(l.last, r.phase+1)
		}
	}
	l.last = max(l.last, l.b.o.Barriers[writing])
	l.p.Barriers[writing] = l.last
}

// results notes states that are no arrays and have new values.
func (l *layout) results(kind StateKind) {
	if l.b.o.Output != "" {
		return
	}
	for i, s := range l.p.States {
		n := l.b.vars[s.Name]
		if s.Kind != kind || n == l.start[s.Name] || kind == RowStateKind && l.b.o.RowIsElem {
			continue
		}
		if kind == ScalarStateKind { // its code may run after the last phase
			l.last = max(l.last, n.phase-1)
		} else {
			l.last = max(l.last, n.phase)
		}
		l.p.Results = append(l.p.Results, Result{s.Name, kind, i, 0})
	}
}

// reductions makes roots of what reductions over a parameter and over all need.
// Those nobody reads do not run, but for those over all, which others may read.
func (l *layout) reductions() {
	for grown := true; grown; {
		grown = false
		seen := map[*node]bool{}
		for _, r := range l.roots {
			mark(r.n, seen)
		}
		for _, r := range l.p.Results {
			mark(l.b.vars[r.Name], seen)
		}
		for _, a := range l.b.accs {
			if a.scope == "row" || l.has(a) || !seen[a.result] && a.scope != "all" {
				continue
			}
			at := a.x.phase
			if a.scope == "all" {
				at = l.p.Barriers[a.all]
			}
			l.roots = append(l.roots, root{a.x, a.op, -1 - l.index(a), at})
			l.last, grown = max(l.last, at), true
		}
	}
}

func (l *layout) index(a *accumulator) int {
	for i, have := range l.b.accs {
		if have == a {
			return i
		}
	}
	return -1
}

func (l *layout) has(a *accumulator) bool {
	for _, r := range l.roots {
		if r.op != Store && r.imm == -1-l.index(a) {
			return true
		}
	}
	return false
}

// mark adds a node and all it is computed from, through reductions too.
func mark(n *node, seen map[*node]bool) {
	if seen[n] {
		return
	}
	seen[n] = true
	for _, a := range n.args {
		mark(a, seen)
	}
	if n.acc != nil {
		mark(n.acc.x, seen)
	}
}
