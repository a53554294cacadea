package engine

import (
	"fmt"

	"github.com/descent-go/descent/internal/plan"
)

// Peers are the ranks over which weights are split. Gather gives the numbers of
// all ranks, in order of the ranks; counts says how many each has. Every rank
// calls it at the same places with the same counts.
type Peers interface {
	Rank() int
	Size() int
	Gather(own []float64, counts []int) ([]float64, error)
}

// gather asks the peers for their numbers.
func (e *Engine) gather(own []float64, counts []int) ([]float64, error) {
	all, err := e.Peers.Gather(own, counts)
	if err != nil {
		return nil, fmt.Errorf("the numbers of all ranks: %w", err)
	}
	want := 0
	for _, n := range counts {
		want += n
	}
	if len(all) != want {
		return nil, fmt.Errorf("the numbers of all ranks: Gather gave %d numbers, expected %d", len(all), want)
	}
	return all, nil
}

// exchange is the sums of items that ranks give each other. As ranks have runs of
// weights in their order, those of all ranks lie as one rank's would: tensor by
// tensor, item by item.
type exchange struct {
	counts [][]int // by phase and rank, how many
	own    []float64
}

// makeExchange counts the sums of every phase.
func (p *pass) makeExchange() {
	x, ranks, most := &p.exchange, p.e.Peers.Size(), 0
	x.counts = make([][]int, len(p.summing))
	for phase, insts := range p.summing {
		x.counts[phase] = make([]int, ranks)
		for _, in := range insts {
			for r := range ranks {
				from, to := p.e.Part(in.t, r)
				x.counts[phase][r] += in.pieces(to-from) * len(in.v.plan.Phases[phase].Sums)
			}
		}
		most = max(most, x.counts[phase][p.e.Peers.Rank()])
	}
	x.own = make([]float64, 0, most)
}

// pieces is how many items so many weights of a tensor with sums are.
func (in *instance) pieces(weights int) int {
	n := in.piece()
	return (weights + n - 1) / n
}

// exchangeSums gives the sums of the present phase of all ranks.
func (p *pass) exchangeSums() ([]float64, error) {
	x := &p.exchange
	x.own = x.own[:0]
	for _, in := range p.summing[p.phase] {
		n := len(in.v.plan.Phases[p.phase].Sums)
		for i := in.items[0]; i < in.items[1]; i++ {
			x.own = append(x.own, p.sums[i*p.accs:i*p.accs+n]...)
		}
	}
	return p.e.gather(x.own, x.counts[p.phase])
}

// reduceAll folds the sums of all ranks' items in order: every rank has what one
// would have.
func (p *pass) reduceAll() error {
	all, err := p.exchangeSums()
	if err != nil {
		return err
	}
	for _, in := range p.summing[p.phase] {
		sums := in.v.plan.Phases[p.phase].Sums
		n := in.pieces(in.t.size()) * len(sums)
		for k, s := range sums {
			total := start(s.Max)
			for i := k; i < n; i += len(sums) {
				total = plan.Combine(s.Max, total, all[i])
			}
			p.reduced(in, s, total)
		}
		all = all[n:]
	}
	return nil
}
