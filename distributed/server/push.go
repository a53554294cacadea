package server

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/internal/plan"
)

// Push applies the gradients of a pull.
func (c *Core) Push(now time.Time, name string, seq uint64, grads []distributed.Tensor) (distributed.Ack, error) {
	if err := c.check(grads); err != nil {
		return distributed.Ack{}, c.refuse(name, seq, err)
	}
	w, again, err := c.begin(now, name, seq)
	if err != nil || again {
		return ackOf(w), err
	}
	return c.apply(w, grads)
}

// check reports what is wrong with gradients. It reads nothing that changes, so
// that several may be checked at a time.
func (c *Core) check(grads []distributed.Tensor) error {
	if len(grads) == 0 {
		return errors.New("the push has no gradient")
	}
	if err := c.fit(grads); err != nil {
		return fmt.Errorf("gradient: %w", err)
	}
	for _, g := range grads {
		if i := (plan.Vector{F32: g.Data}).NotFinite(); i >= 0 {
			return &descent.NotFiniteError{Param: g.Name, Element: i, Value: float64(g.Data[i])}
		}
	}
	return nil
}

// refuse gives the pull of a wrong push up.
func (c *Core) refuse(name string, seq uint64, err error) error {
	if w := c.workers[name]; w != nil && w.seq == seq && w.stage == granted {
		c.giveUp(w)
	}
	c.stats.Refused++
	return &distributed.RefusedError{Worker: name, Err: err}
}

// begin finds the pull of a push; again says that it was applied before. Until
// apply or undo it is neither given up nor pushed twice.
func (c *Core) begin(now time.Time, name string, seq uint64) (w *worker, again bool, err error) {
	w = c.workers[name]
	switch {
	case w == nil || seq == 0:
		return nil, false, distributed.ErrExpired
	case w.pushed == seq:
		w.heard = now
		return w, true, nil
	case c.broken != nil:
		return nil, false, c.broken
	case w.seq == seq && w.stage == pushing:
		return nil, false, errBusy
	case w.seq != seq || w.stage != granted:
		w.heard = now
		return nil, false, distributed.ErrExpired
	}
	w.heard, w.stage = now, pushing
	return w, false, nil
}

// undo lets a push be sent again that could not be brought to disk.
func (c *Core) undo(now time.Time, w *worker) { w.stage, w.heard = granted, now }

// ackOf is the answer to a push that was applied before.
func ackOf(w *worker) distributed.Ack {
	if w == nil {
		return distributed.Ack{}
	}
	ack := w.ack
	ack.Again = true
	return ack
}

// apply moves the tensors of a push that begin has found right.
func (c *Core) apply(w *worker, grads []distributed.Tensor) (distributed.Ack, error) {
	if c.broken != nil {
		return distributed.Ack{}, c.broken
	}
	if err := c.step(w.seen, grads); err != nil {
		c.broken = fmt.Errorf("server: update %d, by worker %s: %w; nothing more can be applied", c.updates+1, w.name, err)
		return distributed.Ack{}, c.broken
	}
	delay := c.updates - w.version
	c.updates++
	w.pushed, w.ack = w.seq, distributed.Ack{Version: c.updates, Delay: int(min(delay, math.MaxInt))}
	c.work.finish(w.unit)
	c.end(w)
	c.stats.count(w.name, delay)
	return w.ack, nil
}

// step moves tensors by gradients taken at the weights seen, or at the present
// ones where seen is nil.
func (c *Core) step(seen *Weights, grads []distributed.Tensor) error {
	for _, g := range grads {
		i := c.byName[g.Name]
		t := c.tensors[i]
		if err := descent.SetGrad(t.opt, t.Name, g.Data); err != nil {
			return err
		}
		if seen != nil {
			if err := descent.SetSeen(t.opt, t.Name, seen.Data(i)); err != nil {
				return err
			}
		}
		c.memory.forget(t)
		if err := t.opt.Step(); err != nil {
			return err
		}
	}
	return nil
}

// redo applies a push that the log has. What then breaks the server broke it when
// the push was made.
func (c *Core) redo(r record, seen *Weights) error {
	if r.version > c.updates {
		return fmt.Errorf("%w: it is of weights of update %d, after %d", errRecord, r.version, c.updates)
	}
	if c.seen && seen == nil {
		return fmt.Errorf("%w: the weights of update %d, which worker %s has seen, are not there", errRecord, r.version, r.worker)
	}
	if c.broken != nil {
		return nil
	}
	if err := c.work.claim(r.unit); err != nil {
		return err
	}
	w := c.workers[r.worker]
	if w == nil {
		w = &worker{name: r.worker}
		c.workers[r.worker] = w
	}
	w.seq, w.version, w.unit, w.stage = r.seq, r.version, r.unit, pushing
	if c.seen {
		w.seen = seen.retain()
	}
	_, _ = c.apply(w, r.grads)
	return nil
}
