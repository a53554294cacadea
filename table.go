package descent

import (
	"errors"
	"fmt"
	"math"
	"math/bits"

	"github.com/descent-go/descent/internal/engine"
	"github.com/descent-go/descent/internal/plan"
	"github.com/descent-go/descent/optim"
)

// Table is many weights of which an update touches few: the features of one
// example, say. A weight and its states lie beside each other, so that memory
// is touched only where weights are. A Table is used by one goroutine at a time.
type Table struct {
	o      *Optimizer
	win    *engine.Window
	n      int
	values []float32
	parts  [][]float32 // of the window: the weights, the states in order
	g      []float32   // of the window
	slots  []uint8     // by the lower bits of a place, the turn in which the window last had one
	turn   uint8
	live   bool // hyperparameters follow a schedule
}

// window is how many weights a Table steps at a time, and slots how many
// places it tells apart then.
const (
	window = 1024
	slots  = 1 << 14
)

// NewTable makes a table of n weights, all 0, moved by a rule that is a formula
// for each weight by itself: one with norms or sums is an error. Options are
// those of New, but those that are about parameters, threads and types of
// numbers have no meaning here, and Accumulate is an error. n is at most 2^32.
func NewTable(rule optim.Rule, n int, options ...Option) (*Table, error) {
	if n < 1 || int64(n) > 1<<32 {
		return nil, fmt.Errorf("descent: a table of %d weights: expected 1 to 2^32", n)
	}
	w, g := make([]float32, window), make([]float32, window)
	o, err := New(rule, []Param{NewParam("table", w, g)}, options...)
	if err != nil {
		return nil, err
	}
	if o.settings.accumulate != nil {
		return nil, errors.New("descent: a table steps at every update: leave Accumulate out, or add gradients up before")
	}
	if o.settings.sharded {
		return nil, errors.New("descent: a table is not split over ranks: leave Shard out")
	}
	win, err := o.e.Window()
	if err != nil {
		return nil, fmt.Errorf("descent: a table: %w", err)
	}
	t := &Table{o: o, win: win, n: n, parts: [][]float32{w}, g: g, slots: make([]uint8, slots)}
	for _, s := range o.params[0].t.States {
		if s.Kind != plan.ElemState {
			continue
		}
		if s.V.F32 == nil {
			return nil, errors.New("descent: a table keeps its states in float32: StateType cannot change that")
		}
		t.parts = append(t.parts, s.V.F32)
	}
	t.live = len(o.settings.schedules) > 0
	if uint(n) > math.MaxUint/4/uint(len(t.parts)) {
		return nil, fmt.Errorf("descent: a table of %d weights of %d values is more than a program of %d bits can hold", n, len(t.parts), bits.UintSize)
	}
	t.values = make([]float32, n*len(t.parts))
	t.start()
	return t, nil
}

// start gives the states what they start from, where that is not 0.
func (t *Table) start() {
	width := len(t.parts)
	for k, p := range t.parts {
		if p[0] == 0 {
			continue
		}
		for i := k; i < len(t.values); i += width {
			t.values[i] = p[0]
		}
	}
}

// Len is the number of weights.
func (t *Table) Len() int { return t.n }

// Width is how many values a weight has: itself and its states.
func (t *Table) Width() int { return len(t.parts) }

// Values is the table's memory: weight i is Values()[i*Width()], and its states
// follow it. It may be read and written between updates.
func (t *Table) Values() []float32 { return t.values }

// Updates is the number of updates made: the t of formulas.
func (t *Table) Updates() int { return t.o.e.Updates }

// Scalars is the states that are one number for all weights, by name; nil where
// the rule has none. With Updates and Values it is all that Resume needs.
func (t *Table) Scalars() map[string]float64 {
	var m map[string]float64
	for _, s := range t.o.params[0].t.States {
		if s.Kind == plan.ScalarStateKind {
			if m == nil {
				m = map[string]float64{}
			}
			m[s.Name] = s.V.At(0)
		}
	}
	return m
}

// Resume makes the table one that has had so many updates; scalars are what
// Scalars gave then. Another rule's scalars are an error that changes nothing.
func (t *Table) Resume(updates int, scalars map[string]float64) error {
	if updates < 0 || len(scalars) != len(t.Scalars()) {
		return fmt.Errorf("descent: a table of %s cannot resume after %d updates with %d scalar states: expected %d", t.o.rule.Name(), updates, len(scalars), len(t.Scalars()))
	}
	for name := range t.Scalars() {
		if _, ok := scalars[name]; !ok {
			return fmt.Errorf("descent: a table of %s cannot resume without the scalar state %s", t.o.rule.Name(), name)
		}
	}
	p := t.o.params[0]
	for _, s := range p.t.States {
		if s.Kind == plan.ScalarStateKind {
			s.V.Set(0, scalars[s.Name])
		}
	}
	t.o.e.Updates = updates
	p.t.SetT(updates)
	t.o.e.Refresh()
	t.win.Moved()
	return nil
}

