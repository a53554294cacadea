package compat_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/descent-go/descent/compat"
)

// TestCompare has what the frameworks are known to do, in the order epsilon,
// weight decay, correction, clipping.
func TestCompare(t *testing.T) {
	for _, c := range []struct{ rule, optimizer, want string }{
		{"adam", "formula/adam", "beside the corrected root | added to the gradient | beta1, beta2 | links clip-value, clip-norm"},
		{"adam", "mxnet/Adam", "beside the uncorrected root | added to the gradient | beta1, beta2 | clip_gradient, of the sum with the decay"},
		{"adam", "mxnet2/Adam", "beside the uncorrected root | added to the gradient | beta1, beta2 | clip_gradient"},
		{"adam", "torch/Adam", "beside the corrected root | added to the gradient | beta1, beta2 | clip_grad_norm, clip_grad_value"},
		{"adam", "optax/adam", "eps beside the corrected root; eps_root inside the root | none | beta1, beta2 | none"},
		{"Adam", "keras/Adam", "beside the uncorrected root | beside the step, times lr | beta1, beta2 | clipnorm, clipvalue, global_clipnorm"},
		{"adamw", "torch/AdamW", "beside the corrected root | beside the step, times lr | beta1, beta2 |"},
		{"adamw", "mxnet2/AdamW", "beside the uncorrected root | beside the step, times rate | beta1, beta2 |"},
		{"adamw", "optax/adamw", "| beside the step, times lr |"},
		{"amsgrad", "formula/amsgrad", "beside the root | added to the gradient | none |"},
		{"amsgrad", "torch/Adam[amsgrad:true]", "beside the corrected root |"},
		{"amsgrad", "optax/amsgrad", "eps beside the corrected root"},
		{"sgd", "torch/SGD", "none | added to the gradient | none |"},
		{"sgd", "optax/sgd", "none | none | none | none"},
		{"sgd", "keras/SGD", "none | beside the step, times lr |"},
		{"momentum", "torch/SGD[momentum:0.9]", "none | added to the gradient |"},
		{"nag", "formula/nag", "none | added to the gradient |"},
		{"schedule_free_adamw", "pytorch_optimizer/ScheduleFreeAdamW", "beside the corrected root |"},
		{"nag", "mxnet/NAG[momentum:0.9]", "none | added to the gradient |"},
		{"nag", "optax/sgd[momentum:0.9 nesterov:true]", "none |"},
		{"nag-shifted", "keras/SGD[momentum:0.9 nesterov:true]", "none |"},
		{"adagrad", "mxnet/AdaGrad", "inside the root | beside the step, times lr |"},
		{"adagrad", "mxnet2/AdaGrad", "beside the root | added to the gradient |"},
		{"rmsprop", "torch/RMSprop", "beside the root | added to the gradient |"},
		{"rmsprop", "mxnet/RMSProp", "inside the root | added to the gradient | none | clip_gradient, of the sum with the decay"},
		{"rmsprop_centered", "torch/RMSprop[centered:true]", "beside the root |"},
		{"adadelta", "mxnet/AdaDelta", "inside the root | beside the step, without lr | none | clip_gradient"},
		{"adamax", "torch/Adamax", "added to abs(g) | added to the gradient | beta1 |"},
		{"adamax", "keras/Adamax", "added to u |"},
		{"adamax", "mxnet/Adamax", "none |"},
		{"adamax", "mxnet2/Adamax", "added to u |"},
		{"nadam", "mxnet/Nadam", "? | ? | ? | clip_gradient"},
		{"nadam", "keras/Nadam", "beside the corrected root | beside the step, times lr | beta2, by product |"},
		{"ftrl", "mxnet/Ftrl", "| w = where(abs(z) <= l1, 0, (sign(z)*l1 - z)/((beta + sqrt(n))/lr + wd)) |"},
		{"lamb", "mxnet/LAMB", "beside the corrected root | inside the trust ratio |"},
		{"lamb", "optax/lamb", "eps added to size | inside the trust ratio |"},
		{"lamb", "keras/Lamb", "| beside the step, times lr |"},
		{"lamb", "pytorch_optimizer/Lamb", "| max_grad_norm"},
		{"lars", "mxnet/LARS", "added to gradient + wd*weight | added to the gradient |"},
		{"lion", "formula/lion", "none | beside the step, times lr | none |"},
		{"lion", "pytorch_optimizer/Lion", "none | beside the step, times lr | none |"},
		{"signum", "optax/signum", "none | none |"},
		{"adabelief", "mxnet2/AdaBelief", "added to s at every step; beside the uncorrected root |"},
		{"radam", "torch/RAdam", "beside the uncorrected root |"},
	} {
		all, err := compat.Compare(c.rule)
		if err != nil {
			t.Fatal(err)
		}
		got := "nothing"
		for _, x := range all {
			name := x.Peer + "/" + x.Optimizer
			if x.Given != nil {
				name += strings.TrimPrefix(fmt.Sprint(x.Given), "map")
			}
			if name == c.optimizer {
				got = strings.Join([]string{x.Epsilon, x.WeightDecay, x.Correction, x.Clipping}, " | ")
			}
		}
		if !strings.Contains(got, c.want) {
			t.Errorf("%s of %s: %s; expected %s", c.rule, c.optimizer, got, c.want)
		}
	}
}

