package checkpoint

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// pair is a model of two parameters, one with a name like a path, and its optimizer.
type pair struct {
	values, grads [2][]float32
	opt           *descent.Optimizer
}

func newPair(t *testing.T, rule optim.Rule, options ...descent.Option) *pair {
	t.Helper()
	p := &pair{}
	var params []descent.Param
	for i, name := range []string{"block/0.weight", "b"} {
		p.values[i], p.grads[i] = []float32{1, -2}, make([]float32, 2)
		params = append(params, descent.NewParam(name, p.values[i], p.grads[i], 1, 2))
	}
	var err error
	if p.opt, err = descent.New(rule, params, options...); err != nil {
		t.Fatal(err)
	}
	return p
}

// step moves the parameters down a quadratic.
func (p *pair) step(t *testing.T, n int) {
	t.Helper()
	for range n {
		for i := range p.grads {
			for j, v := range p.values[i] {
				p.grads[i][j] = v * float32(1+i+j)
			}
		}
		if err := p.opt.Step(); err != nil {
			t.Fatal(err)
		}
	}
}

func (p *pair) tensors() []Tensor {
	return []Tensor{{Name: "block/0.weight", Shape: []int{1, 2}, F32: p.values[0]}, {Name: "b", Shape: []int{1, 2}, F32: p.values[1]}}
}

func parse(t *testing.T, text string) optim.Rule {
	t.Helper()
	r, err := optim.Parse("mine", text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestResume saves in the middle, also of an accumulation, and goes on in another process's place.
func TestResume(t *testing.T) {
	mine := parse(t, `
		hyper lr = 0.1, fade = 0.5
		state before = w
		scalar size = 1
		global scalar total = 2

		size = fade*size + norm(g)
		total = total + all.norm(g)
		moved = w - before
		before = w
		w = w - lr*g/(size + total) + 0.1*moved
	`)
	for name, c := range map[string]struct {
		rule    optim.Rule
		options []descent.Option
	}{
		"adam":        {optim.Adam, nil},
		"sgld":        {optim.SGLD, []descent.Option{descent.Seed(3)}},
		"accumulated": {optim.SGD, []descent.Option{descent.Momentum(0.9), descent.Accumulate(3)}},
		"formula":     {mine, nil},
		"chain":       {optim.Chain(optim.Adam, optim.Lookahead), nil},
	} {
		t.Run(name, func(t *testing.T) {
			whole, first, rest := newPair(t, c.rule, c.options...), newPair(t, c.rule, c.options...), newPair(t, c.rule, c.options...)
			whole.step(t, 10)
			first.step(t, 4)
			path := filepath.Join(t.TempDir(), "state.safetensors")
			if err := (&File{Tensors: append(States(first.opt), first.tensors()...)}).Save(path); err != nil {
				t.Fatal(err)
			}
			f, err := Load(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := f.Params().Into(rest.tensors()); err != nil {
				t.Fatal(err)
			}
			if err := Restore(rest.opt, f); err != nil {
				t.Fatal(err)
			}
			rest.step(t, 6)
			for i := range whole.values {
				if !slices.Equal(rest.values[i], whole.values[i]) {
					t.Errorf("resumed %v, uninterrupted %v", rest.values[i], whole.values[i])
				}
			}
			if slices.Equal(first.values[0], whole.values[0]) || math.IsNaN(float64(whole.values[0][0])) {
				t.Errorf("the steps after the fourth lead from %v to %v", first.values[0], whole.values[0])
			}
		})
	}
}

func TestStateNames(t *testing.T) {
	var names []string
	for _, s := range States(newPair(t, optim.Adam).opt) {
		names = append(names, s.Name)
	}
	want := []string{"optimizer/descent.updates",
		"optimizer/block/0.weight/t", "optimizer/block/0.weight/m", "optimizer/block/0.weight/v",
		"optimizer/b/t", "optimizer/b/m", "optimizer/b/v"}
	if !slices.Equal(names, want) {
		t.Errorf("names %q, want %q", names, want)
	}
}

func TestRestoreErrors(t *testing.T) {
	other := newPair(t, optim.SGD, descent.Momentum(0.9))
	other.step(t, 2)
	f := &File{Tensors: States(other.opt)}
	adamax := newPair(t, optim.AdaMax)
	adamax.step(t, 1)
	before := slices.Clone(adamax.opt.States()[2].F32)
	err := Restore(adamax.opt, f)
	for _, want := range []string{"state m of b is missing", "state v of block/0.weight is not expected", "fit"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	if after := adamax.opt.States()[2].F32; !slices.Equal(after, before) || adamax.opt.Updates() != 1 {
		t.Errorf("after the error the state is %v, was %v", after, before)
	}
	if err := Restore(adamax.opt, &File{}); err == nil || !strings.Contains(err.Error(), "missing") {
		t.Errorf("a file without states: %v", err)
	}
}
