package server

import (
	"errors"
	"fmt"
	"time"

	"github.com/descent-go/descent/distributed"
)

// ErrWait is that of a [Core]'s Pull which has to wait: Next says when its turn
// has come.
var ErrWait = errors.New("server: the pull waits for its turn")

// Pull gives a worker weights and the ticket for the gradient at them, or ErrWait.
// Release the weights when the gradient is computed. The worker's pull before, if
// it was not pushed, is given up.
//
// The same pull again gives the same ticket. The weights are the same where the
// rule asks for those that a gradient was taken at, so that they are kept; where
// it does not they are the present ones, and the ticket's version is theirs.
func (c *Core) Pull(now time.Time, name string, seq uint64) (distributed.Ticket, *Weights, error) {
	w, err := c.ask(now, name, seq)
	if err != nil {
		return distributed.Ticket{}, nil, err
	}
	if w.stage == granted { // before now
		return c.again(w)
	}
	if w.stage == waits || len(c.waiting) > 0 || !c.free() {
		if w.stage != waits {
			w.stage = waits
			c.waiting = append(c.waiting, w)
		}
		return distributed.Ticket{}, nil, ErrWait
	}
	c.grant(now, w)
	return c.again(w)
}

// ask finds the worker of a pull, whose stage is then over, if it is a new pull, or
// that of the same pull before.
func (c *Core) ask(now time.Time, name string, seq uint64) (*worker, error) {
	if c.broken != nil {
		return nil, c.broken
	}
	if name == "" || seq == 0 {
		return nil, &distributed.RefusedError{Worker: name, Err: fmt.Errorf("pull %d of worker %q: expected a name and a number from 1 on", seq, name)}
	}
	w := c.workers[name]
	if w == nil {
		w = &worker{name: name}
		c.workers[name] = w
	}
	w.heard = now
	switch {
	case seq < w.seq:
		return nil, &distributed.RefusedError{Worker: name, Err: fmt.Errorf("pull %d comes after pull %d: pulls are counted up; has another worker the same name?", seq, w.seq)}
	case w.stage == pushing:
		return nil, errBusy
	case seq > w.seq:
		if w.stage == granted {
			c.giveUp(w)
		}
		w.seq = seq
	case w.stage == over && !c.Done():
		return nil, distributed.ErrExpired
	}
	if c.Done() { // if it waits, Next has yet to say so
		return nil, distributed.ErrDone
	}
	return w, nil
}

// again gives what a pull that is granted gets.
func (c *Core) again(w *worker) (distributed.Ticket, *Weights, error) {
	weights := w.seen
	if c.seen {
		weights.retain()
	} else {
		weights = c.Weights()
		w.version = c.updates
		c.granted = append(without(c.granted, w), w) // the oldest is the first
	}
	return distributed.Ticket{Seq: w.seq, Version: w.version, Work: w.unit}, weights, nil
}

// Next grants the pull that has waited longest, where that may be, and names its
// worker, which calls Pull for the same number again and gets it. It is called
// after whatever may have made room: a push, a worker that leaves or is given up.
func (c *Core) Next(now time.Time) (name string, ok bool) {
	if len(c.waiting) == 0 || !c.free() && !c.Done() && c.broken == nil {
		return "", false
	}
	w := c.waiting[0]
	c.end(w)
	if !c.Done() && c.broken == nil {
		c.grant(now, w)
	}
	return w.name, true
}

// Forget takes a pull that waits out of the queue, as nobody wants it any more.
func (c *Core) Forget(name string) {
	if w := c.workers[name]; w != nil && w.stage == waits {
		c.end(w)
		w.seq-- // it may ask for the same again
	}
}

// free reports whether a pull may be granted now. A pull under way can become as
// late as the updates made since it was granted and one for each other pull under
// way, the new one among them: the oldest becomes the latest.
func (c *Core) free() bool {
	if !c.work.any() {
		return false
	}
	if c.config.MaxDelay < 0 || len(c.granted) == 0 {
		return true
	}
	since := c.updates - c.granted[0].version
	return since+uint64(len(c.granted)) <= uint64(c.config.MaxDelay)
}

func (c *Core) grant(now time.Time, w *worker) {
	w.stage, w.version, w.heard, w.unit = granted, c.updates, now, c.work.take()
	if c.seen {
		w.seen = c.Weights()
	}
	c.granted = append(c.granted, w)
	c.stats.Pulls++
}
