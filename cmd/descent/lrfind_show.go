package main

import (
	"fmt"
	"image/color"
	"math"
	"path/filepath"
	"strings"

	"github.com/guptarohit/asciigraph"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/descent-go/descent/chart"
	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/train"
)

// tell prints what was found and writes the picture.
func (f *lrFindFlags) tell(c *train.LRCurve, what string, target dataset.Target) error {
	loss := "mean cross-entropy (nats)"
	if target.Task == dataset.Regression {
		loss = "root mean squared error of " + target.Name
		for i, p := range c.Points {
			c.Points[i].Loss, c.Points[i].SmoothLoss = math.Sqrt(p.Loss), math.Sqrt(p.SmoothLoss)
		}
	}
	if f.output != "" {
		if err := f.writePicture(c, what, loss); err != nil {
			return fmt.Errorf("--output: %w", err)
		}
	}
	out := f.cmd.OutOrStdout()
	if !f.quiet {
		fmt.Fprintf(out, "\n%s\n\n", lrGraph(c, loss))
		if f.output != "" {
			fmt.Fprintf(out, "picture %s\n", f.output)
		}
	}
	switch {
	case len(c.Points) < 3:
		return fmt.Errorf("the loss explodes at the first learning rates already: begin lower than --from %g", f.over.Low)
	case c.Steepest == 0:
		return fmt.Errorf("the loss has not fallen anywhere between %.3g and %.3g: nothing to suggest; try another range with --from and --to, or more steps (an optimizer whose states hold earlier learning rates, as ftrl, cannot be tested like this)", f.over.Low, c.Points[len(c.Points)-1].LR)
	case f.quiet:
		fmt.Fprintf(out, "%.2g\n", c.Steepest)
		return nil
	}
	fmt.Fprintf(out, "the loss falls fastest at a learning rate of %.2g, and is lowest at %.2g, a tenth of which is %.2g\n", c.Steepest, c.Lowest, c.Lowest/10)
	if !c.Exploded {
		fmt.Fprintf(out, "it never exploded: --to may be higher\n")
	}
	fmt.Fprintf(out, "next: %s\n", f.next(fmt.Sprintf("%.2g", c.Steepest)))
	return nil
}

// lrGraph draws the smoothed losses with letters.
func lrGraph(c *train.LRCurve, loss string) string {
	last := len(c.Points) - 1
	low, high := math.Log10(c.Points[0].SmoothLR), math.Log10(c.Points[last].SmoothLR)
	top := ceiling(c)
	var values []float64
	at := 0
	for i := range graphWidth {
		x := low + (high-low)*float64(i)/(graphWidth-1)
		for at < last && math.Log10(c.Points[at].SmoothLR) < x {
			at++
		}
		values = append(values, min(c.Points[at].SmoothLoss, top))
	}
	return asciigraph.Plot(values, asciigraph.Height(graphHeight),
		asciigraph.XAxisRange(low, high),
		asciigraph.XAxisValueFormatter(func(v float64) string { return fmt.Sprintf("%.1e", math.Pow(10, v)) }),
		asciigraph.YAxisValueFormatter(plain),
		asciigraph.Caption(loss+", smoothed, over the learning rate"))
}

// ceiling is the loss up to which the curve is drawn: what explodes goes beyond.
func ceiling(c *train.LRCurve) float64 {
	low, start := math.Inf(1), 0.0
	for _, p := range c.Points {
		if p.SmoothLoss < low {
			low, start = p.SmoothLoss, max(start, p.SmoothLoss)
		}
	}
	return start + 0.25*(start-low) + 0.05*start
}

// pictureFormat is svg or png, by the ending of a file's name; "" is another.
func pictureFormat(path string) string {
	switch ending := strings.ToLower(filepath.Ext(path)); ending {
	case ".svg", ".png":
		return ending[1:]
	}
	return ""
}

// writePicture draws the losses, with the suggestion marked.
func (f *lrFindFlags) writePicture(c *train.LRCurve, what, loss string) error {
	p := chart.New("Learning-rate range test: "+what, "learning rate", loss)
	chart.LogX(p)
	raw, smooth := make(plotter.XYs, len(c.Points)), make(plotter.XYs, len(c.Points))
	for i, point := range c.Points {
		raw[i] = plotter.XY{X: point.LR, Y: point.Loss}
		smooth[i] = plotter.XY{X: point.SmoothLR, Y: point.SmoothLoss}
	}
	err := chart.AddLines(p,
		chart.Line{Name: "each batch, before its step", Points: raw, Color: color.Gray{185}, Width: vg.Points(0.8)},
		chart.Line{Name: "smoothed", Points: smooth, Color: chart.Color(0), Width: vg.Points(2)})
	if err != nil {
		return err
	}
	p.Y.Max = ceiling(c)
	if c.Steepest > 0 {
		mark(p, c, c.Steepest, "falls fastest", chart.Color(1))
		mark(p, c, c.Lowest, "lowest", chart.Color(2))
	}
	file, err := chart.Render(chart.Inside{Plot: p, Left: true, Bottom: true}, 6.5*vg.Inch, 4*vg.Inch, pictureFormat(f.output))
	if err != nil {
		return err
	}
	return writeFile(f.output, file)
}

// mark marks a learning rate on the smoothed curve.
func mark(p *plot.Plot, c *train.LRCurve, lr float64, name string, ink color.Color) {
	line := chart.Line{Points: plotter.XYs{{X: lr, Y: p.Y.Min}, {X: lr, Y: p.Y.Max}}, Color: ink, Dashed: true, Width: vg.Points(1)}
	p.Legend.Add(fmt.Sprintf("%s: %.2g", name, lr), chart.Key(line)...)
	for _, point := range c.Points {
		if point.SmoothLR == lr {
			p.Add(line, chart.Dot{X: lr, Y: point.SmoothLoss, Color: ink, Radius: vg.Points(3.5)})
		}
	}
}
