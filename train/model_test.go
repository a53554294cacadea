package train

import (
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"unsafe"
)

// specs are small networks of every kind, with the sizes of 1 among them.
var specs = map[string]Spec{
	"logistic":       {Kind: "logistic", Input: []int{7}, Outputs: 3, Batch: 4, Seed: 1},
	"linear":         {Kind: "logistic", Input: []int{3, 2}, Outputs: 1, Regression: true, Batch: 4, Seed: 1},
	"linear1":        {Kind: "logistic", Input: []int{1}, Outputs: 1, Regression: true, Batch: 1, Seed: 1},
	"mlp":            {Kind: "mlp", Input: []int{1, 3, 3}, Outputs: 4, Hidden: []int{6, 5}, Batch: 5, Seed: 2},
	"mlp1":           {Kind: "mlp", Input: []int{1}, Outputs: 2, Hidden: []int{1, 1}, Batch: 3, Seed: 4},
	"mlp regression": {Kind: "mlp", Input: []int{4}, Outputs: 2, Hidden: []int{8}, Regression: true, Batch: 3, Seed: 3},
	"cnn":            {Kind: "cnn", Input: []int{2, 7, 6}, Outputs: 3, Batch: 3, Seed: 5},
	"cnn1":           {Kind: "cnn", Input: []int{1, 1, 1}, Outputs: 2, Batch: 1, Seed: 5},
	"cnn regression": {Kind: "cnn", Input: []int{1, 5, 5}, Outputs: 1, Regression: true, Batch: 2, Seed: 6},
}

// batch returns n random examples for s and their targets.
func batch(s Spec, n int, seed uint64) (x, y []float32) {
	r := rand.New(rand.NewPCG(seed, 1))
	features, _ := product(s.Input...)
	for range n * features {
		x = append(x, float32(r.NormFloat64()))
	}
	for range n {
		if s.Regression {
			for range s.Outputs {
				y = append(y, float32(r.NormFloat64()))
			}
		} else {
			y = append(y, float32(r.IntN(s.Outputs)))
		}
	}
	return x, y
}

