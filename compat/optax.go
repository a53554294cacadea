package compat

import (
	"fmt"
	"maps"
	"slices"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// optaxTable has optax's optimizers by the names that optax gives them, those of
// optax.contrib with "contrib." before.
var optaxTable = map[string]func(*reader) made{
	"adabelief":                   optaxAdabelief,
	"adadelta":                    optaxAdadelta,
	"adafactor":                   optaxAdafactor,
	"adagrad":                     optaxAdagrad,
	"adam":                        optaxAdam,
	"adamax":                      optaxAdamax,
	"adamaxw":                     optaxAdamaxw,
	"adamw":                       optaxAdamw,
	"adan":                        optaxAdan,
	"amsgrad":                     optaxAMSGrad,
	"contrib.acprop":              optaxACProp,
	"contrib.ademamix":            optaxAdemamix,
	"contrib.adopt":               optaxAdopt,
	"contrib.muon":                optaxMuon,
	"contrib.prodigy":             optaxProdigy,
	"contrib.schedule_free_adamw": optaxScheduleFreeAdamw,
	"contrib.schedule_free_sgd":   optaxScheduleFreeSGD,
	"contrib.simplified_ademamix": optaxSimplifiedAdemamix,
	"fromage":                     optaxFromage,
	"lamb":                        optaxLamb,
	"lars":                        optaxLars,
	"lion":                        optaxLion,
	"nadam":                       optaxNadam,
	"nadamw":                      optaxNadamw,
	"novograd":                    optaxNovograd,
	"optimistic_adam":             optaxOptimisticAdam,
	"optimistic_adam_v2":          optaxOptimisticAdamV2,
	"optimistic_gradient_descent": optaxOptimisticGradientDescent,
	"radam":                       optaxRAdam,
	"rmsprop":                     optaxRMSProp,
	"rprop":                       optaxRprop,
	"sgd":                         optaxSGD,
	"sign_sgd":                    optaxSignSGD,
	"signum":                      optaxSignum,
	"sm3":                         optaxSM3,
	"yogi":                        optaxYogi,
}

// optaxMissing has those of optax's optimizers that descent has not, and why.
var optaxMissing = map[string]string{
	"lbfgs":                "its line search asks for the loss at points of its own",
	"noisy_sgd":            "it draws from JAX's random generator; optim.SGLD is akin",
	"polyak_sgd":           "it steps by the loss",
	"contrib.cocob":        "not yet",
	"contrib.dadapt_adamw": "not yet",
	"contrib.dog":          "not yet",
	"contrib.dowg":         "not yet",
	"contrib.dpsgd":        "it asks for a gradient of every example",
	"contrib.galore":       "not yet",
	"contrib.madgrad":      "not yet",
	"contrib.momo":         "it steps by the loss",
	"contrib.momo_adam":    "it steps by the loss",
	"contrib.sam":          "not yet",
	"contrib.sophia":       "it asks for the diagonal of the Hessian",
}

func optaxOptimizers() []string { return slices.Sorted(maps.Keys(optaxTable)) }

func optaxFind(name string) (maker, bool) {
	if build, ok := optaxTable[name]; ok {
		return maker{make: func(options map[string]any) (made, error) {
			r := newReader(options)
			m := build(r)
			return m, r.done()
		}}, true
	}
	why, ok := optaxMissing[name]
	return maker{make: func(map[string]any) (made, error) {
		return made{}, fmt.Errorf("optax has it, descent has not: %s", why)
	}}, ok
}

// optaxChain is a chain of optax's transformations in the making.
type optaxChain struct {
	*reader
	rules    []optim.Rule
	settings []setting
	extra    []descent.Option
}

// then adds a transformation and what its hyperparameters are set to.
func (c *optaxChain) then(link optaxTransform, settings ...setting) {
	f, err := link()
	if err != nil {
		c.fail("%w", err)
		return
	}
	c.rules = append(c.rules, f)
	for _, s := range settings {
		if s.name != "lr" { // which belongs to the whole chain
			s.name = f.Name() + "." + s.name
		}
		c.settings = append(c.settings, s)
	}
}

// made ends the chain.
func (c *optaxChain) made() made {
	c.then(applyUpdates)
	return made{optim.Chain(c.rules...), c.settings, c.extra}
}

// single makes an optimizer of one rule.
func (c *optaxChain) single(link optaxTransform, settings ...setting) made {
	f, err := link()
	if err != nil {
		c.fail("%w", err)
	}
	return made{f, settings, c.extra}
}

// set reads an option that a hyperparameter is set to.
func (c *optaxChain) set(hyper, option string, def float64) setting {
	return setting{hyper, c.number(option, def)}
}

// lr reads the learning rate, for which most of optax's optimizers have no default.
func (c *optaxChain) lr() setting {
	if _, ok := c.options["learning_rate"]; !ok {
		c.fail("option learning_rate is missing: optax has no default for it")
	}
	return c.set("lr", "learning_rate", 0)
}

// decay adds weight decay and reads which parameters have it: a mask is true,
// false or has one of both for each parameter by name.
func (c *optaxChain) decay(option string, def float64, mask string) {
	wd := c.set("wd", option, def)
	value, _ := c.take(mask)
	switch m := value.(type) {
	case nil:
	case bool:
		if !m {
			wd.value = 0.0
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(m)) {
			c.masked(mask, name, m[name])
		}
	default:
		c.fail("option %s: expected true, false or one of both for each parameter by name, found %s", mask, show(value))
	}
	c.then(addDecayedWeights, wd)
}

// masked switches decay off for a parameter where its mask is false.
func (c *optaxChain) masked(mask, param string, value any) {
	on, ok := value.(bool)
	if !ok {
		c.fail("option %s: parameter %s: expected true or false, found %s", mask, param, show(value))
	}
	if !on {
		c.extra = append(c.extra, descent.For(param, descent.Set("add-decayed-weights.wd", 0)))
	}
}
