package lab

import (
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/surface"
)

// Start is what a page needs at first.
type Start struct {
	Rules    []Listed   `json:"rules"` // by name
	Surfaces []*Surface `json:"surfaces"`
	Limits   Limits     `json:"limits"`
}

// Listed is a rule in a list.
type Listed struct {
	Name      string `json:"name"`
	Summary   string `json:"summary"`
	Link      bool   `json:"link"`    // moves no weights by itself: it runs chained with sgd
	Stepper   bool   `json:"stepper"` // is no formula
	NeedsFunc bool   `json:"needsFunc"`
}

// start lists rules and surfaces.
func (l *Lab) start(struct{}) (*Start, error) {
	out := &Start{Limits: limits}
	for _, name := range optim.Names() {
		rule, err := optim.Lookup(name)
		if err != nil {
			return nil, err
		}
		info, err := rule.Info()
		if err != nil {
			return nil, err
		}
		out.Rules = append(out.Rules, Listed{name, info.Summary, info.Link, stepperIn(rule), info.NeedsFunc})
	}
	for _, name := range surface.Names() {
		s, err := surface.Lookup(name)
		if err != nil {
			return nil, err
		}
		out.Surfaces = append(out.Surfaces, newSurface(s))
	}
	return out, nil
}
