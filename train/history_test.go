package train

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/optim"
)

// near reports whether two numbers are equal but for roundings of float32.
func near(a, b float64) bool { return math.Abs(a-b) <= 1e-5*math.Abs(b) }

// TestHistory compares with what Progress and the result say, and the file with
// that of a run without history.
func TestHistory(t *testing.T) {
	c := small()
	c.Save = filepath.Join(t.TempDir(), "m.safetensors")
	c.Rule, c.Options, c.Schedule = optim.SGD, []descent.Option{descent.LR(0.1)}, "cosine"
	mustRun(t, c)
	file := read(t, c.Save)

	var h History
	var ends []Progress
	step := 0
	c.History = &h
	c.Progress = func(p Progress) {
		if p.EpochEnd {
			ends = append(ends, p)
			return
		}
		step++
		if len(h.Steps) != step || h.Steps[step-1].LR != p.LR {
			t.Errorf("at step %d the history has %d, learning rates %v and %v", step, len(h.Steps), h.Steps[step-1].LR, p.LR)
		}
	}
	r := mustRun(t, c)
	if read(t, c.Save) != file {
		t.Error("with a history the run gives another file")
	}
	if h.First != 0 || len(h.Steps) != 10 || len(h.Tests) != 2 || len(h.Norms) != 10 || h.Weights != 785*16+17*10 || !slices.Equal(h.Layers, []string{"fc1", "fc2"}) {
		t.Fatalf("first %d, %d steps, %d tests, %d norms, %d weights in layers %v", h.First, len(h.Steps), len(h.Tests), len(h.Norms), h.Weights, h.Layers)
	}
	for i, e := range ends {
		if got, want := h.Tests[i], (TestFigures{e.Step, e.Loss, e.Accuracy, e.TestLoss, e.TestAccuracy}); got != want {
			t.Errorf("epoch %d: %+v, Progress had %+v", i+1, got, want)
		}
	}
	var loss, accuracy mean
	for i, s := range h.Steps[5:] {
		n := []float64{64, 64, 64, 64, 44}[i]
		loss.add(s.Loss, n)
		accuracy.add(s.Accuracy, n)
	}
	if !near(loss.value(), ends[1].Loss) || !near(accuracy.value(), ends[1].Accuracy) {
		t.Errorf("the steps of an epoch have mean loss %v and accuracy %v, Progress said %v and %v", loss.value(), accuracy.value(), ends[1].Loss, ends[1].Accuracy)
	}
	if s := h.Settings; s.Optimizer != "sgd" || s.Hypers["lr"] != "0.1" || s.Epochs != 2 || s.Batch != 64 || s.Model != "mlp" || s.Schedule != "cosine" || s.Data != "MNIST" || s.Examples != 300 {
		t.Errorf("settings %+v", s)
	}
	sum := 0.0
	for _, p := range h.Tested.Outputs {
		sum += float64(p)
	}
	if len(h.Tested.Outputs) != 1000 || !near(sum, 100) {
		t.Errorf("%d outputs for 100 examples, with sum %v: no probabilities", len(h.Tested.Outputs), sum)
	}
	right := 0
	for class, row := range h.Tested.Confusion() {
		right += row[class]
	}
	if got := float64(right) / 100; got != *r.TestAccuracy || len(h.Tested.Mistakes()) != 100-right {
		t.Errorf("accuracy %v and %d mistakes of 100, the result has %v", got, len(h.Tested.Mistakes()), *r.TestAccuracy)
	}
}

// TestNorms holds a layer's norms against steps of SGD, which are lr times the
// gradient, and against the weights that the run begins with.
func TestNorms(t *testing.T) {
	c := small()
	c.Rule, c.Options = optim.SGD, []descent.Option{descent.LR(0.25)}
	c.History = &History{}
	mustRun(t, c)
	m, err := New(c.withDefaults().spec())
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	for layer := range 2 {
		first := m.Params()[2*layer].Value
		if got, want := c.History.Norms[0].Weights[layer], length(first); got != want {
			t.Errorf("layer %d begins with norm %v, expected %v", layer+1, got, want)
		}
		for i, n := range c.History.Norms {
			if n.Step != i+1 || !(n.Gradient[layer] > 0) || math.Abs(n.Update[layer]-n.Gradient[layer]/4) > 1e-4*n.Gradient[layer] {
				t.Errorf("layer %d, norms %d: step %d, gradient %v, update %v", layer+1, i, n.Step, n.Gradient[layer], n.Update[layer])
			}
		}
	}
}

func length(v []float32) float64 {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	return math.Sqrt(sum)
}

