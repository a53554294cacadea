package train

import (
	"cmp"
	"slices"

	"github.com/descent-go/descent/dataset"
)

// Tested is what a network has said of examples.
type Tested struct {
	Data *dataset.Data
	// Outputs are the network's for each example, as Model.Outputs gives them:
	// probabilities of the classes, or a standardised number.
	Outputs []float32
}

// Mistake is an example that was classified wrongly.
type Mistake struct {
	Example         int     // its number in Data, from 0
	True, Predicted int     // classes
	Probability     float64 // of the class predicted, as the network says
	ProbabilityTrue float64 // of the true one
}

// row is the probabilities for an example.
func (t *Tested) row(example int) []float32 {
	width := len(t.Data.Classes())
	return t.Outputs[example*width : (example+1)*width]
}

// Confusion counts the examples by their true class, the first index, and the
// one predicted. For regression it is nil.
func (t *Tested) Confusion() [][]int {
	if !t.Data.Classification() {
		return nil
	}
	counts := make([][]int, len(t.Data.Classes()))
	for i := range counts {
		counts[i] = make([]int, len(counts))
	}
	for i, y := range t.Data.Y {
		counts[int(y)][largest(t.row(i))]++
	}
	return counts
}

// Mistakes are the examples that were classified wrongly, the one first whose
// true class was thought the least probable. For regression it is nil.
func (t *Tested) Mistakes() []Mistake {
	if !t.Data.Classification() {
		return nil
	}
	var all []Mistake
	for i, y := range t.Data.Y {
		row := t.row(i)
		if p := largest(row); p != int(y) {
			all = append(all, Mistake{i, int(y), p, float64(row[p]), float64(row[int(y)])})
		}
	}
	slices.SortStableFunc(all, func(a, b Mistake) int { return cmp.Compare(a.ProbabilityTrue, b.ProbabilityTrue) })
	return all
}

// Values are the true and the predicted value of each example, in the target's
// own units. For classification they are nil.
func (t *Tested) Values() (truth, predicted []float64) {
	if t.Data.Classification() {
		return nil, nil
	}
	target := t.Data.Schema.Target
	for i, y := range t.Data.Y {
		truth = append(truth, target.Value(y))
		predicted = append(predicted, target.Value(t.Outputs[i]))
	}
	return truth, predicted
}
