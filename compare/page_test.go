package compare

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/plot/plotter"

	"github.com/descent-go/descent/chart"
	"github.com/descent-go/descent/report"
	"github.com/descent-go/descent/train"
)

func page(t *testing.T, r *Result) string {
	t.Helper()
	p, err := r.Page("descent compare", report.Fact{Name: "made by", Value: "a test"})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := p.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestPage draws a crowd on a surface and a few networks, of which one diverges.
func TestPage(t *testing.T) {
	crowded := run(t, Config{Task: terrain(t, "beale"), Entrants: append(entrants(t, "sgd", "nag", "adam", "lion", "yogi", "adan", "lbfgs"), wild())})
	few := run(t, Config{Task: network(), Entrants: append(entrants(t, "adam", "adadelta"), wild()), Grid: []float64{0.001, 0.01}})
	for _, test := range []struct {
		r      *Result
		charts int
		texts  []string
	}{
		{crowded, 5, []string{"Loss, places 1 to 6", "Loss, places 7 to 8", "runs of 80 steps", "loss above the minimum", "wild (3 of 3)", "<dd>a test</dd>", "<code>descent compare</code>"}},
		{few, 5, []string{"test accuracy", "milliseconds", "1 of the 2 epochs at seed 0", "the values 0.001, 0.01", "30 training examples", ">as it is<", ">3 of 3<", ">diverged<"}},
	} {
		html := page(t, test.r)
		if n := strings.Count(html, "<svg "); n != test.charts {
			t.Errorf("%s: %d charts, want %d", test.r.Task, n, test.charts)
		}
		for _, text := range test.texts {
			if !strings.Contains(html, text) {
				t.Errorf("%s: the page has no %q", test.r.Task, text)
			}
		}
		if html != page(t, test.r) {
			t.Errorf("%s: the page has other bytes a second time", test.r.Task)
		}
		for _, svg := range strings.Split(html, "<svg ")[1:] {
			wellFormed(t, "<svg "+svg[:strings.Index(svg, "</svg>")]+"</svg>")
		}
	}
}

func wellFormed(t *testing.T, svg string) {
	t.Helper()
	for in := xml.NewDecoder(strings.NewReader(svg)); ; {
		if _, err := in.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// TestPageUnfinished says what is missing.
func TestPageUnfinished(t *testing.T) {
	c := Config{Task: terrain(t, "beale"), Entrants: entrants(t, "adadelta", "sgd")}
	if html := page(t, stop(t, c, 5)); !strings.Contains(html, "is not finished; without a result yet: sgd.") || strings.Count(html, "<svg ") != 2 {
		t.Error("the page does not say that sgd is missing")
	}
	if html := page(t, stop(t, c, 1)); !strings.Contains(html, "No optimizer has made a run that counts yet.") {
		t.Error("the page does not say that there is nothing yet")
	}
}

func TestTables(t *testing.T) {
	r := &Result{Metric: Metric{Name: "test accuracy", Unit: "%", Higher: true}, Standings: []*Standing{
		{Optimizer: "adam", LR: 0.001, Final: []*Run{
			{Optimizer: "adam", Stage: Final, LR: 0.001, Seed: 1, Steps: 5, Score: 0.5, Loss: 1.25, StepSeconds: 0.001, StateBytes: 8, Scores: []Point{{5, 0.5}}},
			{Optimizer: "adam", Stage: Final, LR: 0.001, Seed: 2, Diverged: true, StepSeconds: 0.002},
			{Optimizer: "adam", Stage: Final, LR: 0.001, Seed: 3, Score: 0.75, StepSeconds: 0.003, StateBytes: 8},
		}},
		{Optimizer: "lost", Final: []*Run{{Optimizer: "lost", Stage: Final, Seed: 1, Diverged: true}}},
	}}
	for _, s := range r.Standings {
		s.sum()
	}
	var text, markdown, file bytes.Buffer
	if err := errors.Join(r.WriteTable(&text), r.WriteMarkdown(&markdown), r.WriteCSV(&file)); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ got, want string }{
		{text.String(), `optimizer  learning rate  test accuracy, %  lowest and highest  diverged  ms/step  state, B/weight
adam       0.001          62.50             50.00 to 75.00      1 of 3    2.00     8
lost       as it is       –                 –                   1 of 1    0.00     0
`},
		{markdown.String(), "| optimizer | learning rate | test accuracy, % | lowest and highest | diverged | ms/step | state, B/weight |\n" +
			"| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n" +
			"| `adam` | 0.001 | 62.50 | 50.00 to 75.00 | 1 of 3 | 2.00 | 8 |\n" +
			"| `lost` | as it is | – | – | 1 of 1 | 0.00 | 0 |\n"},
		{file.String(), `optimizer,stage,learning_rate,seed,steps,diverged,test_accuracy,loss,state_bytes_per_weight,seconds_per_step
adam,final,0.001,1,5,false,0.5,1.25,8,0.001
adam,final,0.001,2,0,true,,,0,0.002
adam,final,0.001,3,0,false,0.75,0,8,0.003
lost,final,,1,0,true,,,0,0
`},
	} {
		if test.got != test.want {
			t.Errorf("got\n%s\nwant\n%s", test.got, test.want)
		}
	}
}

func TestFormat(t *testing.T) {
	accuracy, other := Metric{Unit: "%"}, Metric{}
	for _, test := range []struct {
		m     Metric
		score float64
		want  string
	}{{accuracy, 0.97115, "97.11"}, {accuracy, 1, "100.00"}, {other, 23456.7, "23457"}, {other, 0.000123456, "0.0001235"}, {other, 3.083e-15, "3.083e-15"}} {
		if got := test.m.Format(test.score); got != test.want {
			t.Errorf("%v is %s, want %s", test.score, got, test.want)
		}
	}
}

// TestBand has runs of which one is shorter.
func TestBand(t *testing.T) {
	runs := []*Run{
		{Losses: []Point{{10, 1}, {20, 2}}},
		{Losses: []Point{{10, 3}, {20, 6}, {30, 9}}},
		{Losses: []Point{{10, 2}, {14, 1000}}, Diverged: true},
	}
	l := band(runs, func(r *Run) []Point { return r.Losses }, func(v float64) float64 { return 10 * v })
	want := plotter.XYs{{X: 10, Y: 20}, {X: 20, Y: 60}, {X: 30, Y: 90}}
	if !slices.Equal(l.Points, want) || !slices.Equal(l.Low, []float64{10, 20, 90}) || !slices.Equal(l.High, []float64{30, 10000, 90}) {
		t.Errorf("the line is %v, from %v to %v", l.Points, l.Low, l.High)
	}
}

func TestRoom(t *testing.T) {
	if got := room([]float64{97, 96, 10}, true); got != (span{91, math.Inf(1)}) {
		t.Errorf("of accuracies it is %v", got)
	}
	if got := room([]float64{2, 3, 100}, false); got != (span{math.Inf(-1), 8}) {
		t.Errorf("of losses it is %v", got)
	}
	if got := room([]float64{90, 90, 90}, true); got.low >= 90 {
		t.Errorf("of equal ones it is %v", got)
	}
}

// TestCut has axes end before what is far worse than the rest.
func TestCut(t *testing.T) {
	places := []place{{"a", []float64{97, 98}}, {"b", []float64{96}}, {"c", []float64{10}}}
	if p := ranking("", "", places, false, span{90, math.Inf(1)}); p.X.Min != 96 || p.X.Max != 98 {
		t.Errorf("the ranking is from %v to %v", p.X.Min, p.X.Max)
	}
	line := func(values ...float64) func(*Standing) chart.Line {
		l := chart.Line{}
		for i, v := range values {
			l.Points = append(l.Points, plotter.XY{X: float64(i), Y: v})
		}
		return func(*Standing) chart.Line { return l }
	}
	for _, test := range []struct {
		c         curve
		low, high float64
	}{
		{curve{higher: true, line: line(10, 95, 96, 97)}, 88, 97},
		{curve{line: line(100, 4, 3, 2)}, 2, 11},
		{curve{logY: true, line: line(2, 1, 1e30)}, 1, 2e4},
	} {
		p, err := test.c.draw([]*Standing{{}})
		if err != nil || p.Y.Min != test.low || p.Y.Max != test.high {
			t.Errorf("%+v is from %v to %v, want %v to %v: %v", test.c, p.Y.Min, p.Y.Max, test.low, test.high, err)
		}
	}
}

func TestCurves(t *testing.T) {
	var w watch
	for _, p := range []train.Progress{{Step: 1, Elapsed: 5}, {Step: 2, Elapsed: 7}, {Step: 2, EpochEnd: true, Elapsed: 20}, {Step: 3, Elapsed: 21}} {
		p.Elapsed *= time.Second
		w.step(p)
	}
	if !slices.Equal(w.seconds, []float64{5, 2, 1}) {
		t.Errorf("the steps took %v", w.seconds)
	}
	if got := averaged([]train.StepFigures{{Loss: 1}, {Loss: 3}, {Loss: 10}}, 2); !slices.Equal(got, []Point{{2, 2}, {3, 10}}) {
		t.Errorf("averaged: %v", got)
	}
	var long []Point
	for i := range 150 {
		long = append(long, Point{Step: i})
	}
	if got := thinned(long, 150); len(got) != 50 || got[0].Step != 2 || got[49].Step != 149 {
		t.Errorf("thinned: %v", got)
	}
	if got := thinned(long[:7], 150); !slices.Equal(got, []Point{{Step: 2}, {Step: 5}, {Step: 6}}) {
		t.Errorf("thinned, of one that diverged: %v", got)
	}
	if m := [...]float64{median(nil), median([]float64{3}), median([]float64{4, 1}), median([]float64{9, 1, 2})}; m != [...]float64{0, 3, 2.5, 2} {
		t.Errorf("medians: %v", m)
	}
}
