package lab

import (
	"fmt"
	"math"

	"github.com/descent-go/descent/surface"
)

// RaceRequest asks for the paths of rules on a surface, from a start that is by
// default the surface's own.
type RaceRequest struct {
	Surface string      `json:"surface"`
	Start   *[2]float64 `json:"start"`
	Steps   int         `json:"steps"`
	Seed    uint64      `json:"seed"`
	Runners []Runner    `json:"runners"`
}

// Race is the paths, in the order of the runners.
type Race struct {
	Start     [2]float64 `json:"start"`
	StartLoss Number     `json:"startLoss"`
	Runners   []any      `json:"runners"` // each a *Path, or a failure of its own
}

// Path is where a rule went in n steps. Arrays for points have n+1 numbers,
// the first for the start; those for steps have n.
type Path struct {
	X           Numbers           `json:"x"` // points
	Y           Numbers           `json:"y"`
	ResultX     Numbers           `json:"resultX,omitempty"` // points: weights to evaluate with, of rules that average
	ResultY     Numbers           `json:"resultY,omitempty"`
	Loss        Numbers           `json:"loss"`  // points
	EvalX       []Numbers         `json:"evalX"` // steps: where gradients were taken, in order
	EvalY       []Numbers         `json:"evalY"`
	EvalGX      []Numbers         `json:"evalGX"` // and these gradients, noise included
	EvalGY      []Numbers         `json:"evalGY"`
	GX          Numbers           `json:"gx"` // points: the gradient, without noise
	GY          Numbers           `json:"gy"`
	RateX       Numbers           `json:"rateX"` // steps: |step| / |gradient taken first|, null where that is 0
	RateY       Numbers           `json:"rateY"`
	States      map[string]Series `json:"states"`      // states with a number for each weight, by name
	Random      bool              `json:"random"`      // the rule draws numbers, or gradients are noisy: the seed matters
	Diverged    bool              `json:"diverged"`    // the path ends where the next point was beyond all bounds
	Evaluations int               `json:"evaluations"` // gradients taken
}

// Series is a state at every point of a path.
type Series struct {
	X Numbers `json:"x"`
	Y Numbers `json:"y"`
}

// race runs rules from one start.
func (l *Lab) race(r RaceRequest) (*Race, error) {
	s, err := openSurface(r.Surface)
	if err != nil {
		return nil, err
	}
	if err := within("runners", len(r.Runners), 0, limits.Runners); err != nil {
		return nil, err
	}
	if err := within("steps", r.Steps, 1, limits.Steps); err != nil {
		return nil, err
	}
	if total := r.Steps * len(r.Runners); total > limits.Total {
		return nil, faultf("steps", "%d steps for %d rules are too many: the playground makes %d in all", r.Steps, len(r.Runners), limits.Total)
	}
	out := &Race{Start: s.Start, Runners: []any{}}
	if r.Start != nil {
		out.Start = *r.Start
	}
	out.StartLoss = Number(s.At(out.Start[0], out.Start[1]))
	for _, runner := range r.Runners {
		path, err := runner.race(s, surface.Config{Start: &out.Start, Steps: r.Steps, Seed: r.Seed})
		if err != nil {
			out.Runners = append(out.Runners, failure{asFault("start", err)})
			continue
		}
		out.Runners = append(out.Runners, path)
	}
	return out, nil
}

// race runs the rule and lays its path out for the page.
func (r Runner) race(s *surface.Surface, c surface.Config) (*Path, error) {
	rule, options, err := r.make()
	if err != nil {
		return nil, err
	}
	c.Options = options
	path, err := s.Descend(rule, c)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", rule.Name(), err)
	}
	out := newPath(s, path)
	out.Random = s.Noise > 0 || draws(rule)
	return out, nil
}

// newPath lays a path out for the page.
func newPath(s *surface.Surface, p *surface.Path) *Path {
	out := &Path{
		Diverged: p.Diverged, States: map[string]Series{},
		EvalX: []Numbers{}, EvalY: []Numbers{}, EvalGX: []Numbers{}, EvalGY: []Numbers{},
	}
	averages := false
	for k, here := range p.Points {
		out.X, out.Y, out.Loss = append(out.X, here.X), append(out.Y, here.Y), append(out.Loss, here.Loss)
		out.ResultX, out.ResultY = append(out.ResultX, here.Result[0]), append(out.ResultY, here.Result[1])
		averages = averages || here.Result != [2]float64{here.X, here.Y}
		gx, gy := s.Gradient(here.X, here.Y)
		out.GX, out.GY = append(out.GX, gx), append(out.GY, gy)
		for name, v := range here.States {
			series := out.States[name]
			out.States[name] = Series{append(series.X, v[0]), append(series.Y, v[1])}
		}
		if k+1 < len(p.Points) {
			out.step(here, p.Points[k+1])
		}
	}
	if !averages {
		out.ResultX, out.ResultY = nil, nil
	}
	return out
}

// step adds the step between two points.
func (out *Path) step(here, next surface.Point) {
	var x, y, gx, gy Numbers
	for _, e := range here.Evals {
		x, y, gx, gy = append(x, e.X), append(y, e.Y), append(gx, e.GX), append(gy, e.GY)
	}
	out.EvalX, out.EvalY = append(out.EvalX, x), append(out.EvalY, y)
	out.EvalGX, out.EvalGY = append(out.EvalGX, gx), append(out.EvalGY, gy)
	out.Evaluations += len(here.Evals)
	first := surface.Eval{GX: math.NaN(), GY: math.NaN()}
	if len(here.Evals) > 0 {
		first = here.Evals[0]
	}
	out.RateX = append(out.RateX, math.Abs((next.X-here.X)/first.GX))
	out.RateY = append(out.RateY, math.Abs((next.Y-here.Y)/first.GY))
}
