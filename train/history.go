package train

import (
	"math"
	"slices"
	"strings"

	"github.com/descent-go/descent/optim"
)

// History is what [Run] writes down where Config.History asks for it: all that a
// report of the run needs. It holds as much as was done, also after an error.
type History struct {
	// Settings are those of the run, with all defaults and what Resume has filled in.
	Settings Settings
	// Rule is the one that moves the weights.
	Rule optim.Rule
	// Weights is the number of weights of the network.
	Weights int
	// Workers is how many train together.
	Workers int
	// First is the number of steps made before this run, by the one that it
	// resumes, of which nothing is known here.
	First int
	// Steps are those of this run: the first is step First+1.
	Steps []StepFigures
	// Tests are the measurements: one at the end of each epoch, and one where the run
	// was interrupted.
	Tests []TestFigures
	// Layers names the layers of the network, from the first to the last.
	Layers []string
	// Norms are those of some steps, at equal distances: 200 to 400 in a long run, and
	// each in a short one.
	Norms []Norms
	// Tested is what the network said at the last of Tests; nil before the first.
	Tested *Tested
}

// StepFigures are the figures of a step.
type StepFigures struct {
	Loss     float64 // mean over the batch; for regression in squared units of the target; NaN where another process computed it
	Accuracy float64 // of the batch, from 0 to 1; NaN for regression and where the loss is
	LR       float64 // with its schedule; 0 where the rule has none
}

// TestFigures are the figures of a measurement, as those of [Progress].
type TestFigures struct {
	Step         int     // made before it
	Loss         float64 // mean over the training examples of the epoch so far; NaN where this run has made no step of it
	Accuracy     float64 // of the same examples; NaN for regression
	TestLoss     float64
	TestAccuracy float64 // NaN for regression
}

// Norms are Euclidean norms in a step, one for each layer, its weights and
// biases together.
type Norms struct {
	Step     int       // the first is 1
	Gradient []float64 // of the last gradient that the rule has asked for, before clipping
	Update   []float64 // of what the step has added to the weights
	Weights  []float64 // of the weights before it
}

// normSteps is the least number of steps of a long run whose norms are kept.
const normSteps = 200

// recorder writes a run's history.
type recorder struct {
	*History
	layers []layer
	before [][]float32 // the weights before such a step, of each parameter
}

func newRecorder(r *run) (*recorder, error) {
	settings, err := r.settings()
	if err != nil {
		return nil, err
	}
	h := &recorder{History: r.History, layers: r.model.layers}
	*h.History = History{Settings: settings, Rule: r.Rule, Workers: r.Workers, First: r.step}
	for _, l := range h.layers {
		name, _, _ := strings.Cut(l.weight.Name, ".")
		h.Layers = append(h.Layers, name)
		h.Weights += len(l.weight.Value) + len(l.bias.Value)
		h.before = append(h.before, slices.Clone(l.weight.Value), slices.Clone(l.bias.Value))
	}
	return h, nil
}

// keepsNorms reports whether a history is asked for that keeps the norms of the next
// step: all workers must know, for the gradients to come together.
func (r *run) keepsNorms() bool { return r.History != nil && r.step%r.normsEvery == 0 }

// begin is called before a step, and told whether its norms are kept.
func (h *recorder) begin(norms bool) {
	if h == nil || !norms {
		return
	}
	for i, l := range h.layers {
		copy(h.before[2*i], l.weight.Value)
		copy(h.before[2*i+1], l.bias.Value)
	}
}

// end is called after a step, with its number and what begin was told.
func (h *recorder) end(step int, norms bool, f StepFigures) {
	if h == nil {
		return
	}
	h.Steps = append(h.Steps, f)
	if !norms {
		return
	}
	n := Norms{Step: step}
	for i, l := range h.layers {
		var s sums
		s.add(l.weight, h.before[2*i])
		s.add(l.bias, h.before[2*i+1])
		n.Gradient = append(n.Gradient, math.Sqrt(s.gradient))
		n.Update = append(n.Update, math.Sqrt(s.update))
		n.Weights = append(n.Weights, math.Sqrt(s.weights))
	}
	h.Norms = append(h.Norms, n)
}

// sums are those of squares.
type sums struct{ gradient, update, weights float64 }

// add adds those of a parameter.
func (s *sums) add(t Tensor, before []float32) {
	value, grad := t.Value[:len(before)], t.Grad[:len(before)]
	sum := *s // in registers
	for i, b := range before {
		g, w := float64(grad[i]), float64(b)
		u := float64(value[i]) - w
		sum.gradient += float64(g * g)
		sum.update += float64(u * u)
		sum.weights += float64(w * w)
	}
	*s = sum
}

// test is called after a measurement, with the model's logits.
func (h *recorder) test(r *run, outputs []float32) {
	if h == nil {
		return
	}
	if n := len(h.Tests); n > 0 && h.Tests[n-1].Step == r.step { // interrupted at the end of an epoch
		h.Tests = h.Tests[:n-1]
	}
	h.Tests = append(h.Tests, TestFigures{r.step, r.loss.value(), r.accuracy.value(), r.test.loss, r.test.accuracy})
	if !r.model.spec.Regression {
		softmax(outputs, r.model.spec.Outputs)
	}
	h.Tested = &Tested{r.Test, outputs}
}
