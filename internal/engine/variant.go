package engine

import (
	"strings"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/internal/plan"
)

// variant is a program compiled for a type and for rows of one weight or of several.
type variant struct {
	options plan.Options
	plan    *plan.Plan
	kernels [][]plan.Kernel
	hyper   map[string]float64
	tables  []*table
	used    int  // tables of this step
	private bool // some scalars are a parameter's own
}

// table holds the scalars that parameters of a variant with the same t share.
type table struct {
	t    int
	slot []float64
}

func newVariant(p *formula.Program, o plan.Options, hyper map[string]float64, back plan.Backend) (*variant, error) {
	pl, err := plan.Build(p, o)
	if err != nil {
		return nil, err
	}
	v := &variant{options: o, plan: pl, hyper: hyper, private: pl.GroupEnd < pl.Slots || pl.ByRow}
	if !o.Optimizer {
		v.kernels = back.Compile(pl)
	}
	return v, nil
}

// table finds or makes the table of parameters that have made t updates.
func (v *variant) table(t int) *table {
	for _, tab := range v.tables[:v.used] {
		if tab.t == t {
			return tab
		}
	}
	if v.used == len(v.tables) {
		tab := &table{slot: make([]float64, v.plan.Slots)}
		for _, in := range v.plan.Inputs {
			if in.Kind == plan.Const {
				tab.slot[in.Slot] = in.Value
			}
		}
		v.tables = append(v.tables, tab)
	}
	v.used++
	v.tables[v.used-1].t = t
	return v.tables[v.used-1]
}

// specialise fits the groups' programs to their fixed hyperparameters. What
// one group needs of a reduction over all parameters, or of a gradient at
// another point, all groups compute.
func (e *Engine) specialise(groups []*Group) {
	keep := map[string]bool{}
	for _, g := range groups {
		p, _ := plan.Specialise(e.Program, g.Fixed, nil)
		for _, s := range p.Body {
			if strings.HasPrefix(s.Name, "all.") || strings.HasPrefix(s.Name, "grad.") {
				keep[s.Name] = true
			}
		}
	}
	for _, g := range groups {
		g.program, g.Used = plan.Specialise(e.Program, g.Fixed, keep)
		g.variants = nil
	}
}

// compile builds plans until they agree on when barriers are.
func (e *Engine) compile(groups []*Group, tensors []*Tensor, o plan.Options, program func(*Group) *formula.Program) (insts []*instance, own *variant, err error) {
	barriers := map[string]int{}
	for {
		o.Barriers = barriers
		insts = nil
		cache := map[*Group][]*variant{}
		for _, t := range tensors {
			v, err := e.variantOf(t, o, cache, program)
			if err != nil {
				return nil, nil, err
			}
			insts = append(insts, newInstance(t, v))
		}
		whole := o
		whole.Optimizer, whole.Type = true, plan.F64
		if own, err = newVariant(program(groups[0]), whole, e.Hyper, e.Backend); err != nil {
			return nil, nil, err
		}
		agreed := true
		for _, in := range insts {
			for name, at := range in.v.plan.Barriers {
				if at > barriers[name] {
					barriers[name], agreed = at, false
				}
			}
		}
		if agreed {
			return insts, own, nil
		}
	}
}

func (e *Engine) variantOf(t *Tensor, o plan.Options, cache map[*Group][]*variant, program func(*Group) *formula.Program) (*variant, error) {
	o.Type, o.RowIsElem = t.W.Type(), t.rowLength() <= 1
	for _, v := range cache[t.Group] {
		if v.options.Type == o.Type && v.options.RowIsElem == o.RowIsElem {
			return v, nil
		}
	}
	v, err := newVariant(program(t.Group), o, t.Group.Hyper, e.Backend)
	if err == nil {
		cache[t.Group] = append(cache[t.Group], v)
	}
	return v, err
}
