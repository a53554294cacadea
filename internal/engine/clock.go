package engine

// clock counts the updates of tensors that have had the same number of them
// and take part in the same steps.
type clock struct {
	t     int
	rests bool
}

// T is how many updates the tensor has had.
func (t *Tensor) T() int {
	if t.clock == nil {
		return 0
	}
	return t.clock.t
}

// SetT changes that; the engine must be refreshed before the next step.
func (t *Tensor) SetT(n int) { t.clock = &clock{t: n} }

// setClocks gives one clock to all tensors that count together.
func (e *Engine) setClocks() {
	have := map[clock]*clock{}
	e.clocks = e.clocks[:0]
	for _, t := range e.tensors {
		k := clock{t.T(), t.Frozen}
		if have[k] == nil {
			have[k] = &clock{k.t, k.rests}
			e.clocks = append(e.clocks, have[k])
		}
		t.clock = have[k]
	}
}

// count counts updates of the engine and of all that takes part.
func (e *Engine) count(n int) {
	e.Updates += n
	for _, c := range e.clocks {
		if !c.rests {
			c.t += n
		}
	}
}
