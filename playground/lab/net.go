package lab

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/descent-go/descent"
)

// NetRequest asks for a new network and points for it to learn.
type NetRequest struct {
	Data   string  `json:"data"` // circles, moons or spirals
	Points int     `json:"points"`
	Noise  float64 `json:"noise"` // standard deviation of what moves the points
	Seed   uint64  `json:"seed"`
	Hidden int     `json:"hidden"` // units in each of the two hidden layers
	Batch  int     `json:"batch"`  // points in a step; 0 is all
	Runner Runner  `json:"runner"`
}

// NetStart is a new network.
type NetStart struct {
	Points     Points     `json:"points"`
	Window     [4]float64 `json:"window"`  // x0, x1, y0, y1: shows all points; grids cover it
	Weights    int        `json:"weights"` // how many the network has
	Parameters []string   `json:"parameters"`
	Net
}

// Points are labelled points of the plane.
type Points struct {
	X     Numbers `json:"x"`
	Y     Numbers `json:"y"`
	Label []int   `json:"label"` // 0 or 1
}

// Net is how far a network has learned.
type Net struct {
	Step     int    `json:"step"`
	Epoch    Number `json:"epoch"`    // how often it has seen every point
	Loss     Number `json:"loss"`     // mean over all points of -log(probability of the label)
	Accuracy Number `json:"accuracy"` // share of the points that are on the right side
	LR       Number `json:"lr"`
	StepNorm Number `json:"stepNorm"` // length of the last step over all weights
	GradNorm Number `json:"gradNorm"` // and of its gradient
	Diverged bool   `json:"diverged"` // the loss is not finite: further steps do nothing
	Grid     string `json:"grid,omitempty"`
}

// startGrid is the side of the grid in the reply of net.
const startGrid = 64

// newNet puts a new network in the place of the last.
func (l *Lab) newNet(r NetRequest) (*NetStart, error) {
	n, err := r.make()
	if err != nil {
		return nil, err
	}
	if l.net != nil {
		if err := l.net.opt.Close(); err != nil {
			return nil, err
		}
	}
	l.net = n
	out := &NetStart{Window: pointWindow}
	for _, p := range n.points {
		out.Points.X, out.Points.Y = append(out.Points.X, p.x), append(out.Points.Y, p.y)
		out.Points.Label = append(out.Points.Label, p.label)
	}
	for _, p := range n.model.params() {
		out.Weights += p.Len()
		out.Parameters = append(out.Parameters, p.Name())
	}
	out.Net, err = n.report(startGrid)
	return out, err
}

// make checks the request and makes the network.
func (r NetRequest) make() (*network, error) {
	shape := shapes[r.Data]
	if shape == nil {
		return nil, faultf("data", "unknown data %q: expected one of %s", r.Data, strings.Join(slices.Sorted(maps.Keys(shapes)), ", "))
	}
	for _, c := range []struct {
		field         string
		value, lo, hi int
	}{
		{"points", r.Points, 2, limits.Points},
		{"hidden", r.Hidden, 1, limits.Hidden},
		{"batch", r.Batch, 0, limits.Points},
	} {
		if err := within(c.field, c.value, c.lo, c.hi); err != nil {
			return nil, err
		}
	}
	if !(r.Noise >= 0 && r.Noise <= 1) {
		return nil, faultf("noise", "noise is %v: expected 0 to 1", r.Noise)
	}
	rule, options, err := r.Runner.make()
	if err != nil {
		return nil, err
	}
	n := &network{
		model: newMLP(r.Hidden, r.Seed), points: place(shape, r.Points, r.Noise, r.Seed),
		batch: r.Batch, draw: rand.New(rand.NewPCG(r.Seed, 3)),
	}
	if n.batch == 0 || n.batch > r.Points {
		n.batch = r.Points
	}
	if n.opt, err = descent.New(rule, n.model.params(), append(options, descent.Seed(r.Seed))...); err != nil {
		return nil, asFault("hyper", fmt.Errorf("%s: %w", rule.Name(), err))
	}
	return n, nil
}

// NetStepRequest asks for steps, and for the probabilities of label 1 on a grid
// with this many places a side; 0 for none.
type NetStepRequest struct {
	Steps int `json:"steps"`
	Grid  int `json:"grid"`
}

// netStep trains the network.
func (l *Lab) netStep(r NetStepRequest) (*Net, error) {
	if l.net == nil {
		return nil, errNoNet
	}
	if err := within("steps", r.Steps, 0, limits.NetSteps); err != nil {
		return nil, err
	}
	if err := within("grid", r.Grid, 0, limits.NetGrid); err != nil || r.Grid == 1 {
		return nil, faultf("grid", "grid is %d: expected 0, or 2 to %d", r.Grid, limits.NetGrid)
	}
	for range r.Steps {
		if err := l.net.step(); err != nil {
			return nil, asFault("request", err)
		}
	}
	out, err := l.net.report(r.Grid)
	return &out, err
}

var errNoNet = faultf("request", "there is no network yet: send net first")

// NetSetRequest changes hyperparameters of the network's rule.
type NetSetRequest struct {
	Hypers map[string]float64 `json:"hypers"`
}

// netSet changes hyperparameters from the next step on.
func (l *Lab) netSet(r NetSetRequest) (struct{}, error) {
	if l.net == nil {
		return struct{}{}, errNoNet
	}
	for _, name := range slices.Sorted(maps.Keys(r.Hypers)) {
		if err := l.net.opt.Set(name, r.Hypers[name]); err != nil {
			return struct{}{}, hyperFault(name, err)
		}
	}
	return struct{}{}, nil
}
