package animate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/color"
	"image/gif"
	"image/png"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/surface"
)

// on are the options for a surface.
func on(t *testing.T, nameOrText string) Options {
	t.Helper()
	s, err := surface.Open(nameOrText)
	if err != nil {
		t.Fatal(err)
	}
	return Options{Surface: s}
}

func drawn(t *testing.T, r Runner, o Options) *Animation {
	t.Helper()
	a, err := Single(context.Background(), r, o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func raced(t *testing.T, o Options, runners ...Runner) *Animation {
	t.Helper()
	a, err := Race(context.Background(), runners, o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func encode(t *testing.T, a *Animation, format string) []byte {
	t.Helper()
	file, err := a.Encode(context.Background(), format, nil)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

var polyak = Runner{Name: "momentum", Rule: optim.SGD, Options: []descent.Option{descent.LR(0.02), descent.Momentum(0.9)}}

// TestGIF has the size, length and last picture that a page wants.
func TestGIF(t *testing.T) {
	tests := []struct {
		name  string
		a     *Animation
		width int
	}{
		{"single", drawn(t, polyak, Options{Steps: 20}), 600},
		{"race", raced(t, Options{Steps: 20}, polyak, Runner{Rule: optim.Adam, Tune: true}), 900},
	}
	for _, test := range tests {
		file := encode(t, test.a, "gif")
		if !bytes.Equal(file, encode(t, test.a, "gif")) {
			t.Errorf("%s: two files of the same animation differ", test.name)
		}
		g, err := gif.DecodeAll(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		if g.Config.Width != test.width || len(file) > 400_000 || g.LoopCount != 0 {
			t.Errorf("%s: %d pixels wide, %d bytes, repeated %d times", test.name, g.Config.Width, len(file), g.LoopCount)
		}
		sum := 0
		for _, delay := range g.Delay {
			sum += delay
		}
		if want := 100 * test.a.scene.end; math.Abs(float64(sum)-want) > 5 {
			t.Errorf("%s: takes %d hundredths, expected %v", test.name, sum, want)
		}
		if last := g.Delay[len(g.Delay)-1]; last < 250 {
			t.Errorf("%s: the last picture stays %d hundredths", test.name, last)
		}
	}
}

func TestPNG(t *testing.T) {
	picture, err := png.Decode(bytes.NewReader(encode(t, drawn(t, polyak, Options{Steps: 5}), "png")))
	if err != nil || picture.Bounds().Dx() != 600 {
		t.Errorf("%v, error %v", picture.Bounds(), err)
	}
}

func TestChosen(t *testing.T) {
	tests := []struct {
		runner    Runner
		on        string
		low, high float64
		chosen    bool
	}{
		{Runner{Rule: optim.SGD, Tune: true}, "quadratic", 0.05, 2.0 / 12, true}, // above 2/curvature it diverges
		{Runner{Rule: optim.SGD, Tune: true}, "0*x + 1", 0.01, 0.01, false},      // nowhere to go
		{Runner{Rule: optim.SGD}, "quadratic", 0.01, 0.01, false},
		{Runner{Rule: optim.LBFGS, Tune: true}, "quadratic", 1, 1, false}, // its own does
		{Runner{Rule: optim.AdaDelta, Tune: true}, "quadratic", math.NaN(), math.NaN(), false},
		{Runner{Rule: optim.Chain(optim.ClipValue, optim.SGD), Tune: true}, "quadratic", 0.05, 2.0 / 12, true},
	}
	for _, test := range tests {
		run := drawn(t, test.runner, on(t, test.on)).Runs[0]
		none := math.IsNaN(test.low) && math.IsNaN(run.LR)
		if !none && !(test.low <= run.LR && run.LR <= test.high) || run.Chosen != test.chosen {
			t.Errorf("%s: lr %v, chosen %v", run.Name, run.LR, run.Chosen)
		}
	}
}

// TestSuit gives a rule without lr steps enough to get somewhere.
func TestSuit(t *testing.T) {
	for _, test := range []struct {
		runner Runner
		steps  int
	}{
		{Runner{Rule: optim.AdaDelta, Tune: true}, 320},
		{Runner{Rule: optim.AdaDelta}, 40},
		{Runner{Rule: optim.COCOB, Tune: true}, 40},
		{Runner{Rule: optim.SGD, Options: []descent.Option{descent.LR(1e-5)}}, 40},
	} {
		if steps := len(drawn(t, test.runner, Options{}).Runs[0].Path.Points) - 1; steps != test.steps {
			t.Errorf("%s: %d steps, expected %d", test.runner.Rule.Name(), steps, test.steps)
		}
	}
}

// TestChosenStays has steep walls: what was chosen never climbs them.
func TestChosenStays(t *testing.T) {
	for _, name := range surface.Names() {
		o := on(t, name)
		for _, rule := range []optim.Rule{optim.SGD, optim.NAG, optim.Adam, optim.Lion} {
			run := drawn(t, Runner{Rule: rule, Tune: true}, o).Runs[0]
			first := run.Path.Points[0].Loss
			for _, p := range run.Path.Points {
				if p.Loss > first+0.6*math.Abs(first) || run.Trouble() != "" {
					t.Errorf("%s on %s: lr %v leads from %v to %v", run.Name, name, run.LR, first, p.Loss)
					break
				}
			}
		}
	}
}

// TestEveryRule draws every rule, also those that are no formula.
func TestEveryRule(t *testing.T) {
	for _, name := range optim.Names() {
		rule, err := optim.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		info, err := rule.Info()
		if err != nil {
			t.Fatal(err)
		}
		if info.Link {
			rule = optim.Chain(rule, optim.SGD)
			if _, err := optim.Flatten(optim.Links(rule)); err != nil {
				rule = optim.Chain(optim.SGD, optim.Links(rule)[0].Rule)
			}
		}
		encode(t, drawn(t, Runner{Rule: rule}, Options{Steps: 4}), "svg")
	}
}

// TestAstray draws ways that leave the picture, as far as they go.
func TestAstray(t *testing.T) {
	tests := []struct {
		runner Runner
		on     string
		why    string
	}{
		{Runner{Rule: optim.SGD, Options: []descent.Option{descent.LR(0.5)}}, "quadratic", "leaves at step 1, diverges at step 6"},
		{Runner{Rule: optim.SGD, Options: []descent.Option{descent.LR(0.18)}}, "quadratic", "leaves the picture at step 7"},
		{Runner{Rule: optim.SGD, Options: []descent.Option{descent.LR(1e300)}}, "x^2 + y^2", "diverges at step 1"},
		{Runner{Rule: optim.SGD, Options: []descent.Option{descent.LR(1)}}, "sqrt(x + 2.5) + y^2", "diverges at step 1"},
		{Runner{Rule: optim.NAdamLookahead, Options: []descent.Option{descent.LR(0.05)}}, "quadratic", ""},
	}
	for _, test := range tests {
		o := on(t, test.on)
		for _, a := range []*Animation{drawn(t, test.runner, o), raced(t, o, test.runner, polyak)} {
			why := a.Runs[0].Trouble()
			if why != test.why {
				t.Errorf("%s on %s: %q, expected %q", test.runner.Rule.Name(), test.on, why, test.why)
			}
			file := string(encode(t, a, "svg"))
			if !strings.Contains(file, why) || strings.Contains(file, "NaN") || strings.Contains(file, "Inf") {
				t.Errorf("%s on %s: the picture does not say %q, or has no numbers", test.runner.Rule.Name(), test.on, why)
			}
			encode(t, a, "png")
		}
	}
}

func TestWrong(t *testing.T) {
	sgd := Runner{Rule: optim.SGD}
	tests := []struct {
		runner Runner
		o      Options
		want   string
	}{
		{Runner{}, Options{}, "animate: a runner without a rule"},
		{sgd, Options{Steps: -1}, "animate: -1 steps: expected at least 1"},
		{sgd, Options{Steps: MaxSteps + 1}, "expected at most 10000"},
		{sgd, Options{Start: &[2]float64{math.NaN(), 0}}, "start elsewhere"},
		{sgd, on(t, "x^2 + 0*log(1e-9-(x+2.4)^2-(y-1.8)^2)"), "animate: the contours of x^2 + 0*log(1e-9-(x+2.4)^2-(y-1.8)^2): chart: a grid without a finite value"},
		{Runner{Rule: optim.Centralize}, Options{}, "only changes what an optimizer does"},
		{Runner{Rule: optim.SGD, Options: []descent.Option{descent.Beta1(0.5)}}, Options{}, "sgd has no hyperparameter beta1"},
	}
	for _, test := range tests {
		_, err := Single(context.Background(), test.runner, test.o)
		_, err2 := Race(context.Background(), []Runner{test.runner}, test.o)
		for _, err := range []error{err, err2} {
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, expected one with %q", err, test.want)
			}
		}
	}
	for _, n := range []int{0, MaxRunners + 1} {
		if _, err := Race(context.Background(), slices.Repeat([]Runner{sgd}, n), Options{}); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("a race of %d optimizers: expected 1 to ", n)) {
			t.Errorf("error %v", err)
		}
	}
	a := drawn(t, sgd, Options{Steps: 2})
	if _, err := a.Encode(context.Background(), "bmp", nil); err == nil || !strings.Contains(err.Error(), "expected gif, svg, png") {
		t.Errorf("error %v", err)
	}
}

// TestColors has arrows of few pixels: they are as the legend of others shows them.
func TestColors(t *testing.T) {
	a := drawn(t, Runner{Rule: optim.Chain(optim.SAM, optim.SGD), Options: []descent.Option{descent.LR(0.0003)}}, on(t, "rastrigin"))
	g, err := gif.DecodeAll(bytes.NewReader(encode(t, a, "gif")))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []color.RGBA{ink, white, downhill, stepping, looking} {
		if !slices.Contains(g.Image[0].Palette, color.Color(c)) {
			t.Errorf("%v is not among the colours", c)
		}
	}
}

// TestCancel ends the search for a learning rate and the drawing.
func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	a := drawn(t, polyak, Options{})
	pictures := 0
	_, err := a.Encode(ctx, "gif", func(done, total int) {
		if pictures = done; done == 3 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || pictures != 3 {
		t.Errorf("error %v after %d pictures", err, pictures)
	}
	if _, err := Single(ctx, Runner{Rule: optim.SGD, Tune: true}, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// TestProgress tells of every trial, and ends with all, whether they were needed or not.
func TestProgress(t *testing.T) {
	before, calls := 0, 0
	o := Options{Steps: 5, Progress: func(done, total int) {
		if calls++; done < before || done > total || total != 3*surface.Trials {
			t.Errorf("%d of %d done after %d", done, total, before)
		}
		before = done
	}}
	raced(t, o, Runner{Rule: optim.SGD, Tune: true}, Runner{Rule: optim.LBFGS, Tune: true}, polyak)
	if before != 3*surface.Trials || calls < 10 {
		t.Errorf("%d done at the end of %d calls", before, calls)
	}
}
