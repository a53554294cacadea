package compat_test

import (
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/compat"
)

// TestMXNetLag: with a scheduler LBSGD's first parameter has the rate of the
// step before.
func TestMXNetLag(t *testing.T) {
	options := object{"param_idx2name": mxnetTestNames, "lr_scheduler": object{"class": "PolyScheduler", "max_update": 20, "base_lr": 0.5, "pwr": 1}}
	mxnetRun(t, "mxnet", "lbsgd", options, nil, func(step int, w, g [][]float64) {
		for k := range w {
			lr := 0.5 * (1 - float64(step)/20)
			if k == 0 {
				lr = 0.5 * (1 - float64(step-1)/20)
			}
			for i := range w[k] {
				w[k][i] -= float64(float32(lr)) * g[k][i]
			}
		}
	})
}

// TestMXNetBaseLR: a class with a learning rate of its own takes the place of
// its scheduler's.
func TestMXNetBaseLR(t *testing.T) {
	for optimizer, base := range map[string]float64{"Signum": 0.01, "sgd": 0.3, "ftrl": 0.3} {
		rule, options, err := compat.New("mxnet", optimizer, object{"lr_scheduler": object{"class": "FactorScheduler", "step": 9, "base_lr": 0.3}})
		if err != nil {
			t.Fatal(err)
		}
		opt, err := descent.New(rule, []descent.Param{descent.NewParam("w", make([]float64, 2), make([]float64, 2))}, options...)
		if err != nil {
			t.Fatal(err)
		}
		if opt.LR() != base {
			t.Errorf("%s trains at %v, expected %v", optimizer, opt.LR(), base)
		}
	}
}
