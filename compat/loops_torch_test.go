package compat_test

import (
	"math"
	"testing"
)

// torchGrad turns the gradient over where maximize is set and adds the decay.
func torchGrad(drawn func(string, float64) float64, w, g []float64, wd float64) {
	for i := range g {
		if drawn("maximize", 0) == 1 {
			g[i] = -g[i]
		}
		g[i] += wd * w[i]
	}
}

// TestTorchLoops writes PyTorch's optimizers out. Betas are those of the
// case.
func TestTorchLoops(t *testing.T) {
	with := func(own map[string][]any) map[string][]any {
		own["lr"], own["weight_decay"], own["maximize"] = []any{0.3, 0.1, 0.02}, []any{0.1, 0.01}, []any{true, nil}
		return own
	}
	var cases []loopCase
	for _, betas := range [][2]float64{{0.9, 0.999}, {0.5, 0.9}, {0, 0.99}} {
		adam := func(more map[string][]any) map[string][]any {
			more["betas"], more["eps"] = []any{[]float64{betas[0], betas[1]}}, []any{1e-3, 1e-6}
			return with(more)
		}
		cases = append(cases,
			loopCase{"torch", "Adam", adam(map[string][]any{"amsgrad": {true, nil}, "decoupled_weight_decay": {true, nil}}), torchLoopAdam(betas, 0)},
			loopCase{"torch", "AdamW", adam(map[string][]any{"amsgrad": {true, nil}}), torchLoopAdam(betas, 0.01)},
			loopCase{"torch", "Adamax", adam(map[string][]any{}), torchLoopAdamax(betas)},
		)
	}
	testLoops(t, append(cases,
		loopCase{"torch", "SGD", with(map[string][]any{"momentum": {0.5, 0.9}, "dampening": {0.3}}), torchLoopSGD},
		loopCase{"torch", "SGD", with(map[string][]any{"momentum": {0.9}, "nesterov": {true}}), torchLoopSGD},
		loopCase{"torch", "RMSprop", with(map[string][]any{"alpha": {0.9, 0.5}, "eps": {1e-2}, "momentum": {0.5, 0.9}, "centered": {true, nil}}), torchLoopRMSprop},
		loopCase{"torch", "Adagrad", with(map[string][]any{"lr_decay": {0.1, 1.0}, "initial_accumulator_value": {0.1, 1.0}, "eps": {1e-3}}), torchLoopAdagrad},
		loopCase{"torch", "Adadelta", with(map[string][]any{"rho": {0.5, 0.99}, "eps": {1e-3}}), torchLoopAdadelta},
	))
}

func torchLoopSGD(drawn func(string, float64) float64, t float64, w, g []float64, s *loopStates) {
	torchGrad(drawn, w, g, drawn("weight_decay", 0))
	for i := range w {
		s.a[i] = drawn("momentum", 0)*s.a[i] + (1-drawn("dampening", 0))*g[i]
		if t == 1 || drawn("momentum", 0) == 0 { // the first is not dampened
			s.a[i] = g[i]
		}
		d := s.a[i]
		if drawn("nesterov", 0) == 1 {
			d = g[i] + drawn("momentum", 0)*d
		}
		w[i] -= drawn("lr", 1e-3) * d
	}
}

// torchLoopAdam is AdamW too, whose decay is decoupled and has a default.
func torchLoopAdam(betas [2]float64, decay float64) loop {
	return func(drawn func(string, float64) float64, t float64, w, g []float64, s *loopStates) {
		lr, wd := drawn("lr", 1e-3), drawn("weight_decay", decay)
		if decay > 0 || drawn("decoupled_weight_decay", 0) == 1 {
			torchGrad(drawn, w, g, 0)
			for i := range w {
				w[i] *= 1 - lr*wd
			}
		} else {
			torchGrad(drawn, w, g, wd)
		}
		for i := range w {
			s.a[i] = betas[0]*s.a[i] + (1-betas[0])*g[i]
			s.b[i] = betas[1]*s.b[i] + (1-betas[1])*g[i]*g[i]
			s.c[i] = max(s.c[i], s.b[i])
			square := s.b[i]
			if drawn("amsgrad", 0) == 1 {
				square = s.c[i]
			}
			root := math.Sqrt(square)/math.Sqrt(1-math.Pow(betas[1], t)) + drawn("eps", 1e-8)
			w[i] -= lr / (1 - math.Pow(betas[0], t)) * s.a[i] / root
		}
	}
}

func torchLoopAdamax(betas [2]float64) loop {
	return func(drawn func(string, float64) float64, t float64, w, g []float64, s *loopStates) {
		torchGrad(drawn, w, g, drawn("weight_decay", 0))
		for i := range w {
			s.a[i] = betas[0]*s.a[i] + (1-betas[0])*g[i]
			s.b[i] = max(betas[1]*s.b[i], math.Abs(g[i])+drawn("eps", 1e-8))
			w[i] -= drawn("lr", 2e-3) / (1 - math.Pow(betas[0], t)) * s.a[i] / s.b[i]
		}
	}
}

func torchLoopRMSprop(drawn func(string, float64) float64, t float64, w, g []float64, s *loopStates) {
	alpha := drawn("alpha", 0.99)
	torchGrad(drawn, w, g, drawn("weight_decay", 0))
	for i := range w {
		s.a[i] = alpha*s.a[i] + (1-alpha)*g[i]*g[i]
		square := s.a[i]
		if drawn("centered", 0) == 1 {
			s.b[i] = alpha*s.b[i] + (1-alpha)*g[i]
			square -= s.b[i] * s.b[i]
		}
		s.c[i] = drawn("momentum", 0)*s.c[i] + g[i]/(math.Sqrt(square)+drawn("eps", 1e-8))
		w[i] -= drawn("lr", 1e-2) * s.c[i]
	}
}

func torchLoopAdagrad(drawn func(string, float64) float64, t float64, w, g []float64, s *loopStates) {
	torchGrad(drawn, w, g, drawn("weight_decay", 0))
	for i := range w {
		if t == 1 {
			s.a[i] = drawn("initial_accumulator_value", 0)
		}
		s.a[i] += g[i] * g[i]
		w[i] -= drawn("lr", 1e-2) / (1 + (t-1)*drawn("lr_decay", 0)) * g[i] / (math.Sqrt(s.a[i]) + drawn("eps", 1e-10))
	}
}

func torchLoopAdadelta(drawn func(string, float64) float64, t float64, w, g []float64, s *loopStates) {
	rho, eps := drawn("rho", 0.9), drawn("eps", 1e-6)
	torchGrad(drawn, w, g, drawn("weight_decay", 0))
	for i := range w {
		s.a[i] = rho*s.a[i] + (1-rho)*g[i]*g[i]
		d := math.Sqrt(s.b[i]+eps) / math.Sqrt(s.a[i]+eps) * g[i]
		s.b[i] = rho*s.b[i] + (1-rho)*d*d
		w[i] -= drawn("lr", 1) * d
	}
}
