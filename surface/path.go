package surface

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// Config is a way down.
type Config struct {
	Start   *[2]float64 // nil is the surface's own
	Steps   int         // at least 1
	Seed    uint64      // of noise in gradients and of what the rule draws
	Options []descent.Option
}

// Path is where a rule went.
type Path struct {
	Points []Point // Points[0] is the start; the step of point k is to point k+1
	// Diverged says that the next point would have been beyond all bounds, or the
	// loss there not finite: the path ends with the last that was neither.
	Diverged bool
}

// Point is a stop on the way.
type Point struct {
	X, Y float64 // the weights
	// Result are the weights to evaluate with. For rules that average they are
	// others than X and Y.
	Result [2]float64
	Loss   float64 // at Result, without noise
	// Evals are the gradients taken for the step that leaves here, in order; none at
	// the end. Most rules take one, at X and Y.
	Evals []Eval
	// States are those of the rule's states that have a number for each weight, as
	// they are before the step, by name.
	States map[string][2]float64
}

// Eval is a gradient that was taken, noise included.
type Eval struct{ X, Y, GX, GY float64 }

// beyond is how many times the size of the window, widened to hold the start, a
// path may lead away.
const beyond = 1000

// start is where a way begins.
func (s *Surface) start(c Config) [2]float64 {
	if c.Start != nil {
		return *c.Start
	}
	return s.Start
}

// Descend runs a rule. Its two weights are float64, one parameter named w.
func (s *Surface) Descend(rule optim.Rule, c Config) (*Path, error) {
	start := s.start(c)
	return s.descend(rule, c, func(p Point) bool { return s.lost(start, p) })
}

// descend runs a rule until a point is lost.
func (s *Surface) descend(rule optim.Rule, c Config, lost func(Point) bool) (*Path, error) {
	start := s.start(c)
	if c.Steps < 1 {
		return nil, fmt.Errorf("surface: %d steps: expected at least 1", c.Steps)
	}
	if err := s.check(start); err != nil {
		return nil, err
	}
	d := &descender{s: s, lost: lost, w: []float64{start[0], start[1]}, g: make([]float64, 2), noise: rand.New(rand.NewPCG(c.Seed, 0))}
	options := append([]descent.Option{descent.Seed(c.Seed)}, c.Options...)
	var err error
	if d.opt, err = descent.New(rule, []descent.Param{descent.NewParam("w", d.w, d.g)}, options...); err != nil {
		return nil, err
	}
	defer d.opt.Close()
	return d.run(c.Steps)
}

// check reports a surface that is none, and a start from where there is no way.
func (s *Surface) check(start [2]float64) error {
	w := s.Window
	if s.f == nil {
		return errors.New("surface: a Surface without its function: make it with Open, Lookup or Parse")
	}
	if !(w.X0 < w.X1 && w.Y0 < w.Y1) || !finite(w.X0, w.X1, w.Y0, w.Y1) {
		return fmt.Errorf("surface: the window %+v of %s: expected finite numbers, X0 < X1 and Y0 < Y1", w, s.Name)
	}
	for _, m := range s.Minima {
		if !finite(m[0], m[1], s.At(m[0], m[1])) {
			return fmt.Errorf("surface: the minimum %v of %s: expected finite numbers and a finite loss", m, s.Name)
		}
	}
	gx, gy := s.Gradient(start[0], start[1])
	for _, v := range []struct {
		what  string
		value float64
	}{{"the loss", s.At(start[0], start[1])}, {"the gradient", gx}, {"the gradient", gy}} {
		if !finite(v.value) {
			return fmt.Errorf("surface: %s of %s is %v at the start (%v, %v); start elsewhere", v.what, s.Name, v.value, start[0], start[1])
		}
	}
	return nil
}

// Finite reports whether loss and gradient are finite at a point, so that there
// is a way from it.
func (s *Surface) Finite(x, y float64) bool {
	gx, gy := s.Gradient(x, y)
	return finite(s.At(x, y), gx, gy)
}

// finite reports whether all numbers are.
func finite(numbers ...float64) bool {
	return !slices.ContainsFunc(numbers, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
}

// descender is on its way down.
type descender struct {
	s     *Surface
	opt   *descent.Optimizer
	w, g  []float64
	noise *rand.Rand
	evals []Eval
	lost  func(Point) bool
}

func (d *descender) run(steps int) (*Path, error) {
	p := &Path{}
	here, err := d.point()
	if err != nil {
		return nil, err
	}
	for range steps {
		d.evals = nil
		if _, err := d.opt.StepFunc(d.gradient); err != nil {
			return nil, err
		}
		here.Evals = d.evals
		p.Points = append(p.Points, here)
		if here, err = d.point(); err != nil {
			return nil, err
		}
		if d.lost(here) {
			p.Diverged = true
			return p, nil
		}
	}
	p.Points = append(p.Points, here)
	return p, nil
}

// gradient takes the gradient at the present weights.
func (d *descender) gradient() (float64, error) {
	x, y := d.w[0], d.w[1]
	d.g[0], d.g[1] = d.s.Gradient(x, y)
	if d.s.Noise > 0 {
		d.g[0] += d.s.Noise * d.noise.NormFloat64()
		d.g[1] += d.s.Noise * d.noise.NormFloat64()
	}
	d.evals = append(d.evals, Eval{x, y, d.g[0], d.g[1]})
	return d.s.At(x, y), nil
}

// point is where the weights are now.
func (d *descender) point() (Point, error) {
	p := Point{X: d.w[0], Y: d.w[1], States: map[string][2]float64{}}
	for _, state := range d.opt.States() {
		if state.Param != "" && len(state.F64) == 2 && !strings.HasPrefix(state.Name, "descent.") {
			p.States[state.Name] = [2]float64{state.F64[0], state.F64[1]}
		}
	}
	if err := d.opt.Eval(); err != nil {
		return p, err
	}
	p.Result = [2]float64{d.w[0], d.w[1]}
	p.Loss = d.s.At(d.w[0], d.w[1])
	d.opt.Train()
	return p, nil
}

// lost reports whether a point is beyond all bounds of a way from the start.
func (s *Surface) lost(start [2]float64, p Point) bool {
	w := s.Window.With(start[0], start[1])
	far := beyond * max(w.X1-w.X0, w.Y1-w.Y0)
	return !(math.Abs(p.X-start[0]) < far && math.Abs(p.Y-start[1]) < far) || !finite(p.Loss)
}
