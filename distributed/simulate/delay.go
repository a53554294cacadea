package simulate

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
)

// Delay is a model of how long a worker computes a gradient, which [ParseDelay]
// reads. The zero Delay takes no time.
type Delay struct {
	spec   string
	of     *shape
	values []float64 // in the order of the shape's keys, then those of all
}

// shape is a distribution of times.
type shape struct {
	name, doc string
	keys      []key
	check     func(v []float64) error // what is wrong with the values; nil where nothing can be
	draw      func(v []float64, r *rand.Rand) float64
}

// The parameters that several distributions have.
var (
	meanKey = key{"mean", 0.05, seconds}
	common  = []key{{"stragglers", 0, share}, {"slowdown", 10, factor}} // of all
)

var shapes = []shape{
	{"constant", "always the same", []key{meanKey}, nil,
		func(v []float64, _ *rand.Rand) float64 { return v[0] }},
	{"uniform", "evenly between two times", []key{{"low", 0.025, seconds}, {"high", 0.075, seconds}},
		func(v []float64) error {
			if v[0] > v[1] {
				return errors.New("low is above high")
			}
			return nil
		},
		func(v []float64, r *rand.Rand) float64 { return v[0] + float64((v[1]-v[0])*r.Float64()) }},
	{"exponential", "often short, now and then several times the mean", []key{meanKey}, nil,
		func(v []float64, r *rand.Rand) float64 { return v[0] * r.ExpFloat64() }},
	{"pareto", "a heavy tail: the smaller alpha, the longer the longest; alpha above 1", []key{meanKey, {"alpha", 2, number}},
		func(v []float64) error {
			if !(v[1] > 1) {
				return errors.New("with an alpha of 1 or less there is no mean")
			}
			return nil
		},
		func(v []float64, r *rand.Rand) float64 {
			return v[0] * (v[1] - 1) / v[1] * math.Exp(r.ExpFloat64()/v[1])
		}},
	{"lognormal", "its logarithm is normal with deviation sigma", []key{meanKey, {"sigma", 0.5, number}}, nil,
		func(v []float64, r *rand.Rand) float64 {
			return v[0] * math.Exp(float64(v[1]*r.NormFloat64())-float64(v[1]*v[1])/2)
		}},
}

// Info describes a name that [ParseDelay] knows.
type Info struct {
	Name  string // "pareto"
	Usage string // with its parameters and their defaults: "pareto:mean=50ms,alpha=2"
	Doc   string // one line
}

// Delays lists what [ParseDelay] knows, for a help text.
func Delays() []Info {
	var all []Info
	for _, s := range shapes {
		all = append(all, Info{s.name, s.usage(), s.doc})
	}
	return all
}

// ParseDelay reads a model of times, as in "pareto" or "pareto:mean=20ms,alpha=1.5";
// see [Delays]. With each, stragglers=0.05,slowdown=10 makes the first 5 % of the
// workers take ten times as long, always.
func ParseDelay(spec string) (Delay, error) {
	name, rest, _ := strings.Cut(strings.TrimSpace(spec), ":")
	for i := range shapes {
		s := &shapes[i]
		if s.name != name {
			continue
		}
		values, err := read(rest, append(s.keys[:len(s.keys):len(s.keys)], common...))
		if err == nil && s.check != nil {
			err = s.check(values)
		}
		if err != nil {
			return Delay{}, fmt.Errorf("simulate: delay %q: %w, as in %s", spec, err, s.usage())
		}
		return Delay{spec, s, values}, nil
	}
	var names []string
	for _, s := range shapes {
		names = append(names, s.name)
	}
	return Delay{}, fmt.Errorf("simulate: delay %q: %w", spec, unknown(name, names))
}

func (s *shape) usage() string { return s.name + ":" + usage(s.keys) }

// String is what ParseDelay has read.
func (d Delay) String() string {
	if d.of == nil {
		return "none"
	}
	return d.spec
}

// draw is how long a worker of so many takes now.
func (d Delay) draw(worker, workers int, r *rand.Rand) float64 {
	if d.of == nil {
		return 0
	}
	t := d.of.draw(d.values, r)
	n := len(d.of.keys)
	if stragglers, slowdown := d.values[n], d.values[n+1]; float64(worker) < math.Round(stragglers*float64(workers)) {
		t *= slowdown
	}
	return t
}
