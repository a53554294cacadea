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
	"contrib.cocob":               optaxCOCOB,
	"contrib.dadapt_adamw":        optaxDAdaptAdamW,
	"contrib.dog":                 optaxDoG,
	"contrib.dowg":                optaxDoWG,
	"contrib.madgrad":             optaxMADGRAD,
	"contrib.momo":                optaxMomo,
	"contrib.momo_adam":           optaxMomoAdam,
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
	"polyak_sgd":                  optaxPolyakSGD,
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
	"lbfgs":          "its line search asks for the loss at points of its own",
	"noisy_sgd":      "it draws from JAX's random generator; optim.SGLD is akin",
	"contrib.dpsgd":  "it asks for a gradient of every example",
	"contrib.galore": "its numbers hang on the signs that LAPACK gives singular vectors",
	"contrib.sam":    "it wraps two optimizers, which are no numbers; optim.SAM is the paper's",
	"contrib.sophia": "it asks for the diagonal of the Hessian",
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
