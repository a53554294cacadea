package descent

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/descent-go/descent/internal/plan"
)

// State is one array that the optimizer keeps, for a parameter or, where Param
// is empty, for itself. Exactly one of F32, F64, F16 and BF16 is used: for
// arrays that of the type in which the parameter is computed, which is F32
// where it has a master copy, or BF16 by [StateType]; F64 for single numbers,
// whose Shape is empty.
type State struct {
	Param string // the parameter's name
	Name  string // that of the formula, in chains link.name; t, or descent.something
	Shape []int
	From  int // under Shard, where the array is a part of what Shape says: the element that it begins with
	F32   []float32
	F64   []float64
	F16   []Float16
	BF16  []BFloat16
}

func (s State) vector() plan.Vector {
	return plan.Vector{F32: s.F32, F64: s.F64, F16: s.F16, BF16: s.BF16}
}

// Bytes is the size of the array in bytes.
func (s State) Bytes() int { return s.vector().Len() * s.vector().Type().Size() }

// Clone copies the state with its array.
func (s State) Clone() State {
	s.Shape, s.F32, s.F64 = slices.Clone(s.Shape), slices.Clone(s.F32), slices.Clone(s.F64)
	s.F16, s.BF16 = slices.Clone(s.F16), slices.Clone(s.BF16)
	return s
}

// States lists all that the optimizer keeps: the number of updates
// (descent.updates), global scalars and, parameter by parameter, the number t
// of its updates and the states of the rule; with Accumulate also the gradients
// that wait for an update. Not among them are the parameters' values, the
// hyperparameters that Set has changed, and which parameters are frozen. The
// master copy of weights in half precision is the state descent.master.
//
// Under [Shard] they are those of the rank's share: an array is the part of what
// Shape says that begins with element From, maybe empty, and single numbers are
// the same on all ranks.
//
// The arrays are the live memory, for savers to write without a copy: Clone
// those that shall outlast the next step.
func (o *Optimizer) States() []State {
	if o.e == nil {
		return nil
	}
	out := o.own()
	for _, p := range o.params {
		out = append(out, o.statesOf(p)...)
	}
	return out
}

// own lists what belongs to no parameter.
func (o *Optimizer) own() []State {
	out := []State{scalarState("", updates, float64(o.e.Updates))}
	if o.e.Accumulate > 1 {
		out = append(out, scalarState("", accumulated, float64(o.e.Waiting())))
	}
	names := make([]string, 0, len(o.e.Global))
	for name := range o.e.Global {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		out = append(out, scalarState("", name, o.e.Global[name]))
	}
	return out
}

func scalarState(param, name string, v float64) State {
	return State{Param: param, Name: name, Shape: []int{}, F64: []float64{v}}
}

// statesOf lists what belongs to a parameter.
func (o *Optimizer) statesOf(p *param) []State {
	out := []State{scalarState(p.name, "t", float64(p.t.T()))}
	add := func(name string, shape []int, from int, v plan.Vector) {
		out = append(out, State{p.name, name, slices.Clone(shape), from, v.F32, v.F64, v.F16, v.BF16})
	}
	first := p.t.First()
	if p.t.Low.Type().Half() && p.Len() > 0 {
		add(master, p.shape, first, p.t.W)
	}
	for _, s := range p.t.States {
		switch s.Kind {
		case plan.ElemState:
			add(s.Name, p.shape, first, s.V)
		case plan.RowStateKind:
			add(s.Name, []int{p.t.RowCount()}, p.t.FirstRow(), s.V)
		case plan.ScalarStateKind:
			add(s.Name, []int{}, 0, s.V)
		}
	}
	own := make([]string, 0, len(p.t.Own))
	for name := range p.t.Own {
		own = append(own, name)
	}
	slices.Sort(own)
	for _, name := range own {
		add(name, []int{len(p.t.Own[name])}, 0, plan.Vector{F64: p.t.Own[name]})
	}
	if o.e.Accumulate > 1 && p.Len() > 0 {
		add(gradientSum, p.shape, first, p.t.Sum)
	}
	return out
}

