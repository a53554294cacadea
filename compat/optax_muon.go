package compat

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/descent-go/descent/optim"
)

// optaxMuons makes the momentum of matrices orthogonal by Newton and Schulz's
// iteration; what is no matrix has Adam.
type optaxMuons struct {
	nesterov, adaptive bool
	precondition       string
	coefficients       [][3]float64 // one triple an iteration
	consistent         bool         // scales for a root mean square
	adamLR             string       // the hyperparameter
	kept               string       // the type of the mean
}

var (
	muonStandard = [3]float64{3.4445, -4.775, 2.0315}
	muonDion     = [][3]float64{{4.0848, -6.8946, 2.927}, {3.9505, -6.3029, 2.6377}, {3.7418, -5.5913, 2.3037}, {2.8769, -3.1427, 1.2046}, {2.8366, -3.0525, 1.2012}}
)

func optaxMuon(r *reader) made {
	c := &optaxChain{reader: r}
	c.unsupported("muon_weight_dimension_numbers")
	m := &optaxMuons{nesterov: c.flag("nesterov", true), adaptive: c.flag("adaptive", false), adamLR: "lr", kept: c.dtype("mu_dtype")}
	m.precondition = c.text("preconditioning", "frobenius", "frobenius", "spectral", "aol", "schatten")
	m.coefficients = c.newtonSchulz(c.whole("ns_steps", 5))
	wd := c.set("wd", "weight_decay", 0)
	if !c.mask("weight_decay_mask", "wd") {
		wd.value = 0.0
	}
	settings := []setting{c.lr(), c.set("beta", "beta", 0.95), c.set("eps", "eps", 1e-8), wd,
		c.set("adam_beta1", "adam_b1", 0.9), c.set("adam_beta2", "adam_b2", 0.999),
		c.set("adam_eps_root", "adam_eps_root", 0), c.set("adam_wd", "adam_weight_decay", 0)}
	if lr, ok := c.optional("adam_learning_rate"); ok {
		m.adamLR = "adam_lr"
		settings = append(settings, setting{"adam_lr", lr})
	}
	if v, ok := c.optional("consistent_rms"); ok {
		m.consistent = true
		settings = append(settings, setting{"consistent_rms", v})
	}
	return c.stepper(&stepper{name: "muon", states: muonStates, step: m.step}, settings...)
}

// newtonSchulz reads the coefficients of the iterations: a name, three numbers
// for all or three for each.
func (c *optaxChain) newtonSchulz(steps int) [][3]float64 {
	const option = "ns_coeffs"
	if each, ok := c.options[option].([]any); ok && len(each) > 0 {
		if _, ok := number(each[0]); !ok {
			return c.triples(option, each, steps)
		}
	}
	triple := muonStandard
	if _, named := c.options[option].(string); named {
		if c.text(option, "standard", "standard", "dion") == "dion" {
			return c.lastOf(option, muonDion, steps)
		}
	} else {
		copy(triple[:], c.list(option, muonStandard[:]))
	}
	all := make([][3]float64, max(steps, 0))
	for i := range all {
		all[i] = triple
	}
	return all
}

// triples reads three numbers for each iteration.
func (c *optaxChain) triples(option string, each []any, steps int) [][3]float64 {
	c.meaningless(option)
	var all [][3]float64
	for _, e := range each {
		one := newReader(map[string]any{option: e})
		all = append(all, [3]float64(one.list(option, muonStandard[:])))
		if one.err != nil {
			c.fail("%w", one.err)
		}
	}
	return c.lastOf(option, all, steps)
}

// lastOf gives the last triples. Optax refuses more triples than steps.
func (c *optaxChain) lastOf(option string, all [][3]float64, steps int) [][3]float64 {
	if len(all) > steps {
		c.fail("option %s: %d iterations for ns_steps = %d: optax takes no more than there are steps", option, len(all), steps)
	}
	return all
}

func muonStates(shape []int) []optim.StateSize {
	n := weights(shape)
	if len(shape) == 2 {
		return []optim.StateSize{{Name: "m", Len: n}}
	}
	return []optim.StateSize{{Name: "m", Len: n}, {Name: "v", Len: n}}
}

