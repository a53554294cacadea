package compare

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/optim"
)

// Config is a comparison.
type Config struct {
	// Task is what the optimizers are compared on.
	Task Task
	// Entrants are the optimizers, each with a name of its own.
	Entrants []Entrant
	// Seeds is the number of runs that count for each, 0 is 3.
	Seeds int
	// Grid has the learning rates to choose from, the same for all optimizers that
	// have one; nil makes one around each default.
	Grid []float64
	// Jobs is the number of runs at the same time, of different optimizers, 0 is 1.
	// They share the processors, which makes times per step longer.
	Jobs int
	// Journal is the file that keeps every run that is done, "" is none.
	Journal string
	// Resume goes on from Journal. Task and Grid must be those of the file;
	// there may be more seeds, and optimizers may come and go.
	Resume bool
	// Progress is called now and then, from the goroutines of Jobs, one at a time;
	// it may be nil. It must not call the Comparison.
	Progress func(Progress)
}

// Entrant is an optimizer that takes part.
type Entrant struct {
	// Name is how the user calls it.
	Name    string
	Rule    optim.Rule
	Options []descent.Option
	// Fixed leaves the learning rate as Options and Rule have it. It always stays
	// where there is none, or a hyperparameter d0 from which the rule finds its own.
	Fixed bool
}

// entrant is an Entrant that has been looked at.
type entrant struct {
	Entrant
	lr       *formula.Hyper // what is to be chosen, nil if nothing is
	around   float64        // the middle of its grid
	computes string         // its formulas and hyperparameters, and whether lr is chosen
}

func (c Config) check() error {
	switch {
	case c.Task == nil:
		return errors.New("compare: no Task to compare on")
	case len(c.Entrants) == 0:
		return errors.New("compare: no Entrants: expected at least one optimizer")
	case c.Seeds < 0 || c.Jobs < 0:
		return fmt.Errorf("compare: Seeds %d and Jobs %d: expected at least 1, or 0 for the default", c.Seeds, c.Jobs)
	case c.Resume && c.Journal == "":
		return errors.New("compare: Resume without a Journal to go on from")
	}
	for _, lr := range c.Grid {
		if !(lr > 0) || math.IsInf(lr, 0) {
			return fmt.Errorf("compare: Grid has the learning rate %v: expected numbers above 0", lr)
		}
	}
	return nil
}

// entrants looks at all that take part.
func (c Config) entrants() ([]*entrant, error) {
	var all []*entrant
	for _, given := range c.Entrants {
		if slices.ContainsFunc(all, func(e *entrant) bool { return e.Name == given.Name }) {
			return nil, fmt.Errorf("compare: %s takes part twice", given.Name)
		}
		e, err := newEntrant(given)
		if err != nil {
			return nil, fmt.Errorf("compare: %s: %w", given.Name, err)
		}
		all = append(all, e)
	}
	return all, nil
}

// newEntrant makes the optimizer once, to see what it has.
func newEntrant(given Entrant) (*entrant, error) {
	if given.Rule == nil {
		return nil, errors.New("no Rule")
	}
	opt, err := sample(given.Rule, given.Options)
	if err != nil {
		return nil, err
	}
	defer opt.Close()
	e := &entrant{Entrant: given}
	if e.computes, err = computes(given.Rule, opt); err != nil || given.Fixed || findsRate(opt) {
		return e, err
	}
	for _, h := range opt.Hypers() {
		if h.Name == "lr" {
			e.lr, e.around = &h, opt.LR()
			e.computes += "\nlr is chosen"
		}
	}
	return e, nil
}

// findsRate reports whether an optimizer estimates its learning rate, from a first
// guess d0 of how far the weights have to go, and has lr only as a factor.
func findsRate(opt *descent.Optimizer) bool {
	return slices.ContainsFunc(opt.Hypers(), func(h formula.Hyper) bool {
		return h.Name == "d0" || strings.HasSuffix(h.Name, ".d0")
	})
}

// sample is an optimizer of two weights.
func sample(rule optim.Rule, options []descent.Option) (*descent.Optimizer, error) {
	return descent.New(rule, []descent.Param{descent.NewParam("w", make([]float32, 2), make([]float32, 2), 1, 2)}, options...)
}

// computes is what an optimizer computes: its formulas, without comments, and
// the values of its hyperparameters.
func computes(rule optim.Rule, opt *descent.Optimizer) (string, error) {
	var parts []string
	for _, l := range optim.Links(rule) {
		text := l.Rule.Name()
		if f, ok := l.Rule.(*optim.Formula); ok {
			p, err := f.Program()
			if err != nil {
				return "", err
			}
			text = p.String()
		}
		parts = append(parts, text)
	}
	for _, h := range opt.Hypers() {
		v, err := opt.Hyper(h.Name)
		if err != nil {
			return "", err
		}
		parts = append(parts, h.Name+" = "+h.FormatValue(v))
	}
	return strings.Join(parts, "\n"), nil
}
