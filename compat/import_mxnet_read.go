package compat

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nlpodyssey/gopickle/types"

	"github.com/descent-go/descent"
)

// mxnetSaved is what Trainer.save_states or Updater.get_states has pickled: states
// by the numbers of their parameters, with the optimizer or without.
type mxnetSaved struct {
	*saved
	optimizer  string
	params     []string        // of descent, in order
	names      []origin        // of the states in a tuple, in order
	masters    map[string]bool // the parameters that have a float32 copy
	masterLast bool            // of a pair of that and the state
	opt        *descent.Optimizer
	most       int // numbers in a state
	states     *types.Dict
	dumped     *pickleObject // the optimizer, nil where it was not saved
}

func readMXNetStates(origins func(optimizer, link string) []origin, masterLast func(optimizer string) bool) func(optimizer, path string, opt *descent.Optimizer) (*saved, error) {
	return func(optimizer, path string, opt *descent.Optimizer) (*saved, error) {
		value, err := readPickle(path)
		if err != nil {
			return nil, err
		}
		m := &mxnetSaved{saved: newSaved("MXNet"), optimizer: optimizer, opt: opt, masters: map[string]bool{}}
		m.names, m.masterLast = origins(optimizer, opt.Rule().Name()), masterLast(optimizer)
		for _, s := range opt.States() {
			if s.Name == "t" {
				m.params = append(m.params, s.Param)
			}
			if s.Name == importMaster {
				m.masters[s.Param] = true
			}
			m.most = max(m.most, len(s.F32), len(s.F64), len(s.F16), len(s.BF16))
		}
		return m.saved, m.read(value)
	}
}

func (m *mxnetSaved) read(value any) error {
	if pair, ok := value.(*types.Tuple); ok && pair.Len() == 2 {
		value = pair.Get(0)
		m.dumped, _ = pair.Get(1).(*pickleObject)
		if m.dumped == nil {
			return errors.New("no state of MXNet's: expected an optimizer beside the states")
		}
		if name := m.dumped.class.name; !strings.EqualFold(name, m.optimizer) {
			return fmt.Errorf("the state is that of %s, expected %s's", name, m.optimizer)
		}
	}
	var ok bool
	if m.states, ok = value.(*types.Dict); !ok {
		return errors.New("no state of MXNet's: expected a dictionary of the parameters' states, or a pair of that and an optimizer")
	}
	params, err := m.places()
	if err != nil {
		return err
	}
	for i, entry := range *m.states {
		if err := m.state(params[i], entry.Value); err != nil {
			return fmt.Errorf("the state of parameter %v, which is %s: %w", entry.Key, params[i], err)
		}
		if err := m.attributes(params[i], entry.Key); err != nil {
			return err
		}
	}
	return m.whole()
}

// places gives the entries of the dictionary the names of descent's parameters.
// MXNet numbers parameters by their places; a Trainer counts those too that are
// not trained, so that numbers may be left out.
func (m *mxnetSaved) places() ([]string, error) {
	if len(*m.states) != len(m.params) {
		return nil, fmt.Errorf("there are states of %d parameters, the optimizer has %d", len(*m.states), len(m.params))
	}
	var numbers []int
	out := make([]string, len(m.params))
	for i, entry := range *m.states {
		switch key := entry.Key.(type) {
		case int:
			numbers = append(numbers, key)
		case string:
			out[i] = key
		default:
			return nil, errors.New("no state of MXNet's: expected numbers or names of parameters")
		}
	}
	slices.Sort(numbers)
	if len(slices.Compact(slices.Clone(numbers))) != len(numbers) {
		return nil, errors.New("the states of a parameter are there twice")
	}
	for i, entry := range *m.states {
		if number, ok := entry.Key.(int); ok {
			place, _ := slices.BinarySearch(numbers, number)
			out[i] = m.params[place]
		}
	}
	return out, nil
}

// mxnetMaster names the float32 copy of float16 weights.
const mxnetMaster = "weight32"

