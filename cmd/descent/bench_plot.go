package main

import (
	"bytes"
	"fmt"
	"image/color"
	"path/filepath"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"

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

// palette are the colours of Okabe and Ito, which colour-blind people tell
// apart, but for yellow, which is too bright for lines; then some for crowds.
var palette = []color.RGBA{
	{0, 0, 0, 255}, {0, 114, 178, 255}, {213, 94, 0, 255}, {0, 158, 115, 255},
	{204, 121, 167, 255}, {86, 180, 233, 255}, {230, 159, 0, 255},
	{117, 68, 40, 255}, {150, 150, 150, 255}, {94, 60, 153, 255}, {120, 130, 20, 255},
}

func colorOf(i int) color.RGBA { return palette[i%len(palette)] }

// writeChart draws the rows: lines over the number of weights where a rule was
// measured at several, bars otherwise.
func writeChart(path string, machine measure.Machine, rows []measure.Row) error {
	plot.DefaultFont = font.Font{Typeface: "Liberation", Variant: "Sans"}
	c := newChart(rows)
	c.plot.Title.Text = strings.Join(append([]string{"Time of a step"}, c.common...), ", ") + "\n" + subtitle(machine)
	c.plot.Title.Padding = vg.Points(8)
	height := 4.6 * vg.Inch
	var err error
	if c.lines() {
		err = c.drawLines()
	} else {
		height = c.barsHeight()
		err = c.drawBars()
	}
	if err != nil {
		return err
	}
	text, err := c.render(8*vg.Inch, height, strings.ToLower(filepath.Ext(path))[1:])
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

// chart is a picture in the making. Rows differ by their rule and by their
// variant, what else of type, threads and work is not the same for all.
type chart struct {
	rows            []measure.Row
	plot            *plot.Plot
	legend          plot.Legend
	rules, variants []string
	common          []string // what is the same for all rows
	variant         func(r measure.Row) string
}

func newChart(rows []measure.Row) *chart {
	c := &chart{rows: rows, plot: plot.New(), legend: plot.NewLegend()}
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
func (c *chart) lines() bool {
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
func (c *chart) part(r measure.Row) string {
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

// render draws the plot with the legend on its right.
func (c *chart) render(width, height vg.Length, format string) ([]byte, error) {
	canvas, err := vgdraw.NewFormattedCanvas(width, height, format)
	if err != nil {
		return nil, err
	}
	whole := vgdraw.New(canvas)
	whole.SetColor(color.White)
	whole.Fill(whole.Rectangle.Path())
	whole = vgdraw.Crop(whole, vg.Points(6), -vg.Points(10), vg.Points(6), -vg.Points(6))
	c.legend.Top, c.legend.Left = true, true
	c.legend.ThumbnailWidth, c.legend.Padding = vg.Points(26), vg.Points(3)
	c.legend.TextStyle.Font.Size = vg.Points(10)
	size := c.legend.Rectangle(whole).Size()
	room := size.X + vg.Points(14)
	c.plot.Draw(vgdraw.Crop(whole, 0, -room, 0, 0))
	c.legend.Draw(vgdraw.Crop(whole, whole.Rectangle.Size().X-size.X, 0, 0, -vg.Points(44)))
	var out bytes.Buffer
	if _, err := canvas.WriteTo(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
