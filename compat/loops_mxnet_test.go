package compat_test

import (
	"maps"
	"math"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/compat"
)

// mxnetLoopOptions are common options beside an optimizer's own.
func mxnetLoopOptions(own map[string][]any) map[string][]any {
	out := map[string][]any{"learning_rate": {0.3, 0.1, 0.02}, "wd": {0.1, 0.01}, "rescale_grad": {0.5, 2.0}, "clip_gradient": {0.5, 2.0, nil}}
	maps.Copy(out, own)
	return out
}

// mxnetGrad rescales and clips, and adds the decay: after the clip, or before
// it where sum is set.
func mxnetGrad(drawn func(string, float64) float64, w, g []float64, wd float64, sum bool) {
	scale, c := drawn("rescale_grad", 1), drawn("clip_gradient", math.Inf(1))
	for i := range g {
		if sum {
			g[i] = limited(scale*g[i]+wd*w[i], c)
		} else {
			g[i] = limited(scale*g[i], c) + wd*w[i]
		}
	}
}

// TestMXNetLoops writes MXNet 1.9.1's optimizers out.
func TestMXNetLoops(t *testing.T) {
	testLoops(t, []loopCase{
		{"mxnet", "sgd", mxnetLoopOptions(nil), mxnetLoopSGD},
		{"mxnet", "sgd", mxnetLoopOptions(map[string][]any{"momentum": {0.9, 0.5}}), mxnetLoopSGD},
		{"mxnet", "nag", mxnetLoopOptions(map[string][]any{"momentum": {0.9, 0.5}}), mxnetLoopNAG},
		{"mxnet", "adagrad", mxnetLoopOptions(map[string][]any{"eps": {1e-7, 0.1}}), mxnetLoopAdaGrad},
		{"mxnet", "rmsprop", mxnetLoopOptions(map[string][]any{"gamma1": {0.95, 0.7}, "epsilon": {1e-3}, "clip_weights": {0.8, 2.0}}), mxnetLoopRMSProp},
		{"mxnet", "rmsprop", mxnetLoopOptions(map[string][]any{"centered": {true}, "gamma1": {0.95, 0.7}, "gamma2": {0.5}, "epsilon": {1e-2}, "clip_weights": {0.8, 2.0}}), mxnetLoopCentered},
		{"mxnet", "adadelta", mxnetLoopOptions(map[string][]any{"rho": {0.5, 0.99}, "epsilon": {1e-2}}), mxnetLoopAdaDelta},
		{"mxnet", "adam", mxnetLoopOptions(map[string][]any{"beta1": {0.5, 0.0}, "beta2": {0.9}, "epsilon": {1e-3}}), mxnetLoopAdam},
		{"mxnet", "adamax", mxnetLoopOptions(map[string][]any{"beta1": {0.5}, "beta2": {0.9}}), mxnetLoopAdamax},
		{"mxnet", "nadam", mxnetLoopOptions(map[string][]any{"beta1": {0.5}, "beta2": {0.9}, "epsilon": {1e-3}, "schedule_decay": {0.1}}), mxnetLoopNadam},
		{"mxnet", "signum", mxnetLoopOptions(map[string][]any{"momentum": {0.5, 0.9}, "wd_lh": {0.1}}), mxnetLoopSignum},
		{"mxnet", "ftml", mxnetLoopOptions(map[string][]any{"beta1": {0.8}, "beta2": {0.9}, "epsilon": {1e-3}}), mxnetLoopFTML},
		{"mxnet", "ftrl", mxnetLoopOptions(map[string][]any{"lamda1": {0.3, 0.0}, "beta": {0.5}}), mxnetLoopFtrl},
		{"mxnet", "lbsgd", mxnetLoopOptions(map[string][]any{"momentum": {0.9}, "warmup_strategy": {"linear"}, "warmup_epochs": {1.0, 2.0}, "batch_scale": {2.0, 3.0}, "updates_per_epoch": {4.0}, "begin_epoch": {1.0}}), mxnetLoopLBSGD},
		{"mxnet", "dcasgd", mxnetLoopOptions(map[string][]any{"lamda": {0.5}}), mxnetLoopDCASGD},
		{"mxnet2", "adamw", mxnetLoopOptions(map[string][]any{"beta1": {0.5}, "beta2": {0.9}, "epsilon": {1e-3}}), mxnetLoopAdamW},
	})
}

