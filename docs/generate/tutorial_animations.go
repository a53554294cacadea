package main

import (
	"context"

	"github.com/descent-go/descent/animate"
	"github.com/descent-go/descent/optim"
)

// animations are the tutorial's, by the name of their file.
var animations = []picture{
	{"sgd.gif", animated("quadratic", way{label: "sgd", rule: "sgd", settings: "lr=0.12"}, 24)},
	{"weight-decay.gif", animated(off, way{label: "sgd with wd = 2", rule: "sgd", settings: "lr=0.05 wd=2"}, 24)},
	{"momentum.gif", animated("quadratic", way{label: "sgd with momentum", rule: "sgd", settings: "lr=0.03 momentum=0.9"}, 40)},
	{"nesterov.gif", animated("quadratic", way{label: "nag", rule: "nag", settings: "lr=0.03"}, 30)},
	{"adagrad.gif", animated("quadratic", way{label: "adagrad", rule: "adagrad", settings: "lr=0.8"}, 40)},
	{"rmsprop.gif", animated("quadratic", way{label: "rmsprop", rule: "rmsprop", settings: "lr=0.1"}, 50)},
	{"adadelta.gif", animated("quadratic", way{label: "adadelta", rule: "adadelta", settings: "eps=1e-3"}, 50)},
	{"adam.gif", animated("quadratic", way{label: "adam", rule: "adam", settings: "lr=0.3"}, 50)},
	{"adamax.gif", animated("quadratic", way{label: "adamax", rule: "adamax", settings: "lr=0.3"}, 50)},
	{"nadam.gif", animated("quadratic", way{label: "nadam", rule: "nadam", settings: "lr=0.3"}, 40)},
	{"signum.gif", animated("quadratic", way{label: "signum", rule: "signum", settings: "lr=0.15"}, 40)},
	{"ftml.gif", animated("quadratic", way{label: "ftml", rule: "ftml", settings: "lr=0.3"}, 40)},
	{"ftrl.gif", animated(off, way{label: "ftrl", rule: "ftrl", settings: "lr=1 l1=20"}, 40)},
	{"lbsgd.gif", animated("noisy", way{label: "lbsgd", rule: "lbsgd", settings: "lr=0.04 batch_scale=4 warmup_epochs=1 updates_per_epoch=32"}, 64)},
	{"adamw.gif", animated(off, way{label: "adamw", rule: "adamw", settings: "lr=0.2 wd=0.5"}, 50)},
	{"lion.gif", animated("quadratic", way{label: "lion", rule: "lion", settings: "lr=0.15"}, 40)},
	{"dcasgd.gif", lateRun},
	{"muon.gif", rounds},
	{"schedule-free.gif", animated("noisy", way{label: "schedule-free-sgd", rule: "schedule-free-sgd", settings: "lr=0.2"}, 60)},
}

// animated is a way down a surface, step by step.
func animated(on string, w way, steps int) func() ([]byte, error) {
	return func() ([]byte, error) {
		s, err := landscape(on)
		if err != nil {
			return nil, err
		}
		rule, err := optim.Lookup(w.rule)
		if err != nil {
			return nil, err
		}
		runner := animate.Runner{Name: w.label, Rule: rule, Options: optionsOf(w.settings)}
		a, err := animate.Single(context.Background(), runner, animate.Options{Surface: s, Steps: steps, Seed: 1})
		if err != nil {
			return nil, err
		}
		return a.Encode(context.Background(), "gif", nil)
	}
}
