package simulate

import (
	"fmt"
	"math"

	"github.com/descent-go/descent/train"
)

// measure tests the weights that the model has.
func (r *run) measure() error {
	loss, accuracy, err := r.task.Score()
	if err != nil {
		return err
	}
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		r.result.Diverged = true
		return fmt.Errorf("simulate: after %d batches: %w: the test loss is %v", r.result.Batches, train.ErrDiverged, loss)
	}
	p := Point{Batches: r.result.Batches, Updates: r.result.Updates, Seconds: r.now, TestLoss: loss}
	if r.Test.Classification() {
		p.TestAccuracy = &accuracy
	}
	if r.since > 0 {
		mean := r.losses / float64(r.since)
		p.Loss, r.losses, r.since = &mean, 0, 0
	}
	r.result.Points = append(r.result.Points, p)
	return nil
}