func mxnetLoopSGD(drawn func(string, float64) float64, t float64, w, g []float64, s *loopStates) {
	mxnetGrad(drawn, w, g, drawn("wd", 0), false)
	for i := range w {
		s.a[i] = drawn("momentum", 0)*s.a[i] - drawn("learning_rate", 0.01)*g[i]
		w[i] += s.a[i]
	}
}

func mxnetLoopNAG(drawn func(string, float64) float64, t float64, w, g []float64, s *loopStates) {
	lr, mu, wd := drawn("learning_rate", 0.01), drawn("momentum", 0), drawn("wd", 0)
	mxnetGrad(drawn, w, g, 0, false)
	for i := range w {
		d := g[i] + wd*w[i]
		w[i] += mu*(mu*s.a[i]-lr*d) - lr*d
		s.a[i] = mu*s.a[i] - lr*(g[i]+wd*w[i]) // of the new weight
	}
}

func mxnetLoopAdaGrad(drawn func(string, float64) float64, t float64, w, g []float64, s *loopStates) {
	mxnetGrad(drawn, w, g, 0, false)
	for i := range w {
		s.a[i] += g[i] * g[i]
		w[i] -= drawn("learning_rate", 0.01) * (g[i]/math.Sqrt(s.a[i]+drawn("eps", 1e-7)) + drawn("wd", 0)*w[i])
	}
}

func mxnetLoopRMSProp(drawn func(string, float64) float64, t float64, w, g []float64, s *loopStates) {
	rho := single(drawn("gamma1", 0.9))
	mxnetGrad(drawn, w, g, drawn("wd", 0), true)
	for i := range w {
		s.a[i] = rho*s.a[i] + (1-rho)*g[i]*g[i]
		w[i] = limited(w[i]-drawn("learning_rate", 0.001)*g[i]/math.Sqrt(s.a[i]+drawn("epsilon", 1e-8)), drawn("clip_weights", math.Inf(1)))
	}
}

func mxnetLoopCentered(drawn func(string, float64) float64, t float64, w, g []float64, s *loopStates) {
	rho := single(drawn("gamma1", 0.9))
	mxnetGrad(drawn, w, g, drawn("wd", 0), true)
	for i := range w {
		s.a[i] = rho*s.a[i] + (1-rho)*g[i]*g[i]
		s.b[i] = rho*s.b[i] + (1-rho)*g[i]
		s.c[i] = drawn("gamma2", 0.9)*s.c[i] - drawn("learning_rate", 0.001)*g[i]/math.Sqrt(s.a[i]-s.b[i]*s.b[i]+drawn("epsilon", 1e-8))
		w[i] = limited(w[i]+s.c[i], drawn("clip_weights", math.Inf(1)))
	}
}

func mxnetLoopAdaDelta(drawn func(string, float64) float64, t float64, w, g []float64, s *loopStates) {
	rho, eps := drawn("rho", 0.9), drawn("epsilon", 1e-5)
	mxnetGrad(drawn, w, g, 0, false)
	for i := range w {
		s.a[i] = rho*s.a[i] + (1-rho)*g[i]*g[i]
		d := math.Sqrt((s.b[i]+eps)/(s.a[i]+eps)) * g[i]
		s.b[i] = rho*s.b[i] + (1-rho)*d*d
		w[i] -= d + drawn("wd", 0)*w[i]
	}
}