func (m *optaxMuons) step(t *optim.Tensor) error {
	if len(t.Shape) != 2 {
		m.adam(t)
		return nil
	}
	if len(t.Grad) == 0 {
		return nil
	}
	mean := m.mean(t, t.Hyper["beta"])
	u := slices.Clone(mean)
	m.normalize(mat.NewDense(t.Shape[0], t.Shape[1], u), t.Hyper["eps"])
	optim.NewtonSchulz(u, t.Shape[0], t.Shape[1], m.coefficients, nil)
	if m.adaptive {
		floats.Scale(floats.Dot(mean, u), u)
	}
	in, out := float64(t.Shape[0]), float64(t.Shape[1])
	size := math.Sqrt(max(1, out/in))
	if m.consistent {
		size = math.Sqrt(max(in, out)) * t.Hyper["consistent_rms"]
	}
	for i, w := range t.Weights {
		t.Step[i] = t.Hyper["lr"] * (float64(size*u[i]) + float64(t.Hyper["wd"]*w))
	}
	return nil
}

// mean updates the mean of gradients and gives what optax makes of it.
func (m *optaxMuons) mean(t *optim.Tensor, beta float64) []float64 {
	mean, out := t.State["m"], make([]float64, len(t.Grad))
	now, ahead := 1-math.Pow(beta, float64(t.T)), 1-math.Pow(beta, float64(t.T+1))
	for i, g := range t.Grad {
		v := optaxDecayed(beta, mean[i], m.kept) + float64((1-beta)*g)
		mean[i] = optaxRound(v, m.kept)
		out[i] = v / now
		if m.nesterov {
			out[i] = float64(beta*v)/ahead + float64((1-beta)*g)/now
		}
	}
	return out
}

func (m *optaxMuons) adam(t *optim.Tensor) {
	beta2, v := t.Hyper["adam_beta2"], t.State["v"]
	mean := m.mean(t, t.Hyper["adam_beta1"])
	now := 1 - math.Pow(beta2, float64(t.T))
	for i, g := range t.Grad {
		v[i] = float64(beta2*v[i]) + float64((1-beta2)*g*g)
		u := mean[i] / (math.Sqrt(v[i]/now+t.Hyper["adam_eps_root"]) + t.Hyper["eps"])
		t.Step[i] = t.Hyper[m.adamLR] * (u + float64(t.Hyper["adam_wd"]*t.Weights[i]))
	}
}

// normalize makes a matrix small enough for the iteration. Two of the ways are
// part of the first iteration, and not taken where there is none.
func (m *optaxMuons) normalize(x *mat.Dense, eps float64) {
	switch {
	case m.precondition == "frobenius":
		x.Scale(1/(mat.Norm(x, 2)+eps), x)
	case m.precondition == "spectral":
		x.Scale(1/(largestSingular(x)+eps), x)
	case len(m.coefficients) > 0:
		m.byGram(x)
	}
}

// byGram divides by the root of the Gram matrix's norm, or each row, of columns
// where they are fewer, by the root of the sum of its row there.
func (m *optaxMuons) byGram(x *mat.Dense) {
	var gram mat.Dense
	rows, columns := x.Dims()
	if rows > columns {
		gram.Mul(x.T(), x)
	} else {
		gram.Mul(x, x.T())
	}
	whole := mat.Norm(&gram, 2)
	x.Apply(func(i, j int, v float64) float64 {
		size := whole
		switch {
		case m.precondition == "schatten":
		case rows > columns:
			size = floats.Norm(gram.RawRowView(j), 1)
		default:
			size = floats.Norm(gram.RawRowView(i), 1)
		}
		return v / math.Sqrt(max(size, 1e-8))
	}, x)
}

// largestSingular is the largest singular value.
func largestSingular(x *mat.Dense) float64 {
	var svd mat.SVD
	if !svd.Factorize(x, mat.SVDNone) {
		return math.NaN()
	}
	return svd.Values(nil)[0]
}
