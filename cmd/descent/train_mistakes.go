package main

import (
	"fmt"
	"html/template"
	"image"
	"image/color"
	"math"
	"slices"
	"unicode/utf8"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"

	"github.com/descent-go/descent/chart"
	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/report"
	"github.com/descent-go/descent/train"
)

const (
	maxMatrix = 20 // classes that a matrix of counts has at most
	maxPairs  = 15 // pairs of classes listed where there are more
	maxWorst  = 24 // pictures shown
)

// confusion shows which classes were taken for which.
func (r *runReport) confusion() *report.Section {
	if r.Tested == nil || r.regression() {
		return nil
	}
	counts, classes := r.Tested.Confusion(), r.target.Classes
	s := &report.Section{Title: "Confusion matrix", Text: fmt.Sprintf("Which class was taken for which, of %s held out, after step %d.", count(r.Tested.Data.N, "example"), r.Tests[len(r.Tests)-1].Step)}
	if len(classes) > maxMatrix {
		s.Table = pairs(counts, classes)
		return s
	}
	p, err := matrix(counts, classes)
	if err == nil {
		cells := vg.Length(max(5, len(classes))) * 0.42 * vg.Inch
		names := vg.Length(longest(classes)) * 0.075 * vg.Inch
		var svg string
		svg, err = chart.SVG(p, cells+names+1.55*vg.Inch, cells+names+0.65*vg.Inch)
		s.Charts = []report.Chart{{SVG: template.HTML(svg), Label: "counts of true and predicted classes"}}
	}
	if r.err == nil {
		r.err = err
	}
	return s
}

// matrix is a map of the counts, the first class on top.
func matrix(counts [][]int, classes []string) (chart.Picture, error) {
	n := len(classes)
	g := &chart.Grid{Z: make([][]float64, n)}
	var numbers []chart.Label
	most := 1.0
	for i := range n {
		g.X, g.Y = append(g.X, float64(i)), append(g.Y, float64(i))
		for j, c := range counts[n-1-i] {
			most = max(most, float64(c))
			v := float64(c)
			if c == 0 {
				v = math.NaN()
			}
			g.Z[i] = append(g.Z[i], v)
			numbers = append(numbers, chart.Label{X: float64(j), Y: float64(i), Text: fmt.Sprint(c), Size: 8, XAlign: -0.5, YAlign: -0.5})
		}
	}
	p := chart.New("", "predicted", "true")
	var across, down []plot.Tick
	for i, class := range classes {
		across = append(across, plot.Tick{Value: float64(i), Label: shorten(class)})
		down = append(down, plot.Tick{Value: float64(n - 1 - i), Label: shorten(class)})
	}
	if longest(classes) > 3 {
		p.X.Tick.Label.Rotation, p.X.Tick.Label.XAlign, p.X.Tick.Label.YAlign = math.Pi/2, text.XRight, text.YCenter
	}
	p.X.Tick.Marker, p.Y.Tick.Marker = plot.ConstantTicks(across), plot.ConstantTicks(down)
	picture, err := chart.AddHeat(p, chart.Heat{Grid: g, Label: "examples", Low: 1, High: most, Log: true, Cells: true})
	for _, l := range numbers {
		l.Color = color.White
		if v := g.Z[int(l.Y)][int(l.X)]; math.IsNaN(v) || v > math.Sqrt(most) {
			l.Color = color.Black
		}
		p.Add(l)
	}
	return picture, err
}

// maxName is the number of letters that a class's name has at most beside a matrix.
const maxName = 14

// shorten is a name with what there is room for.
func shorten(name string) string {
	letters := []rune(name)
	if len(letters) <= maxName {
		return name
	}
	return string(letters[:maxName-1]) + "…"
}

// longest is the number of letters of the longest name, shortened.
func longest(names []string) int {
	most := 0
	for _, name := range names {
		most = max(most, utf8.RuneCountInString(shorten(name)))
	}
	return most
}

