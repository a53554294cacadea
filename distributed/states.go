package distributed

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/descent-go/descent"
)

// lostState is the name of what a wire has lost of a parameter's gradients. Every
// rank has an array as large as the parameter; together they are one state.
const lostState = "descent.residual"

// States lists what this rank keeps: as descent.Optimizer.States, of its share of
// the weights, and what a Wire has lost.
func (o *Optimizer) States() []descent.State {
	states := o.opt.States()
	for _, t := range o.tensors {
		if t.residual != nil {
			shape := append([]int{o.c.Size()}, t.shape...)
			states = append(states, descent.State{Param: t.name, Name: lostState, Shape: shape, From: o.c.Rank() * len(t.residual), F32: t.residual})
		}
	}
	return states
}

// Restore sets this rank to states, of all ranks or of its share, as
// descent.Optimizer.Restore does. The number of ranks may be another than it was:
// what a Wire had lost is then spread over all.
func (o *Optimizer) Restore(states []descent.State) error {
	own := map[string]descent.State{}
	var rest []descent.State
	for _, s := range states {
		switch t := o.byName[s.Param]; {
		case s.Name != lostState:
			rest = append(rest, s)
		case t == nil || t.residual == nil:
			return fmt.Errorf("distributed: state %s of %s is not expected: it was trained with a Wire that loses something, go on with the same; nothing has changed", lostState, s.Param)
		default:
			own[s.Param] = s
		}
	}
	for _, t := range o.tensors {
		if t.residual == nil {
			continue
		}
		if err := t.fits(own[t.name], o.c.Rank(), o.c.Size()); err != nil {
			return err
		}
	}
	if err := o.opt.Restore(rest); err != nil {
		return err
	}
	for _, t := range o.tensors {
		if t.residual != nil {
			t.restore(own[t.name], o.c.Rank(), o.c.Size())
		}
	}
	return nil
}

// fits reports a state of what was lost that cannot be this tensor's.
func (t *tensor) fits(s descent.State, rank, size int) error {
	n := len(t.residual)
	ranks := 0
	if len(s.Shape) > 0 && slices.Equal(s.Shape[1:], t.shape) {
		ranks = s.Shape[0]
	}
	switch {
	case s.Name == "":
		return fmt.Errorf("distributed: state %s of %s is missing: it was trained without this Wire; nothing has changed", lostState, t.name)
	case ranks == size && s.From >= 0 && s.From <= rank*n && rank*n+n <= s.From+len(s.F32):
		return nil
	case s.From == 0 && len(s.F32)%n == 0 && len(s.F32) > 0 && len(s.F32)/n == ranks:
		return nil
	}
	return fmt.Errorf("distributed: state %s of %s has %d values from %d on, of shape %v: expected those of rank %d of %d, %d each, or of all; nothing has changed", lostState, t.name, len(s.F32), s.From, s.Shape, rank, size, n)
}

// restore takes what this rank had lost or, of another number of ranks, the mean
// of all.
func (t *tensor) restore(s descent.State, rank, size int) {
	n := len(t.residual)
	if s.Shape[0] == size {
		copy(t.residual, s.F32[rank*n-s.From:])
		return
	}
	ranks := make([][]float32, s.Shape[0])
	for r := range ranks {
		ranks[r] = s.F32[r*n : (r+1)*n]
	}
	fold(t.residual, ranks, Mean)
}

// stateHead is what rank 0 is told of a state.
type stateHead struct {
	Param, Name string
	Shape       []int
	From, Len   int
	Type        string
	again       bool // a rank before has the same
}

func headOf(s descent.State) stateHead {
	m := memoryOfState(s)
	return stateHead{Param: s.Param, Name: s.Name, Shape: s.Shape, From: s.From, Len: m.len(), Type: m.typeName()}
}

func memoryOfState(s descent.State) memory { return memory{s.F32, s.F64, s.F16, s.BF16} }

// whole makes the state of all ranks.
func (h stateHead) whole() descent.State {
	n := 1
	for _, d := range h.Shape {
		n *= d
	}
	s := descent.State{Param: h.Param, Name: h.Name, Shape: h.Shape}
	switch h.Type {
	case "float64":
		s.F64 = make([]float64, n)
	case "float16":
		s.F16 = make([]descent.Float16, n)
	case "bfloat16":
		s.BF16 = make([]descent.BFloat16, n)
	default:
		s.F32 = make([]float32, n)
	}
	return s
}

// headsOf reads what all ranks have said. What several have, as scalars, the first
// of them sends.
func headsOf(texts []string) (heads [][]stateHead, err error) {
	type part struct {
		param, name string
		from, len   int
	}
	heads, seen := make([][]stateHead, len(texts)), map[part]bool{}
	for r, text := range texts {
		if err := json.Unmarshal([]byte(text), &heads[r]); err != nil {
			return nil, &RankError{r, err}
		}
		for i := range heads[r] {
			h := &heads[r][i]
			p := part{h.Param, h.Name, h.From, h.Len}
			h.again, seen[p] = seen[p], true
		}
	}
	return heads, nil
}

// assemble brings the states of all ranks to rank 0, the k-th of each at a time.
func (o *Optimizer) assemble(own []descent.State, texts []string) ([]descent.State, error) {
	heads, err := headsOf(texts)
	if err != nil {
		return nil, err
	}
	rounds := 0
	for _, list := range heads {
		rounds = max(rounds, len(list))
	}
	states := &assembly{at: map[[2]string]int{}}
	for k := range rounds {
		send, recv := make([][]byte, len(heads)), make([][]byte, len(heads))
		for r, list := range heads {
			if k >= len(list) || list[k].again {
				continue
			}
			if r == o.c.Rank() {
				m := memoryOfState(own[k])
				send[0] = m.bytes(0, m.len())
			}
			if o.c.Rank() == 0 {
				recv[r] = states.part(list[k])
			}
		}
		if err := o.c.Start(send, recv).Wait(); err != nil {
			return nil, o.end(err)
		}
	}
	return o.inOrder(states.list), nil
}

// assembly is states being put together.
type assembly struct {
	at   map[[2]string]int // by names of parameter and state
	list []descent.State
}

// part is where a rank's part of a state belongs.
func (a *assembly) part(h stateHead) []byte {
	key := [2]string{h.Param, h.Name}
	i, have := a.at[key]
	if !have {
		i = len(a.list)
		a.at[key] = i
		a.list = append(a.list, h.whole())
	}
	return memoryOfState(a.list[i]).bytes(h.From, h.From+h.Len)
}

// inOrder sorts states by the order of the parameters, as States has them.
func (o *Optimizer) inOrder(states []descent.State) []descent.State {
	place := map[string]int{}
	for i, t := range o.tensors {
		place[t.name] = i
	}
	slices.SortStableFunc(states, func(a, b descent.State) int {
		if a.Param == "" || b.Param == "" {
			return len(a.Param) - len(b.Param)
		}
		return place[a.Param] - place[b.Param]
	})
	return states
}
