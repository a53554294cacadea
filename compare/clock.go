package compare

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"
)

// Progress is how far a comparison has come.
type Progress struct {
	// Optimizer, Stage, LR and Seed are those of the run under way, or of one of them.
	Optimizer string
	Stage     Stage
	LR        float64 // 0 where none was chosen
	Seed      uint64
	// Done is the share of the work that is done, from 0 to 1, what was resumed too.
	Done float64
	// Left is the time that the rest takes, if no grid has to be continued.
	Left time.Duration
}

// clock knows how much time the runs take.
type clock struct {
	c        *Comparison
	mu       sync.Mutex
	pace     map[*entrant]float64 // seconds a step
	underway map[*entrant]float64 // seconds of the run that has not ended which are done
	began    map[*entrant]time.Time
	told     time.Time
}

const (
	tryout = 12                     // steps that measure an optimizer's pace
	often  = 100 * time.Millisecond // between two calls of Config.Progress
)

func newClock(c *Comparison) *clock {
	return &clock{c: c, pace: map[*entrant]float64{}, underway: map[*entrant]float64{}, began: map[*entrant]time.Time{}}
}

// try makes a few steps with an optimizer that has runs to make.
func (k *clock) try(ctx context.Context, e *entrant) error {
	if left := k.remaining(e); left[Choice]+left[Final] == 0 {
		for _, r := range k.c.journal.of(e) {
			k.pace[e] = r.StepSeconds
		}
		return nil
	}
	r, err := k.c.Task.run(ctx, trial{entrant: e, stage: Choice}, tryout, func(float64) {})
	if err != nil {
		return fmt.Errorf("compare: %s: %w", e.Name, err)
	}
	k.pace[e] = r.StepSeconds
	return nil
}

// seconds is the time of a run.
func (k *clock) seconds(e *entrant, s Stage) float64 {
	steps, measuring := k.c.Task.cost(s)
	return steps*k.pace[e] + measuring*k.cheapest()
}

// cheapest is the pace of the fastest optimizer.
func (k *clock) cheapest() float64 {
	least := math.Inf(1)
	for _, pace := range k.pace {
		least = min(least, pace)
	}
	return least
}

// all is the number of runs of an optimizer, those that continue its grid left out.
func (k *clock) all(e *entrant) map[Stage]int {
	return map[Stage]int{Choice: len(k.c.grid(e)), Final: k.c.Seeds}
}

// remaining is the number of those that are not done.
func (k *clock) remaining(e *entrant) map[Stage]int {
	left := map[Stage]int{Final: k.c.Seeds}
	for _, lr := range k.c.grid(e) {
		if k.c.journal.find(trial{e, Choice, lr, choiceSeed}) == nil {
			left[Choice]++
		}
	}
	for _, r := range k.c.journal.of(e) {
		if r.Stage == Final && r.Seed <= uint64(k.c.Seeds) {
			left[Final]--
		}
	}
	return left
}

// sum is the time of runs.
func (k *clock) sum(e *entrant, runs map[Stage]int) float64 {
	return float64(runs[Choice])*k.seconds(e, Choice) + float64(runs[Final])*k.seconds(e, Final)
}

// Left is about the time that the comparison takes from here, if no grid has to be
// continued.
func (c *Comparison) Left() time.Duration {
	c.clock.mu.Lock()
	defer c.clock.mu.Unlock()
	left, _ := c.clock.times()
	return left
}

// times are the time left and the share done.
func (k *clock) times() (left time.Duration, done float64) {
	rest, all := 0.0, 0.0
	for _, e := range k.c.entrants {
		rest += max(0, k.sum(e, k.remaining(e))-k.underway[e])
		all += k.sum(e, k.all(e))
	}
	if all > 0 {
		done = 1 - rest/all
	}
	rest /= float64(max(1, min(k.c.Jobs, len(k.c.entrants))))
	return time.Duration(rest * float64(time.Second)), done
}

// begin is called before a run.
func (k *clock) begin(t trial) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.began[t.entrant] = time.Now()
	k.tell(t)
}

// step is called when a share of a run is done.
func (k *clock) step(t trial, done float64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.underway[t.entrant] = done * k.seconds(t.entrant, t.stage)
	if time.Since(k.told) >= often {
		k.tell(t)
	}
}

// end is called after a run.
func (k *clock) end(t trial, r *Run) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.underway[t.entrant] = 0
	if !r.Diverged {
		steps, measuring := k.c.Task.cost(t.stage)
		k.pace[t.entrant] = max(r.StepSeconds, (time.Since(k.began[t.entrant]).Seconds()-measuring*k.cheapest())/steps)
	}
}

// tell calls Config.Progress.
func (k *clock) tell(t trial) {
	if k.c.Progress == nil {
		return
	}
	k.told = time.Now()
	left, done := k.times()
	k.c.Progress(Progress{Optimizer: t.Name, Stage: t.stage, LR: t.lr, Seed: t.seed, Done: done, Left: left})
}
