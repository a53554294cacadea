package vw_test

import (
	"bytes"
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/descent-go/descent/online/vw"
)

// mostPoints is the number of points of the longest stream.
const mostPoints = 512

// follow runs a command line and keeps a history.
func follow(t *testing.T, in string, args ...string) *vw.Result {
	t.Helper()
	c, err := vw.Parse(args...)
	if err != nil {
		t.Fatal(err)
	}
	c.History = true
	var out bytes.Buffer
	r, err := c.Run(context.Background(), vw.Streams{In: strings.NewReader(in), Out: &out, Log: &out, Warn: &out})
	if err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	return r
}

// Points sum up to the average loss however many examples there are.
func TestHistory(t *testing.T) {
	for _, n := range []int{1, 511, 512, 5000, 100000} {
		r := follow(t, clicks(n))
		h := r.History
		var loss, weight float64
		last := int64(0)
		for i, p := range h.Points {
			loss += p.Loss
			weight += p.Weight
			if every := h.Points[0].Examples; p.Examples != last+every && i < len(h.Points)-1 || p.Examples <= last {
				t.Fatalf("%d examples: point at %d after %d, the first at %d", n, p.Examples, last, every)
			}
			last = p.Examples
		}
		if k := len(h.Points); k > mostPoints || n >= mostPoints && k < mostPoints/2 || last != r.Examples {
			t.Errorf("%d examples: %d points, up to %d of %d", n, k, last, r.Examples)
		}
		near(t, "the loss of all points", loss/weight, r.AverageLoss)
		if k := len(h.Sizes); k > 2+int(10*math.Log10(float64(n)))+10 || h.Sizes[k-1].NonZero != r.NonZero {
			t.Errorf("%d examples: %d sizes, %d at the end; expected %d", n, k, h.Sizes[k-1].NonZero, r.NonZero)
		}
	}
	if r, _ := run(t, clicks(10)); r.History != nil {
		t.Error("a history that nobody wants")
	}
}

// Passes have the losses of what is held out, and the best is measured.
func TestHistoryPasses(t *testing.T) {
	r := follow(t, strings.Repeat("1 |a x\n0 |a y\n3 |a z\n", 20), "--passes", "4", "-k", "--cache_file", t.TempDir()+"/c")
	best, examples := math.Inf(1), int64(0)
	for _, p := range r.History.Passes {
		best = min(best, p.HeldLoss/p.HeldWeight)
		if examples += 60; p.Examples != examples || p.HeldWeight != 6 {
			t.Errorf("pass %+v", p)
		}
	}
	near(t, "the best pass", best, r.AverageLoss)
	weight, loss, held := 0.0, 0.0, 0.0
	for _, g := range r.History.Groups {
		weight += g.Weight
	}
	for _, p := range r.History.Points {
		loss += p.HeldLoss
		held += p.HeldWeight
	}
	if n := float64(len(r.History.Passes)); weight != 6 || held != 6*n || n < 2 || loss < best*6 {
		t.Errorf("%g examples measured, %g held out in %g passes", weight, held, n)
	}
}

// What is predicted is the base where nothing is learned.
func TestHistoryMeasures(t *testing.T) {
	in := "2 1 4 |a x\n2 1 4 |a x\n6 2 4 |a x\n-1 1 1 |a x\n" // label, importance, base
	r := follow(t, in, "-t", "--noconstant", "--min_prediction", "-9", "--max_prediction", "9")
	want := []vw.Group{{1, 1, -1}, {4, 4, 4}}
	if !slices.Equal(r.History.Groups, want) || r.History.Sizes != nil {
		t.Errorf("groups %v, expected %v; sizes %v", r.History.Groups, want, r.History.Sizes)
	}
	q := r.History.Residuals // thrice -2, twice 2
	if len(q) != 101 {
		t.Fatalf("%d percentiles", len(q))
	}
	for i, v := range q {
		if want := map[bool]float64{true: -2, false: 2}[i <= 60]; math.Abs(v/want-1) > 0.004 {
			t.Errorf("percentile %d is %g, expected %g", i, v, want)
		}
	}
}

// A curve and a distribution of four predictions, counted by hand.
func TestHistoryScores(t *testing.T) {
	in := "1 1 2 |a x\n-1 1 1 |a x\n1 1 0.5 |a x\n-1 1 -1 |a x\n"
	r := follow(t, in, "-t", "--noconstant", "--loss_function", "logistic")
	want := []vw.Rates{{0, 0}, {0, 0.5}, {0.5, 0.5}, {0.5, 1}, {1, 1}}
	if got := r.Quality.Curve; !slices.Equal(got, want) {
		t.Errorf("curve %v, expected %v", got, want)
	}
	s := r.Quality.Spread
	for side, probabilities := range [][]float64{{0.731, 0.269}, {0.881, 0.622}} {
		for _, p := range probabilities {
			if s.Counts[side][int(p*40)] != 1 {
				t.Errorf("label %g: %v, expected 1 at %g", s.Labels[side], s.Counts[side], p)
			}
		}
	}
	if s.Labels != [2]float32{-1, 1} || s.Low != 0 || s.High != 1 {
		t.Errorf("%+v", s)
	}
}

// Steep curves and long ones have no more points than are seen.
func TestHistoryCurveIsShort(t *testing.T) {
	r := follow(t, clicks(50000), "--loss_function", "logistic")
	area, last := 0.0, vw.Rates{}
	for _, p := range r.Quality.Curve {
		area += (p.False - last.False) * (p.True + last.True) / 2
		last = p
	}
	if n := len(r.Quality.Curve); n > 402 || math.Abs(area-r.Quality.AUC) > 0.002 {
		t.Errorf("%d points with an area of %g, AUC %g", n, area, r.Quality.AUC)
	}
}

// The rows are labels, the columns predictions; a label 0 counts from 0 on.
func TestHistoryConfusion(t *testing.T) {
	in := strings.Repeat("1 |a x\n2 |a y\n3 |a y\n2 5 |a y\n", 50)
	r := follow(t, in, "--oaa", "3")
	c := r.History.Confusion
	if len(c) != 3 || r.History.First != 1 || c[0][0]+c[0][1]+c[0][2] != 50 || c[2][0]+c[2][1]+c[2][2] != 50 || c[1][1] < 280 || c[2][1] < 40 {
		t.Errorf("from %d: %v", r.History.First, c)
	}
	wrong := 400 - c[0][0] - c[1][1] - c[2][2]
	near(t, "what is off the diagonal", wrong/400, r.AverageLoss)
	r = follow(t, strings.Replace(in, "3", "0", -1), "--oaa", "3")
	if c := r.History.Confusion; r.History.First != 0 || c[0][0]+c[0][1]+c[0][2] < 49 {
		t.Errorf("from %d: %v", r.History.First, c)
	}
	if r = follow(t, in, "--oaa", "21"); r.History.Confusion != nil || r.History.Groups != nil {
		t.Error("more classes than a matrix has")
	}
}

// Predictions of all sizes make few groups, equal ones a range.
func TestHistoryRanges(t *testing.T) {
	in := strings.Repeat("1 |a x:0.3\n2 |a y\n4 |a z x:7\n", 300)
	if n := len(follow(t, in).History.Groups); n < 3 || n > 21 {
		t.Errorf("%d groups", n)
	}
	if s := follow(t, "1 |a x\n-1 |a x\n", "-t").Quality.Spread; s.Low != -0.5 || s.High != 0.5 || s.Counts[0][20] != 1 {
		t.Errorf("%+v", s)
	}
}
