package main

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/descent-go/descent/bench/peers/protocol"
)

// Result is what was measured of a peer in a case.
type Result struct {
	Case    string    `json:"case"`
	Rule    string    `json:"rule"`
	Weights int       `json:"weights"` // of a tensor
	Tensors int       `json:"tensors"`
	Threads int       `json:"threads"`
	Peer    string    `json:"peer"`
	Why     string    `json:"why,omitempty"`   // it was not measured
	Steps   int       `json:"steps,omitempty"` // of a round
	Times   []float64 `json:"times,omitempty"` // ns of a step, round by round
	// Moved is the mean distance that weights of a small case go in six steps,
	// the last three with other gradients.
	Moved float64 `json:"moved,omitempty"`
}

// median gives the median of ns a step, and the least and the most.
func (r Result) median() (mid, low, high float64) {
	x := slices.Sorted(slices.Values(r.Times))
	return x[len(x)/2], x[0], x[len(x)-1]
}

// plan is how to measure.
type plan struct {
	threads int
	rounds  int
	slice   time.Duration // what a round of a peer takes about
	pause   time.Duration // between peers, for threads that spin a while
	say     func(format string, args ...any)
}

// measure measures a case, round by round, one peer after the other.
func (p plan) measure(c Case, entrants []entrant) []Result {
	var results []Result
	var running []entrant
	for _, e := range entrants {
		if e.first && !c.First || c.First && e.key == "c" { // C is compiled before
			continue
		}
		r := Result{Case: c.Name, Rule: c.Rule, Weights: c.Weights, Tensors: c.Tensors, Threads: p.threads, Peer: e.name}
		if err := p.begin(c, e, &r); err != nil {
			r.Why = err.Error()
			e.Drop() // it has already said what is wrong
			p.say("%s: %s: %v", c.Name, e.name, err)
		}
		results, running = append(results, r), append(running, e)
	}
	for range p.rounds {
		for i, e := range running {
			if r := &results[i]; r.Why == "" {
				if err := p.round(c, e, r); err != nil {
					r.Why = err.Error()
				}
			}
		}
	}
	for _, e := range running {
		e.Drop() // a peer that cannot has been said to fail, or will be in the next case
	}
	return results
}

// begin compares results at a small size, prepares the case and finds how many
// steps a round shall have.
func (p plan) begin(c Case, e entrant, r *Result) error {
	if err := p.compare(c.small(), e, r); err != nil {
		return err
	}
	if err := e.Prepare(p.work(c)); err != nil {
		return err
	}
	r.Steps = 1
	if c.First {
		return nil
	}
	if _, err := e.Run(1); err != nil {
		return err
	}
	d, err := e.Run(1)
	for err == nil && d < p.slice/4 && r.Steps < 10_000 {
		r.Steps *= 4
		d, err = e.Run(r.Steps)
	}
	r.Steps = max(1, int(float64(r.Steps)*float64(p.slice)/float64(d)))
	return err
}

// round runs a peer once more.
func (p plan) round(c Case, e entrant, r *Result) error {
	if c.First {
		if err := e.Drop(); err != nil {
			return err
		}
		if err := e.Prepare(p.work(c)); err != nil {
			return err
		}
	}
	time.Sleep(p.pause)
	d, err := e.Run(r.Steps)
	r.Times = append(r.Times, float64(d.Nanoseconds())/float64(r.Steps))
	return err
}

// compare notes how far a small case moves.
func (p plan) compare(c Case, e entrant, r *Result) error {
	if err := e.Prepare(p.work(c)); err != nil {
		return err
	}
	_, err := e.Run(3)
	if err == nil {
		err = e.Scale(-0.5)
	}
	if err == nil {
		_, err = e.Run(3)
	}
	if err == nil {
		r.Moved, err = e.Moved()
	}
	if err != nil {
		return err
	}
	if math.IsNaN(r.Moved) || math.IsInf(r.Moved, 0) {
		return fmt.Errorf("its weights are no numbers after six steps")
	}
	return e.Drop()
}

func (p plan) work(c Case) protocol.Work {
	return protocol.Work{Rule: c.Rule, Weights: c.Weights, Tensors: c.Tensors, Threads: p.threads}
}