// state reads the arrays of a parameter: beside a float32 copy of the weights where
// the optimizer has one.
func (m *mxnetSaved) state(param string, value any) error {
	if m.masters[param] {
		pair, ok := value.(*types.Tuple)
		if !ok || pair.Len() != 2 {
			return errors.New("expected a pair of float32 weights and a state, as multi_precision has it")
		}
		master, rest := pair.Get(0), pair.Get(1)
		if m.masterLast {
			master, rest = rest, master
		}
		if err := m.array(param, mxnetMaster, master); err != nil {
			return err
		}
		value = rest
	}
	all := []any{value}
	switch v := value.(type) {
	case *types.Tuple:
		all = *v
	case *types.List:
		all = *v
	}
	for i, value := range all {
		name := "state " + strconv.Itoa(i)
		if i < len(m.names) && m.names[i].theirs != "" && !strings.HasPrefix(m.names[i].theirs, mxnetAttribute) {
			name = m.names[i].theirs
		}
		if err := m.array(param, name, value); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	m.known[param] = true
	return nil
}

// array reads an array of MXNet's, where there is one.
func (m *mxnetSaved) array(param, name string, value any) error {
	switch v := value.(type) {
	case nil:
		return nil
	case *types.Tuple:
		return errors.New("a tuple in a tuple, as float16 weights have it with multi_precision, and the optimizer has none such")
	case *pickleObject:
		a, err := v.ndarray(m.most)
		if err == nil {
			m.arrays[m.name(param, name)] = a
		}
		return err
	}
	return fmt.Errorf("expected an NDArray, found %T", value)
}

// attributes reads what the optimizer has of a parameter.
func (m *mxnetSaved) attributes(param string, key any) error {
	counts, ok := m.attribute("_index_update_count").(*types.Dict)
	if !ok {
		return nil
	}
	if n, ok := counts.Get(key); ok {
		count, ok := n.(int)
		if !ok {
			return fmt.Errorf("the number of updates of parameter %v is no number", key)
		}
		m.put(param, "index_update_count", m.since(count))
	}
	all, _ := m.attribute("cumgrads").(*types.Dict)
	if all == nil {
		return nil
	}
	sums, _ := all.Get(key)
	if sums, ok := sums.(*types.Dict); ok {
		if sum, _ := sums.Get("cum_grad"); sum != nil && sum != 0 {
			return m.array(param, mxnetAttribute+"cum_grad", sum)
		}
	}
	return nil
}

// whole reads what the optimizer has for all parameters.
func (m *mxnetSaved) whole() error {
	if m.dumped == nil {
		return nil
	}
	if n, ok := m.attribute("num_update").(int); ok {
		m.steps = m.since(n)
	}
	if lr, ok := m.attribute("cur_lr").(float64); ok {
		m.put("", "cur_lr", lr)
	}
	if product, ok := m.attribute("m_schedule").(float64); ok {
		for _, param := range m.params {
			m.put(param, "m_schedule", product)
			m.put(param, "updates", float64(len(m.params))*max(m.steps, 1))
		}
	}
	if s, err := m.opt.StateOf(m.params[0], "last"); err == nil && s.F64[0] != 0 && m.steps > 0 {
		return errors.New("LBSGD with a scheduler: MXNet does not save the learning rate of the step before, which its first parameter has")
	}
	return nil
}

// attribute is one of the optimizer's, nil where there is none.
func (m *mxnetSaved) attribute(name string) any {
	if m.dumped == nil {
		return nil
	}
	v, _ := m.dumped.get(name)
	return v
}

// since is a number of updates without those before the training began.
func (m *mxnetSaved) since(count int) float64 {
	begin, _ := m.attribute("begin_num_update").(int)
	each, err := m.opt.Hyper("each")
	if err != nil {
		each = 1
	}
	return float64(count-begin) / each
}

func (m *mxnetSaved) put(param, attribute string, v float64) {
	m.arrays[m.name(param, mxnetAttribute+attribute)] = oneNumber(v)
}
