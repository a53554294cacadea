package optim

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/descent-go/descent/formula"
)

// SOAP runs Adam in the eigenbasis of Shampoo's preconditioner: every
// dimension of a parameter has the averaged covariance of its gradients and
// that matrix's eigenvectors, which are renewed now and then by a power
// iteration and a QR decomposition. The first gradient only makes the bases
// and moves nothing. Vectors have plain Adam.
//
// Vyas et al., "SOAP: Improving and Stabilizing Shampoo using Adam", 2024,
// Algorithms 3 and 4.
var SOAP = known(NewSOAP(SOAPOptions{}))

// SOAPOptions are what the authors' code lets one choose beside numbers. The
// zero value is SOAP as its authors use it.
type SOAPOptions struct {
	MaxDim      int  // a dimension larger than this has no basis; 10000 if 0
	Vectors     bool // vectors have a basis too
	Uncorrected bool // Adam without bias correction
	Normalize   bool // divides a step by its root mean square
	// Merge merges dimensions next to each other as long as the product is at
	// most MaxDim. A parameter all of whose dimensions could be merged is an error.
	Merge        bool
	ChannelsLast bool // with Merge: of four dimensions the last counts as the second
}

// NewSOAP makes SOAP with options.
func NewSOAP(o SOAPOptions) Stepper {
	if o.MaxDim == 0 {
		o.MaxDim = 10000
	}
	return &soap{o}
}

type soap struct{ o SOAPOptions }

// Name implements Rule. What differs from SOAP as its authors use it is part of the name.
func (s *soap) Name() string {
	name := "soap"
	for _, part := range []struct {
		on   bool
		name string
	}{
		{s.o.MaxDim != 10000, fmt.Sprint("-", s.o.MaxDim)}, {s.o.Vectors, "-vectors"}, {s.o.Uncorrected, "-uncorrected"},
		{s.o.Normalize, "-normalize"}, {s.o.Merge, "-merge"}, {s.o.ChannelsLast, "-channels-last"},
	} {
		if part.on {
			name += part.name
		}
	}
	return name
}

// Info implements Rule.
func (s *soap) Info() (Info, error) {
	if s.o.MaxDim < 1 {
		return Info{}, fmt.Errorf("soap with bases up to dimension %d: expected at least 1", s.o.MaxDim)
	}
	from0 := formula.Range{Lo: 0, Hi: math.Inf(1), OpenHi: true}
	beta := formula.Range{Lo: 0, Hi: 1, OpenHi: true}
	return Info{
		Name:      s.Name(),
		Summary:   "Adam in the eigenbasis of Shampoo's preconditioner, which is renewed now and then.",
		Paper:     `Vyas et al., "SOAP: Improving and Stabilizing Shampoo using Adam", 2024, Algorithms 3 and 4.`,
		Elsewhere: "The authors' code and pytorch_optimizer have wd = 0.01 by default.",
		Hypers: []formula.Hyper{
			{Name: "lr", Default: 0.003, Range: from0},
			{Name: "beta1", Default: 0.95, Range: beta},
			{Name: "beta2", Default: 0.95, Range: beta},
			{Name: "shampoo_beta", Default: -1, Range: formula.Range{Lo: -1, Hi: 1}}, // below 0: beta2
			{Name: "eps", Default: 1e-8, Range: from0},
			{Name: "wd", Range: from0},
			{Name: "frequency", Default: 10, Range: formula.Range{Lo: 1, Hi: math.Inf(1), OpenHi: true}},
		},
	}, nil
}

// States implements Stepper.
func (s *soap) States(shape []int) []StateSize {
	n := 1
	for _, d := range shape {
		n *= d
	}
	out := []StateSize{{Name: "m", Len: n}, {Name: "v", Len: n}}
	if n == 0 {
		return out
	}
	for i, d := range s.dims(shape) {
		if s.hasBasis(shape, d) {
			out = append(out, StateSize{Name: fmt.Sprint("covariance", i), Len: d * d}, StateSize{Name: fmt.Sprint("basis", i), Len: d * d})
		}
	}
	return out
}

