package server

import (
	"fmt"
	"slices"
	"sync"

	"github.com/descent-go/descent/distributed"
)

// Weights are those of a model at one moment. They are shared by all who pulled
// them then and must not be written; their memory is used again when the last has
// released them.
type Weights struct {
	Version uint64 // updates made before
	parts   []*part
	refs    int
	from    *memory
}

// part is a copy of a tensor's weights, shared by all Weights of versions between
// which the tensor was not moved.
type part struct {
	data []float32
	at   int // which tensor
	refs int
}

// memory counts who uses copies, and keeps those that nobody uses for the next.
type memory struct {
	mu    sync.Mutex
	parts [][]*part // by tensor
	all   []*Weights
}

// Len is the number of tensors.
func (w *Weights) Len() int { return len(w.parts) }

// Data is the weights of the i-th tensor of the server's configuration.
func (w *Weights) Data(i int) []float32 { return w.parts[i].data }

// Release ends the use of the weights. Any goroutine may call it, once for each
// that was given them.
func (w *Weights) Release() {
	w.from.mu.Lock()
	defer w.from.mu.Unlock()
	w.from.release(w)
}

func (w *Weights) retain() *Weights {
	w.from.mu.Lock()
	defer w.from.mu.Unlock()
	w.refs++
	return w
}

// release is called with the lock.
func (m *memory) release(w *Weights) {
	if w.refs--; w.refs > 0 {
		return
	}
	for _, p := range w.parts {
		m.drop(p)
	}
	w.parts = w.parts[:0]
	m.all = append(m.all, w)
}

func (m *memory) drop(p *part) {
	if p.refs--; p.refs == 0 {
		m.parts[p.at] = append(m.parts[p.at], p)
	}
}

// take shows the weights of tensors as they are, which only tensors that have
// moved since the last time are copied for.
func (m *memory) take(tensors []*tensor, version uint64) *Weights {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.all) == 0 {
		m.all = append(m.all, &Weights{from: m})
	}
	last := len(m.all) - 1
	w := m.all[last]
	m.all = m.all[:last]
	w.Version, w.refs = version, 1
	for i, t := range tensors {
		if t.part == nil {
			t.part = m.copy(i, t.Data)
		}
		t.part.refs++
		w.parts = append(w.parts, t.part)
	}
	return w
}

// copy makes a part with one reference.
func (m *memory) copy(at int, data []float32) *part {
	p := &part{at: at}
	if free := m.parts[at]; len(free) > 0 {
		p, m.parts[at] = free[len(free)-1], free[:len(free)-1]
	}
	p.data, p.refs = append(p.data[:0], data...), 1
	return p
}

// forget says that a tensor has moved.
func (m *memory) forget(t *tensor) {
	if t.part == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.drop(t.part)
	t.part = nil
}

// fit reports tensors that are not, by name and shape, some of the model's.
func (c *Core) fit(given []distributed.Tensor) error {
	seen := make(map[string]bool, len(given))
	for _, g := range given {
		i, ok := c.byName[g.Name]
		if !ok {
			return fmt.Errorf("no tensor is named %q: the model has %d, from %s on", g.Name, len(c.tensors), c.tensors[0].Name)
		}
		t := c.tensors[i]
		switch {
		case seen[g.Name]:
			return fmt.Errorf("tensor %s is given twice", g.Name)
		case !slices.Equal(g.Shape, t.Shape):
			return fmt.Errorf("tensor %s has shape %v, expected %v", g.Name, g.Shape, t.Shape)
		case len(g.Data) != len(t.Data):
			return fmt.Errorf("tensor %s has %d elements, expected %d", g.Name, len(g.Data), len(t.Data))
		}
		seen[g.Name] = true
	}
	return nil
}
