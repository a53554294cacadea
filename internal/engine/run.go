package engine

import (
	"math"

	"github.com/descent-go/descent/internal/plan"
)

// run computes all phases. As long as one can fail nothing but scratch memory
// is written.
func (p *pass) run() error {
	p.begin()
	for p.phase = 0; p.phase < len(p.summing); p.phase++ {
		p.global()
		p.scalars(func(pl *plan.Plan) *plan.Phase {
			if p.phase < len(pl.Phases) {
				return &pl.Phases[p.phase]
			}
			return nil
		})
		p.task.parallel(len(p.jobs), p.threads())
		if err := p.reduce(); err != nil {
			return err
		}
		if err := p.gradients(); err != nil {
			return err
		}
	}
	p.finish()
	return nil
}

// global runs the optimizer's own scalar code before a phase.
func (p *pass) global() {
	if p.phase < len(p.own.plan.Phases) {
		p.results(p.named)
		plan.RunScalar(p.own.plan.Phases[p.phase].Group, p.named.slot)
	}
}

// scalars runs the scalar code that a choice of phase gives, for every table.
func (p *pass) scalars(choose func(*plan.Plan) *plan.Phase) {
	for _, tab := range p.tables {
		if ph := choose(tab.v.plan); ph != nil {
			p.results(tab)
			plan.RunScalar(ph.Group, tab.slot)
		}
	}
	for _, in := range p.private {
		if ph := choose(in.v.plan); ph != nil {
			in.share()
			plan.RunScalar(ph.Param, in.own)
		}
	}
}

// results sets what reductions over all parameters, and the optimizer's own
// plan, have given so far.
func (p *pass) results(tab *table) {
	for _, in := range tab.v.plan.Inputs {
		switch in.Kind {
		case plan.AllResult:
			tab.slot[in.Slot] = p.all[in.Name]
		case plan.GlobalResult:
			for _, g := range p.own.plan.Globals {
				if g.Name == in.Name {
					tab.slot[in.Slot] = p.named.slot[g.Slot]
				}
			}
		}
	}
}

// reduce folds the items' sums in order.
func (p *pass) reduce() error {
	for _, r := range p.isMax {
		if p.begins(r.name) {
			p.all[r.name] = start(r.isMax)
		}
	}
	if len(p.summing[p.phase]) == 0 {
		return nil
	}
	if p.e.Peers != nil {
		return p.reduceAll()
	}
	for _, in := range p.summing[p.phase] {
		for k, s := range in.v.plan.Phases[p.phase].Sums {
			total := start(s.Max)
			for i := in.items[0]; i < in.items[1]; i++ {
				total = plan.Combine(s.Max, total, p.sums[i*p.accs+k])
			}
			p.reduced(in, s, total)
		}
	}
	return nil
}

// reduced notes what a reduction over a parameter has given.
func (p *pass) reduced(in *instance, s plan.Reduction, total float64) {
	if s.All != "" {
		p.all[s.All] = plan.Combine(s.Max, p.all[s.All], total)
	} else {
		in.own[s.Slot] = total
	}
}

// begins reports whether this phase computes the reduction over all parameters.
func (p *pass) begins(name string) bool {
	for _, in := range p.insts {
		if p.phase < len(in.v.plan.Phases) {
			for _, s := range in.v.plan.Phases[p.phase].Sums {
				if s.All == name {
					return true
				}
			}
			return false
		}
	}
	return false
}

func start(isMax bool) float64 {
	if isMax {
		return math.Inf(-1)
	}
	return 0
}

// gradients takes the gradients at the points that the phase has stored.
func (p *pass) gradients() error {
	if len(p.insts) == 0 || p.phase >= len(p.insts[0].v.plan.Phases) {
		return nil
	}
	for _, k := range p.insts[0].v.plan.Phases[p.phase].Points {
		if err := p.take(k); err != nil {
			return err
		}
		for _, in := range p.insts {
			if g := in.array(plan.Array{Kind: plan.Grad, Index: k}); !in.rests && g.Len() > 0 {
				plan.Copy(g, in.t.G)
			}
		}
	}
	return nil
}

// take takes the gradients at the k-th points. The weights come back even
// where the caller's function panics.
func (p *pass) take(k int) error {
	for _, in := range p.insts {
		if !in.rests {
			plan.Copy(in.t.kept, in.t.value())
		}
	}
	defer func() {
		for _, in := range p.insts {
			if !in.rests {
				plan.Copy(in.t.value(), in.t.kept)
			}
		}
	}()
	for _, in := range p.insts {
		if !in.rests {
			plan.Copy(in.t.value(), in.array(plan.Array{Kind: plan.Point, Index: k}))
		}
	}
	return p.e.take()
}

// array is the tensor's memory for an array of the plan, empty where the plan has it not.
func (in *instance) array(a plan.Array) plan.Vector {
	for i, have := range in.v.plan.Arrays {
		if have == a {
			return in.arrays[i]
		}
	}
	return plan.Vector{}
}

// finish runs the scalar code after the last phase and keeps the new values of scalar states.
func (p *pass) finish() {
	for ; p.phase < len(p.own.plan.Phases); p.phase++ {
		p.global()
	}
	p.scalars(func(pl *plan.Plan) *plan.Phase { return &pl.Final })
	for _, r := range p.own.plan.Results {
		p.e.Global[r.Name] = p.named.slot[r.Slot]
	}
	for _, in := range p.private {
		for _, r := range in.v.plan.Results {
			if r.Kind == plan.ScalarStateKind {
				in.t.States[r.Index].V.Set(0, in.table[r.Slot])
			}
		}
	}
}
