package lab

import (
	"unicode/utf8"

	"github.com/descent-go/descent/formula"
)

// Limits bound what a request may ask for, so that no page hangs.
type Limits struct {
	Text     int `json:"text"`     // characters of a formula
	States   int `json:"states"`   // that a formula keeps
	Grads    int `json:"grads"`    // gradients that it asks for in a step
	Surface  int `json:"surface"`  // characters of a function
	Runners  int `json:"runners"`  // rules in a race
	Steps    int `json:"steps"`    // steps of one
	Total    int `json:"total"`    // steps of all together
	Tune     int `json:"tune"`     // steps of each path that chooses a learning rate
	Grid     int `json:"grid"`     // values of a surface along a side
	Points   int `json:"points"`   // that a network learns
	Hidden   int `json:"hidden"`   // units of a hidden layer
	NetSteps int `json:"netSteps"` // steps of a network in a request
	NetGrid  int `json:"netGrid"`  // values of its output along a side
}

var limits = Limits{
	Text: 4000, States: 24, Grads: 16, Surface: 300, Runners: 8, Steps: 5000, Total: 20_000, Tune: 1250, Grid: 512,
	Points: 500, Hidden: 32, NetSteps: 500, NetGrid: 128,
}

// within reports a number that is not in lo..hi.
func within(field string, n, lo, hi int) error {
	if n < lo || n > hi {
		return faultf(field, "%s is %d: expected %d to %d", field, n, lo, hi)
	}
	return nil
}

// short reports a text that is too long.
func short(field, text string, limit int) error {
	if n := utf8.RuneCountInString(text); n > limit {
		return faultf(field, "%d characters are too many: the playground takes %d; the library takes any number", n, limit)
	}
	return nil
}

// small reports a formula that keeps or asks for too much.
func small(p *formula.Program) error {
	if n := len(p.States); n > limits.States {
		return faultf("text", "%d states are too many: the playground takes %d; the library takes any number", n, limits.States)
	}
	grads := 0
	for _, s := range p.Body {
		s.X.Map(func(x *formula.Expr) *formula.Expr {
			if x.Op == formula.Call && x.Name == "grad" {
				grads++
			}
			return x
		})
	}
	if grads > limits.Grads {
		return faultf("text", "%d gradients in a step are too many: the playground takes %d; the library takes any number", grads, limits.Grads)
	}
	return nil
}
