package compat

import (
	"maps"
	"slices"
	"sync"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/optim"
)

// torchTable has the optimizers of torch.optim by their classes' names.
var torchTable = map[string]func(*reader) made{
	"ASGD":      torchASGD,
	"Adadelta":  torchAdadelta,
	"Adafactor": torchAdafactor,
	"Adagrad":   torchAdagrad,
	"Adam":      torchAdam,
	"AdamW":     torchAdamW,
	"Adamax":    torchAdamax,
	"LBFGS":     torchLBFGS,
	"Muon":      torchMuon,
	"NAdam":     torchNAdam,
	"RAdam":     torchRAdam,
	"RMSprop":   torchRMSprop,
	"Rprop":     torchRprop,
	"SGD":       torchSGD,

	"SparseAdam": torchSparseAdam,
}

func torchOptimizers() []string { return slices.Sorted(maps.Keys(torchTable)) }

func torchFind(name string) (maker, bool) {
	build, ok := torchTable[name]
	return maker{make: func(options map[string]any) (made, error) {
		r := newReader(options)
		m := build(r)
		return m, r.done()
	}}, ok
}

// torchForm is torch's form of a rule, parsed when first used.
type torchForm func() (*optim.Formula, error)

func newTorchForm(name, text string) torchForm {
	return sync.OnceValues(func() (*optim.Formula, error) { return optim.Parse(name, text) })
}

// torchClipNorm is torch.nn.utils.clip_grad_norm_.
var torchClipNorm = newTorchForm("clip-grad-norm-torch", `
	# Link: limits the norm of the gradient over all parameters together.
	# Elsewhere: torch divides by the norm plus 1e-6; clip-norm is without.
	hyper limit = 1 [0,inf)

	g = g * min(1, limit/(all.norm(g) + 1e-6))
`)

// torchMaximize is the option maximize.
var torchMaximize = newTorchForm("maximize-torch", `
	# Link: turns the gradient round, so that the rule goes uphill.
	g = -g
`)

// torchOptions reads the options of one of torch's optimizers.
type torchOptions struct {
	*reader
	settings []setting
	maximize bool
}

// set sets a hyperparameter to an option's value.
func (o *torchOptions) set(hyper, option string, def float64, in ...formula.Range) float64 {
	v := o.number(option, def, in...)
	o.settings = append(o.settings, setting{hyper, v})
	return v
}

// null reports an option that is given and null.
func (o *torchOptions) null(name string) bool {
	v, given := o.options[name]
	if !given || v != nil {
		return false
	}
	o.names = append(o.names, name)
	return true
}

// on reads a flag that may be null, which is false.
func (o *torchOptions) on(name string) bool { return !o.null(name) && o.flag(name, false) }

// adam reads the options that relatives of Adam share.
func (o *torchOptions) adam(lr, wd float64) {
	o.set("lr", "lr", lr, notNegative)
	beta1, beta2 := o.pair("betas", 0.9, 0.999, fraction)
	o.settings = append(o.settings, setting{"beta1", beta1}, setting{"beta2", beta2})
	o.set("eps", "eps", 1e-8, notNegative)
	o.set("wd", "weight_decay", wd, notNegative)
	o.meaningless("capturable", "foreach")
}

// form ends the reading with the rule that the options make. torch clips the
// norm before it clips values, where a program asks for both.
func (o *torchOptions) form(form torchForm) made {
	rule, err := form()
	if err != nil {
		o.fail("%w", err)
		return made{}
	}
	return o.rule(rule)
}

// rule is form for a rule that is there already.
func (o *torchOptions) rule(rule optim.Rule) made {
	o.maximize = o.flag("maximize", false)
	return o.chain(rule)
}

// chain puts before the rule what torch's programs do to gradients.
func (o *torchOptions) chain(rule optim.Rule) made {
	var links []optim.Rule
	var settings []setting
	if limit, ok := o.optional("clip_grad_norm", notNegative); ok {
		links = o.link(links, torchClipNorm)
		settings = append(settings, setting{"clip-grad-norm-torch.limit", limit})
	}
	if limit, ok := o.optional("clip_grad_value", notNegative); ok {
		links = append(links, optim.ClipValue)
		settings = append(settings, setting{"clip-value.limit", limit})
	}
	if o.maximize {
		links = o.link(links, torchMaximize)
	}
	if len(links) == 0 {
		return made{rule: rule, settings: o.settings}
	}
	_, isFormula := rule.(*optim.Formula)
	for _, s := range o.settings {
		if isFormula && s.name != "lr" { // lr belongs to the chain, and a Stepper's keep their names
			s.name = rule.Name() + "." + s.name
		}
		settings = append(settings, s)
	}
	return made{rule: optim.Chain(append(links, rule)...), settings: settings}
}

func (o *torchOptions) link(links []optim.Rule, form torchForm) []optim.Rule {
	f, err := form()
	if err != nil {
		o.fail("%w", err)
		return links
	}
	return append(links, f)
}
