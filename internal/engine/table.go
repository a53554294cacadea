package engine

import (
	"math"

	"github.com/descent-go/descent/internal/plan"
)

// table holds the scalars that parameters of a variant with the same t share.
type table struct {
	v    *variant
	of   *Tensor // one of them
	slot []float64
}

func newTable(v *variant, of *Tensor) *table {
	tab := &table{v: v, of: of, slot: make([]float64, v.plan.Slots)}
	for _, in := range v.plan.Inputs {
		if in.Kind == plan.Const {
			tab.slot[in.Slot] = in.Value
		}
	}
	return tab
}

// share gives a table to all tensors of a variant that have the same t. They
// go on together: what takes part in a step counts it.
func (p *pass) share() {
	type key struct {
		v *variant
		t int
	}
	have := map[key]*table{}
	p.tables, p.private, p.low, p.rested = p.tables[:0], p.private[:0], p.low[:0], 0
	for _, in := range p.insts {
		if in.rests {
			p.rested = max(p.rested, in.t.T())
			continue
		}
		k := key{in.v, in.t.T()}
		if have[k] == nil {
			have[k] = newTable(in.v, in.t)
			p.tables = append(p.tables, have[k])
		}
		in.group = have[k]
		if in.table = in.group.slot; in.own != nil {
			in.table = in.own
			p.private = append(p.private, in)
		}
		if in.t.Low.Len() > 0 && in.has(plan.Seen) {
			p.low = append(p.low, in)
		}
	}
}

// begin sets the inputs that are known before the first phase.
func (p *pass) begin() {
	for _, in := range p.low {
		if in.t.Seen.Len() == 0 {
			in.t.follow() // W is what has been seen
		}
	}
	last := p.rested
	for _, tab := range p.tables {
		p.known(tab, tab.of.T())
		last = max(last, tab.of.T())
	}
	p.known(p.named, last)
	for _, in := range p.private {
		in.begin()
	}
}

// count is how many weights of a tensor take part, on all ranks.
func (p *pass) count(in *instance) int {
	if in.t.Rows != nil && !p.every {
		return len(in.t.Rows) * in.t.RowLength()
	}
	return in.t.size()
}

// here is how many do on this rank.
func (p *pass) here(in *instance) int { return p.count(in) - in.t.other }

// known sets the inputs that parameters of a variant with the same t share.
func (p *pass) known(tab *table, t int) {
	for _, in := range tab.v.plan.Inputs {
		switch in.Kind {
		case plan.Hyper:
			tab.slot[in.Slot] = tab.v.hyper[in.Name]
		case plan.T:
			tab.slot[in.Slot] = float64(t)
		case plan.GlobalState:
			tab.slot[in.Slot] = p.e.Global[in.Name]
		case plan.AllCount:
			tab.slot[in.Slot] = float64(max(p.weights, 1))
		case plan.Seed:
			tab.slot[in.Slot] = math.Float64frombits(p.e.Seed >> (32 * in.Index) & (1<<32 - 1))
		}
	}
}

// begin sets the scalar states of a tensor with a table of its own, and of how
// many weights its means are.
func (in *instance) begin() {
	for _, input := range in.v.plan.Inputs {
		switch input.Kind {
		case plan.ScalarState:
			in.own[input.Slot] = in.t.States[input.Index].V.At(0)
		case plan.Count:
			in.own[input.Slot] = float64(max(in.weights, 1)) // the mean of none is 0
		}
	}
}

// share copies the scalars of the group into the tensor's own table, leaving
// what is its own.
func (in *instance) share() {
	copy(in.own, in.group.slot[:in.v.plan.GroupEnd])
}
