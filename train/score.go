package train

import "math"

// score is how well a model does on examples.
type score struct {
	loss     float64 // mean
	accuracy float64 // NaN for regression
}

// score compares logits for any number of examples with the targets.
func (m *model) score(z, y []float32) (score, error) {
	width := m.spec.Outputs
	n := len(z) / width
	if err := m.checkTargets(n, y); err != nil {
		return score{}, err
	}
	grad := make([]float32, width) // not used
	sum, correct := 0.0, 0
	for i := range n {
		row := z[i*width : (i+1)*width]
		if m.spec.Regression {
			sum += squared(row, y[i*width:], grad, 1) / float64(width)
			continue
		}
		class := int(y[i])
		sum += crossEntropy(row, class, grad, 1)
		if largest(row) == class {
			correct++
		}
	}
	s := score{sum / float64(n), float64(correct) / float64(n)}
	if m.spec.Regression {
		s.accuracy = math.NaN()
	}
	return s, nil
}
