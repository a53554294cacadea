package compat_test

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/compat"
	"github.com/descent-go/descent/optim"
)

// TestMXNet replays recordings of both versions of MXNet, defects included.
func TestMXNet(t *testing.T) {
	for peer, least := range map[string]int{"mxnet": 130, "mxnet2": 79} {
		for _, path := range glob(t, least, traces+"/"+peer+"/*.json.gz") {
			t.Run(peer+"/"+filepath.Base(path), func(t *testing.T) { passes(t, path, nil) })
		}
	}
}

// TestMXNetNames: MXNet's registry takes names in any letter case.
func TestMXNetNames(t *testing.T) {
	for peer, want := range map[string]int{"mxnet": 23, "mxnet2": 24} {
		names := compat.Optimizers(peer)
		if len(names) != want || !slices.IsSorted(names) {
			t.Errorf("%s has %d: %v", peer, len(names), names)
		}
		for _, name := range names {
			var options map[string]any
			if strings.HasPrefix(name, "contrib.") {
				options = map[string]any{"lr": 0.1, "eta": 1}
			}
			for _, written := range []string{name, strings.ToLower(name), strings.ToUpper(name)} {
				if _, _, err := compat.New(peer, written, options); err != nil {
					t.Error(err)
				}
			}
		}
	}
}

// TestMXNetOptions: every class has its options by MXNet's names, and no others.
func TestMXNetOptions(t *testing.T) {
	factor := func(options object) object { return object{"lr_scheduler": options} }
	for _, c := range []struct {
		peer, optimizer string
		options         object
		want            string // of the error; none where empty
	}{
		{"mxnet", "sgd", object{"learning_rate": nil, "clip_gradient": nil, "sym": nil, "param_idx2name": nil, "lr_scheduler": nil}, ""},
		{"mxnet", "sgd", object{"momentum": -1, "lazy_update": false, "multi_precision": true}, ""},
		{"mxnet", "lbsgd", object{"warmup_strategy": "anything", "num_epochs": 7}, ""},
		{"mxnet", "sgd", object{"param_idx2name": map[int]string{0: "fc_bias"}}, ""},
		{"mxnet", "adam", factor(object{"class": "MultiFactorScheduler", "step": []int{3, 5}}), ""},
		{"mxnet2", "adagrad", object{"use_fused_step": true}, ""},
		{"mxnet2", "test", object{"clip_gradient": nil}, ""},

		{"mxnet", "adamm", nil, "did you mean Adam"},
		{"mxnet", "adamw", nil, "mxnet has no optimizer"},
		{"mxnet2", "lbsgd", nil, "mxnet2 has no optimizer"},
		{"mxnet", "rmsprop", object{"rho": 0.9}, `there is no option "rho": it has begin_num_update, centered, clip_gradient, clip_weights, `},
		{"mxnet2", "rmsprop", object{"gamma1": 0.9}, `there is no option "gamma1"`},
		{"mxnet2", "sgd", object{"momentum": 1.5}, "option momentum: momentum = 1.5 is out of range"},
		{"mxnet", "adam", object{"beta1": 1}, "option beta1: beta1 = 1 is out of range"},
		{"mxnet", "sgd", object{"learning_rate": "fast"}, `option learning_rate: expected a number, found the text "fast"`},
		{"mxnet", "sgd", object{"learning_rate": -1}, "option learning_rate: lr = -1 is out of range"},
		{"mxnet", "adagrad", object{"clip_gradient": -1}, "option clip_gradient: expected a value in [0,inf)"},
		{"mxnet", "sgd", object{"sym": "net"}, "option sym: the framework has it, descent has not"},
		{"mxnet", "sgd", object{"begin_num_update": 1.5}, "option begin_num_update: expected a whole number"},
		{"mxnet", "dcasgd", object{"momentum": 0.9}, "MXNet 1.9's DCASGD fails with momentum"},
		{"mxnet", "signum", object{"momentum": 0, "wd_lh": 0.1}, "MXNet 1.9 has it only with momentum"},
		{"mxnet", "groupadagrad", object{"wd": 0.1}, "GroupAdaGrad has no weight decay"},
		{"mxnet", "lbsgd", object{"warmup_strategy": 3}, "option warmup_strategy: expected linear, power2, sqrt or lars, found 3"},
		{"mxnet", "sgd", object{"param_idx2name": object{"first": "w"}}, "option param_idx2name: expected names of parameters by their numbers, found first"},
		{"mxnet", "sgd", object{"param_idx2name": []string{"w"}}, "option param_idx2name: expected names"},
		{"mxnet2", "adamax", object{"use_fused_step": true}, "option use_fused_step: Adamax has no fused step"},
		{"mxnet2", "sgd", object{"use_fused_step": false, "lazy_update": true}, "option lazy_update: MXNet has it only with use_fused_step"},
		{"mxnet", "contrib.adamw_update", object{"lr": 0.1}, "option eta is missing"},
		{"mxnet", "contrib.adamw_update", object{"lr": 0.1, "eta": 1, "begin_num_update": 2}, `there is no option "begin_num_update"`},

		{"mxnet", "sgd", factor(object{"class": "LinearScheduler"}), "option lr_scheduler: expected options with a class among them"},
		{"mxnet", "adadelta", factor(object{"class": 3}), "option lr_scheduler: expected options with a class among them"},
		{"mxnet", "sgd", factor(object{"class": "FactorScheduler"}), "option lr_scheduler: option step is missing"},
		{"mxnet", "sgd", factor(object{"class": "FactorScheduler", "step": 1, "gamma": 2}), `option lr_scheduler: there is no option "gamma"`},
	} {
		_, _, err := compat.New(c.peer, c.optimizer, c.options)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s %s %v: error %v, expected %q", c.peer, c.optimizer, c.options, err, c.want)
		}
	}
}

