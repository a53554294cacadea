package measure

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// Rule is a rule to be measured.
type Rule struct {
	Name    string
	Rule    optim.Rule
	Options []descent.Option
}

// Config says what to measure: every rule on every work with every number of threads.
type Config struct {
	Rules   []Rule
	Works   []Work
	Threads []int
	Rounds  int // measurements of each, at least 1

	// Progress is told the work in hand and the share of the time that is
	// likely to be over, if it is not nil.
	Progress func(w Work, done float64)
}

// Row is what was measured of a rule.
type Row struct {
	Rule string
	Work
	Threads int
	Step    Samples // nanoseconds of a step
	Bytes   float64 // read and written for a weight; 0 where the rule is no formula, and that is not known

	loop      Samples // of the read-write loop, in the same rounds
	loopBytes float64
}

// Run measures. When ctx ends it gives the rows that there are, of fewer rounds
// perhaps, with the error of ctx. Work that needs more memory than there is
// is an error before anything is measured, where the system tells.
func (c Config) Run(ctx context.Context) ([]Row, error) {
	groups := make([]*group, len(c.Works))
	total := 0.0
	for i, w := range c.Works {
		g, err := c.plan(w)
		if err != nil {
			return nil, err
		}
		groups[i] = g
		for k := range g.entries {
			total += g.cost(k) * float64(c.Rounds+1)
		}
	}
	var rows []Row
	done := 0.0
	for _, g := range groups {
		err := g.run(ctx, c.Rounds, func(k int) {
			done += g.cost(k)
			if c.Progress != nil {
				c.Progress(g.work, done/total)
			}
		})
		rows = append(rows, g.rows()...)
		if err != nil {
			return rows, err
		}
	}
	return rows, nil
}

// group is what is measured in turns: all that has the same work.
type group struct {
	work    Work
	entries []*entry
}

// entry is a rule or a read-write loop with a number of threads.
type entry struct {
	Rule
	traffic
	threads int
	loop    *entry // nil of a loop, and of a rule whose traffic is not known
	isLoop  bool
	samples Samples
}

// plan makes the group of a work, and its loops: one for those that move as
// many arrays. No memory is needed yet.
func (c Config) plan(w Work) (*group, error) {
	g := &group{work: w}
	for _, r := range c.Rules {
		t, err := w.probe(r.Rule, r.Options)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.Name, err)
		}
		for _, threads := range c.Threads {
			e := &entry{Rule: r, traffic: t, threads: threads}
			if t.formal {
				if e.loop, err = g.loop(t.states, threads); err != nil {
					return nil, err
				}
			}
			g.entries = append(g.entries, e)
		}
	}
	return g, g.fits()
}

// loop finds or makes the read-write loop over a number of states.
func (g *group) loop(states, threads int) (*entry, error) {
	for _, e := range g.entries {
		if e.isLoop && e.states == states && e.threads == threads {
			return e, nil
		}
	}
	rule, err := loop(states)
	if err != nil {
		return nil, err
	}
	t, err := g.work.probe(rule, nil)
	if err != nil {
		return nil, err
	}
	e := &entry{Rule: Rule{Name: rule.Name(), Rule: rule}, traffic: t, threads: threads, isLoop: true}
	g.entries = append(g.entries, e)
	return e, nil
}

// cost is about how many nanoseconds a measurement takes, at 10 bytes each.
func (g *group) cost(k int) float64 {
	return max(float64(Least), g.entries[k].moved*float64(g.work.Weights())/10)
}

// run measures the group; its memory is free again afterwards.
func (g *group) run(ctx context.Context, rounds int, measured func(k int)) error {
	defer debug.FreeOSMemory()
	m := g.work.model()
	subjects := make([]Subject, len(g.entries))
	for k, e := range g.entries {
		params := m.params
		if e.isLoop {
			params = m.loop
		}
		opt, err := descent.New(e.Rule.Rule, params, slices.Concat(e.Options, g.work.options(e.threads))...)
		if err != nil {
			return fmt.Errorf("%s: %w", e.Name, err)
		}
		defer opt.Close()
		subjects[k] = Subject{e.Name, step(opt)}
	}
	samples, err := Interleave(ctx, subjects, rounds, measured)
	for k, s := range samples {
		g.entries[k].samples = s
	}
	return err
}

// step is a step of the optimizer. Where its rule asks for gradients they stay
// as they are.
func step(opt *descent.Optimizer) func() error {
	if !opt.NeedsFunc() {
		return opt.Step
	}
	same := func() (float64, error) { return 0, nil }
	return func() error {
		_, err := opt.StepFunc(same)
		return err
	}
}

// rows are those of the rules that were measured once at least.
func (g *group) rows() []Row {
	var rows []Row
	for _, e := range g.entries {
		if e.isLoop || len(e.samples) == 0 {
			continue
		}
		row := Row{Rule: e.Name, Work: g.work, Threads: e.threads, Step: e.samples}
		if e.loop != nil {
			row.Bytes, row.loop, row.loopBytes = e.moved, e.loop.samples, e.loop.moved
		}
		rows = append(rows, row)
	}
	return rows
}

// GBPerSecond is 10^9 bytes read and written in a second; 0 where they are not known.
func (r Row) GBPerSecond() float64 {
	return r.Bytes * float64(r.Weights()) / r.Step.Median()
}

// LoopGBPerSecond is that of the read-write loop.
func (r Row) LoopGBPerSecond() float64 {
	if r.loopBytes == 0 {
		return 0
	}
	return r.loopBytes * float64(r.Weights()) / r.loop.Median()
}

// BandwidthShare is the rule's bytes a second over those of the read-write
// loop, the median over the rounds; 0 where it is not known.
func (r Row) BandwidthShare() float64 {
	var shares Samples
	for i := range min(len(r.Step), len(r.loop)) {
		shares = append(shares, r.Bytes/r.Step[i]*r.loop[i]/r.loopBytes)
	}
	return shares.Median()
}

// NSPerWeight is the median time of a step for a weight, in nanoseconds.
func (r Row) NSPerWeight() float64 { return r.Step.Median() / float64(r.Weights()) }

// NSPerTensor is the median time of a step for a tensor, in nanoseconds.
func (r Row) NSPerTensor() float64 { return r.Step.Median() / float64(r.Tensors) }