// hasBasis reports whether a dimension of a parameter has a basis.
func (s *soap) hasBasis(shape []int, d int) bool {
	return d <= s.o.MaxDim && (len(shape) > 1 || s.o.Vectors)
}

// dims are the dimensions that have bases, those of the shape or merged ones.
func (s *soap) dims(shape []int) []int {
	if !s.o.Merge || len(shape) < 2 {
		return shape
	}
	if s.lastIsSecond(shape) {
		shape = []int{shape[0], shape[3], shape[1], shape[2]}
	}
	var out []int
	product := 1
	for _, d := range shape {
		if product*d > s.o.MaxDim {
			out = append(out, product)
			product = 1
		}
		product *= d
	}
	return append(out, product)
}

// lastIsSecond reports whether a parameter's last dimension goes to the second place.
func (s *soap) lastIsSecond(shape []int) bool {
	return s.o.Merge && s.o.ChannelsLast && len(shape) == 4
}

// Step implements Stepper.
func (s *soap) Step(m Model) error {
	for _, t := range m.Tensors() {
		if err := s.check(t); err != nil {
			return fmt.Errorf("parameter %s: %w", t.Name, err)
		}
	}
	for _, t := range m.Tensors() {
		if len(t.Grad) == 0 {
			continue
		}
		if err := s.step(t, newEigenbasis(t, s.dims(t.Shape))); err != nil {
			return fmt.Errorf("parameter %s: %w", t.Name, err)
		}
	}
	return nil
}

// check finds what would fail before anything changes.
func (s *soap) check(t *Tensor) error {
	if s.o.Merge && len(t.Shape) > 1 && len(t.Grad) > 1 && len(s.dims(t.Shape)) < 2 {
		return fmt.Errorf("its shape %v has at most %d weights, so that merging dimensions would leave one: give a smaller limit", t.Shape, s.o.MaxDim)
	}
	sum := 0.0
	for _, g := range t.Grad {
		sum += float64(g * g)
	}
	if math.IsNaN(sum) || math.IsInf(sum, 0) {
		return errors.New("the gradient is not finite, and its covariance has no eigenvectors")
	}
	return nil
}

func (s *soap) step(t *Tensor, e *eigenbasis) error {
	h, g := t.Hyper, s.arrange(t.Grad, t.Shape)
	keep := h["shampoo_beta"]
	if keep < 0 {
		keep = h["beta2"]
	}
	if t.T == 1 {
		clear(t.Step)
		e.learn(g, keep)
		return e.begin()
	}
	n := t.T - 1
	m, v := t.State["m"], t.State["v"]
	for i := range m {
		m[i] += float64((1 - h["beta1"]) * (t.Grad[i] - m[i]))
	}
	rotated := e.rotate(g, false)
	mean := e.rotate(s.arrange(m, t.Shape), false)
	for i, x := range rotated {
		v[i] += float64((1 - h["beta2"]) * (float64(x*x) - v[i]))
		mean[i] /= math.Sqrt(v[i]) + h["eps"]
	}
	u := s.restore(e.rotate(mean, true), t.Shape)
	s.subtract(t, u, n)
	e.learn(g, keep)
	if n%int(h["frequency"]) == 0 {
		e.renew(v)
	}
	return nil
}

// subtract sets the step that the n-th update makes.
func (s *soap) subtract(t *Tensor, u []float64, n int) {
	h := t.Hyper
	rate := h["lr"]
	if !s.o.Uncorrected {
		rate *= math.Sqrt(1-power(h["beta2"], n)) / (1 - power(h["beta1"], n))
	}
	if s.o.Normalize {
		sum := 0.0
		for _, x := range u {
			sum += float64(x * x)
		}
		rate /= math.Sqrt(sum/float64(len(u))) + h["eps"]
	}
	for i, w := range t.Weights {
		moved := float64(rate * u[i])
		t.Step[i] = moved + float64(h["lr"]*h["wd"]*(w-moved))
	}
}

// arrange puts a copy of x in the order of the dimensions that have bases.
func (s *soap) arrange(x []float64, shape []int) []float64 {
	if !s.lastIsSecond(shape) {
		return slices.Clone(x)
	}
	return transposeLast(x, shape[0], shape[1]*shape[2], shape[3])
}