// TestCompareAll compares every rule; the frameworks come in one order, each
// with its options and formula.
func TestCompareAll(t *testing.T) {
	order := strings.Fields("formula mxnet mxnet2 torch optax keras pytorch_optimizer")
	for _, rule := range compat.Optimizers("formula") {
		all, err := compat.Compare(rule)
		if err != nil {
			t.Error(err)
			continue
		}
		last := -1
		for _, c := range all {
			at := slices.Index(order, c.Peer)
			if at <= last || c.Rule == "" || c.Epsilon == "" || c.WeightDecay == "" || c.Correction == "" || c.Clipping == "" {
				t.Errorf("%s: %+v", rule, c)
			}
			if (c.Epsilon == "?") != (c.Formula == nil) {
				t.Errorf("%s of %s: the formula is %v", rule, c.Peer, c.Formula)
			}
			last = at
		}
		if len(all) == 0 || all[0].Peer != "formula" {
			t.Errorf("%s: descent is not first", rule)
		}
	}
	for rule, want := range map[string]string{"amsgrad": "amsgrad-torch", "nag": "nesterov-torch", "rmsprop-centered": "rmsprop-centered-torch"} {
		all, err := compat.Compare(rule)
		if err != nil || !slices.ContainsFunc(all, func(c compat.Comparison) bool { return c.Rule == want }) {
			t.Errorf("%s is not compared with %s: %v", rule, want, err)
		}
	}
	for rule, want := range map[string]string{
		"adm":            `compat: unknown optimizer "adm": did you mean adam`,
		"shampo":         "did you mean shampoo",
		"nothing_at_all": "there is adabelief, adadelta,",
		"clip-norm":      "compat: clip-norm is a link or a chain",
		"adam+lookahead": "is a link or a chain",
	} {
		_, err := compat.Compare(rule)
		contains(t, err, want)
	}
}

// TestCompareForeign compares what descent has only by others' names.
func TestCompareForeign(t *testing.T) {
	all, err := compat.Compare("adafactor")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range all {
		got = append(got, c.Peer+"/"+c.Optimizer)
	}
	if want := []string{"torch/Adafactor", "optax/adafactor", "keras/Adafactor"}; !slices.Equal(got, want) {
		t.Errorf("adafactor is compared in %v, expected %v", got, want)
	}
}

// TestCompareSharedNames has a chain with two states of one name.
func TestCompareSharedNames(t *testing.T) {
	all, err := compat.Compare("rmsprop")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"scale-by-rms.v = decay*scale-by-rms.v + (1 - decay)*g^2", "g = g/sqrt(scale-by-rms.v + eps)", "g = lr*g",
		"trace.v = g + momentum*trace.v", "g = trace.v", "w = w - g",
	}
	for _, c := range all {
		if c.Peer == "optax" && !slices.Equal(c.Formula, want) {
			t.Errorf("optax: %q", c.Formula)
		}
	}
}

func ExampleCompare() {
	all, err := compat.Compare("rmsprop")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range all {
		fmt.Printf("%s: epsilon %s\n", c.Peer, c.Epsilon)
	}
	// Output:
	// formula: epsilon inside the root
	// mxnet: epsilon inside the root
	// mxnet2: epsilon beside the root
	// torch: epsilon beside the root
	// optax: epsilon inside the root
	// keras: epsilon inside the root
	// pytorch_optimizer: epsilon beside the root
}
