package lab

import (
	"cmp"
	"errors"
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

// Tuned is the learning rate that ended lowest, by the mean loss of the last
// tenth of the steps.
type Tuned struct {
	LR   float64 `json:"lr"`
	Loss Number  `json:"loss"`
}

// rates are the learning rates that tune tries.
var rates = []float64{
	1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10,
}

// tune tries learning rates.
func (l *Lab) tune(r TuneRequest) (*Tuned, error) {
	s, err := openSurface(r.Surface)
	if err != nil {
		return nil, err
	}
	if err := within("steps", r.Steps, 1, limits.Total/len(rates)); err != nil {
		return nil, err
	}
	best := &Tuned{Loss: Number(math.Inf(1))}
	for _, lr := range rates {
		path, err := r.Runner.with("lr", lr).race(s, surface.Config{Start: r.Start, Steps: r.Steps, Seed: r.Seed})
		if fault := (*Fault)(nil); lr != rates[0] && errors.As(err, &fault) && fault.Name == "lr" {
			break // the rule's range ends here
		}
		if err != nil {
			return nil, asFault("start", err)
		}
		if end := Number(mean(lastTenth(path.Loss))); !path.Diverged && end < best.Loss {
			best = &Tuned{lr, end}
		}
	}
	if best.LR == 0 {
		return nil, faultf("hyper", "%s diverges at every learning rate from %g to %g; start nearer or change its other hyperparameters", cmp.Or(r.Runner.Rule, typedName), rates[0], rates[len(rates)-1])
	}
	return best, nil
}

// lastTenth is the end of values, at least the last.
func lastTenth(values []float64) []float64 { return values[len(values)-1-len(values)/10:] }

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}
