package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"

	"github.com/descent-go/descent/chart"
	"github.com/descent-go/descent/internal/measure"
)

// checkPlot reports at once a chart that could not be written.
func (f *benchFlags) checkPlot() error {
	if !f.cmd.Flags().Changed("plot") {
		return nil
	}
	if !slices.Contains([]string{".svg", ".png"}, strings.ToLower(filepath.Ext(f.plot))) {
		return usagef("--plot %s: expected the name of a file that ends in .svg or .png", f.plot)
	}
	if err := writable(f.plot); err != nil {
		return fmt.Errorf("--plot: %w", err)
	}
	return nil
}

// writeChart draws the rows: lines over the number of weights where a rule was
// measured at several, bars otherwise.
func writeChart(path string, machine measure.Machine, rows []measure.Row) error {
	c := newBenchChart(rows)
	title := strings.Join(append([]string{"Time of a step"}, c.common...), ", ") + "\n" + subtitle(machine)
	var p *plot.Plot
	height := 4.6 * vg.Inch
	var err error
	if c.lines() {
		p, err = c.drawLines(title)
	} else {
		p, height, err = c.drawBars(title)
	}
	if err != nil {
		return err
	}
	text, err := chart.Render(p, 8*vg.Inch, height, strings.ToLower(filepath.Ext(path))[1:])
	if err != nil {
		return err
	}
	return writeFile(path, text)
}

// subtitle is the machine in a few words.
func subtitle(m measure.Machine) string {
	backend, _, _ := strings.Cut(m.Backend, ";")
	words := []string{m.OS + "/" + m.Arch, backend}
	if m.Processor != "" {
		words = append([]string{m.Processor}, words...)
	}
	return strings.Join(words, ", ")
}

// benchChart is a picture in the making. Rows differ by their rule and by their
// variant, what else of type, threads and work is not the same for all.
type benchChart struct {
	rows            []measure.Row
	rules, variants []string
	common          []string // what is the same for all rows
	variant         func(r measure.Row) string
}

func newBenchChart(rows []measure.Row) *benchChart {
	c := &benchChart{rows: rows}
	c.rules = distinct(rows, func(r measure.Row) string { return r.Rule })
	parts := []func(r measure.Row) string{
		c.part,
		func(r measure.Row) string { return string(r.Type) },
		func(r measure.Row) string { return count(r.Threads, "thread") },
	}
	var differ []func(r measure.Row) string
	for _, part := range parts {
		if values := distinct(rows, part); len(values) > 1 {
			differ = append(differ, part)
		} else if values[0] != single {
			c.common = append(c.common, values[0])
		}
	}
	c.variant = func(r measure.Row) string {
		var words []string
		for _, part := range differ {
			words = append(words, part(r))
		}
		return strings.Join(words, ", ")
	}
	c.variants = distinct(rows, c.variant)
	return c
}

// distinct lists the values that rows have, in order.
func distinct(rows []measure.Row, of func(r measure.Row) string) []string {
	var values []string
	for _, r := range rows {
		if v := of(r); !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	return values
}

// lines reports whether a rule was measured at several numbers of weights, of
// one tensor or of several of the same size.
func (c *benchChart) lines() bool {
	for i, a := range c.rows {
		for _, b := range c.rows[:i] {
			if a.Rule == b.Rule && tensorSize(a.Work) == tensorSize(b.Work) && a.Weights() != b.Weights() {
				return true
			}
		}
	}
	return false
}

// tensorSize is the number of weights of each of several tensors, 0 for a single one.
func tensorSize(w measure.Work) int {
	if w.Tensors == 1 {
		return 0
	}
	return w.Size
}

// single is said of lines of one tensor where there are others.
const single = "one tensor"

// part is what a line is of, or the whole work where there are bars.
func (c *benchChart) part(r measure.Row) string {
	switch size := tensorSize(r.Work); {
	case !c.lines() && size == 0:
		return workName(r.Work) + " weights"
	case !c.lines():
		return workName(r.Work) + " tensors"
	case size > 0:
		return "tensors of " + short(size)
	}
	return single
}