func mxnetLoopAdam(drawn func(string, float64) float64, t float64, w, g []float64, s *loopStates) {
	beta1, beta2 := drawn("beta1", 0.9), drawn("beta2", 0.999)
	rate := single(drawn("learning_rate", 0.001) * math.Sqrt(1-math.Pow(beta2, t)) / (1 - math.Pow(beta1, t)))
	beta1, beta2 = single(beta1), single(beta2)
	mxnetGrad(drawn, w, g, drawn("wd", 0), true)
	for i := range w {
		s.a[i] = beta1*s.a[i] + (1-beta1)*g[i]
		s.b[i] = beta2*s.b[i] + (1-beta2)*g[i]*g[i]
		w[i] -= rate * s.a[i] / (math.Sqrt(s.b[i]) + drawn("epsilon", 1e-8))
	}
}

func mxnetLoopAdamW(drawn func(string, float64) float64, t float64, w, g []float64, s *loopStates) {
	beta1, beta2 := drawn("beta1", 0.9), drawn("beta2", 0.999)
	rate := single(drawn("learning_rate", 0.001) * math.Sqrt(1-math.Pow(beta2, t)) / (1 - math.Pow(beta1, t)))
	beta1, beta2 = single(beta1), single(beta2)
	mxnetGrad(drawn, w, g, 0, false)
	for i := range w {
		s.a[i] = beta1*s.a[i] + (1-beta1)*g[i]
		s.b[i] = beta2*s.b[i] + (1-beta2)*g[i]*g[i]
		w[i] -= rate * (s.a[i]/(math.Sqrt(s.b[i])+drawn("epsilon", 1e-6)) + drawn("wd", 0)*w[i])
	}
}

func mxnetLoopAdamax(drawn func(string, float64) float64, t float64, w, g []float64, s *loopStates) {
	beta1, beta2 := drawn("beta1", 0.9), drawn("beta2", 0.999)
	mxnetGrad(drawn, w, g, drawn("wd", 0), true)
	for i := range w {
		s.a[i] = beta1*s.a[i] + (1-beta1)*g[i]
		s.b[i] = max(beta2*s.b[i], math.Abs(g[i]))
		w[i] -= drawn("learning_rate", 0.002) / (1 - math.Pow(beta1, t)) * s.a[i] / s.b[i]
	}
}

func mxnetLoopNadam(drawn func(string, float64) float64, t float64, w, g []float64, s *loopStates) {
	beta1, beta2, sd := drawn("beta1", 0.9), drawn("beta2", 0.999), drawn("schedule_decay", 0.004)
	mu, next := beta1*(1-0.5*math.Pow(0.96, t*sd)), beta1*(1-0.5*math.Pow(0.96, (t+1)*sd))
	if t == 1 {
		s.x = 1
	}
	s.x *= mu
	mxnetGrad(drawn, w, g, drawn("wd", 0), true)
	for i := range w {
		s.a[i] = beta1*s.a[i] + (1-beta1)*g[i]
		s.b[i] = beta2*s.b[i] + (1-beta2)*g[i]*g[i]
		mean := (1-mu)*g[i]/(1-s.x) + next*s.a[i]/(1-s.x*next)
		w[i] -= drawn("learning_rate", 0.001) * mean / (math.Sqrt(s.b[i]/(1-math.Pow(beta2, t))) + drawn("epsilon", 1e-8))
	}
}

func mxnetLoopSignum(drawn func(string, float64) float64, t float64, w, g []float64, s *loopStates) {
	lr, mu := drawn("learning_rate", 0.01), drawn("momentum", 0.9)
	mxnetGrad(drawn, w, g, drawn("wd", 0), false)
	for i := range w {
		s.a[i] = mu*s.a[i] - (1-mu)*g[i]
		w[i] = (1-lr*drawn("wd_lh", 0))*w[i] + lr*sign(s.a[i])
	}
}

func mxnetLoopFTML(drawn func(string, float64) float64, t float64, w, g []float64, s *loopStates) {
	beta1, beta2 := single(drawn("beta1", 0.6)), single(drawn("beta2", 0.999))
	mxnetGrad(drawn, w, g, drawn("wd", 0), true)
	for i := range w {
		s.a[i] = beta2*s.a[i] + (1-beta2)*g[i]*g[i]
		d := (1 - math.Pow(beta1, t)) / drawn("learning_rate", 0.01) * (math.Sqrt(s.a[i]/(1-math.Pow(beta2, t))) + drawn("epsilon", 1e-8))
		s.b[i] = beta1*s.b[i] + (1-beta1)*g[i] - (d-beta1*s.c[i])*w[i]
		s.c[i] = d
		w[i] = -s.b[i] / d
	}
}

