package animate

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/surface"
)

// Runner is an optimizer that goes down a surface.
type Runner struct {
	Name    string // what the picture calls it; empty is the rule's name
	Rule    optim.Rule
	Options []descent.Option // its hyperparameters
	// Tune chooses the learning rate for the picture by [surface.Surface.Tune]. A
	// rule that has no lr keeps its options.
	Tune bool
}

// Options are what is the same for all runners of a picture.
type Options struct {
	Surface *surface.Surface // nil is surface.Lookup("quadratic")
	Start   *[2]float64      // nil is the surface's own
	Steps   int              // 0 is what suits the surface and, where Single tunes a rule without lr, the rule
	Seed    uint64           // of noise in gradients and of what rules draw
	// Progress, unless it is nil, is told how many learning rates have been tried
	// for the runners to be tuned, which takes seconds where the steps are thousands.
	Progress func(done, total int)

	tally *tally
}

// Run is a runner with the way it went.
type Run struct {
	Runner
	LR     float64 // the learning rate; NaN for a rule that has none
	Chosen bool    // whether it was chosen for the picture
	Path   *surface.Path

	left   int // the step that leads out of the picture for good, counted from 1; 0 for none
	hypers []hyper
}

// Trouble says in words what became of a path that did not stay in the picture,
// which shows it until it leaves; it is empty for one that did.
func (r *Run) Trouble() string {
	switch {
	case r.Path.Diverged && r.left > 0:
		return fmt.Sprintf("leaves at step %d, diverges at step %d", r.left, len(r.Path.Points))
	case r.Path.Diverged:
		return fmt.Sprintf("diverges at step %d", len(r.Path.Points))
	case r.left > 0:
		return fmt.Sprintf("leaves the picture at step %d", r.left)
	}
	return ""
}

// steps are as many as suit a surface: its valleys are long or short.
func steps(s *surface.Surface) int {
	switch s.Name {
	case "rosenbrock":
		return 120
	case "beale", "noisy":
		return 60
	}
	return 40
}

// complete are the options for a number of runners with what they leave open.
func (o Options) complete(runners int) (Options, error) {
	if o.Surface == nil {
		var err error
		if o.Surface, err = surface.Lookup("quadratic"); err != nil {
			return o, err
		}
	}
	switch {
	case o.Steps < 0:
		return o, fmt.Errorf("animate: %d steps: expected at least 1", o.Steps)
	case o.Steps > MaxSteps:
		return o, fmt.Errorf("animate: %d steps: expected at most %d", o.Steps, MaxSteps)
	case o.Steps == 0:
		o.Steps = steps(o.Surface)
	}
	o.tally = &tally{total: runners * surface.Trials, report: o.Progress}
	return o, nil
}

// MaxSteps are as many steps as can be told apart in the longest animation.
const MaxSteps = 10_000

// descend lets a runner go.
func (o Options) descend(ctx context.Context, r Runner) (Run, error) {
	hypers, err := hypersOf(r)
	if err != nil {
		return Run{}, err
	}
	if r.Name == "" {
		r.Name = r.Rule.Name()
	}
	out := Run{Runner: r, hypers: hypers}
	if r.Tune && out.lr() != nil {
		if err := o.tune(ctx, &out); err != nil {
			return out, err
		}
	}
	o.tally.finish()
	out.LR = math.NaN()
	if h := out.lr(); h != nil {
		out.LR = h.value
	}
	if out.Path, err = o.path(out.Rule, out.Options); err != nil {
		return out, err
	}
	out.left = o.left(out.Path)
	return out, nil
}

// The steps are doubled so many times at most until a rule without a learning
// rate has come so near to the minimum.
const (
	doublings = 4
	near      = 0.1
)

// suit makes the steps suit a rule that has no learning rate to choose, where they
// are left open.
func (o Options) suit(r Runner) (Options, error) {
	if hypers, err := hypersOf(r); err != nil || !r.Tune || (&Run{hypers: hypers}).lr() != nil {
		return o, err
	}
	for range doublings {
		path, err := o.path(r.Rule, r.Options)
		if err != nil || path.Diverged || o.Surface.Height(path) <= near {
			return o, err
		}
		o.Steps *= 2
	}
	return o, nil
}

// path runs a rule with options.
func (o Options) path(rule optim.Rule, options []descent.Option) (*surface.Path, error) {
	return o.Surface.Descend(rule, o.config(options))
}

func (o Options) config(options []descent.Option) surface.Config {
	return surface.Config{Start: o.Start, Steps: o.Steps, Seed: o.Seed, Options: options}
}

// hyper is a hyperparameter as it is set.
type hyper struct {
	name    string
	value   float64
	text    string
	changed bool // from its default
}

// hypersOf are the hyperparameters of a runner, with its options.
func hypersOf(r Runner) ([]hyper, error) {
	if r.Rule == nil {
		return nil, errors.New("animate: a runner without a rule")
	}
	info, err := r.Rule.Info()
	if err != nil {
		return nil, err
	}
	if info.Link {
		return nil, fmt.Errorf("animate: %s only changes what an optimizer does: chain it with one", info.Name)
	}
	opt, err := descent.New(r.Rule, []descent.Param{descent.NewParam("w", make([]float64, 2), make([]float64, 2))}, r.Options...)
	if err != nil {
		return nil, err
	}
	defer opt.Close()
	var list []hyper
	for _, h := range info.Hypers {
		v, err := opt.Hyper(h.Name)
		if err != nil {
			return nil, err
		}
		list = append(list, hyper{h.Name, v, h.FormatValue(v), v != h.Default})
	}
	return list, nil
}

// lr is the learning rate among the hyperparameters; nil where there is none.
func (r *Run) lr() *hyper {
	for i := range r.hypers {
		if r.hypers[i].name == "lr" {
			return &r.hypers[i]
		}
	}
	return nil
}
