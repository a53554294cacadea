package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/schedule"
)

// run is a training under way.
type run struct {
	Config
	model *model
	opt   *descent.Optimizer
	unit  float64 // what a loss of the model is in squared units of the target

	step, steps, perEpoch int
	order                 []int // of the examples in this epoch
	x, y                  []float32
	loss, accuracy        mean // over the epoch
	test                  score
	start                 time.Time
	record                *recorder // nil where no history is asked for
	interrupted           bool
	saveErr               error // of the last save
}

// newRun prepares a run, from where an earlier one was saved if from is not nil.
func newRun(c Config, from *saved) (*run, error) {
	r := &run{Config: c, unit: 1, perEpoch: (c.Train.N + c.Batch - 1) / c.Batch}
	r.steps = c.Epochs * r.perEpoch
	var err error
	if r.model, err = newModel(r.spec()); err != nil {
		return nil, err
	}
	if r.model.spec.Regression {
		r.unit = c.Train.Schema.Target.Std * c.Train.Schema.Target.Std
	}
	if err := r.prepare(from); err != nil {
		return nil, errors.Join(err, r.model.Close())
	}
	return r, nil
}

// spec is the network for the data.
func (c Config) spec() Spec {
	s := Spec{
		Kind: c.Kind, Input: c.Train.Shape, Hidden: c.Hidden,
		Outputs: len(c.Train.Classes()), Regression: !c.Train.Classification(),
		Batch: min(c.Batch, c.Train.N), Seed: c.Seed,
	}
	if s.Regression {
		s.Outputs = 1
	}
	return s
}

// prepare makes the optimizer and restores what was saved.
func (r *run) prepare(from *saved) error {
	if from != nil {
		if err := from.weights(r.model, true); err != nil {
			return err
		}
	}
	options, err := r.options()
	if err != nil {
		return err
	}
	params, err := r.model.params()
	if err != nil {
		return err
	}
	if r.opt, err = descent.New(r.Rule, params, options...); err != nil {
		return err
	}
	if from != nil {
		if err := r.restore(from); err != nil {
			return err
		}
	}
	if r.History != nil {
		r.record, err = newRecorder(r)
	}
	return err
}

// options are the user's options with seed, threads and schedule.
func (r *run) options() ([]descent.Option, error) {
	options := append(r.Options[:len(r.Options):len(r.Options)], descent.Seed(r.Seed))
	if r.StateType != descent.AsComputed {
		options = append(options, descent.StateType(r.StateType))
	}
	if r.Threads != 0 {
		options = append(options, descent.Threads(r.Threads))
	}
	if r.Schedule != "" {
		s, err := schedule.Parse(r.Schedule, r.steps)
		if err != nil {
			return nil, err
		}
		options = append(options, descent.Schedule(s))
	}
	return options, nil
}

// loop trains until the last step or until ctx is done.
func (r *run) loop(ctx context.Context) error {
	if r.step == r.steps { // resumed at the end
		return r.endEpoch()
	}
	for r.step < r.steps {
		if ctx.Err() != nil {
			return r.interrupt(ctx)
		}
		if err := r.next(); err != nil {
			return err
		}
		if r.step%r.perEpoch == 0 {
			if err := r.endEpoch(); err != nil {
				return err
			}
		}
	}
	return nil
}

// next makes one step.
func (r *run) next() error {
	if err := r.load(); err != nil {
		return err
	}
	lr := r.opt.LR()
	r.record.begin(r.step)
	loss, err := r.opt.StepFunc(r.model.Gradient)
	if err != nil {
		return r.stepError(err, loss, lr)
	}
	r.step++
	if r.step%r.perEpoch == 1 || r.perEpoch == 1 {
		r.loss, r.accuracy = mean{}, mean{}
	}
	n := float64(r.model.loss.n)
	accuracy := float64(r.model.loss.correct) / n
	if r.model.spec.Regression {
		accuracy = math.NaN()
	}
	r.loss.add(loss*r.unit, n)
	r.accuracy.add(accuracy, n)
	r.record.end(r.step-1, StepFigures{loss * r.unit, accuracy, lr})
	r.report(Progress{LR: lr, TestLoss: math.NaN(), TestAccuracy: math.NaN()})
	return nil
}

func (r *run) stepError(err error, loss, lr float64) error {
	if errors.Is(err, ErrDiverged) {
		err = fmt.Errorf("%w: the loss is %v: try a smaller learning rate than %.3g", ErrDiverged, loss, lr)
	}
	return fmt.Errorf("train: step %d of %d: %w", r.step+1, r.steps, err)
}

// load gives the model the batch of the present step.
func (r *run) load() error {
	at := r.step % r.perEpoch * r.Batch
	if at == 0 || r.order == nil {
		epoch := uint64(r.step/r.perEpoch) + 1
		r.order = rand.New(rand.NewPCG(r.Seed, epoch)).Perm(r.Train.N)
	}
	n := r.Train.Features()
	r.x, r.y = r.x[:0], r.y[:0]
	for _, i := range r.order[at:min(at+r.Batch, r.Train.N)] {
		r.x = append(r.x, r.Train.X[i*n:(i+1)*n]...)
		r.y = append(r.y, r.Train.Y[i])
	}
	return r.model.Load(r.x, r.y)
}

// endEpoch measures, saves and reports.
func (r *run) endEpoch() error {
	if err := r.measure(); err != nil {
		return err
	}
	if err := r.save(); err != nil {
		return err
	}
	r.report(Progress{LR: r.opt.LR(), EpochEnd: true, TestLoss: r.test.loss, TestAccuracy: r.test.accuracy, SaveError: r.saveErr})
	return nil
}

// interrupt saves and measures, and returns the error of ctx.
func (r *run) interrupt(ctx context.Context) error {
	if err := r.save(); err != nil {
		return err
	}
	if err := r.measure(); err != nil {
		return err
	}
	r.interrupted = true
	return ctx.Err()
}

// measure tests the model with the weights that the rule has for that.
func (r *run) measure() error {
	if err := r.opt.Eval(); err != nil {
		return err
	}
	defer r.opt.Train()
	outputs, err := r.model.logits(r.Test.X)
	if err != nil {
		return err
	}
	if r.test, err = r.model.score(outputs, r.Test.Y); err != nil {
		return err
	}
	r.test.loss *= r.unit
	if math.IsNaN(r.test.loss) || math.IsInf(r.test.loss, 0) {
		return fmt.Errorf("train: after step %d: %w: the test loss is %v: try a smaller learning rate", r.step, ErrDiverged, r.test.loss)
	}
	r.record.test(r, outputs)
	return nil
}

// report tells the user how far the run has come.
func (r *run) report(p Progress) {
	if r.Progress == nil {
		return
	}
	p.Step, p.Steps, p.Epochs = r.step, r.steps, r.Epochs
	p.Epoch = (r.step-1)/r.perEpoch + 1
	p.Loss, p.Accuracy = r.loss.value(), r.accuracy.value()
	p.Elapsed = time.Since(r.start)
	r.Progress(p)
}

// mean is a weighted mean, NaN before the first number.
type mean struct{ sum, weight float64 }

func (m *mean) add(v, weight float64) {
	m.sum += v * weight
	m.weight += weight
}

func (m *mean) value() float64 { return m.sum / m.weight }