func newTest(t testing.TB, s Spec) Model {
	t.Helper()
	m, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// step loads a batch and returns its loss.
func step(t testing.TB, m Model, x, y []float32) float64 {
	t.Helper()
	if err := m.Load(x, y); err != nil {
		t.Fatal(err)
	}
	loss, err := m.Gradient()
	if err != nil {
		t.Fatal(err)
	}
	return loss
}

// TestGradient compares loss and gradient, of whole and of smaller batches, with
// the reference and its central differences.
func TestGradient(t *testing.T) {
	for name, s := range specs {
		t.Run(name, func(t *testing.T) {
			for _, s.Batch = range []int{1, s.Batch} {
				m := newTest(t, s)
				jitterBiases(m)
				for n := s.Batch; n >= 1; n -= 2 {
					x, y := batch(s, n, uint64(n))
					checkGradient(t, s, m, x, y)
				}
			}
		})
	}
}

// jitterBiases moves the biases from 0, where they would hide mistakes.
func jitterBiases(m Model) {
	r := rand.New(rand.NewPCG(9, 9))
	for _, p := range m.Params() {
		if len(p.Shape) == 1 {
			for i := range p.Value {
				p.Value[i] = float32(r.NormFloat64()) / 4
			}
		}
	}
}

func checkGradient(t *testing.T, s Spec, m Model, x, y []float32) {
	t.Helper()
	var values [][]float64
	var shapes [][]int
	for _, p := range m.Params() {
		v := make([]float64, len(p.Value))
		for i := range v {
			v[i] = float64(p.Value[i])
		}
		values, shapes = append(values, v), append(shapes, p.Shape)
	}
	loss := step(t, m, x, y)
	if want := referenceLoss(s, values, shapes, x, y); math.Abs(loss-want) > 1e-5*(1+want) {
		t.Errorf("loss %v, want %v", loss, want)
	}
	const eps = 1e-5
	for i, p := range m.Params() {
		for j := 0; j < len(p.Grad); j += 1 + len(p.Grad)/300 { // some of the elements of a large one
			g, at := p.Grad[j], values[i][j]
			values[i][j] = at + eps
			up := referenceLoss(s, values, shapes, x, y)
			values[i][j] = at - eps
			down := referenceLoss(s, values, shapes, x, y)
			values[i][j] = at
			if want := (up - down) / (2 * eps); math.Abs(float64(g)-want) > 1e-5*(1+math.Abs(want)) {
				t.Fatalf("%d examples: gradient of %s[%d] is %v, want %v", len(y), p.Name, j, g, want)
			}
		}
	}
}

// bits runs a few gradients, each followed by a small step, and returns every number seen.
func bits(t *testing.T, s Spec) []float64 {
	m := newTest(t, s)
	var all []float64
	for k := range 4 {
		x, y := batch(s, s.Batch-k%2, uint64(k))
		all = append(all, step(t, m, x, y))
		for _, p := range m.Params() {
			for i, g := range p.Grad {
				all = append(all, float64(g))
				p.Value[i] -= 0.01 * g
			}
		}
	}
	return all
}

func TestSameBitsWhateverTheProcessors(t *testing.T) {
	wide := map[string]Spec{
		"mlp": {Kind: "mlp", Input: []int{150}, Outputs: 10, Hidden: []int{200, 70}, Batch: 130, Seed: 7},
		"cnn": {Kind: "cnn", Input: []int{1, 14, 14}, Outputs: 10, Batch: 20, Seed: 7},
	}
	for name, s := range wide {
		t.Run(name, func(t *testing.T) {
			want := bits(t, s)
			for _, procs := range []int{1, 3, 8} {
				old := runtime.GOMAXPROCS(procs)
				got := bits(t, s)
				runtime.GOMAXPROCS(old)
				if !slices.Equal(got, want) {
					t.Errorf("other bits with GOMAXPROCS=%d", procs)
				}
			}
			s.Seed++
			if slices.Equal(bits(t, s), want) {
				t.Error("another seed gives the same numbers")
			}
		})
	}
}

// TestGradientOverwrites checks that gradients do not add up, that their
// addresses stay, that Load copies and that Outputs disturbs neither batch nor gradient.
func TestGradientOverwrites(t *testing.T) {
	for name, s := range specs {
		t.Run(name, func(t *testing.T) {
			m := newTest(t, s)
			x, y := batch(s, s.Batch, 1)
			params := m.Params()
			loss := step(t, m, x, y)
			clear(x)
			clear(y)
			var value, grad [][]float32
			for _, p := range params {
				value, grad = append(value, slices.Clone(p.Value)), append(grad, slices.Clone(p.Grad))
				clear(p.Grad)
			}
			if _, err := m.Outputs(slices.Concat(x, x, x[:len(x)/s.Batch])); err != nil {
				t.Fatal(err)
			}
			again, err := m.Gradient()
			if err != nil || again != loss {
				t.Errorf("second loss %v, %v, want %v", again, err, loss)
			}
			for i, p := range params {
				if !slices.Equal(p.Value, value[i]) {
					t.Errorf("%s has moved", p.Name)
				}
				if !slices.Equal(p.Grad, grad[i]) {
					t.Errorf("second gradient of %s differs", p.Name)
				}
				if &p.Grad[0] != &m.Params()[i].Grad[0] {
					t.Errorf("gradient of %s has another address", p.Name)
				}
			}
		})
	}
}

// TestOutputs checks the outputs against the loss that they imply.
func TestOutputs(t *testing.T) {
	for name, s := range specs {
		t.Run(name, func(t *testing.T) {
			m := newTest(t, s)
			n := 2*s.Batch + 1
			x, y := batch(s, n, 3)
			out, err := m.Outputs(x)
			if err != nil || len(out) != n*s.Outputs {
				t.Fatalf("%d outputs, %v, want %d", len(out), err, n*s.Outputs)
			}
			for i := range n {
				row, target := out[i*s.Outputs:(i+1)*s.Outputs], y[i*len(y)/n:(i+1)*len(y)/n]
				want := step(t, m, x[i*len(x)/n:(i+1)*len(x)/n], target)
				if got := impliedLoss(s, row, target); math.Abs(got-want) > 1e-5*(1+want) {
					t.Errorf("outputs %v of example %d imply loss %v, want %v", row, i, got, want)
				}
			}
		})
	}
}

func impliedLoss(s Spec, row, target []float32) float64 {
	if !s.Regression {
		return -math.Log(float64(row[int(target[0])]))
	}
	sum := 0.0
	for j, v := range row {
		sum += float64(v-target[j]) * float64(v-target[j]) / float64(len(row))
	}
	return sum
}

// TestLargeLogits gives rows with logits of -1e3, 1e3 and both.
func TestLargeLogits(t *testing.T) {
	m := newTest(t, Spec{Kind: "logistic", Input: []int{2}, Outputs: 3, Batch: 3})
	copy(m.Params()[0].Value, []float32{1e3, 1e3, 0, 0, -1e3, -1e3})
	x := []float32{1, 0, 0, 1, -1, -1}
	// logits: 1e3 1e3 0; 0 -1e3 -1e3; -1e3 0 1e3
	loss := step(t, m, x, []float32{0, 1, 2})
	if want := (math.Ln2 + 1000 + 0) / 3; math.Abs(loss-want) > 1e-6*want {
		t.Errorf("loss %v, want %v", loss, want)
	}
	want := []float32{-0.5 / 3, 0.5 / 3, 0, 1. / 3, -1. / 3, 0}
	for i, g := range m.Params()[0].Grad {
		if d := g - want[i]; !(d > -1e-6 && d < 1e-6) {
			t.Errorf("gradient %v, want %v", m.Params()[0].Grad, want)
			break
		}
	}
	out, err := m.Outputs(x)
	if err != nil || !slices.Equal(out, []float32{0.5, 0.5, 0, 1, 0, 0, 0, 0, 1}) {
		t.Errorf("outputs %v, %v", out, err)
	}
}

func TestDiverged(t *testing.T) {
	s := specs["mlp"]
	m := newTest(t, s)
	m.Params()[1].Value[0] = float32(math.NaN())
	x, y := batch(s, s.Batch, 1)
	if err := m.Load(x, y); err != nil {
		t.Fatal(err)
	}
	if loss, err := m.Gradient(); !errors.Is(err, ErrDiverged) || !math.IsNaN(loss) {
		t.Errorf("loss %v, %v, want NaN and ErrDiverged", loss, err)
	}
}

// TestSmallerBatchForgets checks that nothing of a larger batch, however large its
// numbers, is left in a smaller one.
func TestSmallerBatchForgets(t *testing.T) {
	s := specs["cnn"]
	m, fresh := newTest(t, s), newTest(t, s)
	x, y := batch(s, 3, 1)
	for i := range x {
		x[i] = float32(math.Copysign(3e38, float64(x[i])))
	}
	if err := m.Load(x, y); err != nil {
		t.Fatal(err)
	}
	m.Gradient()
	x, y = batch(s, 1, 2)
	if a, b := step(t, m, x, y), step(t, fresh, x, y); a != b {
		t.Errorf("loss %v after a larger batch, %v without", a, b)
	}
	for i, p := range m.Params() {
		if !slices.Equal(p.Grad, fresh.Params()[i].Grad) {
			t.Errorf("gradient of %s differs", p.Name)
		}
	}
}

// TestMemory checks that steps leave nothing behind.
func TestMemory(t *testing.T) {
	s := specs["mlp"]
	m := newTest(t, s)
	x, y := batch(s, s.Batch, 1)
	heap := func(steps int) uint64 {
		for range steps {
			step(t, m, x, y)
		}
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc
	}
	before := heap(100)
	if after := heap(5000); after > before+100_000 {
		t.Errorf("heap grew from %d to %d bytes in 5000 steps", before, after)
	}
}

func TestAligned(t *testing.T) {
	for n := 1; n < 40; n++ {
		for range 10 {
			s := aligned(n)
			if uintptr(unsafe.Pointer(&s[0]))%16 != 0 {
				t.Fatalf("%d numbers at %p", n, &s[0])
			}
			kept = append(kept, s)
		}
	}
}

var kept [][]float32 // keeps what TestAligned allocates from the stack
