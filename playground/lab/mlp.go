package lab

import (
	"math"
	"math/rand/v2"

	"github.com/descent-go/descent"
)

// mlp is a network from two numbers through two hidden layers of tanh to one,
// the log-odds of label 1. Weights are stored row by row, a row for each unit.
type mlp struct {
	hidden                 int
	w1, b1, w2, b2, w3, b3 layer
	h1, h2, d1, d2         []float64 // activations and what the loss changes with them
}

// layer is weights or biases, and their gradient.
type layer struct{ value, grad []float64 }

// magnify makes the first layer's weights larger at the start than a later
// layer's: the points lie within 1, and their shapes are finer than that.
const magnify = 3

// newMLP draws weights by Xavier's rule.
func newMLP(hidden int, seed uint64) *mlp {
	r := rand.New(rand.NewPCG(seed, 2))
	draw := func(rows, columns int) layer {
		l := layer{make([]float64, rows*columns), make([]float64, rows*columns)}
		for i := range l.value {
			l.value[i] = r.NormFloat64() * math.Sqrt(2/float64(rows+columns))
		}
		return l
	}
	first := draw(hidden, 2)
	for i := range first.value {
		first.value[i] *= magnify
	}
	zero := func(n int) layer { return layer{make([]float64, n), make([]float64, n)} }
	return &mlp{
		hidden: hidden,
		w1:     first, b1: zero(hidden),
		w2: draw(hidden, hidden), b2: zero(hidden),
		w3: draw(1, hidden), b3: zero(1),
		h1: make([]float64, hidden), h2: make([]float64, hidden),
		d1: make([]float64, hidden), d2: make([]float64, hidden),
	}
}

// params are the network's parameters.
func (m *mlp) params() []descent.Param {
	param := func(name string, l layer, shape ...int) descent.Param {
		return descent.NewParam(name, l.value, l.grad, shape...)
	}
	return []descent.Param{
		param("hidden1.weight", m.w1, m.hidden, 2), param("hidden1.bias", m.b1),
		param("hidden2.weight", m.w2, m.hidden, m.hidden), param("hidden2.bias", m.b2),
		param("output.weight", m.w3, 1, m.hidden), param("output.bias", m.b3),
	}
}

func (m *mlp) layers() []layer { return []layer{m.w1, m.b1, m.w2, m.b2, m.w3, m.b3} }

// forward gives the log-odds of label 1 at a point.
func (m *mlp) forward(x, y float64) float64 {
	for i := range m.h1 {
		m.h1[i] = math.Tanh(m.w1.value[2*i]*x + m.w1.value[2*i+1]*y + m.b1.value[i])
	}
	out := m.b3.value[0]
	for i := range m.h2 {
		z := m.b2.value[i]
		for j, h := range m.h1 {
			z += m.w2.value[i*m.hidden+j] * h
		}
		m.h2[i] = math.Tanh(z)
		out += m.w3.value[i] * m.h2[i]
	}
	return out
}

// gradient sets the gradients of the mean loss over points and gives the loss.
func (m *mlp) gradient(points []labelled) float64 {
	for _, l := range m.layers() {
		clear(l.grad)
	}
	loss := 0.0
	for _, p := range points {
		odds := m.forward(p.x, p.y)
		loss += logistic(odds, p.label)
		m.backward(p, (chance(odds)-float64(p.label))/float64(len(points)))
	}
	return loss / float64(len(points))
}

// backward adds the gradients of a point, after forward; d is what the loss
// changes with the log-odds.
func (m *mlp) backward(p labelled, d float64) {
	m.b3.grad[0] += d
	clear(m.d1)
	for i, h := range m.h2 {
		m.w3.grad[i] += d * h
		m.d2[i] = d * m.w3.value[i] * (1 - h*h)
		m.b2.grad[i] += m.d2[i]
		for j, below := range m.h1 {
			m.w2.grad[i*m.hidden+j] += m.d2[i] * below
			m.d1[j] += m.d2[i] * m.w2.value[i*m.hidden+j]
		}
	}
	for j, h := range m.h1 {
		z := m.d1[j] * (1 - h*h)
		m.b1.grad[j] += z
		m.w1.grad[2*j] += z * p.x
		m.w1.grad[2*j+1] += z * p.y
	}
}

// chance is the probability of log-odds.
func chance(odds float64) float64 { return 1 / (1 + math.Exp(-odds)) }

// logistic is the loss -log(probability of the label).
func logistic(odds float64, label int) float64 {
	if label == 0 {
		odds = -odds
	}
	return math.Log1p(math.Exp(-math.Abs(odds))) + max(0, -odds)
}
