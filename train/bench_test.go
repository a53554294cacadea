package train

import "testing"

// mnist are the networks of the command line on images of 28×28, in batches of 64.
var mnist = map[string]Spec{
	"logistic": {Kind: "logistic", Input: []int{784}, Outputs: 10, Batch: 64},
	"mlp":      {Kind: "mlp", Input: []int{784}, Outputs: 10, Hidden: []int{128}, Batch: 64},
	"cnn":      {Kind: "cnn", Input: []int{1, 28, 28}, Outputs: 10, Batch: 64},
}

// BenchmarkGradient measures Load and Gradient of one batch.
func BenchmarkGradient(b *testing.B) {
	for name, s := range mnist {
		b.Run(name, func(b *testing.B) {
			m := newTest(b, s)
			x, y := batch(s, s.Batch, 1)
			for b.Loop() {
				step(b, m, x, y)
			}
		})
	}
}

// BenchmarkOutputs measures the outputs of 10,000 images.
func BenchmarkOutputs(b *testing.B) {
	for name, s := range mnist {
		b.Run(name, func(b *testing.B) {
			m := newTest(b, s)
			x, _ := batch(s, 10_000, 1)
			for b.Loop() {
				if _, err := m.Outputs(x); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkStep measures whole steps of a run of the mlp, Adam's among them; what
// is not the gradient is to be compared with BenchmarkGradient/mlp.
func BenchmarkStep(b *testing.B) {
	train, test := digits()
	r, err := newRun(Config{Train: train, Test: test, Hidden: []int{128}, Epochs: 100}.withDefaults(), nil)
	if err != nil {
		b.Fatal(err)
	}
	defer r.model.Close()
	for b.Loop() {
		if err := r.next(); err != nil {
			b.Fatal(err)
		}
	}
}
