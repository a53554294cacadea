package train

import (
	"slices"
	"testing"
)

// TestHandOver: each gradient is told once, the last layer's first, and is final
// then, while that of the first layer is still to come.
func TestHandOver(t *testing.T) {
	for name, s := range map[string]Spec{
		"mlp": {Kind: "mlp", Input: []int{6}, Outputs: 3, Hidden: []int{5, 4}, Batch: 8, Seed: 1},
		"cnn": {Kind: "cnn", Input: []int{1, 8, 8}, Outputs: 3, Batch: 4, Seed: 1},
	} {
		m, err := newModel(s)
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		x, y := batch(s, s.Batch, 1)
		if err := m.Load(x, y); err != nil {
			t.Fatal(err)
		}
		grads := map[string]Tensor{}
		for _, p := range m.Params() {
			grads[p.Name] = p
		}
		var told []string
		early := map[string][]float32{}
		first := m.layers[0].weight
		m.ready = func(name string) {
			told = append(told, name)
			early[name] = slices.Clone(grads[name].Grad)
			if name == m.layers[len(m.layers)-1].weight.Name && !zero(first.Grad) {
				t.Errorf("%s: the first layer's gradient is there before the last layer's is told", name)
			}
		}
		if _, err := m.Gradient(); err != nil {
			t.Fatal(err)
		}
		for _, p := range m.Params() {
			if !slices.Equal(early[p.Name], p.Grad) || zero(p.Grad) {
				t.Errorf("%s: the gradient of %s is another when it is told", name, p.Name)
			}
		}
		if len(told) != len(grads) || told[len(told)-1] != first.Name && told[len(told)-1] != m.layers[0].bias.Name {
			t.Errorf("%s: told %v", name, told)
		}
		m.ready = func(name string) { told = append(told, name) }
		m.noGradient()
		if len(told) != 2*len(grads) || !zero(first.Grad) {
			t.Errorf("%s: without examples: told %v", name, told[len(grads):])
		}
	}
}

// zero reports whether all numbers are 0.
func zero(v []float32) bool { return !slices.ContainsFunc(v, func(f float32) bool { return f != 0 }) }