// pairs lists the classes that were confused most often.
func pairs(counts [][]int, classes []string) *report.Table {
	type pair struct{ truth, predicted, n int }
	var all []pair
	for i, row := range counts {
		for j, n := range row {
			if i != j && n > 0 {
				all = append(all, pair{i, j, n})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b pair) int { return b.n - a.n })
	t := &report.Table{Columns: []report.Column{{Name: "true", Text: true}, {Name: "predicted", Text: true}, {Name: "examples"}}}
	for _, p := range all[:min(len(all), maxPairs)] {
		t.Rows = append(t.Rows, []string{classes[p.truth], classes[p.predicted], fmt.Sprint(p.n)})
	}
	return t
}

// worst shows the pictures whose true class was thought the least probable.
func (r *runReport) worst() *report.Section {
	if r.Tested == nil || r.regression() || picture(r.Tested.Data, 0) == nil {
		return nil
	}
	all := r.Tested.Mistakes()
	s := &report.Section{Title: "The worst mistakes", Text: fmt.Sprintf("Of %s, those whose true class was thought the least probable, with the probabilities of the class said and of the true one.", count(len(all), "mistake"))}
	for _, m := range all[:min(len(all), maxWorst)] {
		s.Pictures = append(s.Pictures, report.Picture{Image: picture(r.Tested.Data, m.Example), Caption: r.verdict(m)})
	}
	if len(all) == 0 {
		s.Text = "There is none."
	}
	return s
}

// verdict says what a picture was taken for.
func (r *runReport) verdict(m train.Mistake) string {
	return fmt.Sprintf("said %s, %s\ntrue %s, %s\nexample %d",
		r.target.Classes[m.Predicted], percent(m.Probability), r.target.Classes[m.True], percent(m.ProbabilityTrue), m.Example+1)
}

// percent writes a share to two digits: 5.8e−10 %, 0.058 %, 97 %, 100 %.
func percent(p float64) string { return chart.Number(100*p, 2) + " %" }

// picture is an example as a picture: grey values or red, green and blue from 0
// to 1, as those of IDX files. Nil is no picture.
func picture(d *dataset.Data, example int) image.Image {
	if len(d.Shape) != 3 || d.Shape[0] != 1 && d.Shape[0] != 3 {
		return nil
	}
	channels, height, width := d.Shape[0], d.Shape[1], d.Shape[2]
	x := d.X[example*d.Features():]
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range width * height {
		for c := range 3 {
			v := x[min(c, channels-1)*width*height+i]
			m.Pix[4*i+c] = uint8(255*min(max(v, 0), 1) + 0.5)
		}
		m.Pix[4*i+3] = 255
	}
	return m
}

// values shows predicted against true values, and what lies between.
func (r *runReport) values() *report.Section {
	if r.Tested == nil || !r.regression() {
		return nil
	}
	truth, predicted := r.Tested.Values()
	against, residuals := make(plotter.XYs, len(truth)), make(plotter.XYs, len(truth))
	for i := range truth {
		against[i] = plotter.XY{X: truth[i], Y: predicted[i]}
		residuals[i] = plotter.XY{X: predicted[i], Y: truth[i] - predicted[i]}
	}
	name := r.target.Name
	low, high := min(slices.Min(truth), slices.Min(predicted)), max(slices.Max(truth), slices.Max(predicted))
	return &report.Section{
		Title: "Predicted and true values",
		Text:  fmt.Sprintf("Of %s held out, after step %d. On the line the prediction is right.", count(len(truth), "example"), r.Tests[len(r.Tests)-1].Step),
		Charts: []report.Chart{
			r.cloud(chart.New("Predicted against true", "true "+name, "predicted "+name), against, chart.Line{Points: plotter.XYs{{X: low, Y: low}, {X: high, Y: high}}}),
			r.cloud(chart.New("Residuals", "predicted "+name, "true − predicted "+name), residuals, chart.Line{Points: plotter.XYs{{X: slices.Min(predicted)}, {X: slices.Max(predicted)}}}),
		},
	}
}

// cloud draws points and the line on which they should lie.
func (r *runReport) cloud(p *plot.Plot, points plotter.XYs, line chart.Line) report.Chart {
	line.Color = color.Gray{110}
	r.lines(p, line)
	if err := chart.AddPoints(p, chart.Points{Points: points, Opacity: 0.6}); r.err == nil {
		r.err = err
	}
	return r.draw(p)
}
