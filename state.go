package descent

import (
	"fmt"
	"slices"
	"strings"

	"github.com/descent-go/descent/internal/plan"
)

// State is one array that the optimizer keeps, for a parameter or, where Param
// is empty, for itself. One of F32 and F64 is not nil.
type State struct {
	Param string
	Name  string
	Shape []int
	F32   []float32
	F64   []float64
}

// States lists all that the optimizer keeps: the states of the rule, the
// number t of updates of each parameter, global scalars and the number of
// updates. Arrays of a rule show the live memory.
func (o *Optimizer) States() []State {
	out := []State{scalarState("", "descent.updates", float64(o.e.Updates))}
	if o.e.Accumulate > 1 {
		out = append(out, scalarState("", "descent.accumulated", float64(o.e.Waiting())))
	}
	names := make([]string, 0, len(o.e.Global))
	for name := range o.e.Global {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		out = append(out, scalarState("", name, o.e.Global[name]))
	}
	for _, p := range o.params {
		out = append(out, scalarState(p.name, "t", float64(p.t.T)))
		out = append(out, p.states()...)
	}
	return out
}

func scalarState(param, name string, v float64) State {
	return State{Param: param, Name: name, Shape: []int{}, F64: []float64{v}}
}

// states lists the arrays of a parameter.
func (p *param) states() []State {
	var out []State
	add := func(name string, shape []int, v plan.Vector) {
		out = append(out, State{p.name, name, shape, v.F32, v.F64})
	}
	for _, s := range p.t.States {
		switch s.Kind {
		case plan.ElemState:
			add(s.Name, p.shape, s.V)
		case plan.RowStateKind:
			add(s.Name, []int{s.V.Len()}, s.V)
		case plan.ScalarStateKind:
			add(s.Name, []int{}, s.V)
		}
	}
	own := make([]string, 0, len(p.t.Own))
	for name := range p.t.Own {
		own = append(own, name)
	}
	slices.Sort(own)
	for _, name := range own {
		add(name, []int{len(p.t.Own[name])}, plan.Vector{F64: p.t.Own[name]})
	}
	if p.t.Sum.Len() > 0 {
		add("descent.gradient_sum", p.shape, p.t.Sum)
	}
	return out
}

// StateOf finds a state of a parameter by name, as in StateOf("fc1.weight", "m").
func (o *Optimizer) StateOf(param, name string) (State, error) {
	p, err := o.param(param)
	if err != nil {
		return State{}, err
	}
	var names []string
	for _, s := range append(p.states(), scalarState(param, "t", float64(p.t.T))) {
		if s.Name == name {
			return s, nil
		}
		names = append(names, s.Name)
	}
	return State{}, fmt.Errorf("descent: parameter %s has no state %s: it has %s", param, name, strings.Join(names, ", "))
}

// Restore sets the optimizer to states that States has given, of an optimizer
// of the same rule for parameters of the same names: training goes on bit for
// bit. Where they do not fit the error names every difference and nothing has
// changed.
func (o *Optimizer) Restore(states []State) error {
	given := map[[2]string]State{}
	for _, s := range states {
		given[[2]string{s.Param, s.Name}] = s
	}
	want := o.States()
	var wrong []string
	for _, s := range want {
		key := [2]string{s.Param, s.Name}
		have, ok := given[key]
		switch {
		case !ok:
			wrong = append(wrong, fmt.Sprintf("%s is missing", s.title()))
		case !slices.Equal(have.Shape, s.Shape):
			wrong = append(wrong, fmt.Sprintf("%s has shape %v, expected %v", s.title(), have.Shape, s.Shape))
		case len(have.F32) != len(s.F32) || len(have.F64) != len(s.F64):
			wrong = append(wrong, fmt.Sprintf("%s has another element type", s.title()))
		}
		delete(given, key)
	}
	for _, s := range states {
		if _, left := given[[2]string{s.Param, s.Name}]; left {
			wrong = append(wrong, fmt.Sprintf("%s is not expected", s.title()))
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("descent: the states do not fit %s:\n  %s", o.rule.Name(), strings.Join(wrong, "\n  "))
	}
	for _, s := range states {
		o.restore(s)
	}
	return nil
}

func (s State) title() string {
	if s.Param == "" {
		return "state " + s.Name + " of the optimizer"
	}
	return "state " + s.Name + " of " + s.Param
}

func (o *Optimizer) restore(s State) {
	if s.Param == "" {
		switch s.Name {
		case "descent.updates":
			o.e.Updates = int(s.F64[0])
		case "descent.accumulated":
			o.e.SetWaiting(int(s.F64[0]))
		default:
			o.e.Global[s.Name] = s.F64[0]
		}
		return
	}
	p, _ := o.param(s.Param)
	if s.Name == "t" {
		p.t.T = int(s.F64[0])
		return
	}
	for _, have := range p.states() {
		if have.Name == s.Name {
			copy(have.F32, s.F32)
			copy(have.F64, s.F64)
		}
	}
}