// TestMXNetSchedules compares every rate with those recorded by the number of
// updates, of which the first step has made one.
func TestMXNetSchedules(t *testing.T) {
	f, err := os.Open(traces + "/mxnet-schedulers.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var all []struct {
		Scheduler string
		Options   map[string]any
		LR        []float64
	}
	if err := json.NewDecoder(z).Decode(&all); err != nil || len(all) != 20 {
		t.Fatal(len(all), err)
	}
	for i, s := range all {
		t.Run(fmt.Sprint(i, "-", s.Scheduler), func(t *testing.T) {
			for _, peer := range []string{"mxnet", "mxnet2"} {
				got, err := compat.Schedule(peer, s.Scheduler, s.Options)
				if err != nil {
					t.Fatal(err)
				}
				for step, want := range s.LR[1:] {
					if v := got.At(step); math.Abs(v-want) > 1e-13 {
						t.Fatalf("step %d: %v, recorded %v", step, v, want)
					}
				}
			}
		})
	}
}

func TestMXNetScheduleOptions(t *testing.T) {
	for _, c := range []struct {
		name    string
		options object
		want    string
	}{
		{"FactorScheduler", object{"step": 0}, "option step = 0 is out of range"},
		{"FactorScheduler", object{"step": 2, "factor": 1.5}, "option factor = 1.5 is out of range"},
		{"FactorScheduler", object{"step": 2, "warmup_begin_lr": 0.5}, "option warmup_begin_lr: 0.5 is above base_lr"},
		{"FactorScheduler", object{"step": 2, "warmup_mode": "cubic"}, "option warmup_mode: expected one of linear, constant"},
		{"MultiFactorScheduler", nil, "option step is missing"},
		{"MultiFactorScheduler", object{"step": 3}, "option step: expected a list"},
		{"MultiFactorScheduler", object{"step": []int{}}, "option step: expected at least one"},
		{"MultiFactorScheduler", object{"step": []int{5, 5}}, "option step: expected increasing whole numbers"},
		{"PolyScheduler", object{"max_update": 10, "warmup_steps": 10}, "option max_update: equal to warmup_steps"},
		{"CosineScheduler", nil, "option max_update is missing"},
		{"cosine", nil, "mxnet has no schedule"},
	} {
		if _, err := compat.Schedule("mxnet", c.name, c.options); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %v: error %v, expected %q", c.name, c.options, err, c.want)
		}
	}
	// A warm-up that lasts longer than the fall leaves base_lr.
	s, err := compat.Schedule("mxnet", "PolyScheduler", object{"max_update": 2, "warmup_steps": 4, "base_lr": 0.5})
	if err != nil || s.At(2) != 0.375 || s.At(5) != 0.5 {
		t.Error(s, err)
	}
}

