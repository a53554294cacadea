package lab

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
)

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-6*(1+math.Abs(b)) }

// The numbers of a path, by hand: f = x^2/2 + 2y^2 from (1, 1), lr 0.1.
func TestPath(t *testing.T) {
	p := pathsOf(t, `{"surface": "x^2/2 + 2*y^2", "start": [1, 1], "steps": 2,
		"runners": [{"rule": "sgd", "hypers": {"lr": 0.1}}, {"rule": "nag", "hypers": {"lr": 0.1, "momentum": 0.5}}]}`)
	sgd, nag := p[0], p[1]
	for _, c := range []struct {
		what      string
		got, want float64
	}{
		{"x0", sgd.X[0], 1}, {"x1", sgd.X[1], 0.9}, {"x2", sgd.X[2], 0.81},
		{"y1", sgd.Y[1], 0.6}, {"y2", sgd.Y[2], 0.36},
		{"loss1", sgd.Loss[1], 0.9*0.9/2 + 2*0.6*0.6},
		{"gx2", sgd.GX[2], 0.81}, {"gy2", sgd.GY[2], 4 * 0.36},
		{"rate", sgd.RateX[1], 0.1}, {"rate", sgd.RateY[0], 0.1},
		{"evaluated at", sgd.EvalX[1][0], 0.9}, {"gradient taken", sgd.EvalGY[1][0], 2.4},
		// v = -0.1*g; ahead = w + v/2 = (0.85, 0.4); v = v/2 - 0.1*g(ahead)
		{"nag's second gradient is taken at x", nag.EvalX[1][0], 0.85}, {"y", nag.EvalY[1][0], 0.4},
		{"nag's x2", nag.X[2], 0.9 - 0.05 - 0.085}, {"nag's v", nag.States["v"].Y[2], -0.2 - 0.16},
	} {
		if !near(c.got, c.want) {
			t.Errorf("%s is %v, expected %v", c.what, c.got, c.want)
		}
	}
	if len(sgd.X) != 3 || len(sgd.GX) != 3 || len(sgd.RateX) != 2 || len(sgd.EvalX) != 2 || sgd.Evaluations != 2 || sgd.Diverged || sgd.Random || sgd.ResultX != nil {
		t.Errorf("sgd: %+v", sgd)
	}
}

func TestPathOfAverages(t *testing.T) {
	p := pathsOf(t, `{"surface": "quadratic", "steps": 5, "runners": [{"rule": "schedule-free-sgd", "hypers": {"lr": 0.1}}]}`)[0]
	if len(p.ResultX) != 6 || len(p.ResultY) != 6 || p.ResultX[5] == p.X[5] {
		t.Errorf("x is %v, the result's %v", p.X, p.ResultX)
	}
}

// Noise and what a rule draws go by the seed.
func TestSeed(t *testing.T) {
	for _, what := range []string{`"surface": "noisy", "runners": [{"rule": "sgd"}]`, `"surface": "quadratic", "runners": [{"rule": "sgld"}]`} {
		end := func(seed int) float64 {
			p := pathsOf(t, fmt.Sprintf(`{"steps": 3, "seed": %d, %s}`, seed, what))[0]
			if !p.Random {
				t.Errorf("%s does not say that the seed matters", what)
			}
			return p.X[3]
		}
		if end(1) != end(1) || end(1) == end(2) {
			t.Errorf("%s ends at %v, again at %v, by another seed at %v", what, end(1), end(1), end(2))
		}
	}
}

func TestDivergenceIsDrawnAsFarAsItGoes(t *testing.T) {
	p := pathsOf(t, `{"surface": "quadratic", "steps": 100, "runners": [{"rule": "sgd", "hypers": {"lr": 1}}]}`)[0]
	if !p.Diverged || len(p.X) < 3 || len(p.X) > 20 || len(p.RateX) != len(p.X)-1 {
		t.Errorf("diverged %v after %d points", p.Diverged, len(p.X))
	}
	at := string(new(Lab).answer("race", []byte(`{"surface": "x^2", "start": [1, 0], "steps": 9, "runners": [{"text": "w = w - 1e9*g"}]}`)))
	if !strings.Contains(at, `"rateX":[]`) || !strings.Contains(at, `"evalX":[]`) || !strings.Contains(at, `"diverged":true`) {
		t.Errorf("a path of no step is %s", at)
	}
}

