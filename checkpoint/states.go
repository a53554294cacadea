package checkpoint

import (
	"strings"

	"github.com/descent-go/descent"
)

// prefix begins the names of an optimizer's states.
const prefix = "optimizer/"

// States are the states of an optimizer as tensors, to be saved beside the
// parameters of its model: state m of parameter fc1.weight is named
// "optimizer/fc1.weight/m", what belongs to no parameter "optimizer/" and its
// name. They show the optimizer's live memory: save them before its next step.
func States(o *descent.Optimizer) []Tensor {
	states := o.States()
	tensors := make([]Tensor, len(states))
	for i, s := range states {
		tensors[i] = Tensor{tensorName(s), s.Shape, s.F32, s.F64, s.F16, s.BF16}
	}
	return tensors
}

func tensorName(s descent.State) string {
	if s.Param == "" {
		return prefix + s.Name
	}
	return prefix + s.Param + "/" + s.Name
}

// Restore sets an optimizer to the states that f has of it, and leaves other
// tensors alone. It must be of the same rule, for parameters of the same names
// and shapes; the parameters' values are not set, see [File.Params]. Training then
// goes on bit for bit. If something does not fit, the error names every difference
// and nothing has changed.
func Restore(o *descent.Optimizer, f *File) error {
	known := map[string]descent.State{}
	for _, s := range o.States() {
		known[tensorName(s)] = s
	}
	var states []descent.State
	for _, t := range f.Tensors {
		name, ok := strings.CutPrefix(t.Name, prefix)
		if !ok {
			continue
		}
		s, ok := known[t.Name]
		if !ok {
			s = descent.State{Name: name} // for Restore to refuse
		}
		s.Shape, s.F32, s.F64, s.F16, s.BF16 = t.Shape, t.F32, t.F64, t.F16, t.BF16
		states = append(states, s)
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
