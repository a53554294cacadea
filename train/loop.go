package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/checkpoint"
	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/schedule"
)

// run is a training under way, or what one of several workers does of it.
type run struct {
	Config
	peers distributed.Collective
	model *model
	parts *parts
	opt   *distributed.Optimizer
	unit  float64 // what a loss of the model is in squared units of the target

	step, steps, perEpoch int
	batches               batches
	loss, accuracy        mean // over the epoch
	test                  score
	start                 time.Time
	normsEvery            int       // steps from one whose norms the history keeps to the next
	record                *recorder // nil where no history is asked for
	interrupted           bool
	saves                 saves
}

// newRun prepares the work of one of the workers, from where an earlier run was saved
// if from is not nil.
func newRun(c Config, from *saved, peers distributed.Collective) (*run, error) {
	r := &run{Config: c, peers: peers, unit: lossUnit(c.Train), batches: batches{examples: c.Train.N, size: c.Batch, seed: c.Seed}}
	r.perEpoch = r.batches.perEpoch()
	r.steps = c.Epochs * r.perEpoch
	r.normsEvery = max(1, r.steps/normSteps)
	var err error
	if r.model, err = newModel(r.spec()); err != nil {
		return nil, err
	}
	r.parts = newParts(r.model, c.Accumulate, 0, c.Accumulate)
	if c.Workers > 1 {
		r.parts = newParts(r.model, c.Workers, peers.Rank(), 1)
	}
	if err := r.prepare(from); err != nil {
		return nil, errors.Join(err, r.close())
	}
	return r, nil
}

// close ends the use of optimizer, folder and model.
func (r *run) close() error {
	var err error
	if r.opt != nil {
		err = r.opt.Close()
	}
	return errors.Join(err, r.saves.close(), r.model.Close())
}

// prepare makes the optimizer and restores what was saved.
func (r *run) prepare(from *saved) error {
	if err := r.batches.check(r.Epochs); err != nil {
		return err
	}
	if from != nil {
		if err := from.weights(r.model, true); err != nil {
			return err
		}
		if err := r.place(from); err != nil {
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
	// With parts that are added up here no gradient is final before the last.
	how := distributed.Options{Wire: r.Wire, Overlap: r.Workers > 1, Meta: r.sameRun()}
	opt, err := distributed.New(r.peers, r.Rule, params, how, options...)
	if err != nil {
		return err
	}
	r.opt, r.model.ready = opt, func(name string) { opt.Ready(name) }
	if from != nil {
		if err := checkpoint.Restore(r.opt, from.file); err != nil {
			return fmt.Errorf("train: %s: %w", from.path, err)
		}
	}
	if r.History != nil && r.first() {
		r.record, err = newRecorder(r)
	}
	return errors.Join(err, r.beginSaves())
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

// loop trains until the last step or until ctx is done, of one of the workers.
func (r *run) loop(ctx context.Context) error {
	if r.step == r.steps { // resumed at the end
		return r.endEpoch()
	}
	for r.step < r.steps {
		stop, save, err := r.agree(ctx.Err() != nil, r.due())
		switch {
		case err != nil:
			return err
		case stop:
			return r.interrupt()
		case save:
			if err := r.saveInTime(); err != nil {
				return err
			}
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
	r.load()
	lr, norms := r.opt.LR(), r.keepsNorms()
	r.record.begin(norms)
	loss, err := r.opt.StepFunc(r.gradient)
	if err != nil {
		return r.stepError(err, lr)
	}
	correct, err := r.total(float64(r.parts.correct))
	if err != nil {
		return err
	}
	if norms {
		if err := r.opt.GatherGradients(); err != nil {
			return err
		}
	}
	r.step++
	if r.step%r.perEpoch == 1 || r.perEpoch == 1 {
		r.loss, r.accuracy = mean{}, mean{}
	}
	n := float64(r.parts.examples)
	accuracy := correct / n
	if r.model.spec.Regression {
		accuracy = math.NaN()
	}
	r.loss.add(loss*r.unit, n)
	r.accuracy.add(accuracy, n)
	r.record.end(r.step, norms, StepFigures{loss * r.unit, accuracy, lr})
	r.report(Progress{LR: lr, TestLoss: math.NaN(), TestAccuracy: math.NaN()})
	return nil
}

// gradient computes what the optimizer asks for.
func (r *run) gradient() (float64, error) {
	loss, err := r.parts.gradient()
	if errors.Is(err, ErrDiverged) {
		err = &lossError{loss}
	}
	return loss, err
}

// lossError is the error of a loss that is not finite.
type lossError struct{ loss float64 }

func (e *lossError) Error() string { return fmt.Sprintf("%v: the loss is %v", ErrDiverged, e.loss) }
func (e *lossError) Unwrap() error { return ErrDiverged }

// stepError says which step has failed and, where there are several workers, for which.
// Of another process it knows the error's text alone.
func (r *run) stepError(err error, lr float64) error {
	var of *distributed.RankError
	var diverged *lossError
	worker, why := "", ""
	if errors.As(err, &of) {
		worker, why = fmt.Sprintf("rank %d: ", of.Rank), of.Err.Error()
	}
	if errors.As(err, &diverged) {
		why = diverged.Error()
	}
	if loss, ok := strings.CutPrefix(why, ErrDiverged.Error()); ok {
		err = fmt.Errorf("%s%w%s: try a smaller learning rate than %.3g", worker, ErrDiverged, loss, lr)
	}
	return fmt.Errorf("train: step %d of %d: %w", r.step+1, r.steps, err)
}

// load has the examples of the present step's batch that this worker computes.
func (r *run) load() {
	r.parts.load(r.Train, r.batches.batch(r.step))
}

// endEpoch measures, saves and reports.
func (r *run) endEpoch() error {
	if err := r.measure(); err != nil {
		return err
	}
	if err := r.save(); err != nil {
		return err
	}
	if r.Every == 0 || r.step == r.steps {
		if err := r.saveCheckpoint(); err != nil {
			return err
		}
	}
	r.report(Progress{LR: r.opt.LR(), EpochEnd: true, TestLoss: r.test.loss, TestAccuracy: r.test.accuracy, SaveError: r.unsaved()})
	return nil
}

// interrupt saves and measures.
func (r *run) interrupt() error {
	if err := r.save(); err != nil {
		return err
	}
	if err := r.saveCheckpoint(); err != nil {
		return err
	}
	r.interrupted = true
	return r.measure()
}

// measure tests the model with the weights that the rule has for that.
func (r *run) measure() error {
	if err := r.opt.Eval(); err != nil {
		return err
	}
	defer r.opt.Train()
	return r.score()
}

// score tests the model with the weights that it has.
func (r *run) score() error {
	outputs, err := r.logits()
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
	p.Step, p.Steps, p.Epochs, p.Workers = r.step, r.steps, r.Epochs, r.Workers
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