// A gradient of zero has no effective step size, and null says so.
func TestNotFiniteIsNull(t *testing.T) {
	at := string(new(Lab).answer("race", []byte(`{"surface": "x^2", "start": [1, 0], "steps": 1, "runners": [{"rule": "sgd"}]}`)))
	if !strings.Contains(at, `"rateX":[0.01],"rateY":[null]`) {
		t.Errorf("no null in %s", at)
	}
}

// A rule that fails does not keep others from running.
func TestRunnersFailAlone(t *testing.T) {
	out := ask[struct {
		Start     [2]float64
		StartLoss float64
		Runners   []json.RawMessage
	}](t, new(Lab), "race", `{"surface": "quadratic", "steps": 3, "runners": [
		{"rule": "sgd", "hypers": {"momentum": 1}}, {"text": "w = w - h"}, {"rule": "sgd", "hypers": {"speed": 1}},
		{"rule": "lbsgd", "hypers": {"warmup": 9}}, {"rule": "cautious"}, {"rule": "sam"}, {"rule": "lbsgd", "hypers": {"warmup": 2}}]}`)
	want := []struct{ field, name, message string }{
		{"hyper", "momentum", "out of range"}, {"text", "", "unknown name h"}, {"hyper", "speed", "no hyperparameter speed"},
		{"hyper", "warmup", "not a choice"}, {}, {}, {},
	}
	for i, w := range want {
		var got failure
		if err := json.Unmarshal(out.Runners[i], &got); err != nil {
			t.Fatal(err)
		}
		if w.field == "" {
			if got.Error != nil {
				t.Errorf("runner %d failed: %v", i, got.Error)
			}
		} else if got.Error == nil || got.Error.Field != w.field || got.Error.Name != w.name || !strings.Contains(got.Error.Message, w.message) {
			t.Errorf("runner %d: %+v, expected %+v", i, got.Error, w)
		}
	}
}

func TestTooMuchIsRefused(t *testing.T) {
	runner := `{"rule": "sgd"},`
	for _, c := range []struct{ name, request, field string }{
		{"race", `{"surface": "quadratic", "steps": 0}`, "steps"},
		{"race", `{"surface": "quadratic", "steps": 5001}`, "steps"},
		{"race", `{"surface": "quadratic", "steps": 5000, "runners": [` + strings.Repeat(runner, 4) + `{}]}`, "steps"},
		{"race", `{"surface": "quadratic", "steps": 1, "runners": [` + strings.Repeat(runner, 8) + `{}]}`, "runners"},
		{"race", `{"surface": "` + strings.Repeat("x+", 150) + `x", "steps": 1}`, "surface"},
		{"rule", `{"text": "` + strings.Repeat("#", 4001) + `"}`, "text"},
		{"rule", `{"rule": "` + strings.Repeat("sam+", 100) + `adam"}`, "rule"},
		{"rule", `{"text": "state ` + strings.Join(someNames(25), ", ") + `\nw = w - g"}`, "text"},
		{"rule", `{"text": "` + strings.Repeat(`a = grad(w)\n`, 17) + `w = w - a"}`, "text"},
		{"rule", `{"rule": "` + strings.Repeat("ema+", 24) + `adam"}`, "text"},
		{"grid", `{"surface": "quadratic", "nx": 513, "ny": 2}`, "nx"},
		{"grid", `{"surface": "quadratic", "nx": 2, "ny": 1}`, "ny"},
		{"grid", `{"surface": "quadratic", "nx": 2, "ny": 2, "window": [1, 1, 0, 1]}`, "window"},
		{"tune", `{"surface": "quadratic", "steps": 5000, "runner": {"rule": "sgd"}}`, "steps"},
		{"net", `{"data": "moons", "points": 501, "hidden": 8, "runner": {"rule": "sgd"}}`, "points"},
		{"net", `{"data": "moons", "points": 10, "hidden": 33, "runner": {"rule": "sgd"}}`, "hidden"},
		{"net", `{"data": "moons", "points": 10, "hidden": 8, "batch": -1, "runner": {"rule": "sgd"}}`, "batch"},
		{"net", `{"data": "moons", "points": 10, "hidden": 8, "noise": 2, "runner": {"rule": "sgd"}}`, "noise"},
		{"net", `{"data": "stars", "points": 10, "hidden": 8, "runner": {"rule": "sgd"}}`, "data"},
	} {
		if f := refused(t, new(Lab), c.name, c.request); f.Field != c.field {
			t.Errorf("%s %.80s: the fault is of %s: %s; expected of %s", c.name, c.request, f.Field, f.Message, c.field)
		}
	}
}

