package battery

import (
	"fmt"
	"math"

	"github.com/descent-go/descent"
)

// param is a parameter with memory of one type for its value and one for its gradient.
type param struct {
	name  string
	shape []int
	w32   []float32
	w64   []float64
	w16   []descent.Float16
	b16   []descent.BFloat16
	g32   []float32
	g64   []float64
	g16   []descent.Float16
	mean  []float32 // the averaged gradient, where it has another type than g
}

// model has tensors of all types, some larger than the chunk of 8192 weights by
// which they are split, one empty.
type model struct{ list []*param }

func newModel() *model {
	m := &model{}
	add := func(name string, shape ...int) *param {
		p := &param{name: name, shape: shape}
		m.list = append(m.list, p)
		return p
	}
	f32 := func(p *param) *param {
		p.w32, p.g32 = make([]float32, p.size()), make([]float32, p.size())
		return p
	}
	f32(add("small", 3, 7))
	f32(add("large", 17000))
	p := add("double", 110, 80)
	p.w64, p.g64 = make([]float64, p.size()), make([]float64, p.size())
	f32(add("none", 0))
	p = add("half", 50, 10)
	p.w16, p.g16, p.mean = make([]descent.Float16, 500), make([]descent.Float16, 500), make([]float32, 500)
	p = add("brain", 100)
	p.b16, p.g32 = make([]descent.BFloat16, 100), make([]float32, 100)
	p = add("mixed", 300)
	p.w32, p.g64, p.mean = make([]float32, 300), make([]float64, 300), make([]float32, 300)
	f32(add("rows", 120, 78))
	f32(add("bias", 10))
	for k, p := range m.list {
		for i := range p.size() {
			p.set(i, math.Sin(float64(7*i+k+1)))
		}
	}
	return m
}

func (p *param) size() int {
	n := 1
	for _, d := range p.shape {
		n *= d
	}
	return n
}

// set sets a weight.
func (p *param) set(i int, x float64) {
	switch {
	case p.w64 != nil:
		p.w64[i] = x
	case p.w16 != nil:
		p.w16[i] = descent.ToFloat16(float32(x))
	case p.b16 != nil:
		p.b16[i] = descent.ToBFloat16(float32(x))
	default:
		p.w32[i] = float32(x)
	}
}

// at is a weight.
func (p *param) at(i int) float64 {
	switch {
	case p.w64 != nil:
		return p.w64[i]
	case p.w16 != nil:
		return float64(p.w16[i].Float32())
	case p.b16 != nil:
		return float64(p.b16[i].Float32())
	}
	return float64(p.w32[i])
}

// setGrad sets a gradient, gradAt reads it.
func (p *param) setGrad(i int, x float64) {
	switch {
	case p.g64 != nil:
		p.g64[i] = x
	case p.g16 != nil:
		p.g16[i] = descent.ToFloat16(float32(x))
	default:
		p.g32[i] = float32(x)
	}
}

func (p *param) gradAt(i int) float64 {
	switch {
	case p.g64 != nil:
		return p.g64[i]
	case p.g16 != nil:
		return float64(p.g16[i].Float32())
	}
	return float64(p.g32[i])
}

// gradient sets a rank's gradients at the present weights, of a bowl whose middle
// depends on rank and step, and gives the loss.
func (m *model) gradient(rank, step int) (loss float64) {
	for k, p := range m.list {
		for i := range p.size() {
			bend := 0.5 + float64((i+k)%5)/4
			d := p.at(i) - float64(float64((i*31+rank*17+step*7)%64)/64)
			loss += float64(bend*d) * d / 2
			p.setGrad(i, float64(bend*d))
		}
	}
	return loss
}

// params shows the model to an optimizer; with the memory of averaged gradients
// where these have another type.
func (m *model) params(averaged bool) []descent.Param {
	var list []descent.Param
	for _, p := range m.list {
		switch {
		case p.w64 != nil:
			list = append(list, descent.NewParam(p.name, p.w64, p.g64, p.shape...))
		case p.w16 != nil && averaged:
			list = append(list, descent.NewParam(p.name, p.w16, p.mean, p.shape...))
		case p.w16 != nil:
			list = append(list, descent.NewParam(p.name, p.w16, p.g16, p.shape...))
		case p.b16 != nil:
			list = append(list, descent.NewParam(p.name, p.b16, p.g32, p.shape...))
		case p.g64 != nil && averaged:
			list = append(list, descent.NewParam(p.name, p.w32, p.mean, p.shape...))
		case p.g64 != nil:
			list = append(list, descent.NewParam(p.name, p.w32, p.g64, p.shape...))
		default:
			list = append(list, descent.NewParam(p.name, p.w32, p.g32, p.shape...))
		}
	}
	return list
}

// snapshot is all weights.
type snapshot [][]float64

func (m *model) snapshot() snapshot {
	s := make(snapshot, len(m.list))
	for k, p := range m.list {
		for i := range p.size() {
			s[k] = append(s[k], p.at(i))
		}
	}
	return s
}

// differs reports the first weight that is not as expected.
func (m *model) differs(want snapshot) error {
	for k, p := range m.list {
		for i, w := range want[k] {
			if have := p.at(i); math.Float64bits(have) != math.Float64bits(w) && (have == have || w == w) {
				return fmt.Errorf("weight %d of %s is %v, expected %v", i, p.name, have, w)
			}
		}
	}
	return nil
}
