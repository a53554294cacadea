package engine

import "github.com/descent-go/descent/internal/plan"

// table holds the scalars that parameters of a variant with the same t share.
type table struct {
	t    int
	slot []float64
}

func newTable(v *variant) *table {
	tab := &table{slot: make([]float64, v.plan.Slots)}
	for _, in := range v.plan.Inputs {
		if in.Kind == plan.Const {
			tab.slot[in.Slot] = in.Value
		}
	}
	return tab
}

// tables gives a table to all tensors of a variant that have the same t. They
// go on together: what takes part in a step counts it.
func (p *pass) tables() {
	type key struct {
		v *variant
		t int
	}
	have := map[key]*table{}
	for _, in := range p.insts {
		if in.rests {
			continue
		}
		k := key{in.v, in.t.T}
		if in.first = have[k] == nil; in.first {
			have[k] = newTable(in.v)
		}
		in.group = have[k]
		if in.table = in.group.slot; in.own != nil {
			in.table = in.own
		}
	}
}

// begin sets the inputs that are known before the first phase.
func (p *pass) begin() {
	count, last := 0, 0
	for _, in := range p.insts {
		last = max(last, in.t.T)
		if !in.rests {
			count += p.count(in)
		}
	}
	p.named.t = last
	p.shared(p.own, p.named, count)
	for _, in := range p.insts {
		if in.rests {
			continue
		}
		if in.t.Low.Len() > 0 && in.t.Seen.Len() == 0 && in.array(plan.Array{Kind: plan.Seen}).Len() > 0 {
			in.t.follow() // W is what has been seen
		}
		if in.first {
			in.group.t = in.t.T
			p.shared(in.v, in.group, count)
		}
		if in.own != nil {
			in.begin(p.count(in))
		}
	}
}

// count is how many weights of a tensor take part.
func (p *pass) count(in *instance) int {
	if in.t.Rows != nil && !p.every {
		return len(in.t.Rows) * in.t.RowLength()
	}
	return in.t.W.Len()
}

// shared sets the inputs that parameters of a variant with the same t share.
func (p *pass) shared(v *variant, tab *table, count int) {
	for _, in := range v.plan.Inputs {
		switch in.Kind {
		case plan.Hyper:
			tab.slot[in.Slot] = v.hyper[in.Name]
		case plan.T:
			tab.slot[in.Slot] = float64(tab.t)
		case plan.GlobalState:
			tab.slot[in.Slot] = p.e.Global[in.Name]
		case plan.AllCount:
			tab.slot[in.Slot] = float64(max(count, 1))
		}
	}
}

// begin sets the scalar states of a tensor with a table of its own, and of how
// many weights its means are.
func (in *instance) begin(count int) {
	for _, input := range in.v.plan.Inputs {
		switch input.Kind {
		case plan.ScalarState:
			in.own[input.Slot] = in.t.States[input.Index].V.At(0)
		case plan.Count:
			in.own[input.Slot] = float64(max(count, 1)) // the mean of none is 0
		}
	}
}

// share copies the scalars of the group into the tensor's own table, leaving
// what is its own.
func (in *instance) share() {
	copy(in.own, in.group.slot[:in.v.plan.GroupEnd])
}
