package distributed

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/descent-go/descent"
)

// gather gives every rank the others' shares of some memory that all ranks have whole.
func (o *Optimizer) gather(memory func(*tensor) memory) error {
	width := func(t *tensor) int { return memory(t).width() }
	rank := o.c.Rank()
	return pipeline(o.c, len(o.weights), func(k int) (send, recv [][]byte) {
		b, l := o.weights[k], o.lane(k)
		out := b[rank].plain(memory)
		if out == nil {
			l.packed[rank] = grow(l.packed[rank], b[rank].bytes(width))
			out = l.packed[rank]
			b[rank].each(out, width, func(s span, data []byte) { copy(data, memory(s.tensor).bytes(s.from, s.to)) })
		}
		for r, p := range b {
			l.send[r] = out
			recv = append(recv, p.plain(memory))
			if recv[r] == nil {
				l.came[r] = grow(l.came[r], p.bytes(width))
				recv[r] = l.came[r]
			}
		}
		send = slices.Clone(l.send)
		send[rank], recv[rank] = nil, nil
		return send, recv
	}, func(k int) error {
		for r, p := range o.weights[k] {
			if r != rank && p.plain(memory) == nil {
				p.each(o.lane(k).came[r], width, func(s span, data []byte) { copy(memory(s.tensor).bytes(s.from, s.to), data) })
			}
		}
		return nil
	})
}

// plain is the memory of a piece that is in one place, else nil.
func (p piece) plain(memory func(*tensor) memory) []byte {
	if len(p) != 1 {
		return nil
	}
	return memory(p[0].tensor).bytes(p[0].from, p[0].to)
}

// GatherGradients puts the mean gradient of the last step, of its last call of
// the function, into the memory that the parameters' gradients have on this rank.
func (o *Optimizer) GatherGradients() error {
	if o.alone {
		return nil
	}
	if err := o.usable(); err != nil {
		return err
	}
	for _, t := range o.tensors {
		if t.lacks() {
			return fmt.Errorf("distributed: %w", errNoGradient(t.name))
		}
	}
	for _, t := range o.tensors {
		switch {
		case t.mean.f64 != nil:
			write(t.grad, t.first, t.mean.f64)
		default:
			write(t.grad, t.first, t.mean.f32)
		}
	}
	if o.whole {
		return nil
	}
	return o.end(o.gather(func(t *tensor) memory { return t.grad }))
}

// Gather gives the numbers of all ranks: the i-th of rank r is at
// r*len(own)+i. Every rank gives as many. It is for what a training must agree on,
// such as whether to stop.
func (o *Optimizer) Gather(own []float64) ([]float64, error) {
	if o.alone {
		return slices.Clone(own), nil
	}
	if err := o.usable(); err != nil {
		return nil, err
	}
	all, err := o.peers.Gather(own, slices.Repeat([]int{len(own)}, o.c.Size()))
	return slices.Clone(all), o.end(err)
}

// GatherTexts gives the texts of all ranks, by rank, such as what went wrong there.
func (o *Optimizer) GatherTexts(own string) ([]string, error) {
	if o.alone {
		return []string{own}, nil
	}
	if err := o.usable(); err != nil {
		return nil, err
	}
	texts, err := gatherTexts(o.c, own)
	return texts, o.end(err)
}

// peers lets the ranks' optimizers exchange sums.
type peers struct {
	c    Collective
	all  []float64
	fail func(error) error
}

func (p *peers) Rank() int { return p.c.Rank() }
func (p *peers) Size() int { return p.c.Size() }

// Gather gives the numbers of all ranks in order.
func (p *peers) Gather(own []float64, counts []int) ([]float64, error) {
	starts, n := make([]int, len(counts)), 0
	for r, count := range counts {
		starts[r] = n
		n += count
	}
	p.all = slices.Grow(p.all[:0], n)[:n]
	copy(p.all[starts[p.c.Rank()]:], own)
	return p.all, p.fail(AllGather(p.c, p.all, starts))
}

// GatherStates gives rank 0 the whole states of all ranks, as those of one
// optimizer would be, and the others nil.
func (o *Optimizer) GatherStates() ([]descent.State, error) {
	if o.alone {
		return o.States(), nil
	}
	if err := o.usable(); err != nil {
		return nil, err
	}
	own := o.States()
	heads := make([]stateHead, len(own))
	for i, s := range own {
		heads[i] = headOf(s)
	}
	text, err := json.Marshal(heads)
	if err != nil {
		return nil, err
	}
	texts, err := gatherTexts(o.c, string(text))
	if err != nil {
		return nil, o.end(err)
	}
	return o.assemble(own, texts)
}
