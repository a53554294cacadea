package descent_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// model is two parameters, of float32 and float64, and their gradients.
type model struct {
	w  []float32
	gw []float32
	b  []float64
	gb []float64
}

func newModel() *model {
	return &model{[]float32{1, -2, 3, 0.5, 0, -1}, []float32{0.3, -0.1, 2, 1, -1, 0.7}, []float64{0.5, -0.25}, []float64{1, -3}}
}

func (m *model) params() []descent.Param {
	return []descent.Param{descent.NewParam("fc.weight", m.w, m.gw, 2, 3), descent.NewParam("fc.bias", m.b, m.gb)}
}

// gradients sets those of a quadratic, with something that depends on the step.
func (m *model) gradients(step int) {
	for i := range m.gw {
		m.gw[i] = m.w[i] + float32(math.Sin(float64(i+3*step)))
	}
	for i := range m.gb {
		m.gb[i] = 2*m.b[i] + math.Cos(float64(i+step))
	}
}

// bits is all that the model and its optimizer hold.
func (m *model) bits(opt *descent.Optimizer) []uint64 {
	var out []uint64
	add := func(f32 []float32, f64 []float64) {
		for _, x := range f32 {
			out = append(out, uint64(math.Float32bits(x)))
		}
		for _, x := range f64 {
			out = append(out, math.Float64bits(x))
		}
	}
	add(m.w, m.b)
	for _, s := range opt.States() {
		add(s.F32, s.F64)
	}
	for _, h := range opt.Hypers() {
		v, err := opt.Hyper(h.Name)
		if err != nil {
			panic(err)
		}
		add(nil, []float64{v})
	}
	add(nil, []float64{float64(opt.Updates()), float64(opt.Waiting()), opt.LR()})
	return out
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newOpt(t *testing.T, rule optim.Rule, params []descent.Param, options ...descent.Option) *descent.Optimizer {
	t.Helper()
	opt, err := descent.New(rule, params, options...)
	must(t, err)
	return opt
}

// wantError fails where err is nil or lacks one of the parts; errors of the
// package begin with its name, once.
func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error; expected one with %q", parts)
		return
	}
	if !strings.HasPrefix(err.Error(), "descent: ") || strings.Count(err.Error(), "descent: ") != 1 {
		t.Errorf("error %q; expected it to begin with descent:, once", err)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q; expected %q in it", err, part)
		}
	}
}

// unchanged runs something that must fail and fails where it changed anything.
func unchanged(t *testing.T, m *model, opt *descent.Optimizer, do func() error, parts ...string) {
	t.Helper()
	before := m.bits(opt)
	wantError(t, do(), parts...)
	if !slices.Equal(m.bits(opt), before) {
		t.Errorf("what failed has changed something: expected none of it (%q)", parts)
	}
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-6*(1+math.Abs(want))) {
		t.Errorf("%s: %v, expected %v", what, got, want)
	}
}

func parse(t *testing.T, text string) *optim.Formula {
	t.Helper()
	rule, err := optim.Parse("mine", text)
	must(t, err)
	return rule
}

// factor is a schedule made of a function.
type factor func(step int) float64

func (f factor) At(step int) float64 { return f(step) }