// restore undoes arrange.
func (s *soap) restore(x []float64, shape []int) []float64 {
	if !s.lastIsSecond(shape) {
		return x
	}
	return transposeLast(x, shape[0], shape[3], shape[1]*shape[2])
}

// transposeLast transposes each of several matrices.
func transposeLast(x []float64, matrices, rows, columns int) []float64 {
	out := make([]float64, 0, len(x))
	for i := range matrices {
		at := matrix{rows, columns, x[i*rows*columns:][:rows*columns]}
		out = append(out, at.transposed().data...)
	}
	return out
}

// power is x multiplied by itself: math.Pow rounds otherwise on other processors.
func power(x float64, n int) float64 {
	out := 1.0
	for ; n > 0; n /= 2 {
		if n%2 == 1 {
			out *= x
		}
		x *= x
	}
	return out
}

// eigenbasis has the covariances and bases of a parameter's dimensions, empty
// for those that have none.
type eigenbasis struct {
	dims              []int
	covariance, basis []matrix
}

func newEigenbasis(t *Tensor, dims []int) *eigenbasis {
	e := &eigenbasis{dims: dims}
	square := func(name string, n int) matrix {
		if x := t.State[name]; len(x) > 0 {
			return matrix{n, n, x}
		}
		return matrix{}
	}
	for i, n := range dims {
		e.covariance = append(e.covariance, square(fmt.Sprint("covariance", i), n))
		e.basis = append(e.basis, square(fmt.Sprint("basis", i), n))
	}
	return e
}

// rotate goes to the bases, or back. Every dimension in turn comes first and
// goes to the end, so that in the end the order is that of the beginning.
func (e *eigenbasis) rotate(x []float64, back bool) []float64 {
	for i, n := range e.dims {
		first := matrix{n, len(x) / n, x}
		switch q := e.basis[i]; {
		case q.rows == 0:
			x = first.transposed().data
		case back:
			x = first.product(q.transposed()).data
		default:
			x = first.product(q).data
		}
	}
	return x
}

// learn averages the covariances of a gradient's dimensions.
func (e *eigenbasis) learn(g []float64, keep float64) {
	for i, n := range e.dims {
		last := matrix{n, len(g) / n, g}.transposed()
		if c := e.covariance[i]; c.rows > 0 {
			for k, x := range last.product(last).data {
				c.data[k] = float64(keep*c.data[k]) + float64((1-keep)*x)
			}
		}
		g = last.data
	}
}

// begin finds the eigenvectors of the covariances.
func (e *eigenbasis) begin() error {
	for i, c := range e.covariance {
		if c.rows == 0 {
			continue
		}
		vectors, ok := c.eigenvectors()
		if !ok {
			return errors.New("the eigenvectors of its covariance are not to be found")
		}
		copy(e.basis[i].data, vectors.data)
	}
	return nil
}

// renew moves the bases towards the eigenvectors of the covariances as they
// are now, and the mean squares v of what was rotated with their directions.
func (e *eigenbasis) renew(v []float64) {
	for i, q := range e.basis {
		if q.rows == 0 {
			continue
		}
		old, moved := q.transposed(), e.covariance[i].product(q).transposed() // a row for each direction
		values := make([]float64, q.rows)
		for j := range values {
			values[j] = dot(old.row(j), moved.row(j))
		}
		order := descending(values)
		for j, from := range order {
			copy(old.row(j), moved.row(from))
		}
		copy(q.data, old.transposed().orthogonal().data)
		e.permute(v, i, order)
	}
}

// permute changes the order of v along a dimension, in place.
func (e *eigenbasis) permute(v []float64, dim int, order []int) {
	inner := 1
	for _, n := range e.dims[dim+1:] {
		inner *= n
	}
	size := len(order) * inner
	for at := 0; at < len(v); at += size {
		old := slices.Clone(v[at : at+size])
		for j, from := range order {
			copy(v[at+j*inner:][:inner], old[from*inner:])
		}
	}
}
