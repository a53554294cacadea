package main

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"maps"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/descent-go/descent/online"
	"github.com/descent-go/descent/online/vw"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/report"
)

// learnReport makes the page of a run on a stream.
type learnReport struct {
	pageCharts
	*vw.Result
	c      *vw.Config
	o      online.Options
	failed error // what ended the run early; nil: nothing
}

// checkReport reports a --report that cannot be written in the end.
func (f *learnFlags) checkReport() error {
	switch ext := strings.ToLower(filepath.Ext(f.report)); {
	case !f.cmd.Flags().Changed("report"):
		return nil
	case ext != ".html" && ext != ".htm":
		return usagef("--report %s: expected the name of a file that ends in .html", f.report)
	}
	c := f.config
	for flag, name := range map[string]string{"--data": c.Data, "-f": c.Model, "-i": c.Initial, "-p": c.Predictions, "-r": c.Raw, "--readable_model": c.Readable, "--invert_hash": c.InvertHash, "--cache_file": c.CacheFile} {
		if name != "" && filepath.Clean(name) == filepath.Clean(f.report) {
			return usagef("--report and %s name the same file, %s", flag, name)
		}
	}
	if err := writable(f.report); err != nil {
		return fmt.Errorf("--report: %w", err)
	}
	c.History = true
	return nil
}

// writeReport writes what --report asks for, of a run that failed or was
// interrupted, too. Without a result there is nothing to tell.
func (f *learnFlags) writeReport(result *vw.Result, failed error) error {
	if f.report == "" || result == nil {
		return nil
	}
	r := &learnReport{Result: result, c: f.config, o: result.Learner.Options(), failed: failed}
	page := r.page()
	var out bytes.Buffer
	err := r.err
	if err == nil {
		_, err = page.WriteTo(&out)
	}
	if err == nil {
		err = writeFile(f.report, out.Bytes())
	}
	if err != nil {
		return fmt.Errorf("--report: %w", err)
	}
	return nil
}

func (r *learnReport) page() *report.Page {
	p := &report.Page{Title: r.Learner.Rule().Name() + " on " + r.data(), Intro: r.intro(), Facts: r.facts(), Command: shellCommand(os.Args[1:])}
	for _, s := range []*report.Section{r.learning(), r.predictions(), r.numbers(), r.confusion(), r.weights(), r.formula()} {
		if s != nil {
			p.Sections = append(p.Sections, *s)
		}
	}
	return p
}

// data is where the examples come from.
func (r *learnReport) data() string {
	if r.c.Data == "" || r.c.Data == "-" {
		return "standard input"
	}
	return filepath.Base(r.c.Data)
}

// intro says what came out.
func (r *learnReport) intro() string {
	var text strings.Builder
	switch {
	case errors.Is(r.failed, vw.ErrInterrupted):
		fmt.Fprintf(&text, "The run was interrupted after %s. ", count(int(r.Examples), "example"))
	case r.failed != nil:
		fmt.Fprintf(&text, "The run failed after %s: %v. ", count(int(r.Examples), "example"), r.failed)
	}
	switch {
	case !r.Labelled:
		text.WriteString("There were no labels to measure predictions by.")
	case r.Holdout:
		fmt.Fprintf(&text, "The average loss of the examples held out is %.4g in the best pass.", r.AverageLoss)
	case r.c.TestOnly:
		fmt.Fprintf(&text, "The average loss of %s is %.4g; nothing was learned.", count(int(r.Examples), "example"), r.AverageLoss)
	default:
		fmt.Fprintf(&text, "The average loss of %s is %.4g, each predicted before it was learned.", count(int(r.Examples), "example"), r.AverageLoss)
	}
	if r.ConstantLoss == r.ConstantLoss {
		fmt.Fprintf(&text, " The best constant prediction has %.4g.", r.ConstantLoss)
	}
	return text.String()
}

// facts are the options, and what came out.
func (r *learnReport) facts() []report.Fact {
	var facts []report.Fact
	add := func(name, format string, args ...any) {
		facts = append(facts, report.Fact{Name: name, Value: fmt.Sprintf(format, args...)})
	}
	number := func(name string, v float64) {
		if v == v {
			add(name, "%.4g", v)
		}
	}
	add("loss", "%s", r.o.Loss.Name())
	add("link", "%v", r.o.Link)
	if r.o.Classes > 0 {
		add("classes", "%d", r.o.Classes)
	}
	if words := featureWords(r.o.Features); len(words) > 0 {
		add("features", "%s", strings.Join(words, " "))
	}
	add("examples", "%d", r.Examples)
	if r.c.Passes > 1 {
		add("passes", "%d", r.Passes)
	}
	if weight := r.WeightedExamples; weight != float64(r.Examples) {
		number("their importance", weight)
	}
	add("features an example", "%.1f", float64(r.Features)/float64(max(1, r.Examples)))
	number("average loss", r.AverageLoss)
	if q := r.Quality; q != nil {
		add("AUC", "%.5g", q.AUC)
		number("log loss", q.LogLoss)
		number("calibration", q.Calibration)
	}
	add("weights not 0", "%d of 2^%d (%.3g %%)", r.NonZero, r.o.Bits, 100*float64(r.NonZero)/float64(r.Weights))
	if r.Faults > 0 {
		add("malformed lines", "%d", r.Faults)
	}
	if r.c.Initial != "" {
		add("went on from", "%s", r.c.Initial)
	}
	add("time", "%.1f s", r.Seconds)
	add("examples a second", "%.0f", float64(r.lastExample())/max(r.Seconds, 1e-9))
	add("made by", "descent %s, %s, %s/%s", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return facts
}

// lastExample is how many there were, those held out too.
func (r *learnReport) lastExample() int64 {
	if n := len(r.History.Points); n > 0 {
		return r.History.Points[n-1].Examples
	}
	return 0
}

// formula is what the optimizer computes, with its hyperparameters.
func (r *learnReport) formula() *report.Section {
	rule := r.Learner.Rule()
	info, err := rule.Info()
	if err != nil {
		r.note(err)
		return nil
	}
	s := &report.Section{Title: "Optimizer", Text: summary(info)}
	if p, err := optim.Flatten(optim.Links(rule)); err == nil { // what is no formula has none
		s.Markup = template.HTML(p.MathML())
	}
	hypers := r.Learner.Hypers()
	table := &report.Table{Columns: []report.Column{{Name: "hyperparameter", Text: true}, {Name: "value"}}}
	for _, name := range slices.Sorted(maps.Keys(hypers)) {
		table.Rows = append(table.Rows, []string{name, fmt.Sprintf("%g", hypers[name])})
	}
	if len(table.Rows) > 0 {
		s.Table = table
	}
	return s
}

// largest is the largest of the numbers that are finite, 0 where there is none.
func largest(values []float64) float64 {
	most := 0.0
	for _, v := range values {
		if v > most && !math.IsInf(v, 1) {
			most = v
		}
	}
	return most
}
