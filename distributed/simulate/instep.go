package simulate

import (
	"fmt"
	"math/rand/v2"

	"github.com/descent-go/descent"
)

// inStep are workers that go in step.
type inStep struct {
	*run
	opt   *descent.Optimizer
	rand  []*rand.Rand // of each worker
	sums  [][]float64  // of the gradients of a round, for each tensor
	batch int          // the next
}

func newInStep(r *run, options []descent.Option) (*inStep, error) {
	s := &inStep{run: r, rand: sources(r.Seed, r.Workers)}
	var params []descent.Param
	for _, t := range r.tensors {
		params = append(params, descent.NewParam(t.Name, t.Value, t.Grad, t.Shape...))
		s.sums = append(s.sums, make([]float64, len(t.Grad)))
	}
	var err error
	if s.opt, err = descent.New(r.task.Rule, params, options...); err != nil {
		return nil, err
	}
	if s.opt.NeedsFunc() {
		return nil, fmt.Errorf("simulate: %s asks for several gradients an update, which is not simulated", r.task.Rule.Name())
	}
	return s, nil
}

// sources are the generators of the workers' times.
func sources(seed uint64, workers int) []*rand.Rand {
	all := make([]*rand.Rand, workers)
	for i := range all {
		all[i] = rand.New(rand.NewPCG(seed, uint64(i)<<32|1)) // the orders of the epochs have small numbers
	}
	return all
}

// advance makes a round: a batch for each worker, the mean of their gradients, an update.
func (s *inStep) advance() (bool, error) {
	n := min(s.Workers, s.work()-s.batch)
	if n == 0 {
		return false, nil
	}
	slowest := 0.0
	for w := range n {
		if err := s.gradient(s.batch); err != nil {
			return false, err
		}
		s.batch++
		for i, t := range s.tensors {
			addTo(s.sums[i], t.Grad)
		}
		took := s.Delay.draw(w, s.Workers, s.rand[w])
		s.computed += took
		slowest = max(slowest, took)
		s.result.Delays.add(0)
	}
	for i, t := range s.tensors {
		takeMean(t.Grad, s.sums[i], n)
	}
	if err := s.opt.Step(); err != nil {
		return false, err
	}
	s.now += slowest + s.Network.allReduce(n, s.bytes)
	s.result.Updates++
	return true, nil
}

func addTo(sum []float64, x []float32) {
	for i, v := range x {
		sum[i] += float64(v)
	}
}

// takeMean sets mean from the sum of n, which becomes 0.
func takeMean(mean []float32, sum []float64, n int) {
	for i, v := range sum {
		mean[i] = float32(v / float64(n))
	}
	clear(sum)
}

func (s *inStep) evaluate(measure func() error) error {
	if err := s.opt.Eval(); err != nil {
		return err
	}
	defer s.opt.Train()
	return measure()
}

func (s *inStep) close() error { return s.opt.Close() }
