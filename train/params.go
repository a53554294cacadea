package train

import (
	"gorgonia.org/gorgonia"

	"github.com/descent-go/descent"
	descentgorgonia "github.com/descent-go/descent/adapter/gorgonia"
)

// params shows the model's parameters to an optimizer.
func (m *model) params() ([]descent.Param, error) {
	var all []gorgonia.ValueGrad
	for _, t := range m.Params() {
		all = append(all, valueGrad{t})
	}
	return descentgorgonia.Params(all)
}

// valueGrad shows a Tensor as Gorgonia shows parameters. (The nodes' own
// gradients move; a compiled graph copies them to where a Tensor has them.)
type valueGrad struct{ t Tensor }

func (v valueGrad) Name() string                  { return v.t.Name }
func (v valueGrad) Value() gorgonia.Value         { return dense(v.t.Value, v.t.Shape) }
func (v valueGrad) Grad() (gorgonia.Value, error) { return dense(v.t.Grad, v.t.Shape), nil }
