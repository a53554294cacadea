package engine

import (
	"math"
	"math/rand"
	"testing"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/internal/interp"
	"github.com/descent-go/descent/internal/jit"
	"github.com/descent-go/descent/internal/plan"
)

// program parses and flattens a formula.
func program(t testing.TB, text string) *formula.Program {
	t.Helper()
	p, err := formula.Parse("test", text)
	if err != nil {
		t.Fatal(err)
	}
	return flat(t, p)
}

func flat(t testing.TB, links ...*formula.Program) *formula.Program {
	t.Helper()
	var ls []formula.Link
	for i, p := range links {
		prefix := ""
		if len(links) > 1 {
			prefix = string(rune('a' + i))
		}
		ls = append(ls, formula.Link{Prefix: prefix, Program: p})
	}
	f, err := formula.Flatten(ls)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// defaults are the hyperparameters' default values, changed as given.
func defaults(p *formula.Program, changes map[string]float64) map[string]float64 {
	h := map[string]float64{}
	for _, x := range p.Hypers {
		h[x.Name] = x.Default
	}
	for name, v := range changes {
		h[name] = v
	}
	return h
}

// random fills a vector with normal numbers.
func random(r *rand.Rand, t plan.Type, n int) plan.Vector {
	v := plan.Make(t, n)
	for i := range n {
		v.Set(i, r.NormFloat64())
	}
	return v
}

// tensor makes a parameter with random weights and gradients of types.
func tensor(r *rand.Rand, name string, w, g plan.Type, group *Group, shape ...int) *Tensor {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return &Tensor{Name: name, Shape: shape, W: random(r, w, n), G: random(r, g, n), Group: group}
}

// backend is machine code where there can be some, as users get it.
func backend(t testing.TB) plan.Backend {
	t.Helper()
	b, _, err := jit.New()
	if err != nil {
		t.Fatal(err)
	}
	if b == nil {
		b = interp.Backend{}
	}
	return b
}

// newEngine makes an engine for tensors and all their groups.
func newEngine(t testing.TB, p *formula.Program, tensors ...*Tensor) *Engine {
	t.Helper()
	e := &Engine{Program: p, Hyper: defaults(p, nil), Backend: backend(t), Threads: 1, Seed: 7}
	set(t, e, tensors...)
	return e
}

func set(t testing.TB, e *Engine, tensors ...*Tensor) {
	t.Helper()
	if err := e.Set(groupsOf(tensors), tensors); err != nil {
		t.Fatal(err)
	}
}

func groupsOf(tensors []*Tensor) []*Group {
	var groups []*Group
	seen := map[*Group]bool{}
	for _, x := range tensors {
		if !seen[x.Group] {
			seen[x.Group] = true
			groups = append(groups, x.Group)
		}
	}
	return groups
}

func step(t testing.TB, e *Engine, grads func() error) {
	t.Helper()
	if err := e.Step(grads); err != nil {
		t.Fatal(err)
	}
}

// bowl fills gradients with those of a sum of bowls, one a weight.
func bowl(tensors []*Tensor) func() error {
	return func() error {
		for k, x := range tensors {
			for i := range x.G.Len() {
				x.G.Set(i, bowlGrad(k, i, x.W.At(i)))
			}
		}
		return nil
	}
}

func bowlGrad(tensor, i int, w float64) float64 {
	curve, slope := 0.5+float64(0.125*float64(i%7)), float64(0.3*float64(tensor+i%3))
	return float64(curve*w) - slope // no fused multiply-add: the bits are the same everywhere
}

// refBowl is bowl for a reference.
func refBowl(r *formula.Reference) func() [][]float64 {
	return func() [][]float64 {
		out := make([][]float64, len(r.Params))
		for k, p := range r.Params {
			out[k] = make([]float64, len(p.W))
			for i := range p.W {
				out[k][i] = bowlGrad(k, i, p.W[i])
			}
		}
		return out
	}
}

// reference makes a reference of the tensors as they are.
func reference(e *Engine, p *formula.Program) *formula.Reference {
	var params []*formula.RefParam
	for _, x := range e.tensors {
		rp := &formula.RefParam{Name: x.Name, Shape: x.Shape, W: floats(x.W), Hyper: x.Group.Hyper}
		if x.Seen.Len() > 0 {
			rp.Seen = floats(x.Seen)
		}
		params = append(params, rp)
	}
	ref := formula.NewReference(p, params, e.Hyper)
	ref.Normal = func(param string, elem, t, draw int) float64 {
		return philoxNormal(nameKey(e.Seed, param), elem, t, draw+1)
	}
	return ref
}

// philoxNormal is a draw written independently of the plan.
func philoxNormal(key uint64, elem, t, draw int) float64 {
	c := [4]uint32{uint32(elem), uint32(uint64(elem) >> 32), uint32(t), uint32(draw)}
	k := [2]uint32{uint32(key), uint32(key >> 32)}
	for range 10 {
		p, q := uint64(c[0])*0xD2511F53, uint64(c[2])*0xCD9E8D57
		c = [4]uint32{uint32(q>>32) ^ c[1] ^ k[0], uint32(q), uint32(p>>32) ^ c[3] ^ k[1], uint32(p)}
		k[0], k[1] = k[0]+0x9E3779B9, k[1]+0xBB67AE85
	}
	u := (float64(uint64(c[0])<<20|uint64(c[1])>>12) + 0.5) / (1 << 52)
	return math.Sqrt(-2*math.Log(u)) * math.Cos(2*math.Pi*(float64(c[2])+0.5)/(1<<32))
}

func floats(v plan.Vector) []float64 {
	x := make([]float64, v.Len())
	for i := range x {
		x[i] = v.At(i)
	}
	return x
}

// everything is all that a step may change, as bits.
func everything(e *Engine) []uint64 {
	out := []uint64{uint64(e.Updates), uint64(e.waiting)}
	for _, s := range e.Program.States {
		out = append(out, math.Float64bits(e.Global[s.Name]))
	}
	for _, x := range e.tensors {
		out = append(out, uint64(x.T()))
		vectors := []plan.Vector{x.W, x.Sum}
		for _, s := range x.States {
			vectors = append(vectors, s.V)
		}
		for _, v := range vectors {
			for i := range v.Len() {
				out = append(out, bitsOf(v.At(i)))
			}
		}
	}
	return out
}

// bitsOf is the bits of a number, the same for all NaN.
func bitsOf(x float64) uint64 {
	if x != x {
		return math.Float64bits(math.NaN())
	}
	return math.Float64bits(x)
}
