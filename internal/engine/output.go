package engine

import (
	"fmt"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/internal/plan"
)

// states gives every tensor's states: those it has, and new ones at their start values.
func (e *Engine) states(insts []*instance) ([][]State, error) {
	all := make([][]State, len(insts))
	for i, in := range insts {
		all[i] = make([]State, len(in.v.plan.States))
		for k, s := range in.v.plan.States {
			all[i][k] = State{s.Name, s.Kind, s.BF16, in.t.state(s.Name)}
		}
	}
	for i := range e.Program.States {
		if err := e.start(&e.Program.States[i], insts, all); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// state is a state that the tensor has already.
func (t *Tensor) state(name string) plan.Vector {
	for _, s := range t.States {
		if s.Name == name {
			return s.V
		}
	}
	return plan.Vector{}
}

// start computes what a state starts as, for all tensors that lack it.
func (e *Engine) start(s *formula.State, insts []*instance, all [][]State) error {
	var lack []*State
	var tensors []*Tensor
	groups := map[*Group]*Group{}
	for i, in := range insts {
		for k := range all[i] {
			if st := &all[i][k]; st.Name == s.Name && st.Kind != plan.GlobalStateKind && st.V.Len() == 0 {
				if groups[in.t.Group] == nil {
					groups[in.t.Group] = &Group{Hyper: in.t.Group.Hyper}
				}
				lack = append(lack, st)
				tensors = append(tensors, in.t.shapedAs(st.Kind, groups[in.t.Group]))
			}
		}
	}
	values, err := e.startValues(s, tensors)
	if err != nil {
		return err
	}
	for i, st := range lack {
		typ := tensors[i].W.Type()
		if st.BF16 {
			typ = plan.BF16
		}
		st.V = plan.Make(typ, tensors[i].W.Len())
		if values != nil {
			plan.Copy(st.V, values[i])
		}
	}
	return nil
}

// shapedAs is a tensor with a weight for each value of a state, and with the weights themselves where these are as many.
func (t *Tensor) shapedAs(kind plan.StateKind, g *Group) *Tensor {
	w := t.W
	switch kind {
	case plan.ScalarStateKind:
		w = plan.Make(plan.F64, 1)
	case plan.RowStateKind:
		w = plan.Make(t.W.Type(), t.rows(t.W.Len()))
	}
	return &Tensor{Name: t.Name, Shape: []int{w.Len()}, W: w, Group: g}
}

// startValues computes what a state starts as, for each weight of the tensors;
// nil is zeros.
func (e *Engine) startValues(s *formula.State, tensors []*Tensor) ([]plan.Vector, error) {
	if s.Init == nil {
		return nil, nil
	}
	program := &formula.Program{Name: s.Name, Hypers: e.Program.Hypers, Body: []formula.Stmt{{Name: "w", X: s.Init}}}
	return e.output(tensors, func(*Group) *formula.Program { return program })
}

// globals gives the global scalars: those that are there, and new ones at their start values.
func (e *Engine) globals(own *variant) (map[string]float64, error) {
	out := map[string]float64{}
	for _, s := range own.plan.States {
		if s.Kind != plan.GlobalStateKind {
			continue
		}
		if v, have := e.Global[s.Name]; have {
			out[s.Name] = v
			continue
		}
		out[s.Name] = 0
		t := &Tensor{Shape: []int{1}, W: plan.Make(plan.F64, 1), Group: &Group{Hyper: e.Hyper}}
		v, err := e.startValues(e.Program.State(s.Name), []*Tensor{t})
		if err != nil {
			return nil, err
		}
		if v != nil {
			out[s.Name] = v[0].At(0)
		}
	}
	return out, nil
}

// output computes what a program assigns to w for every tensor, changing nothing.
func (e *Engine) output(tensors []*Tensor, program programs) ([]plan.Vector, error) {
	insts, own, err := e.compile(tensors, plan.Options{Output: "w"}, program)
	if err != nil {
		return nil, err
	}
	p := newPass(e, insts, own, true)
	p.refresh()
	if err := p.run(); err != nil {
		return nil, err
	}
	out := make([]plan.Vector, len(insts))
	for i, in := range insts {
		out[i] = in.array(plan.Array{Kind: plan.Output})
	}
	return out, nil
}

// Eval puts the weights to evaluate with in place of the weights. Tensors that
// have had no update keep theirs: averages of nothing are no weights.
func (e *Engine) Eval() error {
	if e.swapped || e.Program.Eval == nil {
		return nil
	}
	out, err := e.output(e.tensors, toEvaluate(e.program))
	if err != nil {
		return err
	}
	for i, t := range e.tensors {
		t.makeKept()
		plan.Copy(t.kept, t.value())
		if t.T() > 0 {
			plan.Copy(t.value(), out[i])
		}
	}
	e.swapped = true
	return nil
}

// toEvaluate is the program that gives the weights to evaluate with.
func toEvaluate(program programs) programs {
	return func(g *Group) *formula.Program {
		p := *program(g)
		p.Body, p.Eval = evaluation(p.Eval.X), nil
		return &p
	}
}

// evaluation is statements that assign x to w, each reduction over all
// parameters a statement of its own, as in a flat program.
func evaluation(x *formula.Expr) []formula.Stmt {
	var body []formula.Stmt
	x = x.Map(func(e *formula.Expr) *formula.Expr {
		if scope, _, ok := formula.SplitReduction(e); e.Op != formula.Call || !ok || scope != "all" {
			return e
		}
		name := fmt.Sprintf("all.%d", len(body)+1)
		body = append(body, formula.Stmt{Name: name, X: e, Pos: e.Pos})
		return &formula.Expr{Op: formula.Var, Name: name, Pos: e.Pos}
	})
	return append(body, formula.Stmt{Name: "w", X: x})
}

// Train puts the weights back.
func (e *Engine) Train() {
	if !e.swapped {
		return
	}
	for _, t := range e.tensors {
		plan.Copy(t.value(), t.kept)
	}
	e.swapped = false
}
