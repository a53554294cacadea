package compare

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/surface"
)

// Terrain is the task to descend a surface; the score is the loss at the end,
// less that at the minimum where it is known. Its fields are set before the first use.
type Terrain struct {
	Surface *surface.Surface
	// Steps is the budget, 0 is 400; a choice takes as many, since they cost little.
	Steps int

	minimum float64 // that of the surface, 0 where it is not known
}

// moved is the share of the window by which a seed moves the start at most.
const moved = 0.02

func (t *Terrain) prepare() error {
	switch {
	case t.Surface == nil:
		return errors.New("compare: Terrain without a Surface")
	case t.Steps < 0:
		return fmt.Errorf("compare: Steps %d: expected at least 1, or 0 for the default", t.Steps)
	case t.Steps == 0:
		t.Steps = 400
	}
	if m := t.Surface.Minima; len(m) > 0 {
		t.minimum = t.Surface.At(m[0][0], m[0][1])
	}
	return nil
}

// Name is the name of the surface.
func (t *Terrain) Name() string { return t.Surface.Name }

// Metric is the loss, or its height above the minimum.
func (t *Terrain) Metric() Metric {
	if len(t.Surface.Minima) > 0 {
		return Metric{Name: "loss above the minimum", Log: true}
	}
	return Metric{Name: "loss"}
}

// settings are the surface and the budget.
func (t *Terrain) settings() []Setting {
	s := t.Surface
	settings := []Setting{
		{"task", s.Name},
		{"function", s.Text},
		{"start", fmt.Sprintf("(%v, %v), moved by at most %.4g and %.4g", s.Start[0], s.Start[1],
			moved*(s.Window.X1-s.Window.X0), moved*(s.Window.Y1-s.Window.Y0))},
		{"steps", strconv.Itoa(t.Steps)},
	}
	if s.Noise > 0 {
		settings = append(settings, Setting{"noise of the gradients", strconv.FormatFloat(s.Noise, 'g', -1, 64)})
	}
	return settings
}

func (t *Terrain) chosenBy() string {
	return fmt.Sprintf("runs of %d steps from the surface's own start. The best was that with the lowest loss at their end. A seed moves the start.", t.Steps)
}

func (t *Terrain) cost(Stage) (steps, measuring float64) { return float64(t.Steps), 0 }

// start is where the runs with a seed begin; those that choose are not moved.
func (t *Terrain) start(seed uint64) [2]float64 {
	at := t.Surface.Start
	if seed == choiceSeed {
		return at
	}
	w, random := t.Surface.Window, rand.New(rand.NewPCG(seed, 1))
	at[0] += float64(moved * (w.X1 - w.X0) * (2*random.Float64() - 1))
	at[1] += float64(moved * (w.Y1 - w.Y0) * (2*random.Float64() - 1))
	return at
}

func (t *Terrain) run(ctx context.Context, tr trial, limit int, progress func(done float64)) (*Run, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	at := t.start(tr.seed)
	c := surface.Config{Start: &at, Steps: t.Steps, Seed: tr.seed, Options: tr.Options}
	if limit > 0 {
		c.Steps = min(c.Steps, limit)
	}
	if tr.lr > 0 {
		c.Options = append(slices.Clone(tr.Options), descent.LR(tr.lr))
	}
	if limit > 0 { // a first run compiles, which is no matter of steps
		if _, err := t.Surface.Descend(tr.Rule, c); err != nil {
			return nil, err
		}
	}
	began := time.Now()
	path, err := t.Surface.Descend(tr.Rule, c)
	if err != nil {
		return nil, err
	}
	r := &Run{Optimizer: tr.Name, Stage: tr.stage, LR: tr.lr, Seed: tr.seed, Steps: len(path.Points) - 1, Diverged: path.Diverged}
	r.StepSeconds = time.Since(began).Seconds() / float64(max(1, r.Steps))
	for i, p := range path.Points {
		r.Losses = append(r.Losses, Point{i, t.height(p.Loss)})
	}
	if !r.Diverged {
		r.Score = r.Losses[r.Steps].Value
		r.Loss = path.Points[r.Steps].Loss
	}
	r.Losses = thinned(r.Losses, t.Steps)
	progress(1)
	return r, nil
}

// height is a loss above the minimum, which rounding may have it below.
func (t *Terrain) height(loss float64) float64 {
	if len(t.Surface.Minima) == 0 {
		return loss
	}
	return max(0, loss-t.minimum)
}
