package animate

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/surface"
)

// TestDissect finds the parts of steps in what a rule does, whatever its text.
func TestDissect(t *testing.T) {
	shifted, err := optim.Parse("heavy", "hyper lr = 0.01\nstate v\nv = v/2 + g\nw = w - lr*v\n")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		rule           optim.Rule
		on             string
		sum            bool
		momentum, rate float64
		ahead, average bool
	}{
		{optim.SGD, "quadratic", true, 0, 0.01, false, false},
		{optim.SGD, "noisy", true, 0, 0.01, false, false},
		{optim.NAG, "saddle", true, 0.9, 0.01, true, false},
		{shifted, "noisy", true, 0.5, 0.01, false, false},
		{optim.Adam, "quadratic", false, 0, 0, false, false},
		{optim.SGLD, "quadratic", false, 0, 0, false, false},
		{optim.Chain(optim.SAM, optim.SGD), "quadratic", false, 0, 0, true, false},
		{optim.ScheduleFreeSGD, "quadratic", false, 0, 0, false, true},
	}
	for _, test := range tests {
		o := on(t, test.on)
		o.Steps = 12
		path, err := o.path(test.rule, []descent.Option{descent.LR(0.01)})
		if err != nil {
			t.Fatal(err)
		}
		a := dissect(path)
		near := math.Abs(a.momentum-test.momentum) < 1e-6 && math.Abs(a.rate-test.rate) < 1e-6
		if a.sum != test.sum || a.sum && !near || a.ahead != test.ahead || a.averages != test.average {
			t.Errorf("%s: %+v", test.rule.Name(), a)
		}
	}
}

func TestTrail(t *testing.T) {
	l := trail{points: []vg.Point{{X: 0}, {X: 4}, {X: 4}, {X: 4, Y: 3}}, times: []float64{1, 2, 3, 4}}
	for _, test := range []struct {
		now    float64
		at     vg.Point
		behind int
	}{
		{0, vg.Point{}, 1}, {1.25, vg.Point{X: 1}, 1}, {2.5, vg.Point{X: 4}, 2}, {3.5, vg.Point{X: 4, Y: 1.5}, 3}, {9, vg.Point{X: 4, Y: 3}, 4},
	} {
		if at, n := l.at(test.now); at != test.at || n != test.behind {
			t.Errorf("at %v: %v behind %d points", test.now, at, n)
		}
	}
	if lengths, total := l.lengths(); total != 7 || lengths[2] != 4 {
		t.Errorf("lengths %v, together %v", lengths, total)
	}
}

// TestFrames has a picture for what changes and none for what rests.
func TestFrames(t *testing.T) {
	l := &layer{trails: []trail{{points: []vg.Point{{}, {X: 1}}, times: []float64{1, 1.2}}}}
	l.add(2, 3)
	s := &scene{end: 4, layers: []*layer{l}}
	frames := s.frames()
	sum := 0
	for _, f := range frames {
		sum += f.delay
	}
	// the start, five as it moves (the fifth arrives), one as the item comes and one as it goes
	if len(frames) != 8 || sum != 400 || frames[0].delay != 104 || frames[6].delay != 100 {
		t.Errorf("%d frames that take %d: %v", len(frames), sum, frames)
	}
}

func TestBeats(t *testing.T) {
	for _, steps := range []int{1, 10, 40, 1000, MaxSteps} {
		for _, list := range [][]float64{beats(steps), evenBeats(steps)} {
			if len(list) != steps+1 || list[steps] > 20 {
				t.Errorf("%d beats, the last at %v", len(list), list[len(list)-1])
			}
			for k := range steps {
				if !(list[k+1] > list[k]) {
					t.Fatalf("beat %d of %d at %v after %v", k+1, steps, list[k+1], list[k])
				}
			}
		}
	}
}

func window(x0, x1, y0, y1 float64) surface.Window {
	return surface.Window{X0: x0, X1: x1, Y0: y0, Y1: y1}
}

// TestShaped makes units as long both ways, but for what would be a thread.
func TestShaped(t *testing.T) {
	for _, test := range []struct{ in, out surface.Window }{
		{window(0, 4, 0, 1), window(0, 4, -0.5, 1.5)},
		{window(0, 1, 0, 1), window(-0.5, 1.5, 0, 1)},
		{window(0, 100, 0, 1), window(0, 100, 0, 1)},
		{window(0, 1, 0, 100), window(0, 1, 0, 100)},
	} {
		if out := shaped(test.in, 0.5); out != test.out {
			t.Errorf("%v became %v, expected %v", test.in, out, test.out)
		}
	}
}

// TestToward keeps what is far out of the picture near enough to be drawn.
func TestToward(t *testing.T) {
	o := on(t, "quadratic")
	p, err := o.landscape(window(-1, 1, -1, 1), vg.Rectangle{Max: vg.Point{X: 300, Y: 300}})
	if err != nil {
		t.Fatal(err)
	}
	from := p.at(0.5, 0)
	for _, x := range []float64{math.NaN(), math.Inf(1), 1e308} {
		if to := p.toward(from, x, 0); to != from {
			t.Errorf("toward %v is %v", x, to)
		}
	}
	if to := p.toward(from, 1e6, 0); to.Y != from.Y || math.Abs(float64(to.X-from.X)-1500) > 1e-9 {
		t.Errorf("toward what is far is %v from %v", to, from)
	}
	if to := p.toward(from, 0.6, 0.3); to != p.at(0.6, 0.3) {
		t.Errorf("toward what is near is %v", to)
	}
}

