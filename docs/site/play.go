package site

import (
	"html/template"
	"net/url"
)

// played is what the playground shows first of a rule that a page is about: a
// surface, and runs in the form of the playground's address (state.js there),
// which is name@rule~colour:hyperparameters.
type played struct {
	surface string
	runs    []string
}

// away is a bowl whose minimum is away from 0, for what pulls weights to 0.
const away = "((x-2)^2 + 12*(y-1)^2)/2"

// playedOn are the pages about rules that the playground can show, each with
// settings that arrive, and beside what it improves where that is on a page before.
var playedOn = map[string]played{
	"tutorial/sgd.md":          {"quadratic", []string{"sgd@sgd~0:lr=0.12"}},
	"tutorial/weight-decay.md": {away, []string{"sgd@sgd~0:lr=0.05,wd=0", "with%20decay@sgd~1:lr=0.05,wd=2"}},
	"tutorial/momentum.md":     {"quadratic", []string{"sgd@sgd~0:lr=0.03", "momentum@sgd~1:lr=0.03,momentum=0.9"}},
	"tutorial/nesterov.md":     {"quadratic", []string{"momentum@sgd~1:lr=0.03,momentum=0.9", "nag@nag~2:lr=0.03"}},
	"tutorial/adagrad.md":      {"quadratic", []string{"sgd@sgd~0:lr=0.12", "adagrad@adagrad~1:lr=0.8"}},
	"tutorial/rmsprop.md":      {"quadratic", []string{"adagrad@adagrad~0:lr=0.4", "rmsprop@rmsprop~1:lr=0.1"}},
	"tutorial/adadelta.md":     {"quadratic", []string{"adadelta@adadelta~0:eps=0.001"}},
	"tutorial/adam.md":         {"quadratic", []string{"rmsprop@rmsprop~0:lr=0.1", "adam@adam~1:lr=0.3"}},
	"tutorial/adamax.md":       {"quadratic", []string{"adam@adam~0:lr=0.3", "adamax@adamax~1:lr=0.3"}},
	"tutorial/nadam.md":        {"quadratic", []string{"adam@adam~0:lr=0.3", "nadam@nadam~1:lr=0.3"}},
	"tutorial/signum.md":       {"quadratic", []string{"signum@signum~0:lr=0.15"}},
	"tutorial/sgld.md":         {"quadratic", []string{"sgld@sgld~0:lr=0.05"}},
	"tutorial/ftml.md":         {"quadratic", []string{"adam@adam~0:lr=0.3", "ftml@ftml~1:lr=0.3"}},
	"tutorial/ftrl.md":         {away, []string{"ftrl@ftrl~0:lr=1,l1=20"}},
	"tutorial/lbsgd.md":        {"noisy", []string{"sgd@sgd~0:lr=0.04", "lbsgd@lbsgd~1:lr=0.04,batch_scale=4,warmup_epochs=1"}},
	"tutorial/adamw.md":        {away, []string{"adam@adam~0:lr=0.2,wd=0.5", "adamw@adamw~1:lr=0.2,wd=0.5"}},
	"tutorial/lion.md":         {"quadratic", []string{"signum@signum~0:lr=0.15", "lion@lion~1:lr=0.15"}},
	"tutorial/schedule-free.md": {"noisy", []string{"sgd@sgd~0:lr=0.2",
		"schedule-free-sgd@schedule-free-sgd~1:lr=0.2"}},
}

// playground is the address of the playground with the rule of a page; empty for
// a page that is not about one. up leads to the site's root.
func playground(file, up string) template.URL {
	p, ok := playedOn[file]
	if !ok {
		return ""
	}
	address := up + "playground/#surface=" + url.PathEscape(p.surface) + "&steps=100"
	if p.surface == away {
		address += "&start=-2.5,-0.4"
	}
	for _, run := range p.runs {
		address += "&run=" + run
	}
	return template.URL(address)
}
