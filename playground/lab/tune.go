package lab

import (
	"context"
	"math"

	"github.com/descent-go/descent/surface"
)

// TuneRequest asks for a good learning rate of a rule on a surface.
type TuneRequest struct {
	Surface string      `json:"surface"`
	Start   *[2]float64 `json:"start"`
	Steps   int         `json:"steps"`
	Seed    uint64      `json:"seed"`
	Runner  Runner      `json:"runner"`
}

// Tuned is the learning rate that surface.Surface.Tune chose, and the mean loss
// over the last quarter of its path.
type Tuned struct {
	LR   float64 `json:"lr"`
	Loss Number  `json:"loss"`
}

// tune chooses a learning rate.
func (l *Lab) tune(r TuneRequest) (*Tuned, error) {
	s, err := openSurface(r.Surface)
	if err != nil {
		return nil, err
	}
	if err := within("steps", r.Steps, 1, limits.Tune); err != nil {
		return nil, err
	}
	rule, options, err := r.Runner.make()
	if err != nil {
		return nil, err
	}
	if info, err := rule.Info(); err != nil {
		return nil, asFault("text", err)
	} else if find(info.Hypers, "lr") == nil {
		return nil, hyperFault("lr", faultf("hyper", "%s has no hyperparameter lr", rule.Name()))
	}
	c := surface.Config{Start: r.Start, Steps: r.Steps, Seed: r.Seed, Options: options}
	best, err := s.Tune(context.Background(), rule, c, nil)
	if err != nil {
		return nil, asFault("start", err)
	}
	if math.IsInf(best.Height, 1) {
		return nil, faultf("hyper", "%s goes astray at every learning rate; start elsewhere or change its other hyperparameters", rule.Name())
	}
	return &Tuned{best.LR, Number(best.Loss)}, nil
}