// Hypers is the rule's hyperparameters with their present values.
func (t *Table) Hypers() map[string]float64 {
	m := make(map[string]float64, len(t.o.hypers))
	for _, h := range t.o.hypers {
		m[h.Name] = t.o.present(t.o.params[0].group, h.Name, t.o.e.Updates)
	}
	return m
}

// Extra names an option that shapes updates beside the rule and Hypers, of which
// NewTable makes the same table again where there is none: "" then.
func (t *Table) Extra() string {
	s := t.o.settings
	switch {
	case t.live:
		return "Schedule"
	case s.rescale != nil:
		return "Rescale"
	case s.clipValue != nil:
		return "ClipValue"
	case s.seed != nil:
		return "Seed"
	}
	return ""
}

// Set changes a hyperparameter from the next update on, as Optimizer.Set.
func (t *Table) Set(name string, v float64) error {
	if err := t.o.Set(name, v); err != nil {
		return err
	}
	if err := t.o.values(t.o.e.Updates); err != nil {
		return fmt.Errorf("descent: %w", err)
	}
	t.win.Moved()
	return nil
}

// Update steps the weights at the given places: g[i] is the gradient of weight
// at[i]. A place that is named several times steps as often, one after the
// other. A place out of range, lengths that differ and a hyperparameter that
// its schedule has moved out of range are errors that change nothing.
func (t *Table) Update(at []uint32, g []float32) error {
	if err := t.check(at, g); err != nil {
		return err
	}
	if t.live {
		if err := t.o.values(t.o.e.Updates); err != nil {
			return fmt.Errorf("descent: %w", err)
		}
		t.win.Moved()
	}
	t.win.Begin()
	for first := 0; first < len(at); {
		n := t.gather(at[first:], g[first:])
		t.win.Step(first, n)
		t.scatter(at[first : first+n])
		first += n
	}
	t.win.End()
	return nil
}

// Evaluates reports whether the rule has other weights to evaluate with than
// those it trains: averages, say.
func (t *Table) Evaluates() bool { return t.o.e.Program.Eval != nil }

// Evaluate puts into out the weights to evaluate with at the given places, of
// which out must have as many. For rules that have no others it is the weights.
// It uses the table's memory as Update does. A place out of range is an error.
func (t *Table) Evaluate(at []uint32, out []float32) error {
	if err := t.check(at, out); err != nil {
		return err
	}
	for first := 0; first < len(at); first += window {
		part := at[first:min(first+window, len(at))]
		t.fill(part)
		if err := t.o.Eval(); err != nil {
			return err
		}
		copy(out[first:], t.parts[0][:len(part)])
		t.o.Train()
	}
	return nil
}

// check says what of an update does not fit.
func (t *Table) check(at []uint32, g []float32) error {
	if len(at) != len(g) {
		return fmt.Errorf("descent: a table's %d weights, but %d numbers for them", len(at), len(g))
	}
	for i, a := range at {
		if int64(a) >= int64(t.n) {
			return fmt.Errorf("descent: a table of %d weights has no weight %d, number %d of those named", t.n, a, i)
		}
	}
	return nil
}

// gather fills the window with the first weights, as many as are sure to be at
// different places.
func (t *Table) gather(at []uint32, g []float32) int {
	if t.turn++; t.turn == 0 {
		clear(t.slots)
		t.turn = 1
	}
	n, seen, turn := min(len(at), window), (*[slots]uint8)(t.slots), t.turn
	for i, a := range at[:n] {
		if seen[a%slots] == turn {
			n = i
			break
		}
		seen[a%slots] = turn
	}
	t.fill(at[:n])
	copy(t.g, g[:n])
	return n
}

// fill fills the window. The rules of streams, ftrl among them, have two states
// mostly: their weights are taken in one go.
func (t *Table) fill(at []uint32) {
	width := len(t.parts)
	if width == 3 {
		a, b, c := t.parts[0][:len(at)], t.parts[1][:len(at)], t.parts[2][:len(at)]
		for i, p := range at {
			w := (*[3]float32)(t.values[int(p)*3:])
			a[i], b[i], c[i] = w[0], w[1], w[2]
		}
		return
	}
	for k, p := range t.parts {
		p, values := p[:len(at)], t.values[k:]
		for i, a := range at {
			p[i] = values[int(a)*width]
		}
	}
}

// scatter puts the window's weights back.
func (t *Table) scatter(at []uint32) {
	width := len(t.parts)
	if width == 3 {
		a, b, c := t.parts[0][:len(at)], t.parts[1][:len(at)], t.parts[2][:len(at)]
		for i, p := range at {
			w := (*[3]float32)(t.values[int(p)*3:])
			w[0], w[1], w[2] = a[i], b[i], c[i]
		}
		return
	}
	for k, p := range t.parts {
		p, values := p[:len(at)], t.values[k:]
		for i, a := range at {
			values[int(a)*width] = p[i]
		}
	}
}