func mxnetLoopFtrl(drawn func(string, float64) float64, t float64, w, g []float64, s *loopStates) {
	lr, l1 := drawn("learning_rate", 0.1), drawn("lamda1", 0.01)
	mxnetGrad(drawn, w, g, 0, false)
	for i := range w {
		s.a[i] += g[i] - (math.Sqrt(s.b[i]+g[i]*g[i])-math.Sqrt(s.b[i]))/lr*w[i]
		s.b[i] += g[i] * g[i]
		w[i] = 0
		if z := s.a[i]; math.Abs(z) > l1 {
			w[i] = (sign(z)*l1 - z) / ((drawn("beta", 1)+math.Sqrt(s.b[i]))/lr + drawn("wd", 0))
		}
	}
}

func mxnetLoopLBSGD(drawn func(string, float64) float64, t float64, w, g []float64, s *loopStates) {
	scale, each := drawn("batch_scale", 1), drawn("updates_per_epoch", 32)
	k, n := drawn("begin_epoch", 0)*each+t, drawn("warmup_epochs", 5)*each
	for i := range w {
		s.b[i] += g[i]
	}
	if math.Mod(k, scale) != 0 {
		return
	}
	mult := scale
	if k < n {
		mult = 1 + (scale-1)*k/n
	}
	for i := range w {
		g[i] = s.b[i] / scale
		s.b[i] = 0
	}
	mxnetGrad(drawn, w, g, drawn("wd", 0), false)
	for i := range w {
		s.a[i] = drawn("momentum", 0)*s.a[i] - single(drawn("learning_rate", 0.01)*mult)*g[i]
		w[i] += s.a[i]
	}
}

func mxnetLoopDCASGD(drawn func(string, float64) float64, t float64, w, g []float64, s *loopStates) {
	if t == 1 {
		copy(s.a, w)
	}
	mxnetGrad(drawn, w, g, 0, false)
	for i := range w {
		d := g[i] + drawn("wd", 0)*w[i] + drawn("lamda", 0.04)*g[i]*g[i]*(w[i]-s.a[i])
		s.a[i] = w[i]
		w[i] -= drawn("learning_rate", 0.01) * d
	}
}

// TestMXNetSGLD: the same seed gives the same weights, and a step on 100000
// weights has the mean and the deviation that MXNet documents.
func TestMXNetSGLD(t *testing.T) {
	run := func(seed uint64) []float64 {
		rule, options, err := compat.New("mxnet", "sgld", object{"learning_rate": 0.04, "wd": 0.5, "rescale_grad": 0.5, "clip_gradient": 1})
		if err != nil {
			t.Fatal(err)
		}
		w, g := make([]float64, 100_000), make([]float64, 100_000)
		for i := range w {
			w[i], g[i] = 1, 8
		}
		opt, err := descent.New(rule, []descent.Param{descent.NewParam("w", w, g)}, append(options, descent.Seed(seed))...)
		if err != nil {
			t.Fatal(err)
		}
		defer opt.Close()
		if err := opt.Step(); err != nil {
			t.Fatal(err)
		}
		return w
	}
	one, again, other := run(1), run(1), run(2)
	mean, square := 0.0, 0.0
	for i, v := range one {
		if v != again[i] || v == other[i] {
			t.Fatalf("element %d: %v, with the same seed %v, with another %v", i, v, again[i], other[i])
		}
		mean += v / 1e5
		square += (v - 0.97) * (v - 0.97) / 1e5
	}
	if math.Abs(mean-0.97) > 4*0.2/math.Sqrt(1e5) || math.Abs(math.Sqrt(square)-0.2) > 4*0.2/math.Sqrt(2e5) {
		t.Errorf("mean %v, deviation %v, expected 0.97 and 0.2", mean, math.Sqrt(square))
	}
}
