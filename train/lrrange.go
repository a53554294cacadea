package train

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/descent-go/descent/distributed"
)

// LRRange is what a learning-rate range test goes through.
type LRRange struct {
	// Low and High are the learning rates of the first step and of the last;
	// 0 is 1e-7 and 10. The steps between have equal ratios.
	Low, High float64
	// Steps is the number of steps, at least 50; 0 is 300.
	Steps int
}

// LRCurve is what a learning-rate range test has found.
type LRCurve struct {
	// Points are those of the steps made, in order.
	Points []LRPoint
	// Exploded says that the test ended before High, since the loss had risen to four
	// times its lowest or was no longer finite.
	Exploded bool
	// Steepest is the learning rate at which the smoothed loss fell fastest, by the
	// logarithm of the learning rate: the one to train with. Lowest is the one at
	// which it was lowest: a tenth of that is the other common choice. Both are 0
	// where the smoothed loss has not fallen by at least a twentieth.
	Steepest, Lowest float64
}

// LRPoint is a step of a learning-rate range test.
type LRPoint struct {
	LR   float64
	Loss float64 // of the step's batch before the step, as in [StepFigures]
	// SmoothLoss is the exponential average of the losses so far, corrected for its
	// beginning. It lags: SmoothLR, the geometric average of the learning rates
	// with the same weights, is the one that it belongs to.
	SmoothLR, SmoothLoss float64
}

const (
	smoothing = 0.95 // share of the average that the next loss leaves
	explosion = 4    // times the lowest loss that end the test
	leastFall = 0.05 // share of the loss that must go for a suggestion
	warmup    = 20   // steps until the average has settled: 1/(1-smoothing)
)

// ErrNoLR is wrapped by the error of [FindLR] for a rule without learning rate.
var ErrNoLR = errors.New("the optimizer has no learning rate")

// FindLR makes a learning-rate range test of the run that c describes: it trains
// while the learning rate grows from step to step, until the loss explodes, and
// suggests one. (Smith, "Cyclical Learning Rates for Training Neural Networks",
// WACV 2017, section 3.3; exponential growth, smoothing and the end as in fastai.)
// Epochs, Schedule, Save, Checkpoint, Resume, History and several workers of c are
// not used. When ctx is done
// it returns the error of ctx.
func FindLR(ctx context.Context, c Config, over LRRange) (*LRCurve, error) {
	over, err := over.withDefaults()
	if err != nil {
		return nil, err
	}
	if err := c.checkData(); err != nil {
		return nil, err
	}
	c = c.withDefaults()
	c.Schedule, c.Save, c.History, c.Epochs = "", "", &History{}, 1
	c.Workers, c.Collective, c.Checkpoint = 1, nil, ""
	if err := c.checkParts(); err != nil {
		return nil, err
	}
	r, err := newRun(c, nil, distributed.Local(1)[0])
	if err != nil {
		return nil, err
	}
	defer r.close()
	r.steps, r.normsEvery = over.Steps, over.Steps
	r.Epochs = (r.steps + r.perEpoch - 1) / r.perEpoch
	curve := &LRCurve{}
	for !curve.Exploded && r.step < r.steps {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err := curve.next(r, over.at(r.step)); err != nil {
			return nil, err
		}
	}
	curve.suggest()
	return curve, nil
}

func (o LRRange) withDefaults() (LRRange, error) {
	if o.Low == 0 {
		o.Low = 1e-7
	}
	if o.High == 0 {
		o.High = 10
	}
	if o.Steps == 0 {
		o.Steps = 300
	}
	if !(o.Low > 0 && o.Low < o.High && !math.IsInf(o.High, 0)) {
		return o, fmt.Errorf("train: learning rates from %v to %v: expected the first above 0 and below the last", o.Low, o.High)
	}
	if o.Steps < 50 {
		return o, fmt.Errorf("train: a range test of %d steps: expected at least 50", o.Steps)
	}
	return o, nil
}

// at is the learning rate of the step that follows so many.
func (o LRRange) at(step int) float64 {
	return o.Low * math.Pow(o.High/o.Low, float64(step)/float64(o.Steps-1))
}

// next makes a step.
func (c *LRCurve) next(r *run, lr float64) error {
	if err := r.setLR(lr); err != nil {
		return err
	}
	err := r.next()
	if errors.Is(err, ErrDiverged) && len(c.Points) > 0 {
		c.Exploded = true
		return nil
	}
	if err != nil {
		return err
	}
	c.add(lr, r.History.Steps[r.step-1].Loss)
	return nil
}

// setLR changes the learning rate.
func (r *run) setLR(lr float64) error {
	for _, h := range r.opt.Hypers() {
		if h.Name == "lr" {
			return r.opt.Set("lr", lr)
		}
	}
	return fmt.Errorf("train: %s: %w", r.RuleName, ErrNoLR)
}

// add adds a point.
func (c *LRCurve) add(lr, loss float64) {
	p := LRPoint{lr, loss, lr, loss}
	if n := len(c.Points); n > 0 {
		last := c.Points[n-1]
		share := (1 - smoothing) / (1 - math.Pow(smoothing, float64(n+1))) // of the new one, in a mean
		p.SmoothLoss = last.SmoothLoss + share*(loss-last.SmoothLoss)
		p.SmoothLR = last.SmoothLR * math.Pow(lr/last.SmoothLR, share)
	}
	c.Points = append(c.Points, p)
	c.Exploded = p.SmoothLoss > explosion*c.Points[c.lowest(0)].SmoothLoss
}

// lowest is the place of the lowest smoothed loss, from a place on.
func (c *LRCurve) lowest(from int) int {
	at := from
	for i, p := range c.Points[from:] {
		if p.SmoothLoss < c.Points[at].SmoothLoss {
			at = from + i
		}
	}
	return at
}

// suggest sets what is suggested. Only what comes once the average has settled
// counts, and slopes are those over some steps to both sides, since the losses of
// batches are noisy.
func (c *LRCurve) suggest() {
	if len(c.Points) <= warmup {
		return
	}
	low, highest := c.lowest(warmup), 0.0
	for _, p := range c.Points[warmup : low+1] {
		highest = max(highest, p.SmoothLoss)
	}
	if c.Points[low].SmoothLoss > (1-leastFall)*highest {
		return
	}
	reach := max(1, len(c.Points)/15)
	steepest, slope := low, 0.0
	for i := warmup + reach; i+reach <= low; i++ {
		a, b := c.Points[i-reach], c.Points[i+reach]
		if s := (a.SmoothLoss - b.SmoothLoss) / math.Log(b.SmoothLR/a.SmoothLR); s > slope {
			steepest, slope = i, s
		}
	}
	c.Steepest, c.Lowest = c.Points[steepest].SmoothLR, c.Points[low].SmoothLR
}
