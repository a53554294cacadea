package vw_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/descent-go/descent/online/vw"
)

// The measures of two labels are those of their definitions.
func TestQuality(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	var labels, weights []float64
	for range 500 {
		x := r.IntN(9)
		label, weight := -1.0, float64(1+r.IntN(3))
		if r.Float64() < float64(x)/9 {
			label = 1
		}
		labels, weights = append(labels, label), append(weights, weight)
		fmt.Fprintf(&b, "%g %g |a x%d\n", label, weight, x)
	}
	raw := file(t, "raw")
	result, _ := run(t, b.String(), "--loss_function", "logistic", "-r", raw)
	var scores []float64
	for line := range strings.Lines(read(t, raw)) {
		s, err := strconv.ParseFloat(strings.TrimSpace(line), 64)
		if err != nil {
			t.Fatal(err)
		}
		scores = append(scores, s)
	}
	var right, pairs, loss, expected, hits, weight float64
	for i, s := range scores {
		loss += weights[i] * math.Log1p(math.Exp(-labels[i]*s))
		expected += weights[i] / (1 + math.Exp(-s))
		weight += weights[i]
		if labels[i] < 0 {
			continue
		}
		hits += weights[i]
		for j, other := range scores {
			if labels[j] < 0 {
				w := weights[i] * weights[j]
				pairs += w
				switch {
				case s > other:
					right += w
				case s == other:
					right += w / 2
				}
			}
		}
	}
	q := result.Quality
	if d := math.Abs(q.AUC - right/pairs); d > q.AUCError || q.AUCError > 0.01 {
		t.Errorf("AUC %g, error %g; expected %g", q.AUC, q.AUCError, right/pairs)
	}
	near(t, "log loss", q.LogLoss, loss/weight)
	near(t, "the average loss", result.AverageLoss, loss/weight)
	near(t, "calibration", q.Calibration, expected/hits)
	var bins float64
	for _, bin := range q.Bins {
		bins += bin.Weight
	}
	near(t, "the weight of all bins", bins, weight)
	contains(t, result.String(), "AUC = ", "log loss = ", "calibration = ", "non-zero weights = ", "examples a second = ")
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-5*math.Abs(want)) {
		t.Errorf("%s is %g, expected %g", what, got, want)
	}
}

func TestNoQuality(t *testing.T) {
	for name, in := range map[string]string{"one label": "1 |a x\n1 |a y\n", "three": "1 |a x\n2 |a y\n3 |a x\n", "none": "|a x\n"} {
		if r, _ := run(t, in); r.Quality != nil {
			t.Errorf("%s: %+v", name, r.Quality)
		}
	}
}

// The best constant and its loss, as Vowpal Wabbit finds them.
func TestBestConstant(t *testing.T) {
	in := "1 |a x\n1 |a y\n-1 |a x\n1 |b x\n"
	for _, c := range []struct {
		loss            string
		constant, worst float64
	}{
		{"squared", 0.5, 0.75}, {"logistic", math.Log(3), 0.562335}, {"hinge", 1, 0.5}, {"quantile", 1, 0.25},
	} {
		r, _ := run(t, in, "--loss_function", c.loss)
		near(t, c.loss+"'s best constant", r.BestConstant, c.constant)
		near(t, c.loss+"'s loss of it", r.ConstantLoss, c.worst)
	}
}

// The log loss is the average loss, of large sums too.
func TestLogLossOfLargeSums(t *testing.T) {
	r, s := run(t, strings.Repeat("1 |a x\n-1 |a y\n", 500), "--loss_function", "logistic", "-l", "50", "-r", "-")
	if math.Abs(r.Quality.LogLoss-r.AverageLoss) > 1e-9 {
		t.Errorf("log loss %g, average loss %g", r.Quality.LogLoss, r.AverageLoss)
	}
	contains(t, s.out.String(), "\n8.")
	var all vw.Bin
	for _, b := range r.Quality.Bins {
		all.Predicted += b.Predicted
		all.Observed += b.Observed
	}
	if math.Abs(all.Predicted/all.Observed-r.Quality.Calibration) > 1e-9 {
		t.Errorf("the bins are %+v together, the calibration %g", all, r.Quality.Calibration)
	}
}
