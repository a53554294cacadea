package stability

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/optim"
)

// Outcome is how a run ends.
type Outcome uint8

// The outcomes.
const (
	Converges Outcome = iota // the weight comes ever nearer to the minimum
	Stays                    // it moves about, no nearer and no farther
	Diverges                 // it goes ever farther
)

// String is the outcome in a word.
func (o Outcome) String() string { return [...]string{"converges", "stays", "diverges"}[o] }

// Point is what a rule does with some hyperparameters.
type Point struct {
	Outcome Outcome
	Rate    float64 // the factor of the distance from the minimum in a step, in the long run
	Near    float64 // of a run: the largest distance in its second half, 1 at the start; NaN where none was made
}

// StepsPerDigit is how many steps bring the weight ten times nearer to the
// minimum; NaN where the rule does not converge.
func (p Point) StepsPerDigit() float64 {
	if p.Outcome != Converges {
		return math.NaN()
	}
	return -math.Ln10 / math.Log(p.Rate)
}

// Steps is the usual length of a run.
const Steps = 50_000

// What a run looks for. A distance below the lowest has no meaning: weights are
// not exact, so that a gradient is never less than that of the distance floor.
const (
	floor = 1e-16
	low   = 1e-12 // the rate is measured between high and low
	high  = 1e-4
	gone  = 1e60
)

// MinSteps is the least length of a run.
const MinSteps = 100

// often is the number of steps after which a run looks whether it shall end.
const often = 1000

// Run makes steps from w = 1, side by side, for each of several lists of values
// that the hyperparameters of these names have, and tells what comes of it. More
// steps, [MinSteps] at least, tell slower rates from no progress. It is an error
// where [Open] would refuse a name or a value, or a list is too short or too long.
// When ctx is done Run ends with its error.
func (s *System) Run(ctx context.Context, names []string, values [][]float64, steps int) ([]Point, error) {
	if steps < MinSteps {
		return nil, fmt.Errorf("stability: runs of %d steps: expected at least %d, of which late ones tell the rate", steps, MinSteps)
	}
	names, err := s.legal(names, values)
	if err != nil {
		return nil, err
	}
	n := len(values)
	w, g := make([]float64, n), make([]float64, n)
	for i := range w {
		w[i] = 1
	}
	rule, err := s.varied(names)
	if err != nil {
		return nil, err
	}
	opt, err := descent.New(rule, []descent.Param{descent.NewParam("w", w, g)}, descent.Threads(1))
	if err != nil {
		return nil, err
	}
	defer opt.Close()
	s.begin(opt, names, values)
	least := floor * s.curvature
	gradient := func() (float64, error) {
		for i, x := range w {
			g[i] = s.curvature * x
			if math.Abs(g[i]) < least {
				g[i] = math.Copysign(least, x)
			}
		}
		return 0, nil
	}
	seen := newTrails(n, steps)
	for step := range steps {
		if step%often == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if _, err := opt.StepFunc(gradient); err != nil {
			return nil, err
		}
		seen.add(w)
	}
	return seen.points(), nil
}

// legal gives whole names of hyperparameters, if all their values are legal.
func (s *System) legal(names []string, values [][]float64) ([]string, error) {
	names = slices.Clone(names)
	for i, name := range names {
		h, err := s.Hyper(name)
		if err != nil {
			return nil, err
		}
		names[i] = h.Name
		for _, list := range values {
			if len(list) != len(names) {
				return nil, fmt.Errorf("stability: %d values for the %d hyperparameters %s: expected as many", len(list), len(names), strings.Join(names, ", "))
			}
			if err := h.Check(list[i]); err != nil {
				return nil, fmt.Errorf("stability: %w", err)
			}
		}
	}
	return names, nil
}

// varied is the rule with hyperparameters, and whatever else has one value a
// parameter, as states with a value for each of many weights, which so are
// as many optimizers of one weight.
func (s *System) varied(names []string) (optim.Rule, error) {
	p := &formula.Program{Name: s.name}
	state := func(name string) {
		p.States = append(p.States, formula.State{Name: plain(name), Kind: formula.Elem})
	}
	for _, h := range s.program.Hypers {
		if slices.Contains(names, h.Name) {
			state(h.Name)
			continue
		}
		h.Name, h.Default = plain(h.Name), s.values[h.Name]
		p.Hypers = append(p.Hypers, h)
	}
	for _, st := range s.program.States {
		state(st.Name)
	}
	for _, st := range s.program.Body {
		p.Body = append(p.Body, formula.Stmt{Name: plain(st.Name), X: st.X.Map(ofOne)})
	}
	return optim.Parse(s.name, p.String())
}

// plain is a name in a program made of several as one may write it.
func plain(name string) string {
	if name == "step" {
		return "step__"
	}
	return strings.NewReplacer(".", "__", "-", "_").Replace(name)
}

// ofOne makes a node that is a reduction one over one weight, and names plain.
func ofOne(x *formula.Expr) *formula.Expr {
	switch x.Op {
	case formula.Var:
		return &formula.Expr{Op: formula.Var, Name: plain(x.Name)}
	case formula.Call:
	default:
		return x
	}
	_, name, ok := formula.SplitReduction(x)
	switch {
	case !ok:
		return x
	case name == "norm":
		return &formula.Expr{Op: formula.Call, Name: "abs", Args: x.Args}
	case name == "dot":
		return &formula.Expr{Op: formula.Mul, Args: x.Args}
	}
	return x.Args[0]
}

// begin sets the states to what they start as.
func (s *System) begin(opt *descent.Optimizer, names []string, values [][]float64) {
	kept := map[string][]float64{}
	for _, state := range opt.States() {
		if state.Param != "" && len(state.Shape) > 0 {
			kept[state.Name] = state.F64
		}
	}
	for i, x := range values {
		k := walk{s, map[string]value{"w": number(1)}}
		for name, v := range s.values {
			k.vars[name] = number(v)
		}
		for j, name := range names {
			k.vars[name] = number(x[j])
			if at := kept[plain(name)]; at != nil {
				at[i] = x[j]
			}
		}
		for _, st := range s.program.States {
			if at := kept[plain(st.Name)]; at != nil && st.Init != nil {
				at[i] = k.expr(st.Init).number
			}
		}
	}
}