// TestFit shows the path, where it looked, and the minimum it is near; not
// where it went when it was lost.
func TestFit(t *testing.T) {
	o := on(t, "himmelblau")
	path := &surface.Path{Points: []surface.Point{
		{X: 1, Y: 1, Evals: []surface.Eval{{X: 1, Y: 4.5}}},
		{X: 2.5, Y: 1.5},
	}}
	w := o.fit([]Run{{Path: path}})
	if !w.Contains(1, 4.5) || !w.Contains(3, 2) || !w.Contains(-2.81, 3.13) || !w.Contains(-3.78, -3.28) {
		t.Errorf("window %v", w)
	}
	short := &surface.Path{Points: []surface.Point{{X: 2.5, Y: 1}, {X: 2.9, Y: 1.9}}}
	if w := o.fit([]Run{{Path: short}}); !w.Contains(3, 2) || w.Contains(-2.81, 3.13) {
		t.Errorf("window %v, in which the path is small", w)
	}
	path.Points = append(path.Points, surface.Point{X: 4000, Y: 1})
	if left := o.left(path); left != 2 {
		t.Errorf("left at %d", left)
	}
	if w := o.fit([]Run{{Path: path, left: 2}}); w.X1 > 20 || w.X1 < 5 {
		t.Errorf("window %v", w)
	}
	path.Points = append(path.Points, surface.Point{X: 2, Y: 1})
	if left := o.left(path); left != 0 {
		t.Errorf("left at %d, but it came back", left)
	}
}

// TestAside leaves room for what became of a path.
func TestAside(t *testing.T) {
	r := &Run{Path: &surface.Path{Points: make([]surface.Point, 10), Diverged: true}, left: 1}
	room := singleWidth - edge - (&single{run: r}).aside()
	if l := (label{text: r.Trouble(), size: textSize, bold: true}); l.text != "leaves at step 1, diverges at step 10" || l.width() > room {
		t.Errorf("%q takes %v points of %v", l.text, l.width(), room)
	}
	if at := (&single{run: &Run{Path: &surface.Path{}}}).aside(); at != 0.7*singleWidth {
		t.Errorf("without trouble the text begins at %v", at)
	}
}

func TestLossScale(t *testing.T) {
	path := func(losses ...float64) []Run {
		p := &surface.Path{}
		for _, l := range losses {
			p.Points = append(p.Points, surface.Point{Loss: l})
		}
		return []Run{{Path: p}}
	}
	tests := []struct {
		on    string
		runs  []Run
		log   bool
		label string
	}{
		{"quadratic", path(10, 1, 0.01), true, "loss"},
		{"quadratic", path(10, 1, 0), true, "loss"}, // what is 0 lies at the end
		{"quadratic", path(10, 9, 8), false, "loss"},
		{"saddle", path(1, 0, -0.4999), true, "loss above the minimum"},
		{"x + y", path(1, 0, -5), false, "loss"},
		{"x - x", path(0, 0), false, "loss"},
		{"1e200*x", path(1e200), false, "loss"},
	}
	for _, test := range tests {
		l := newLossScale(on(t, test.on).Surface, test.runs)
		if l.log != test.log || l.label != test.label || !(l.high > l.low) || l.log && l.low <= 0 {
			t.Errorf("%s: %+v", test.on, l)
		}
		for _, p := range test.runs[0].Path.Points {
			if v := l.of(p.Loss); v < l.low || v > l.high {
				t.Errorf("%s: %v lies at %v, off the axis", test.on, p.Loss, v)
			}
		}
	}
}

func TestWords(t *testing.T) {
	if got := set("(x^2 + 12*y^2)/2 - x^12"); got != "(x² + 12·y²)/2 − x^12" {
		t.Error(got)
	}
	for v, want := range map[float64]string{0: "0", -3.6: "−3.6", 1.25: "1.25", 0.00012345: "0.000123", 0.5: "0.5", 12.345: "12.3", 1.5e-7: "1.5e−7", 1234.6: "1235", 1e9: "1e9", 1e-12: "1e−12"} {
		if got := short(v); got != want {
			t.Errorf("%v is written %s, expected %s", v, got, want)
		}
	}
	r := Run{hypers: []hyper{{"lr", 0.1, "0.1", false}, {"beta1", 0.9, "0.9", false}, {"eps", 1e-8, "1e-8", false}, {"wd", 0, "0", false}, {"rho", 0.5, "0.5", true}}}
	for room, want := range map[vg.Length]string{500: "lr 0.1, beta1 0.9, eps 1e−8, rho 0.5", 130: "lr 0.1, beta1 0.9, rho 0.5", 1: "lr 0.1, rho 0.5"} {
		if got := r.settings(room); got != want {
			t.Errorf("in %v points: %s, expected %s", room, got, want)
		}
	}
	l := fitted(label{text: strings.Repeat("long ", 50), size: textSize}, 100)
	if !strings.HasSuffix(l.text, "…") || l.width() > 100 || l.width() < 80 {
		t.Errorf("%q is %v points long", l.text, l.width())
	}
}