// mxnetRun compares 12 steps of an optimizer for three parameters with a loop,
// which is given gradients and weights of all of them, and options more.
func mxnetRun(t *testing.T, peer, optimizer string, options object, more []descent.Option, loop func(step int, w, g [][]float64)) {
	t.Helper()
	rule, own, err := compat.New(peer, optimizer, options)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"fc_weight", "fc_bias", "bn_gamma"}
	w, want, g := make([][]float64, 3), make([][]float64, 3), make([][]float64, 3)
	var params []descent.Param
	for k, name := range names {
		w[k], g[k] = []float64{1, -0.5, 2}, make([]float64, 3)
		want[k] = slices.Clone(w[k])
		params = append(params, descent.NewParam(name, w[k], g[k]))
	}
	opt, err := descent.New(rule, params, append(own, more...)...)
	if err != nil {
		t.Fatal(err)
	}
	defer opt.Close()
	for step := 1; step <= 12; step++ {
		for k := range g {
			for i := range g[k] {
				g[k][i] = gradient(step, 3*k+i)
			}
		}
		if err := opt.Step(); err != nil {
			t.Fatal(err)
		}
		loop(step, want, g)
		for k := range w {
			for i := range w[k] {
				if off := math.Abs(w[k][i] - want[k][i]); !(off <= 1e-12) {
					t.Fatalf("%s: step %d, %s, element %d: %v, the loop has %v", optimizer, step, names[k], i, w[k][i], want[k][i])
				}
			}
		}
	}
}

var mxnetTestNames = object{"0": "fc_weight", "1": "fc_bias", "2": "bn_gamma"}

// TestMXNetNadam: one product of momenta for all parameters.
func TestMXNetNadam(t *testing.T) {
	m, v, product := [3][3]float64{}, [3][3]float64{}, 1.0
	options := object{"learning_rate": 0.1, "beta1": 0.8, "schedule_decay": 0.5, "begin_num_update": 2, "wd": 0.1, "clip_gradient": 0.9}
	mxnetRun(t, "mxnet", "nadam", options, []descent.Option{descent.For("*bias", descent.LRMult(0.5))}, func(step int, w, g [][]float64) {
		n := float64(step + 2)
		mu, next := 0.8*(1-0.5*math.Pow(0.96, n*0.5)), 0.8*(1-0.5*math.Pow(0.96, (n+1)*0.5))
		for k := range w {
			lr := []float64{0.1, 0.05, 0.1}[k]
			product *= mu
			for i := range w[k] {
				x := max(min(g[k][i]+0.1*w[k][i], 0.9), -0.9)
				m[k][i] = 0.8*m[k][i] + 0.2*x
				v[k][i] = 0.999*v[k][i] + 0.001*x*x
				mean := (1-mu)*x/(1-product) + next*m[k][i]/(1-product*next)
				w[k][i] -= lr * mean / (math.Sqrt(v[k][i]/(1-math.Pow(0.999, n))) + 1e-8)
			}
		}
	})
}

