package checkpoint

import (
	"strings"

	"github.com/descent-go/descent"
)

// prefix begins the names of an optimizer's states.
const prefix = "optimizer/"

// Stateful is an optimizer whose states are saved: a descent.Optimizer, or one of
// package distributed.
type Stateful interface {
	States() []descent.State
	Restore([]descent.State) error
}

// States are the states of an optimizer as tensors, to be saved beside the
// parameters of its model: state m of parameter fc1.weight is named
// "optimizer/fc1.weight/m", what belongs to no parameter "optimizer/" and its
// name. They show the optimizer's live memory: save them before its next step.
// Where the optimizer is split over ranks they are those of its share: pieces,
// for the part of a [Folder].
func States(o Stateful) []Tensor { return StateTensors(o.States()) }

// StateTensors names states as States does.
func StateTensors(states []descent.State) []Tensor {
	tensors := make([]Tensor, len(states))
	for i, s := range states {
		tensors[i] = Tensor{Name: tensorName(s), Shape: s.Shape, F32: s.F32, F64: s.F64, F16: s.F16, BF16: s.BF16, From: s.From}
	}
	return tensors
}

func tensorName(s descent.State) string {
	if s.Param == "" {
		return prefix + s.Name
	}
	return prefix + s.Param + "/" + s.Name
}

// state is the tensor named by tensorName. The names of states have no slash, those
// of parameters may have.
func (t Tensor) state(name string) descent.State {
	s := descent.State{Name: name, Shape: t.Shape, F32: t.F32, F64: t.F64, F16: t.F16, BF16: t.BF16, From: t.From}
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		s.Param, s.Name = name[:i], name[i+1:]
	}
	return s
}

// Restore sets an optimizer to the states that f has of it, and leaves other
// tensors alone. It must be of the same rule, for parameters of the same names
// and shapes; the parameters' values are not set, see [File.Params]. Training then
// goes on bit for bit. An optimizer that is split over ranks takes its share. If
// something does not fit, the error names every difference and nothing has changed.
func Restore(o Stateful, f *File) error {
	var states []descent.State
	for _, t := range f.Tensors {
		if name, ok := strings.CutPrefix(t.Name, prefix); ok {
			states = append(states, t.state(name))
		}
	}
	return o.Restore(states)
}

// Params are the tensors of f that are no states of an optimizer, for [File.Into].
func (f *File) Params() *File {
	params := &File{Meta: f.Meta}
	for _, t := range f.Tensors {
		if !strings.HasPrefix(t.Name, prefix) {
			params.Tensors = append(params.Tensors, t)
		}
	}
	return params
}
