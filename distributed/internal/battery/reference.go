package battery

import (
	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// reference is one optimizer that averages the gradients of all ranks.
type reference struct {
	m     *model
	opt   *descent.Optimizer
	ranks int
	sum   [][]float64
}

func newReference(m *model, ranks int, rule optim.Rule, options []descent.Option) (*reference, error) {
	r := &reference{m: m, ranks: ranks, sum: make([][]float64, len(m.list))}
	info, err := rule.Info()
	if err != nil {
		return nil, err
	}
	if !info.NeedsFunc {
		options = append(options[:len(options):len(options)], descent.Accumulate(ranks))
	}
	r.opt, err = descent.New(rule, m.params(info.NeedsFunc && ranks > 1), options...)
	return r, err
}

// step makes a step, by Accumulate or, for rules that ask for gradients, within the function.
func (r *reference) step(step int) (loss float64, err error) {
	if r.opt.NeedsFunc() {
		return r.opt.StepFunc(func() (float64, error) {
			if r.ranks == 1 {
				return r.m.gradient(0, step), nil
			}
			return r.average(step), nil
		})
	}
	for rank := range r.ranks {
		loss += r.m.gradient(rank, step)
		if err := r.opt.Step(); err != nil {
			return 0, err
		}
	}
	return loss / float64(r.ranks), nil
}

// average makes the mean gradient with the arithmetic of descent.Accumulate.
func (r *reference) average(step int) (loss float64) {
	for rank := range r.ranks {
		loss += r.m.gradient(rank, step)
		for k, p := range r.m.list {
			if rank == 0 {
				r.sum[k] = make([]float64, p.size())
			}
			for i := range p.size() {
				g := r.sum[k][i] + p.gradAt(i)
				if rank == r.ranks-1 {
					g /= float64(r.ranks)
				}
				if p.w64 == nil {
					g = float64(float32(g))
				}
				r.sum[k][i] = g
			}
		}
	}
	for k, p := range r.m.list {
		for i, g := range r.sum[k] {
			if p.mean != nil {
				p.mean[i] = float32(g)
			} else {
				p.setGrad(i, g)
			}
		}
	}
	return loss / float64(r.ranks)
}

// states are those of the optimizer but what Accumulate adds.
func (r *reference) states() []descent.State {
	var list []descent.State
	for _, s := range r.opt.States() {
		if s.Name != "descent.accumulated" && s.Name != "descent.gradient_sum" {
			list = append(list, s)
		}
	}
	return list
}
