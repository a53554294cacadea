package compat

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/checkpoint"
)

// origin says which of a framework's states one of descent's is.
type origin struct {
	ours     string // empty where descent needs no such state
	theirs   string
	unless   string            // a hyperparameter: where it is 0 the framework keeps no such state
	optional bool              // may be missing; the state is then as at the start
	atLeast  bool              // of a count: 1 says only that there were updates
	value    func(array) array // what descent keeps, where that is not the same; else nil
}

// array is a state in a file.
type array struct {
	shape  []int
	values []float64
}

// each makes an array of what f makes of every number.
func (a array) each(f func(float64) float64) array {
	out := array{a.shape, make([]float64, len(a.values))}
	for i, v := range a.values {
		out.values[i] = f(v)
	}
	return out
}

func oneNumber(v float64) array { return array{values: []float64{v}} }

// saved is what a framework has saved of an optimizer's state.
type saved struct {
	peer   string
	steps  float64 // updates of the optimizer, where the file says so
	arrays map[string]array
	tree   bool // names are paths to a state, then to a parameter
	taken  map[string]bool
	known  map[string]bool // parameters that are there, even if nothing is kept of them
}

func newSaved(peer string) *saved {
	return &saved{peer: peer, arrays: map[string]array{}, taken: map[string]bool{}, known: map[string]bool{}}
}

// name is how a state is called in the file; of the whole optimizer where the
// parameter is empty.
func (s *saved) name(param, state string) string {
	switch {
	case param == "":
		return state
	case !s.tree:
		return param + "/" + state
	}
	// SM3 has a list of states for a parameter.
	if state, place, ok := strings.Cut(state, "/"); ok {
		return state + "/" + param + "/" + place
	}
	return state + "/" + param
}

// key finds the name of a state with the path that leads there.
func (s *saved) key(param, state string) (string, bool) {
	name := s.name(param, state)
	if _, ok := s.arrays[name]; ok || !s.tree {
		return name, ok
	}
	for _, key := range slices.Sorted(maps.Keys(s.arrays)) {
		if strings.HasSuffix(key, "/"+name) {
			return key, true
		}
	}
	if param == "" {
		return "", false
	}
	key, ok := s.key("", state) // one number for all
	return key, ok && len(s.arrays[key].shape) == 0
}

// find finds a state.
func (s *saved) find(param, state string) (array, bool) {
	key, ok := s.key(param, state)
	return s.arrays[key], ok
}

// take finds a state and notes that it has been of use.
func (s *saved) take(param, state string) (array, bool) {
	key, ok := s.key(param, state)
	if ok {
		s.taken[key] = true
	}
	return s.arrays[key], ok
}

// takeAll takes what has this name, wherever paths lead to it.
func (s *saved) takeAll(state string) {
	for key := range s.arrays {
		if key == state || s.tree && strings.HasSuffix(key, "/"+state) {
			s.taken[key] = true
		}
	}
}

// has reports whether there is anything of a parameter.
func (s *saved) has(param string) bool {
	for key := range s.arrays {
		if !s.tree && strings.HasPrefix(key, param+"/") || s.tree && strings.Contains("/"+key+"/", "/"+param+"/") {
			return true
		}
	}
	return s.known[param]
}

// left are the names of what has been of no use, sorted.
func (s *saved) left() []string {
	var out []string
	for _, key := range slices.Sorted(maps.Keys(s.arrays)) {
		if !s.taken[key] {
			out = append(out, key)
		}
	}
	return out
}

// The names of a file that an exporter in docs/exporters has written.
const (
	importPrefix    = "optimizer/" // begins the names of states; others are weights
	importSteps     = "step"       // the optimizer's number of updates
	importFramework = "framework"  // in the metadata
	importOptimizer = "optimizer"  // in the metadata, where the framework has a name for it
)

// readTensors reads a safetensors file.
func readTensors(peer string) func(optimizer, path string, _ *descent.Optimizer) (*saved, error) {
	return func(optimizer, path string, _ *descent.Optimizer) (*saved, error) {
		f, err := checkpoint.Load(path)
		if err != nil {
			return nil, err
		}
		if has := f.Meta[importFramework]; has != "" && has != peer {
			return nil, fmt.Errorf("the state is %s's, expected %s's", has, peer)
		}
		if has := f.Meta[importOptimizer]; has != "" && has != optimizer {
			return nil, fmt.Errorf("the state is that of %s, expected %s's", has, optimizer)
		}
		s := newSaved(peer)
		s.tree = peer == "optax"
		for _, t := range f.Tensors {
			if name, ok := strings.CutPrefix(t.Name, importPrefix); ok {
				s.arrays[name] = arrayOf(t)
			}
		}
		if len(s.arrays) == 0 {
			return nil, errors.New("there is no state of an optimizer, whose names begin with " + importPrefix)
		}
		if steps, ok := s.arrays[importSteps]; ok && len(steps.values) == 1 {
			s.steps = steps.values[0]
			delete(s.arrays, importSteps)
		}
		return s, nil
	}
}

func arrayOf(t checkpoint.Tensor) array {
	a := array{t.Shape, t.F64}
	for _, v := range t.F32 {
		a.values = append(a.values, float64(v))
	}
	for _, v := range t.F16 {
		a.values = append(a.values, float64(v.Float32()))
	}
	for _, v := range t.BF16 {
		a.values = append(a.values, float64(v.Float32()))
	}
	return a
}
