package engine

import (
	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/internal/plan"
)

// initialise gives tensors that have no states yet their start values.
func (e *Engine) initialise(insts []*instance, own *variant) error {
	if e.Global == nil {
		e.Global = map[string]float64{}
	}
	for _, s := range own.plan.States {
		if _, have := e.Global[s.Name]; s.Kind == plan.GlobalStateKind && !have {
			v, err := e.startValue(e.Program.State(s.Name), e.Hyper, plan.Vector{F64: []float64{0}}, plan.F64)
			if err != nil {
				return err
			}
			e.Global[s.Name] = v.At(0)
		}
	}
	for _, in := range insts {
		if in.t.States != nil {
			continue
		}
		in.t.key = nameKey(e.Seed, in.t.Name)
		states := make([]State, 0, len(in.v.plan.States))
		for _, s := range in.v.plan.States {
			st := State{s.Name, s.Kind, plan.Vector{}}
			if s.Kind != plan.GlobalStateKind {
				w, typ := in.t.W, in.v.plan.Type
				if s.Kind == plan.ScalarStateKind {
					w, typ = plan.Vector{F64: []float64{0}}, plan.F64
				} else if s.Kind == plan.RowStateKind {
					w = plan.Make(typ, in.t.rows())
				}
				var err error
				if st.V, err = e.startValue(e.Program.State(s.Name), in.t.Group.Hyper, w, typ); err != nil {
					return err
				}
			}
			states = append(states, st)
		}
		in.t.States = states
	}
	for _, in := range insts {
		if in.own != nil {
			for _, input := range in.v.plan.Inputs {
				in.fixed(input)
			}
		}
	}
	return nil
}

// startValue computes what a state starts as, for each of the weights w.
func (e *Engine) startValue(s *formula.State, hyper map[string]float64, w plan.Vector, typ plan.Type) (plan.Vector, error) {
	if s.Init == nil {
		return plan.Make(typ, w.Len()), nil
	}
	program := &formula.Program{Name: s.Name, Hypers: e.Program.Hypers, Body: []formula.Stmt{{Name: "w", X: s.Init}}}
	group := &Group{Hyper: hyper}
	t := &Tensor{Name: s.Name, Shape: []int{w.Len()}, W: w, Group: group}
	out, err := e.output([]*Group{group}, []*Tensor{t}, "w", func(*Group) *formula.Program { return program })
	if err != nil {
		return plan.Vector{}, err
	}
	return out[0], nil
}

// output computes a variable of a program for every tensor, changing nothing else.
func (e *Engine) output(groups []*Group, tensors []*Tensor, variable string, program func(*Group) *formula.Program) ([]plan.Vector, error) {
	insts, own, err := e.compile(groups, tensors, plan.Options{Output: variable}, program)
	if err != nil {
		return nil, err
	}
	for _, in := range insts {
		in.bind(0)
	}
	if err := newPass(e, insts, own).run(); err != nil {
		return nil, err
	}
	out := make([]plan.Vector, len(insts))
	for i, in := range insts {
		out[i] = in.array(plan.Array{Kind: plan.Output})
	}
	return out, nil
}

// Eval puts the weights to evaluate with in place of the weights.
func (e *Engine) Eval() error {
	if e.swapped || e.Program.Eval == nil {
		return nil
	}
	out, err := e.output(e.groups, e.tensors, "w", func(g *Group) *formula.Program {
		p := *g.program
		p.Body = []formula.Stmt{{Name: "w", X: g.program.Eval.X}}
		p.Eval = nil
		return &p
	})
	if err != nil {
		return err
	}
	for i, t := range e.tensors {
		if t.kept.Len() != t.W.Len() {
			t.kept = plan.Make(t.W.Type(), t.W.Len())
		}
		plan.Copy(t.kept, t.W)
		plan.Copy(t.W, out[i])
	}
	e.swapped = true
	return nil
}

// Train puts the weights back.
func (e *Engine) Train() {
	if !e.swapped {
		return
	}
	for _, t := range e.tensors {
		plan.Copy(t.W, t.kept)
	}
	e.swapped = false
}
