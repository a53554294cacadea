package main

import (
	"bytes"
	"fmt"
	"html/template"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/report"
	"github.com/descent-go/descent/train"
)

// runReport makes the page of a run.
type runReport struct {
	*train.History
	result  *train.Result // nil where the run has failed
	failed  error         // why
	resumed string        // the file that it went on from, "" for none
	target  dataset.Target
	err     error // the first mistake of drawing
}

// writeReport writes what --report asks for, if there is something to tell.
func (f *trainFlags) writeReport(h *train.History, target dataset.Target, result *train.Result, failed error) (written bool, err error) {
	if f.report == "" || h.Settings.Epochs == 0 {
		return false, nil
	}
	r := &runReport{History: h, result: result, resumed: f.resume, target: target}
	if result == nil {
		r.failed = failed
	}
	page := r.page()
	var out bytes.Buffer
	if err = r.err; err == nil {
		_, err = page.WriteTo(&out)
	}
	if err == nil {
		err = writeFile(f.report, out.Bytes())
	}
	if err != nil {
		return false, fmt.Errorf("--report: %w", err)
	}
	return true, nil
}

func (r *runReport) page() *report.Page {
	p := &report.Page{
		Title:   r.optimizer() + " on " + r.Settings.Data,
		Intro:   r.intro(),
		Facts:   r.facts(),
		Command: shellCommand(os.Args[1:]),
	}
	for _, s := range []*report.Section{r.learning(), r.layers(), r.confusion(), r.values(), r.worst(), r.formula()} {
		if s != nil {
			p.Sections = append(p.Sections, *s)
		}
	}
	return p
}

// optimizer is its name without another framework's options.
func (r *runReport) optimizer() string {
	name, _, _ := strings.Cut(r.Settings.Optimizer, " {")
	return name
}

func (r *runReport) regression() bool { return r.target.Task == dataset.Regression }

// made is the number of steps, those before included.
func (r *runReport) made() int { return r.First + len(r.Steps) }

// intro says what came out.
func (r *runReport) intro() string {
	if r.failed != nil {
		return fmt.Sprintf("The run failed after %s: %v.", count(r.made(), "step"), r.failed)
	}
	after := count(r.result.Epochs, "epoch")
	if r.result.Interrupted {
		after = count(r.made(), "step") + ", when it was interrupted"
	}
	if r.result.TestAccuracy == nil {
		return fmt.Sprintf("Predicts %s with a root mean squared error of %s on the %s held out, after %s.",
			r.target.Name, plain(*r.result.TestRMSE), count(r.Tested.Data.N, "example"), after)
	}
	return fmt.Sprintf("%.2f %% of the %s held out are classified rightly, with a mean loss of %.4f, after %s.",
		100**r.result.TestAccuracy, count(r.Tested.Data.N, "example"), *r.result.TestLoss, after)
}

// facts are the settings, and what the run took.
func (r *runReport) facts() []report.Fact {
	s := r.Settings
	facts := []report.Fact{
		{Name: "optimizer", Value: r.Settings.Optimizer},
		{Name: "schedule", Value: orElse(s.Schedule, "constant")},
		{Name: "network", Value: network(s)},
		{Name: "weights", Value: fmt.Sprint(r.Weights)},
		{Name: "training examples", Value: fmt.Sprint(s.Examples)},
		{Name: "batch", Value: fmt.Sprint(s.Batch)},
		{Name: "workers", Value: fmt.Sprint(r.workers())},
		{Name: "epochs", Value: fmt.Sprint(s.Epochs)},
		{Name: "steps made", Value: fmt.Sprint(r.made())},
		{Name: "seed", Value: fmt.Sprint(s.Seed)},
	}
	if s.StateType != "" {
		facts = append(facts, report.Fact{Name: "states in", Value: s.StateType})
	}
	if r.resumed != "" {
		facts = append(facts, report.Fact{Name: "resumed from", Value: fmt.Sprintf("%s, at step %d", r.resumed, r.First)})
	}
	if r.result != nil {
		if d := r.result.Delays; d != nil {
			facts = append(facts, report.Fact{Name: "gradients", Value: lateness(d)})
		}
		facts = append(facts,
			report.Fact{Name: "kept by the optimizer", Value: count(r.result.StateBytes, "byte") + " a weight"},
			report.Fact{Name: "time", Value: fmt.Sprintf("%.1f s", r.result.Seconds)})
	}
	made := fmt.Sprintf("descent %s, %s, %s/%s", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return append(facts, report.Fact{Name: "made by", Value: made})
}

// workers is how many have trained.
func (r *runReport) workers() int {
	if r.result != nil {
		return r.result.Workers // of those elsewhere it is known in the end
	}
	return r.Workers
}

// lateness is how late gradients were.
func lateness(d *train.Delays) string {
	return fmt.Sprintf("%.1f updates late, %d at most", d.Mean, d.Largest)
}

// network is the kind of network with the widths of its hidden layers.
func network(s train.Settings) string {
	if len(s.Hidden) == 0 {
		return s.Model
	}
	return fmt.Sprintf("%s, %s of %s", s.Model, plural(len(s.Hidden), "hidden layer"), strings.Trim(fmt.Sprint(s.Hidden), "[]"))
}

// plural is a thing or several, without their number.
func plural(n int, thing string) string {
	if n == 1 {
		return thing
	}
	return thing + "s"
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// formula is what the optimizer computes, with its hyperparameters.
func (r *runReport) formula() *report.Section {
	info, err := r.Rule.Info()
	if err != nil {
		r.err = err
		return nil
	}
	s := &report.Section{Title: "Optimizer", Text: summary(info)}
	if p, err := optim.Flatten(optim.Links(r.Rule)); err == nil { // what is no formula has none
		s.Markup = template.HTML(p.MathML())
	}
	table := &report.Table{Columns: []report.Column{{Name: "hyperparameter", Text: true}, {Name: "value"}}}
	for _, name := range slices.Sorted(maps.Keys(r.Settings.Hypers)) {
		table.Rows = append(table.Rows, []string{name, r.Settings.Hypers[name]})
	}
	if len(table.Rows) > 0 {
		s.Table = table
	}
	return s
}
