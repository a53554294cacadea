package main

import (
	"fmt"
	"html/template"
	"slices"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/descent-go/descent/chart"
	"github.com/descent-go/descent/report"
)

// predictions has the charts of predictions of two labels.
func (r *learnReport) predictions() *report.Section {
	q := r.Quality
	if q == nil {
		return nil
	}
	s := &report.Section{Title: "Predictions", Text: "The curve has a point for each threshold above which the higher label is predicted; the area below it is AUC, the probability that of two examples with different labels the higher one has the higher prediction."}
	p := chart.New(fmt.Sprintf("ROC, AUC %.4f", q.AUC), "false positives (%)", "true positives (%)")
	roc := chart.Line{}
	for _, at := range q.Curve {
		roc.Points = append(roc.Points, plotter.XY{X: 100 * at.False, Y: 100 * at.True})
	}
	if r.lines(p, roc) {
		p.Add(diagonal(0, 100))
		s.Charts = append(s.Charts, r.draw(p))
	}
	if c, ok := r.spread(); ok {
		s.Charts = append(s.Charts, c)
	}
	if q.Bins != nil {
		r.calibration(s)
	}
	return s
}

// diagonal is where prediction and truth are equal.
func diagonal(low, high float64) chart.Line {
	return chart.Line{Points: plotter.XYs{{X: low, Y: low}, {X: high, Y: high}}, Dashed: true, Color: chart.Color(9), Width: 0.8}
}

// spread is the chart of the predictions by label.
func (r *learnReport) spread() (report.Chart, bool) {
	d := r.Quality.Spread
	x := "prediction, before the link"
	if r.Quality.Bins != nil {
		x = fmt.Sprintf("probability predicted for label %g", d.Labels[1])
	}
	p := chart.New("Predictions by label", x, "examples of the label (%)")
	var lines []chart.Line
	for side, counts := range d.Counts {
		l := outline(d.Low, d.High, shares(counts))
		l.Name, l.Color = fmt.Sprintf("label %g", d.Labels[side]), chart.Color(1-side)
		lines = append(lines, l)
	}
	if !r.lines(p, lines...) {
		return report.Chart{}, false
	}
	return r.draw(p), true
}

// shares are percentages of the sum.
func shares(counts []float64) []float64 {
	sum, out := 0.0, make([]float64, len(counts))
	for _, n := range counts {
		sum += n
	}
	for i, n := range counts {
		out[i] = 100 * n / max(sum, 1e-300)
	}
	return out
}

// outline is the line along the tops of the bars of a histogram, filled down to 0.
func outline(low, high float64, heights []float64) chart.Line {
	var l chart.Line
	width := (high - low) / float64(len(heights))
	for i, h := range heights {
		l.Points = append(l.Points, plotter.XY{X: low + float64(float64(i)*width), Y: h}, plotter.XY{X: low + float64(float64(i+1)*width), Y: h})
		l.High = append(l.High, h, h)
	}
	l.Low = make([]float64, len(l.High))
	return l
}

// calibration compares probabilities with what came, in bins.
func (r *learnReport) calibration(s *report.Section) {
	p := chart.New("Calibration", "predicted (%)", "observed (%)")
	line := chart.Line{Dots: true}
	s.Table = &report.Table{Columns: []report.Column{{Name: "predicted between", Text: true}, {Name: "examples"}, {Name: "predicted"}, {Name: "observed"}}}
	bins := r.Quality.Bins
	for i, b := range bins {
		if b.Weight == 0 {
			continue
		}
		predicted, observed := 100*b.Predicted/b.Weight, 100*b.Observed/b.Weight
		line.Points = append(line.Points, plotter.XY{X: predicted, Y: observed})
		width := 100 / len(bins)
		s.Table.Rows = append(s.Table.Rows, []string{fmt.Sprintf("%d and %d %%", i*width, (i+1)*width), plain(b.Weight), fmt.Sprintf("%.2f %%", predicted), fmt.Sprintf("%.2f %%", observed)})
	}
	if r.lines(p, line) {
		p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 100, 0, 100
		p.Add(diagonal(0, 100))
		s.Charts = append(s.Charts, r.draw(p))
		s.Text += " A dot of the calibration is on the dashed line where as many have the higher label as was predicted; the table says how many examples it stands for."
	}
}

// numbers has the charts of predictions that are numbers.
func (r *learnReport) numbers() *report.Section {
	if r.Quality != nil || len(r.History.Groups) == 0 {
		return nil
	}
	s := &report.Section{Title: "Predictions", Text: "Examples are grouped by their predictions. A group lies on the dashed line where the mean of its labels is that of its predictions. Residuals are label less prediction."}
	p := chart.New("Calibration", "mean prediction", "mean label")
	line := chart.Line{Dots: true}
	for _, g := range r.History.Groups {
		line.Points = append(line.Points, plotter.XY{X: g.Predicted, Y: g.Label})
	}
	if r.lines(p, line) {
		p.Add(diagonal(min(p.X.Min, p.Y.Min), max(p.X.Max, p.Y.Max)))
		s.Charts = append(s.Charts, r.draw(p))
	}
	q := r.History.Residuals
	residuals := chart.Line{}
	for i := 1; i < 100; i++ {
		residuals.Points = append(residuals.Points, plotter.XY{X: float64(i), Y: q[i]})
	}
	p = chart.New("Residuals", "share of the examples below (%)", "label − prediction")
	if r.lines(p, residuals) {
		p.Add(chart.Line{Points: plotter.XYs{{X: 0}, {X: 100}}, Dashed: true, Color: chart.Color(9), Width: 0.8})
		s.Charts = append(s.Charts, r.draw(p))
	}
	s.Table = &report.Table{Columns: []report.Column{{Name: "share below", Text: true}, {Name: "residual"}}}
	for _, i := range []int{0, 1, 5, 25, 50, 75, 95, 99, 100} {
		s.Table.Rows = append(s.Table.Rows, []string{fmt.Sprintf("%d %%", i), chart.Number(q[i], 3)})
	}
	return s
}

// confusion has which class was taken for which.
func (r *learnReport) confusion() *report.Section {
	if len(r.History.Confusion) < 2 {
		return nil
	}
	s := &report.Section{Title: "Confusion matrix", Text: "Which class was taken for which, by importance, rounded."}
	var classes []string
	counts := make([][]int, len(r.History.Confusion))
	for i, row := range r.History.Confusion {
		classes = append(classes, fmt.Sprint(r.History.First+i))
		for _, n := range row {
			counts[i] = append(counts[i], int(n+0.5))
		}
	}
	if !slices.ContainsFunc(counts, func(row []int) bool { return slices.Max(row) > 0 }) {
		return nil
	}
	p, err := matrix(counts, classes)
	if r.note(err); err != nil {
		return nil
	}
	cells := vg.Length(max(5, len(classes))) * 0.45 * vg.Inch
	svg, err := chart.SVG(p, cells+1.7*vg.Inch, cells+0.8*vg.Inch)
	r.note(err)
	s.Charts = []report.Chart{{SVG: template.HTML(svg), Label: "counts of true and predicted classes"}}
	return s
}