// TestMXNetByName: weight decay follows names, the rate its scheduler.
func TestMXNetByName(t *testing.T) {
	velocity := [3][3]float64{}
	options := object{"momentum": 0.5, "wd": 0.2, "rescale_grad": 2, "clip_gradient": 1.5, "begin_num_update": 1, "param_idx2name": mxnetTestNames,
		"lr_scheduler": object{"class": "FactorScheduler", "step": 4, "factor": 0.5, "base_lr": 0.1}}
	mxnetRun(t, "mxnet", "SGD", options, nil, func(step int, w, g [][]float64) {
		lr := 0.1 * math.Pow(0.5, float64(step/4))
		for k := range w {
			wd := []float64{0.2, 0, 0.2}[k]
			for i := range w[k] {
				velocity[k][i] = 0.5*velocity[k][i] - lr*(max(min(2*g[k][i], 1.5), -1.5)+wd*w[k][i])
				w[k][i] += velocity[k][i]
			}
		}
	})
}

// TestMXNetLARS: only what is named weight decays, bias and gamma have the
// plain rate, and momentum follows the rate.
func TestMXNetLARS(t *testing.T) {
	velocity, last := [3][3]float64{}, 0.0
	options := object{"momentum": 0.5, "wd": 0.2, "eta": 0.1, "eps": 0.25, "clip_gradient": 0.5, "param_idx2name": mxnetTestNames,
		"lr_scheduler": object{"class": "PolyScheduler", "max_update": 20, "base_lr": 0.5, "pwr": 1}}
	mxnetRun(t, "mxnet", "LARS", options, nil, func(step int, w, g [][]float64) {
		lr := 0.5 * (1 - float64(step)/20)
		momentum := 0.5
		if step > 1 {
			momentum *= lr / last
		}
		last = lr
		for k := range w {
			weights, size := 0.0, 0.0
			for i := range w[k] {
				weights, size = weights+w[k][i]*w[k][i], size+g[k][i]*g[k][i]
			}
			rate, wd := lr, 0.0
			if k == 0 {
				wd = 0.2
				rate *= 0.1 * math.Sqrt(weights) / (math.Sqrt(size) + 0.2*math.Sqrt(weights) + 0.25)
			}
			for i := range w[k] {
				velocity[k][i] = momentum*velocity[k][i] - rate*(max(min(g[k][i], 0.5), -0.5)+wd*w[k][i])
				w[k][i] += velocity[k][i]
			}
		}
	})
}

// TestMXNetCountsTwice: LAMB of MXNet 2 without aggregation. Its operator's
// betas are float32.
func TestMXNetCountsTwice(t *testing.T) {
	beta1, beta2 := float64(float32(0.9)), float64(float32(0.999))
	for aggregate, each := range map[int]float64{1: 2, 4: 1} {
		m, v := [3][3]float64{}, [3][3]float64{}
		mxnetRun(t, "mxnet2", "LAMB", object{"learning_rate": 0.1, "upper_bound": 1.5, "aggregate_num": aggregate}, nil, func(step int, w, g [][]float64) {
			n := each * float64(step)
			for k := range w {
				u, weights, size := [3]float64{}, 0.0, 0.0
				for i := range w[k] {
					m[k][i] = beta1*m[k][i] + (1-beta1)*g[k][i]
					v[k][i] = beta2*v[k][i] + (1-beta2)*g[k][i]*g[k][i]
					u[i] = m[k][i] / (1 - math.Pow(beta1, n)) / (math.Sqrt(v[k][i]/(1-math.Pow(beta2, n))) + 1e-6)
					weights, size = weights+w[k][i]*w[k][i], size+u[i]*u[i]
				}
				for i := range w[k] {
					w[k][i] -= 0.1 * min(math.Sqrt(weights), 1.5) / math.Sqrt(size) * u[i]
				}
			}
		})
	}
}

// TestMXNetOwnRules: what MXNet computes as our own rules do is those rules.
func TestMXNetOwnRules(t *testing.T) {
	for _, c := range []struct {
		peer, optimizer string
		want            optim.Rule
	}{{"mxnet", "sgd", optim.SGD}, {"mxnet", "signum", optim.Signum}, {"mxnet2", "nag", optim.NAGShifted}, {"mxnet", "sgld", optim.SGLD}} {
		if rule, _, err := compat.New(c.peer, c.optimizer, nil); err != nil || rule != c.want {
			t.Errorf("%s %s: %v %v", c.peer, c.optimizer, rule, err)
		}
	}
}
