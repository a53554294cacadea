package server

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/distributed"
)

// Core is a parameter server without clocks, goroutines, locks and files: what
// happens when is told by its caller, one call at a time.
type Core struct {
	config  Config
	rule    string // its text
	seen    bool   // the rule asks at which weights a gradient was taken
	tensors []*tensor
	byName  map[string]int
	memory  *memory
	updates uint64
	workers map[string]*worker
	granted []*worker // pulls that are under way, the oldest first
	waiting []*worker // pulls that wait, in the order of arrival
	work    work
	stats   Stats
	broken  error // why nothing can be applied any more
}

// stage is what has become of a worker's last pull.
type stage int

const (
	over    stage = iota // pushed or given up
	waits                // for its turn
	granted              // the gradient is being computed
	pushing              // the gradient is on its way to disk
)

// worker is what is known of a worker.
type worker struct {
	name    string
	seq     uint64 // of its last pull
	stage   stage
	version uint64   // updates made when it was granted
	unit    int      // of work
	seen    *Weights // what it was given, where the rule asks for that
	heard   time.Time
	pushed  uint64 // seq of its last push that was applied, 0 is none
	ack     distributed.Ack
}

// NewCore makes a server that begins with the tensors and states of the
// configuration; Store and SnapshotEvery are not used.
func NewCore(c Config) (*Core, error) {
	core, err := newCore(c)
	if err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	return core, nil
}

func newCore(c Config) (*Core, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	rules, err := programs(c.Rule)
	if err != nil {
		return nil, err
	}
	core := &Core{config: c, rule: text(rules), seen: readsSeen(rules), byName: map[string]int{}, workers: map[string]*worker{}}
	core.work.total = c.Work
	core.stats.Workers = map[string]uint64{}
	if core.tensors, err = c.tensors(); err != nil {
		return nil, err
	}
	for i, t := range core.tensors {
		core.byName[t.Name] = i
		if err := unfitOption(t.opt); err != nil {
			return nil, err
		}
	}
	core.memory = &memory{parts: make([][]*part, len(core.tensors))}
	core.config.Tensors, core.config.States = nil, nil // are not kept: they may be large
	if c.States == nil {
		return core, nil
	}
	for _, s := range c.States {
		if s.Param == "" && s.Name == updatesName && len(s.F64) == 1 {
			core.updates = uint64(s.F64[0])
		}
	}
	return core, restore(core.tensors, c.States)
}

// Job tells what is trained.
func (c *Core) Job() *distributed.Job {
	job := &distributed.Job{Rule: c.rule, Lease: c.config.Lease.Seconds(), Work: c.work.total, Meta: c.config.Meta}
	for _, t := range c.tensors {
		job.Tensors = append(job.Tensors, distributed.Tensor{Name: t.Name, Shape: slices.Clone(t.Shape)})
	}
	return job
}

// Updates is how many gradients have been applied.
func (c *Core) Updates() uint64 { return c.updates }

// LR is the learning rate of the next update, of the first tensor.
func (c *Core) LR() float64 { return c.tensors[0].opt.LR() }

// Done reports whether all work is done.
func (c *Core) Done() bool { return c.work.done() }

// Weights are the present ones. Release them.
func (c *Core) Weights() *Weights { return c.memory.take(c.tensors, c.updates) }

// Eval gives tensors, found by name, the weights to evaluate with, where the rule
// has others than those it trains.
func (c *Core) Eval(into []distributed.Tensor) error {
	if err := c.fit(into); err != nil {
		return fmt.Errorf("server: %w", err)
	}
	for _, x := range into {
		t := c.tensors[c.byName[x.Name]]
		if err := t.opt.Eval(); err != nil {
			return err
		}
		copy(x.Data, t.Data)
		t.opt.Train()
	}
	return nil
}

// Copy gives tensors, found by name, the weights in training and returns the
// states of the same moment, as one descent.Optimizer for all tensors has them: the
// live memory, as that of descent.Optimizer.States.
func (c *Core) Copy(into []distributed.Tensor) ([]descent.State, error) {
	if err := c.fit(into); err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	for _, x := range into {
		copy(x.Data, c.tensors[c.byName[x.Name]].Data)
	}
	return c.states(), nil
}

// states are in the order of one optimizer for all tensors, the live memory.
func (c *Core) states() []descent.State {
	all := []descent.State{{Name: updatesName, Shape: []int{}, F64: []float64{float64(c.updates)}}}
	for _, t := range c.tensors {
		for _, s := range t.opt.States() {
			if s.Param != "" {
				all = append(all, s)
			}
		}
	}
	return all
}

// Alive says that a worker is at work.
func (c *Core) Alive(now time.Time, name string) {
	if w := c.workers[name]; w != nil {
		w.heard = now
	}
}

// Leave gives up what a worker has pulled and forgets it, unless its push is
// being brought to disk.
func (c *Core) Leave(name string) {
	w := c.workers[name]
	if w == nil || w.stage == pushing {
		return
	}
	c.giveUp(w)
	delete(c.workers, name)
}

// Expire gives up the pulls of workers not heard of for longer than the lease, and
// names them.
func (c *Core) Expire(now time.Time) (lost []string) {
	if c.config.Lease == 0 {
		return nil
	}
	for _, w := range slices.Clone(c.granted) {
		if w.stage == granted && now.Sub(w.heard) > c.config.Lease {
			c.giveUp(w)
			c.stats.Lost++
			lost = append(lost, w.name)
		}
	}
	return lost
}

// giveUp ends a pull: another worker gets its unit of work.
func (c *Core) giveUp(w *worker) {
	if w.stage == granted || w.stage == pushing {
		c.work.giveBack(w.unit)
	}
	c.end(w)
}

// end forgets a pull.
func (c *Core) end(w *worker) {
	switch w.stage {
	case granted, pushing:
		c.granted = without(c.granted, w)
	case waits:
		c.waiting = without(c.waiting, w)
	}
	if w.seen != nil {
		w.seen.Release()
		w.seen = nil
	}
	w.stage = over
}

// without takes a worker out of a list.
func without(list []*worker, w *worker) []*worker {
	if i := slices.Index(list, w); i >= 0 {
		return slices.Delete(list, i, i+1)
	}
	return list
}

// errBusy is that of a call which comes while the same worker's push is under way.
var errBusy = errors.New("server: a push of this worker is under way: wait for its answer")
