package engine

import (
	"slices"
	"strings"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/internal/plan"
)

// variant is a program compiled for a type and for rows of one weight or of
// several, with the hyperparameters of a group.
type variant struct {
	*compiled
	options plan.Options
	hyper   map[string]float64
	private bool // some scalars are a parameter's own
	effort  int  // operations of the longest phase
}

func newVariant(p *formula.Program, o plan.Options, hyper map[string]float64, back plan.Backend) (*variant, error) {
	c, err := compileProgram(p, o, back)
	if err != nil {
		return nil, err
	}
	v := &variant{compiled: c, options: o, hyper: hyper, private: c.plan.GroupEnd < c.plan.Slots || c.plan.ByRow}
	v.private = v.private || slices.ContainsFunc(c.plan.Results, func(r plan.Result) bool { return r.Kind == plan.ScalarStateKind })
	for _, ph := range c.plan.Phases {
		n := 0
		for _, s := range ph.Segments {
			n += len(s.Code)
		}
		v.effort = max(v.effort, n)
	}
	return v, nil
}

// specialise fits the groups' programs to their fixed hyperparameters. What
// one group needs of a reduction over all parameters, or of a gradient at
// another point, all groups compute. In the optimizer's own program only what
// is the same for all is fixed.
func (e *Engine) specialise(groups []*Group) programs {
	keep := map[string]bool{}
	for _, g := range groups {
		p, _ := plan.Specialise(e.Program, g.Fixed, nil)
		keepShared(p, keep)
	}
	own, _ := plan.Specialise(e.Program, e.commonFixed(groups), nil)
	if slices.ContainsFunc(own.States, func(s formula.State) bool { return s.Kind == formula.Global }) {
		keepShared(own, keep)
	}
	for _, g := range groups {
		g.program, g.Used = plan.Specialise(e.Program, g.Fixed, keep)
	}
	return func(g *Group) *formula.Program {
		if g == nil {
			return own
		}
		return g.program
	}
}

// keepShared adds the statements that the plans of all groups must have.
func keepShared(p *formula.Program, keep map[string]bool) {
	for _, s := range p.Body {
		if strings.HasPrefix(s.Name, "all.") || strings.HasPrefix(s.Name, "grad.") {
			keep[s.Name] = true
		}
	}
}

// commonFixed is the hyperparameters that are fixed at one value for all
// groups and for the optimizer.
func (e *Engine) commonFixed(groups []*Group) map[string]float64 {
	fixed := map[string]float64{}
	for name, v := range e.Hyper {
		if !slices.ContainsFunc(groups, func(g *Group) bool { f, ok := g.Fixed[name]; return !ok || f != v }) {
			fixed[name] = v
		}
	}
	return fixed
}

// programs gives the program of a group and, for nil, of the optimizer itself.
type programs func(*Group) *formula.Program

// compile builds plans until they agree on when barriers are.
func (e *Engine) compile(tensors []*Tensor, o plan.Options, program programs) (insts []*instance, own *variant, err error) {
	barriers := map[string]int{}
	o.Remote = e.Peers != nil
	for agreed := false; !agreed; {
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
		if own, err = newVariant(program(nil), whole, e.Hyper, e.Backend); err != nil {
			return nil, nil, err
		}
		agreed = !delay(barriers, own.plan.Barriers)
		for _, in := range insts {
			agreed = !delay(barriers, in.v.plan.Barriers) && agreed
		}
	}
	return insts, own, nil
}

// delay moves barriers to where a plan has them later, and reports whether it has.
func delay(barriers, later map[string]int) (moved bool) {
	for name, at := range later {
		if at > barriers[name] {
			barriers[name], moved = at, true
		}
	}
	return moved
}

func (e *Engine) variantOf(t *Tensor, o plan.Options, cache map[*Group][]*variant, program programs) (*variant, error) {
	o = t.options(o)
	for _, v := range cache[t.Group] {
		if h := v.options; h.Type == o.Type && h.Round == o.Round && h.Low == o.Low && h.RowIsElem == o.RowIsElem {
			return v, nil
		}
	}
	v, err := newVariant(program(t.Group), o, t.Group.Hyper, e.Backend)
	if err == nil {
		cache[t.Group] = append(cache[t.Group], v)
	}
	return v, err
}
