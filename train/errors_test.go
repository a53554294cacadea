package train

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

func TestNewErrors(t *testing.T) {
	good := Spec{Kind: "mlp", Input: []int{4}, Outputs: 3, Hidden: []int{5}, Batch: 2}
	for want, change := range map[string]func(*Spec){
		`unknown kind "rnn": have logistic, mlp, cnn`: func(s *Spec) { s.Kind = "rnn" },
		`kind "mlp" needs the widths`:                 func(s *Spec) { s.Hidden = nil },
		`kind "logistic" has no hidden layers`:        func(s *Spec) { s.Kind = "logistic" },
		`hidden layer 2 has width 0`:                  func(s *Spec) { s.Hidden = []int{5, 0} },
		`kind "cnn" needs images`:                     func(s *Spec) { s.Kind, s.Hidden = "cnn", nil },
		`batch is 0`:                                  func(s *Spec) { s.Batch = 0 },
		`outputs is -1`:                               func(s *Spec) { s.Outputs = -1 },
		`at least 2 outputs`:                          func(s *Spec) { s.Outputs = 1 },
		`shape of an example is empty`:                func(s *Spec) { s.Input = nil },
		`a dimension of -4`:                           func(s *Spec) { s.Input = []int{-4, -1} },
		`examples of shape [1073741824 1073741824 1073741824] are too`: func(s *Spec) { s.Input = []int{1 << 30, 1 << 30, 1 << 30} },
		`a layer of 100000 × 100000 weights is too large`:              func(s *Spec) { s.Hidden = []int{100_000, 100_000} },
		`batches of 1073741824 rows of 4 numbers are too`:              func(s *Spec) { s.Batch = 1 << 30 },
		`batches of 1048576 examples of shape [1 9 9] are`: func(s *Spec) {
			s.Kind, s.Hidden, s.Input, s.Batch = "cnn", nil, []int{1, 9, 9}, 1<<20
		},
	} {
		s := good
		change(&s)
		if _, err := New(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v gives error %v, want %q", s, err, want)
		}
	}
}

func TestLoadErrors(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(-1))
	for want, c := range map[string]struct {
		kind string
		x, y []float32
	}{
		"a batch of 0 examples, expected 1 to 4":                   {"logistic", nil, nil},
		"a batch of 5 examples, expected 1 to 4":                   {"logistic", make([]float32, 35), make([]float32, 5)},
		"8 numbers are no whole number of examples":                {"logistic", make([]float32, 8), make([]float32, 1)},
		"3 targets for 2 examples, expected 2":                     {"logistic", make([]float32, 14), make([]float32, 3)},
		"example 1 has class 3, expected a whole number from 0 to": {"logistic", make([]float32, 14), []float32{2, 3}},
		"example 0 has class 0.5":                                  {"logistic", make([]float32, 14), []float32{0.5, 0}},
		"example 0 has class -1":                                   {"logistic", make([]float32, 14), []float32{-1, 0}},
		"example 1 has class NaN":                                  {"logistic", make([]float32, 14), []float32{0, nan}},
		"example 1, input 2 is NaN":                                {"logistic", slices.Concat(make([]float32, 9), []float32{nan, 0, 0, 0, 0}), make([]float32, 2)},
		"example 1, target 0 is -Inf":                              {"linear", make([]float32, 12), []float32{0, inf}},
		"1 targets for 1 examples, expected 2":                     {"mlp regression", make([]float32, 4), make([]float32, 1)},
	} {
		s := specs[c.kind]
		m := newTest(t, s)
		x, y := batch(s, 3, 1)
		loss := step(t, m, x, y)
		if err := m.Load(c.x, c.y); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
		if again, err := m.Gradient(); err != nil || again != loss {
			t.Errorf("after %q: loss %v, %v, want %v", want, again, err, loss)
		}
	}
}

func TestOutputsErrors(t *testing.T) {
	m := newTest(t, specs["logistic"])
	if _, err := m.Outputs(make([]float32, 8)); err == nil {
		t.Error("no error for a part of an example")
	}
	if _, err := m.Outputs([]float32{0, 0, 0, 0, 0, 0, float32(math.NaN())}); err == nil {
		t.Error("no error for NaN")
	}
	if out, err := m.Outputs(nil); err != nil || len(out) != 0 {
		t.Errorf("no examples give %v, %v", out, err)
	}
}

func TestOrder(t *testing.T) {
	m := newTest(t, specs["logistic"])
	if _, err := m.Gradient(); err == nil || !strings.Contains(err.Error(), "call Load first") {
		t.Errorf("Gradient before Load: %v", err)
	}
	if err := errors.Join(m.Close(), m.Close()); err != nil {
		t.Error(err)
	}
	_, gradient := m.Gradient()
	_, outputs := m.Outputs(make([]float32, 7))
	for _, err := range []error{m.Load(make([]float32, 7), []float32{0}), gradient, outputs} {
		if !errors.Is(err, errClosed) {
			t.Errorf("after Close: %v", err)
		}
	}
}

// TestInitialWeights checks names, shapes and the spread of the weights.
func TestInitialWeights(t *testing.T) {
	m := newTest(t, Spec{Kind: "cnn", Input: []int{3, 13, 10}, Outputs: 10, Batch: 1})
	bounds := []float64{he(75), 0, he(200), 0, glorot(192, 10), 0}
	names := []string{"conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias", "fc1.weight", "fc1.bias"}
	shapes := [][]int{{8, 3, 5, 5}, {8}, {16, 8, 5, 5}, {16}, {192, 10}, {10}}
	for i, p := range m.Params() {
		if p.Name != names[i] || !slices.Equal(p.Shape, shapes[i]) {
			t.Errorf("parameter %s %v, want %s %v", p.Name, p.Shape, names[i], shapes[i])
		}
		if size, _ := product(p.Shape...); len(p.Value) != size || len(p.Grad) != size {
			t.Errorf("%s of shape %v has %d values and %d gradients", p.Name, p.Shape, len(p.Value), len(p.Grad))
		}
		low, high := float64(slices.Min(p.Value)), float64(slices.Max(p.Value))
		if b := bounds[i]; low < -b || high > b || low > -0.95*b || high < 0.95*b {
			t.Errorf("%s lies in [%v, %v], want ±%v", p.Name, low, high, b)
		}
	}
}

// TestModelsAtOnce runs models in several goroutines and compares with one after the other.
func TestModelsAtOnce(t *testing.T) {
	const n = 4
	want := bits(t, specs["cnn"])
	got := make(chan []float64, n)
	for range n {
		go func() { got <- bits(t, specs["cnn"]) }()
	}
	for range n {
		if !slices.Equal(<-got, want) {
			t.Error("other bits beside other models")
		}
	}
}
