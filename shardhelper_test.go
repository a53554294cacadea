package descent_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/descent-go/descent"
)

// room is where the ranks of a test meet.
type room struct {
	mu    sync.Mutex
	all   sync.Cond
	parts [][]float64
	here  int
	turn  int
	sum   []float64
	err   error
	fails int // the turn that does
}

// member is a rank.
type member struct {
	*room
	rank int
}

func newRoom(ranks int) []*member {
	r := &room{parts: make([][]float64, ranks), fails: -1}
	r.all.L = &r.mu
	members := make([]*member, ranks)
	for i := range members {
		members[i] = &member{r, i}
	}
	return members
}

func (m *member) Rank() int { return m.rank }
func (m *member) Size() int { return len(m.parts) }

func (m *member) Gather(own []float64, counts []int) ([]float64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(counts) != m.Size() || counts[m.rank] != len(own) {
		m.leave(fmt.Errorf("rank %d gives %d numbers of %v", m.rank, len(own), counts))
	}
	m.parts[m.rank] = slices.Clone(own)
	turn := m.turn
	if m.here++; m.here == m.Size() {
		m.sum = slices.Concat(m.parts...)
		m.here = 0
		if m.turn++; turn == m.fails {
			m.err = errors.New("a rank is gone")
		}
		m.all.Broadcast()
	}
	for m.turn == turn && m.err == nil {
		m.all.Wait()
	}
	return m.sum, m.err
}

// leave ends the waiting of all.
func (m *room) leave(err error) {
	if err != nil && m.err == nil {
		m.err = err
		m.all.Broadcast()
	}
}

// together runs what every rank does, and fails where one does.
func together(t *testing.T, members []*member, do func(rank int) error) {
	t.Helper()
	for _, err := range apart(members, do) {
		must(t, err)
	}
}

// apart gives the ranks' errors.
func apart(members []*member, do func(rank int) error) []error {
	errs := make([]error, len(members))
	var wg sync.WaitGroup
	for i, m := range members {
		wg.Go(func() {
			if errs[i] = do(i); errs[i] != nil {
				m.mu.Lock()
				m.leave(errs[i])
				m.mu.Unlock()
			}
		})
	}
	wg.Wait()
	return errs
}

// manyTypes is a model of tensors of many sizes and types.
type manyTypes struct {
	params []descent.Param
	w      []func(i int) float64
	g      []func(i int, x float64)
	setW   []func(i int, bits uint64)
	filled bool // the gradients of other ranks' weights are NaN
}

// value is what a number is.
func value[T descent.Float](x T) float64 {
	switch x := any(x).(type) {
	case float32:
		return float64(x)
	case descent.Float16:
		return float64(x.Float32())
	case descent.BFloat16:
		return float64(x.Float32())
	}
	return any(x).(float64)
}

func addTo[V, G descent.Float](m *manyTypes, shape ...int) {
	n := 1
	for _, d := range shape {
		n *= d
	}
	w, g := make([]V, n), make([]G, n)
	for i := range w {
		w[i] = number[V](float64((i*31+len(m.w))%97)/64 - 0.7)
	}
	m.params = append(m.params, descent.NewParam(fmt.Sprintf("p%d", len(m.params)), w, g, shape...))
	m.w = append(m.w, func(i int) float64 { return value(w[i]) })
	m.setW = append(m.setW, func(i int, bits uint64) { w[i] = number[V](math.Float64frombits(bits)) })
	m.g = append(m.g, func(i int, x float64) { g[i] = number[G](x) })
}

// newSmall makes one of few weights: rules that are no formula are slow.
func newSmall() *manyTypes {
	m := &manyTypes{}
	addTo[float32, float32](m, 3, 4)
	addTo[float64, float32](m, 5)
	addTo[float32, float32](m, 2)
	return m
}

// newTail makes one of which the second of two ranks has the end of a tensor
// among small ones.
func newTail() *manyTypes {
	m := &manyTypes{}
	for _, n := range []int{8200, 100, 30} {
		addTo[float32, float32](m, n)
	}
	return m
}

// newMany makes one of all types, and of sizes about those of chunks.
func newMany() *manyTypes {
	m := &manyTypes{}
	addTo[float32, float32](m, 0)
	addTo[float32, float64](m, 1)
	addTo[float32, float32](m, 200)
	addTo[float32, float32](m, 30, 7)
	addTo[float32, float32](m, 8192)
	addTo[float64, float64](m, 8193)
	addTo[descent.Float16, float32](m, 25, 784)
	addTo[float32, descent.BFloat16](m, 3, 10_000)
	addTo[descent.BFloat16, descent.BFloat16](m, 8200)
	addTo[float32, float32](m, 50_000)
	addTo[float64, float32](m, 12, 1000)
	return m
}

// gradients sets those of a rank's share by its weights; the others are NaN, which
// nobody may read.
func (m *manyTypes) gradients(share []descent.Range, step int) {
	next := 0
	for k, p := range m.params {
		from, to := 0, 0
		if next < len(share) && share[next].Param == p.Name() {
			from, to = share[next].From, share[next].To
			next++
		}
		for i := from; i < to; i++ {
			m.g[k](i, float64((i*7+step*13+k)%101)/50-1+0.5*m.w[k](i))
		}
		for i := 0; i < p.Len() && !m.filled; i++ {
			if i < from || i >= to {
				m.g[k](i, math.NaN())
			}
		}
	}
	m.filled = true
}

// put sets in out the bits of a rank's share.
func (m *manyTypes) put(out map[string][]uint64, share []descent.Range) {
	for _, r := range share {
		k := slices.IndexFunc(m.params, func(p descent.Param) bool { return p.Name() == r.Param })
		bits := slices.Grow(out[r.Param], r.To-r.From)
		for i := r.From; i < r.To; i++ {
			bits = append(bits, math.Float64bits(m.w[k](i)))
		}
		out[r.Param] = bits
	}
}

// putStates sets those of the states.
func putStates(t *testing.T, out map[string][]uint64, states []descent.State) {
	for _, s := range states {
		name := s.Param + " " + s.Name
		bits := slices.Concat(bitsOf(s.F32), bitsOf(s.F64), bitsOf(s.F16), bitsOf(s.BF16))
		if have := out[name]; len(s.Shape) == 0 && have != nil {
			if !slices.Equal(have, bits) {
				t.Errorf("%s differs from rank to rank: %x and %x", name, have, bits)
			}
			continue
		}
		if s.From != len(out[name]) && len(bits) > 0 {
			t.Errorf("%s begins at %d, expected %d", name, s.From, len(out[name]))
		}
		out[name] = append(out[name], bits...)
	}
}

func bitsOf[T descent.Float](x []T) []uint64 {
	out := make([]uint64, len(x))
	for i := range x {
		out[i] = math.Float64bits(value(x[i]))
	}
	return out
}