// someNames are n names.
func someNames(n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprint("s", i))
	}
	return out
}

func TestNoLossAtTheStart(t *testing.T) {
	f := ask[struct {
		Start     [2]float64
		StartLoss *float64
		Runners   []failure
	}](t, new(Lab), "race", `{"surface": "log(x)", "start": [-1, 0], "steps": 3, "runners": [{"rule": "adam"}]}`)
	if f.StartLoss != nil || f.Runners[0].Error.Field != "start" || !strings.Contains(f.Runners[0].Error.Message, "start elsewhere") {
		t.Errorf("%+v", f.Runners[0].Error)
	}
}

func TestTune(t *testing.T) {
	tests := []struct {
		what, request string
		low, high     float64
	}{
		{"steps of 2/curvature diverge", `{"surface": "x^2/2", "steps": 5, "runner": {"rule": "sgd"}}`, 0.4, 1.9},
		{"what it has will do", `{"surface": "x^2/2", "steps": 5, "runner": {"rule": "sgd", "hypers": {"lr": 0.98}}}`, 0.98, 0.98},
		{"its range ends", `{"surface": "x^2/2", "steps": 5, "runner": {"text": "hyper lr = 0.01 [0,0.1]\nw = w - lr*g"}}`, 0.1, 0.1},
		{"waves", `{"surface": "x^2/2 + sin(9*x)", "start": [2, 0], "steps": 100, "runner": {"rule": "sgd", "hypers": {"momentum": 0.5}}}`, 1e-3, 0.5},
		{"a link", `{"surface": "x^2/2", "steps": 5, "runner": {"rule": "clip-value"}}`, 0.4, 3},
	}
	for _, c := range tests {
		best := ask[Tuned](t, new(Lab), "tune", c.request)
		if !(c.low <= best.LR && best.LR <= c.high) {
			t.Errorf("%s: the best is %+v, expected from %v to %v", c.what, best, c.low, c.high)
		}
	}
	best := ask[Tuned](t, new(Lab), "tune", tests[0].request)
	p := pathsOf(t, fmt.Sprintf(`{"surface": "x^2/2", "steps": 5, "runners": [{"rule": "sgd", "hypers": {"lr": %v}}]}`, best.LR))[0]
	if sum := (p.Loss[4] + p.Loss[5]) / 2; !near(sum, float64(best.Loss)) {
		t.Errorf("the best is %+v, the mean of its last losses %v", best, sum)
	}
	if f := refused(t, new(Lab), "tune", `{"surface": "x^2/2", "steps": 5, "runner": {"rule": "adadelta"}}`); f.Name != "lr" {
		t.Errorf("a rule without lr: %+v", f)
	}
	if f := refused(t, new(Lab), "tune", `{"surface": "x^2/2", "steps": 50, "runner": {"text": "hyper lr = 1\nw = 3*w - lr*g/1e9"}}`); !strings.Contains(f.Message, "astray at every") {
		t.Errorf("a rule that diverges: %+v", f)
	}
}