// StateOf finds a state of a parameter by name, as in StateOf("fc1.weight",
// "m"); "t" is the number of its updates. The array is the live memory. A state
// that the rule does not keep is an error that lists those it keeps. With an
// empty parameter it finds what belongs to none: global scalars and
// "descent.updates".
func (o *Optimizer) StateOf(param, name string) (State, error) {
	if o.e == nil {
		return State{}, errEmpty
	}
	owner, list := "the optimizer", o.own()
	if param != "" {
		p, err := o.param(param)
		if err != nil {
			return State{}, err
		}
		owner, list = "parameter "+param, o.statesOf(p)
	}
	names := make([]string, len(list))
	for i, s := range list {
		if s.Name == name {
			return s, nil
		}
		names[i] = s.Name
	}
	return State{}, fmt.Errorf("descent: %s has no state %s: it has %s", owner, name, strings.Join(names, ", "))
}

// Restore sets the optimizer to states that States has given, of an optimizer
// of the same rule and options for parameters of the same names, in any order.
// Under [Shard] each rank takes whole arrays too, of any number of ranks put
// together, and of each its share.
// Training then goes on bit for bit, provided the parameters have their values
// of then. Where the states do not fit the error names every difference and
// nothing has changed.
func (o *Optimizer) Restore(states []State) error {
	if err := o.usable(); err != nil {
		return err
	}
	given := map[[2]string]State{}
	var wrong []string
	for _, s := range states {
		if _, twice := given[s.key()]; twice {
			wrong = append(wrong, s.title()+" is given twice")
		}
		given[s.key()] = s
	}
	for _, want := range o.States() {
		have, ok := given[want.key()]
		if !ok {
			wrong = append(wrong, want.title()+" is missing")
		} else if w := o.misfit(have, want); w != "" {
			wrong = append(wrong, want.title()+" "+w)
		}
		delete(given, want.key())
	}
	for _, s := range states {
		if _, left := given[s.key()]; left {
			wrong = append(wrong, s.title()+" is not expected")
			delete(given, s.key())
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("descent: the states do not fit %s; nothing has changed:\n  %s", o.rule.Name(), strings.Join(wrong, "\n  "))
	}
	for _, s := range states {
		o.restore(s)
	}
	o.stale = true // the engine's scalars are shared by parameters of the same t
	return nil
}

// misfit says what is wrong with a state, empty where it fits.
func (o *Optimizer) misfit(have, want State) string {
	v, ok := have.cover(want)
	switch {
	case !slices.Equal(have.Shape, want.Shape):
		return fmt.Sprintf("has shape %v, expected %v", have.Shape, want.Shape)
	case !ok || v.Type() != want.vector().Type() && v.Len() > 0:
		return fmt.Sprintf("has %s, expected %s", have.contents(), want.contents())
	case !want.isCount():
		return ""
	}
	limit := min(1<<53, float64(math.MaxInt)) // float64 holds every integer up to 2^53
	if want.Name == accumulated {
		limit = float64(o.e.Accumulate - 1)
	}
	if n := have.F64[0]; !(n >= 0 && n <= limit) || n != math.Trunc(n) {
		return fmt.Sprintf("is %v, expected a whole number from 0 to %v", n, limit)
	}
	return ""
}

// The names of states that are the optimizer's own.
const (
	updates     = "descent.updates"
	accumulated = "descent.accumulated"
	gradientSum = "descent.gradient_sum"
	master      = "descent.master"
)

func (s State) key() [2]string { return [2]string{s.Param, s.Name} }

// isCount reports whether the state counts something.
func (s State) isCount() bool {
	if s.Param == "" {
		return s.Name == updates || s.Name == accumulated
	}
	return s.Name == "t"
}

// contents says how many values of which type the state has.
func (s State) contents() string {
	v := s.vector()
	text := fmt.Sprintf("%d values of %s", v.Len(), typeNames[v.Type()])
	if v.Len() != s.size() && v.Len() > 0 {
		text += fmt.Sprintf(" from %d on", s.From)
	}
	return text
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
		case updates:
			o.e.Updates = int(s.F64[0])
		case accumulated:
			o.e.SetWaiting(int(s.F64[0]))
		default:
			o.e.Global[s.Name] = s.F64[0]
		}
		return
	}
	p, _ := o.param(s.Param)
	if s.Name == "t" {
		p.t.SetT(int(s.F64[0]))
		return
	}
	for _, have := range o.statesOf(p) {
		if have.Name == s.Name {
			v, _ := s.cover(have)
			plan.Copy(have.vector(), v)
		}
	}
}
