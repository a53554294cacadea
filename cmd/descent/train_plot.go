package main

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/guptarohit/asciigraph"
	"golang.org/x/term"

	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/train"
)

// The size of a graph in the terminal, in letters, without labels: of one that is
// printed, and of one that shows while the run goes on.
const (
	graphWidth  = 66
	graphHeight = 10
	liveHeight  = 5
)

// plot prints the graphs of a run, if there are some.
func (d *display) plot(h *train.History) {
	graphs := d.graphs(h, graphHeight)
	for _, graph := range graphs {
		fmt.Fprintf(d.out, "\n%s\n", graph)
	}
	if len(graphs) > 0 {
		fmt.Fprintln(d.out)
	}
}

// drawLive shows the graphs so far above the bar. (The console of Windows may
// not know how to take them away.)
func (d *display) drawLive() {
	if d.live == nil || runtime.GOOS == "windows" {
		return
	}
	d.clearLive()
	text := strings.Join(append(d.graphs(d.live, liveHeight), ""), "\n")
	lines := strings.Count(text, "\n")
	width, height, err := term.GetSize(int(os.Stderr.Fd()))
	if err != nil || lines == 0 || height <= lines+1 || width < graphWidth+12 {
		return
	}
	fmt.Fprintf(os.Stderr, "\r\x1b[K%s", text)
	d.liveLines = lines
}

// clearLive takes the graphs away.
func (d *display) clearLive() {
	if d.liveLines > 0 {
		fmt.Fprintf(os.Stderr, "\r\x1b[%dA\x1b[J", d.liveLines)
		d.liveLines = 0
	}
}

// graphs are those of loss and accuracy over the steps, or of the error of a
// regression; none before the second step.
func (d *display) graphs(h *train.History, height int) []string {
	if len(h.Steps) < 2 {
		return nil
	}
	g := graph{h, height}
	if d.target.Task == dataset.Regression {
		return []string{g.draw("root mean squared error of "+d.target.Name, true,
			func(s train.StepFigures) float64 { return math.Sqrt(s.Loss) },
			func(t train.TestFigures) float64 { return math.Sqrt(t.TestLoss) })}
	}
	return []string{
		g.draw("loss", true,
			func(s train.StepFigures) float64 { return s.Loss },
			func(t train.TestFigures) float64 { return t.TestLoss }),
		g.draw("accuracy, %", false,
			func(s train.StepFigures) float64 { return 100 * s.Accuracy },
			func(t train.TestFigures) float64 { return 100 * t.TestAccuracy }),
	}
}

// graph draws figures of a run with letters.
type graph struct {
	*train.History
	height int
}

// draw draws a figure of the steps, and with dots that of the measurements, on a
// logarithmic axis or a plain one.
func (g graph) draw(name string, logarithmic bool, step func(train.StepFigures) float64, test func(train.TestFigures) float64) string {
	points := stepPoints(g.History, graphWidth, step)
	training, tested := make([]float64, len(points)), make([]float64, len(points))
	for i, p := range points {
		training[i], tested[i] = p.Y, g.tested(p.X, test)
	}
	caption := name + " over the steps: " + g.legend()
	options := []asciigraph.Option{
		asciigraph.Height(g.height), asciigraph.Width(graphWidth), asciigraph.Caption(caption),
		asciigraph.SeriesChars(asciigraph.CreateCharSet("•"), asciigraph.DefaultCharSet),
		asciigraph.XAxisRange(float64(g.First+1), float64(g.First+len(g.Steps))),
		asciigraph.XAxisValueFormatter(func(v float64) string { return fmt.Sprintf("%.0f", v) }),
		asciigraph.YAxisValueFormatter(plain),
	}
	if logarithmic {
		logarithms(training)
		logarithms(tested)
		options = append(options, asciigraph.YAxisValueFormatter(func(v float64) string { return plain(math.Pow(10, v)) }))
	}
	if !slices.ContainsFunc(append(tested, training...), func(v float64) bool { return v == v }) {
		return name + " over the steps: nothing to draw"
	}
	return asciigraph.PlotMany([][]float64{tested, training}, options...)
}

// legend says what is drawn.
func (g graph) legend() string {
	var drawn []string
	if trained(g.History) {
		drawn = append(drawn, "─ training")
	}
	if len(g.Tests) > 1 {
		drawn = append(drawn, "• test")
	}
	return strings.Join(drawn, ", ")
}

// tested is a figure of the measurements at a step, between two of them on the
// line from one to the other; NaN before the first.
func (g graph) tested(at float64, figure func(train.TestFigures) float64) float64 {
	for i, t := range g.Tests {
		if next := float64(t.Step); next >= at {
			if i == 0 {
				return math.NaN()
			}
			last := g.Tests[i-1]
			share := (at - float64(last.Step)) / (next - float64(last.Step))
			return figure(last)*(1-share) + figure(t)*share
		}
	}
	return math.NaN()
}

// logarithms takes the logarithm of what has one that is a number.
func logarithms(values []float64) {
	for i, v := range values {
		if v > 0 && !math.IsInf(v, 1) {
			values[i] = math.Log10(v)
		} else {
			values[i] = math.NaN()
		}
	}
}