// TestNormsOfLongRun keeps every fourth of 900 steps.
func TestNormsOfLongRun(t *testing.T) {
	c := small()
	c.Batch, c.Epochs, c.Kind, c.Hidden = 1, 3, "logistic", nil
	c.History = &History{}
	mustRun(t, c)
	if n := c.History.Norms; len(n) != 225 || n[0].Step != 1 || n[1].Step != 5 || n[224].Step != 897 || len(c.History.Steps) != 900 {
		t.Errorf("%d norms, of steps %d, %d, ... %d", len(n), n[0].Step, n[1].Step, n[len(n)-1].Step)
	}
}

// TestHistoryOfPart has runs that are interrupted, resumed and diverge.
func TestHistoryOfPart(t *testing.T) {
	var whole, part, rest History
	c := small()
	c.History = &whole
	mustRun(t, c)

	c.Save, c.History = filepath.Join(t.TempDir(), "m.safetensors"), &part
	interrupted(t, c, 7)
	if len(part.Steps) != 7 || len(part.Tests) != 2 || part.Tests[1].Step != 7 || part.Tests[0] != whole.Tests[0] || part.Tested == nil {
		t.Errorf("interrupted: %d steps, tests %+v", len(part.Steps), part.Tests)
	}
	c.Resume, c.History = c.Save, &rest
	mustRun(t, c)
	if rest.First != 7 || !slices.Equal(slices.Concat(part.Steps, rest.Steps), whole.Steps) || len(rest.Tests) != 1 || rest.Tests[0].TestLoss != whole.Tests[1].TestLoss {
		t.Errorf("resumed: first %d, %d steps, tests %+v", rest.First, len(rest.Steps), rest.Tests)
	}
	if n := rest.Norms; n[0].Step != 8 || !slices.Equal(n[0].Update, whole.Norms[7].Update) {
		t.Errorf("resumed: the norms begin with step %d, updates %v and %v", n[0].Step, n[0].Update, whole.Norms[7].Update)
	}

	c.Resume, c.Save = "", ""
	interrupted(t, c, 5) // at the end of an epoch: measured once more
	if len(rest.Tests) != 1 || rest.Tests[0] != whole.Tests[0] {
		t.Errorf("interrupted at the end of an epoch: tests %+v", rest.Tests)
	}
	c.Rule, c.Options = optim.SGD, []descent.Option{descent.LR(1e30)}
	if _, err := Run(context.Background(), c); !errors.Is(err, ErrDiverged) || len(rest.Steps) != 1 || len(rest.Norms) != 1 || rest.Tested != nil {
		t.Errorf("diverged: %v, %d steps, tested %v", err, len(rest.Steps), rest.Tested)
	}
}

func TestMistakes(t *testing.T) {
	data := &dataset.Data{N: 4, Y: []float32{0, 1, 2, 1}}
	data.Schema.Target = dataset.Target{Task: dataset.Classification, Classes: []string{"a", "b", "c"}}
	tested := &Tested{data, []float32{
		0.4, 0.6, 0,
		0.2, 0.7, 0.1,
		0.5, 0.25, 0.25,
		0.75, 0.25, 0,
	}}
	want := []Mistake{{2, 2, 0, 0.5, 0.25}, {3, 1, 0, 0.75, 0.25}, {0, 0, 1, float64(float32(0.6)), float64(float32(0.4))}}
	if got := tested.Mistakes(); !slices.Equal(got, want) {
		t.Errorf("mistakes %+v, expected %+v", got, want)
	}
	if got := tested.Confusion(); text(got) != "[[0,1,0],[1,1,0],[1,0,0]]" {
		t.Errorf("confusion %v", got)
	}
	if truth, predicted := tested.Values(); truth != nil || predicted != nil {
		t.Error("classes have values")
	}
}

func TestHistoryOfRegression(t *testing.T) {
	train, test, err := openHouses(t).Split(0.2, 1)
	if err != nil {
		t.Fatal(err)
	}
	var h History
	r := mustRun(t, Config{Train: train, Test: test, Hidden: []int{8}, Batch: 16, Epochs: 2, History: &h})
	truth, predicted := h.Tested.Values()
	var squares mean
	for i := range truth {
		squares.add((predicted[i]-truth[i])*(predicted[i]-truth[i]), 1)
	}
	if len(truth) != test.N || !near(math.Sqrt(squares.value()), *r.TestRMSE) {
		t.Errorf("%d values with RMSE %v, the result has %v", len(truth), math.Sqrt(squares.value()), *r.TestRMSE)
	}
	var loss mean
	for _, s := range h.Steps[10:] {
		loss.add(s.Loss, 1)
	}
	if !near(loss.value(), h.Tests[1].Loss) {
		t.Errorf("the steps of an epoch have mean loss %v, the epoch %v", loss.value(), h.Tests[1].Loss)
	}
	if h.Tested.Confusion() != nil || h.Tested.Mistakes() != nil || !math.IsNaN(h.Steps[0].Accuracy) || !math.IsNaN(h.Tests[0].Accuracy) || !near(h.Tests[1].TestLoss, *r.TestLoss) {
		t.Errorf("%+v, %+v", h.Steps[0], h.Tests)
	}
}
