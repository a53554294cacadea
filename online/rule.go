package online

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// ruled moves weights by a rule of descent, a formula for each weight by itself.
type ruled struct {
	*descent.Table
	loss Loss
	g    []float32

	busy sync.Mutex // evaluation weights are computed in memory that all share
	eval []float32
}

func newRuled(rule optim.Rule, o *Options, hypers []descent.Option) (*ruled, error) {
	t, err := descent.NewTable(rule, 1<<o.Bits, hypers...)
	if err != nil {
		return nil, without("a table: ", without("descent: ", err))
	}
	if err := kept(t.Extra()); err != nil {
		return nil, err
	}
	return &ruled{Table: t, loss: o.Loss}, nil
}

// without takes the name of a package from the head of an error, before which
// another will stand.
func without(name string, err error) error {
	return errors.New(strings.TrimPrefix(err.Error(), name))
}

// kept says of an option that a model's file does not have it.
func kept(option string) error {
	switch option {
	case "":
		return nil
	case "Schedule":
		return errors.New("schedules have no end here and are not kept in a model: give a rule that decays by itself, as adagrad and ftrl do")
	case "Seed":
		return errors.New("the option Seed is not kept in a model: leave it out")
	}
	return fmt.Errorf("the option %s is not kept in a model: put optim.%s before the rule, as in optim.Chain(optim.%s, optim.FTRL)", option, option, option)
}

func (r *ruled) values() []float32 { return r.Values() }
func (r *ruled) width() int        { return r.Width() }
func (r *ruled) pass()             {}

func (r *ruled) before(x *input) float32 { return dot(r.Values(), r.Width(), x) }

func (r *ruled) shown(_ *input, sum float32) (float32, bool) { return sum, true }

// predict takes the weights to evaluate with, where the rule has others than
// those it trains.
func (r *ruled) predict(x *input) float32 {
	if !r.Evaluates() {
		return r.before(x)
	}
	r.busy.Lock()
	defer r.busy.Unlock()
	r.eval = slices.Grow(r.eval[:0], len(x.at))[:len(x.at)]
	r.Evaluate(x.at, r.eval) // cannot fail: places are below the table's length
	sum := x.base
	for i, w := range r.eval {
		sum += float32(w * x.value[i])
	}
	return sum
}

// evaluate gives the weights to evaluate with, where the rule has others than
// those it trains.
func (r *ruled) evaluate(at []uint32, out []float32) {
	if r.Evaluates() {
		r.busy.Lock()
		defer r.busy.Unlock()
		r.Evaluate(at, out) // cannot fail either
	}
}

// learn gives every weight its gradient: the loss's by the prediction times the
// feature's value.
func (r *ruled) learn(x *input, p float32) bool {
	slope, fits := x.slope(r.loss, p)
	if !fits {
		return false
	}
	r.g = r.g[:0]
	for _, v := range x.value {
		r.g = append(r.g, slope*v)
	}
	r.Update(x.at, r.g) // cannot fail: places are below the table's length, and no schedule moves its hyperparameters
	return true
}

func (r *ruled) state() map[string]float64 {
	m := map[string]float64{"updates": float64(r.Updates())}
	for name, v := range r.Scalars() {
		m["scalar."+name] = v
	}
	return m
}

func (r *ruled) setState(m map[string]float64) error {
	scalars := map[string]float64{}
	for name, v := range m {
		if name != "updates" {
			scalars[strings.TrimPrefix(name, "scalar.")] = v
		}
	}
	if len(scalars) == 0 {
		scalars = nil
	}
	if err := r.Resume(int(m["updates"]), scalars); err != nil {
		return without("a table: ", without("descent: ", err))
	}
	return nil
}

// dot is the base and the sum of weights times values, one after the other.
func dot(values []float32, width int, x *input) float32 {
	sum, value := x.base, x.value[:len(x.at)]
	for i, a := range x.at {
		sum += float32(values[int(a)*width] * value[i])
	}
	return sum
}
