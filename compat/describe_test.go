package compat_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/descent-go/descent/compat"
)

// required gives the options that must be given some value.
func required(options []compat.OptionInfo) object {
	out := object{}
	for _, o := range options {
		if o.Required {
			out[o.Name] = 0.01
		}
	}
	return out
}

func with(options object, name string, value any) object {
	out := maps.Clone(options)
	out[name] = value
	return out
}

// TestDescribe holds what Describe says against what New does, for every option
// of every optimizer.
func TestDescribe(t *testing.T) {
	for _, peer := range compat.Peers() {
		for _, optimizer := range compat.Optimizers(peer) {
			options, err := compat.Describe(peer, optimizer)
			if err != nil {
				t.Error(err)
				continue
			}
			base := required(options)
			rule, _, err := compat.New(peer, optimizer, base)
			if err != nil {
				t.Errorf("with what is required: %v", err)
				continue
			}
			for _, o := range options {
				described(t, peer, optimizer, rule.Name(), base, o)
			}
			listed(t, peer, optimizer, options)
		}
	}
}

// described tries an option out.
func described(t *testing.T, peer, optimizer, rule string, base object, o compat.OptionInfo) {
	t.Helper()
	value := o.Default
	switch {
	case o.Kind == "other", o.Kind == "choice" && o.Default == nil:
		return
	case o.Required:
		without := maps.Clone(base)
		delete(without, o.Name)
		if _, _, err := compat.New(peer, optimizer, without); err == nil || !strings.Contains(err.Error(), o.Name+" is missing") {
			t.Errorf("%s %s without %s: %v", peer, optimizer, o.Name, err)
		}
		return
	case o.Kind == "meaningless":
		value = "anything"
	case o.Kind == "unsupported":
		if _, _, err := compat.New(peer, optimizer, with(base, o.Name, "x")); err == nil || !strings.Contains(err.Error(), "descent has not") {
			t.Errorf("%s %s with %s: %v", peer, optimizer, o.Name, err)
		}
		return
	}
	made, _, err := compat.New(peer, optimizer, with(base, o.Name, value))
	if err != nil || made.Name() != rule {
		t.Errorf("%s %s with %s = %v, the default: %v, %v; expected %s", peer, optimizer, o.Name, value, made, err, rule)
	}
}

// listed compares the names with those that an error of New lists.
func listed(t *testing.T, peer, optimizer string, options []compat.OptionInfo) {
	t.Helper()
	_, _, err := compat.New(peer, optimizer, object{"no such option": 1})
	_, list, ok := strings.Cut(fmt.Sprint(err), "it has ")
	if !ok || peer == "formula" {
		return
	}
	recordings := strings.Fields("dtype lag lars_skip momentum_correction rates_recorded stype updater_call")
	for name := range strings.SplitSeq(list, ", ") {
		known := func(o compat.OptionInfo) bool { return o.Name == name }
		if !slices.ContainsFunc(options, known) && !slices.Contains(recordings, name) {
			t.Errorf("%s %s: Describe lacks %s", peer, optimizer, name)
		}
	}
}

func TestDescribeKinds(t *testing.T) {
	for _, c := range []struct{ peer, optimizer, name, want string }{
		{"torch", "AdamW", "betas", "2 numbers 0.9,0.999 [0,1) false"},
		{"torch", "AdamW", "clip_grad_norm", "number or null null [0,inf) false"},
		{"torch", "AdamW", "fused", "meaningless   false"},
		{"torch", "SGD", "nesterov", "true or false false  false"},
		{"mxnet", "ADAM", "begin_num_update", "whole number 0 [0,inf) false"},
		{"mxnet", "adam", "param_idx2name", "other   false"},
		{"mxnet", "contrib.adamw_update", "eta", "number   true"},
		{"optax", "adam", "learning_rate", "number   true"},
		{"keras", "SGD", "clipnorm", "number or null null  false"},
		{"keras", "sgd", "ema_momentum", "number 0.99 [0,1] false"}, // there while use_ema is true
		{"keras", "SGD", "weight_decay", "number 0  false"},
		{"formula", "lbsgd", "warmup", "choice linear {linear, power2, sqrt, lars, none} false"},
		{"formula", "momentum", "momentum", "number 0.9 [0,1) false"},
	} {
		options, err := compat.Describe(c.peer, c.optimizer)
		if err != nil {
			t.Fatal(err)
		}
		got := "none"
		for _, o := range options {
			if o.Name == c.name {
				got = fmt.Sprint(o.Kind, " ", o.DefaultText(), " ", o.Range, " ", o.Required)
			}
		}
		if got != c.want {
			t.Errorf("%s %s: %s is %q, expected %q", c.peer, c.optimizer, c.name, got, c.want)
		}
	}
}

func TestDescribeSchedule(t *testing.T) {
	for _, peer := range compat.Peers() {
		for _, name := range compat.Schedules(peer) {
			if options, err := compat.DescribeSchedule(peer, name); err != nil || len(options) == 0 {
				t.Errorf("%s %s: %v, %v", peer, name, options, err)
			}
		}
	}
	options, err := compat.DescribeSchedule("torch", "StepLR")
	want := "gamma=0.1 last_epoch=-1 lr=1 step_size="
	var got []string
	for _, o := range options {
		got = append(got, o.Name+"="+o.DefaultText())
		if o.Required != (o.Name == "step_size") {
			t.Errorf("%s is required: %v", o.Name, o.Required)
		}
	}
	if err != nil || strings.Join(got, " ") != want {
		t.Errorf("StepLR has %v, %v; expected %s", got, err, want)
	}
}

func TestDescribeErrors(t *testing.T) {
	_, err := compat.Describe("tork", "Adam")
	contains(t, err, `unknown framework "tork": did you mean torch?`)
	_, err = compat.Describe("torch", "Adm")
	contains(t, err, `torch has no optimizer "Adm": did you mean Adam`)
	_, err = compat.Describe("keras", "LossScaleOptimizer")
	contains(t, err, "compat: keras's LossScaleOptimizer: ")
	_, err = compat.DescribeSchedule("torch", "StepRL")
	contains(t, err, "did you mean StepLR?")
	_, err = compat.DescribeSchedule("keras", "StepLR")
	contains(t, err, `of keras there are no schedules here`)
	_, _, err = compat.New("torch", "Adam", object{"": 1})
	contains(t, err, `there is no option ""`)
}

func contains(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, expected %q", err, want)
	}
}

func ExampleDescribe() {
	options, err := compat.Describe("torch", "Adam")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, o := range options[:4] {
		fmt.Printf("%s: %s (%s)\n", o.Name, o.DefaultText(), o.Kind)
	}
	// Output:
	// amsgrad: false (true or false)
	// betas: 0.9,0.999 (2 numbers)
	// capturable:  (meaningless)
	// clip_grad_norm: null (number or null)
}
