package optim_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/optim"
)

// everyRule runs a test for every registered rule, links as a part of a chain.
func everyRule(t *testing.T, test func(t *testing.T, name string, rule optim.Rule, options []descent.Option)) {
	for _, name := range optim.Names() {
		t.Run(name, func(t *testing.T) {
			rule, options := inRule(t, name, nil)
			test(t, name, rule, options)
		})
	}
}

func TestPrintThenParse(t *testing.T) {
	everyRule(t, func(t *testing.T, name string, _ optim.Rule, _ []descent.Option) {
		rule, err := optim.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		f, ok := rule.(*optim.Formula)
		if !ok {
			return // a Stepper has no text
		}
		p, err := f.Program()
		if err != nil {
			t.Fatal(err)
		}
		again, err := formula.Parse(name, p.String())
		if err != nil {
			t.Fatal(err)
		}
		if again.String() != p.String() {
			t.Errorf("printed, parsed and printed:\n%s\nexpected\n%s", again, p)
		}
	})
}

func TestInfo(t *testing.T) {
	everyRule(t, func(t *testing.T, name string, _ optim.Rule, _ []descent.Option) {
		rule, err := optim.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		info, err := rule.Info()
		if err != nil {
			t.Fatal(err)
		}
		links := map[string]bool{"sam": true, "adaptive-clip": true, "clip-param-norm": true, "clip-rms": true, "grams": true, "orthograd": true, "cautious": true, "centralize": true, "clip-norm": true, "clip-value": true, "decay": true,
			"ema": true, "lookahead": true, "rescale": true, "trust-ratio": true}
		if info.Name != name || info.Link != links[name] {
			t.Errorf("name %q, link %v; expected %q, %v", info.Name, info.Link, name, links[name])
		}
		if len(info.Summary) < 10 || strings.Contains(info.Summary, "\n") || !strings.HasSuffix(info.Summary, ".") {
			t.Errorf("summary %q: expected one sentence", info.Summary)
		}
		if info.Link != strings.HasPrefix(info.Summary, "Link: ") {
			t.Errorf("summary %q: links, and only links, begin with Link:", info.Summary)
		}
		if info.Paper == "" && !info.Link {
			t.Error("no paper")
		}
		for i, h := range info.Hypers {
			if err := info.Hypers[i].Check(h.Default); err != nil {
				t.Errorf("the default: %v", err)
			}
		}
	})
}

// fit says how a rule minimises the quadratic of TestQuadratic.
type fit struct {
	options []descent.Option
	steps   int     // 400 where 0
	within  float64 // of the minimum, for each weight; 1e-3 where 0
}

var fits = map[string]fit{
	"adadelta":            {steps: 3000, within: 0.01},
	"adagrad":             {options: []descent.Option{descent.LR(0.5)}},
	"adam":                {options: []descent.Option{descent.LR(0.1)}},
	"adamw":               {options: []descent.Option{descent.LR(0.1), descent.WeightDecay(0)}},
	"adamax":              {options: []descent.Option{descent.LR(0.1)}},
	"nadam":               {options: []descent.Option{descent.LR(0.1)}},
	"nadam-lookahead":     {options: []descent.Option{descent.LR(0.1), descent.Beta1(0.4)}}, // diverges where a*beta1 > 1
	"rmsprop":             {options: []descent.Option{descent.LR(0.01)}, within: 0.01},      // moves by lr for ever
	"rmsprop-centered":    {options: []descent.Option{descent.LR(0.001)}, steps: 4000, within: 0.02},
	"signum":              {options: []descent.Option{descent.LR(0.01)}, within: 0.1},
	"lion":                {options: []descent.Option{descent.LR(0.001)}, steps: 4000, within: 0.1},
	"ftml":                {options: []descent.Option{descent.LR(0.1)}},
	"ftrl":                {options: []descent.Option{descent.LR(1), descent.Set("l1", 0)}, steps: 3000},
	"lbsgd":               {options: []descent.Option{descent.LR(0.1), descent.Set("batch_scale", 2), descent.Momentum(0.5)}},
	"sgd":                 {options: []descent.Option{descent.LR(0.1), descent.Momentum(0.9)}},
	"nag":                 {options: []descent.Option{descent.LR(0.1)}},
	"nag-shifted":         {options: []descent.Option{descent.LR(0.1)}},
	"dcasgd":              {options: []descent.Option{descent.LR(0.1)}},
	"dcasgd-adaptive":     {options: []descent.Option{descent.LR(0.1)}},
	"dcasgd-mxnet":        {options: []descent.Option{descent.LR(0.1)}},
	"sgld":                {options: []descent.Option{descent.LR(1e-5)}, steps: 1, within: 3},        // TestSGLDPosterior says more
	"lamb":                {options: []descent.Option{descent.LR(0.001)}, steps: 4000, within: 0.01}, // moves by a part of the weights for ever
	"lars":                {options: []descent.Option{descent.LR(1)}, steps: 4000, within: 0.01},
	"radam":               {options: []descent.Option{descent.LR(0.1)}},
	"adabelief":           {options: []descent.Option{descent.LR(0.1)}},
	"yogi":                {options: []descent.Option{descent.LR(0.1)}},
	"amsgrad":             {options: []descent.Option{descent.LR(0.1)}},
	"adan":                {options: []descent.Option{descent.LR(0.01)}, steps: 4000},
	"ademamix":            {options: []descent.Option{descent.LR(0.05), descent.Set("beta3", 0.95)}},
	"qhadam":              {options: []descent.Option{descent.LR(0.1), descent.Beta1(0.9)}},
	"adopt":               {options: []descent.Option{descent.LR(0.1), descent.Set("beta2", 0.99)}},
	"novograd":            {options: []descent.Option{descent.LR(0.001)}, steps: 4000, within: 0.01},
	"prodigy":             {},
	"schedule-free-sgd":   {options: []descent.Option{descent.LR(0.5)}},
	"schedule-free-adamw": {options: []descent.Option{descent.LR(0.1)}, steps: 2000},
	"rprop":               {},
	"asgd":                {options: []descent.Option{descent.LR(1)}, steps: 2000},
	"clip-norm":           {}, "clip-value": {}, "rescale": {}, "lookahead": {},
	"decay": {options: []descent.Option{descent.Set("decay.wd", 0)}}, "ema": {}, "cautious": {},
	"trust-ratio": {options: []descent.Option{descent.LR(0.001)}, steps: 4000, within: 0.01},
	"centralize":  {within: 3}, // keeps the mean of a row; its own test is by hand
}

// TestQuadratic minimises sum a_i (w_i-b_i)^2 / 2. A rule that fits does not
// list must do so with one of a few learning rates.
func TestQuadratic(t *testing.T) {
	everyRule(t, func(t *testing.T, name string, rule optim.Rule, options []descent.Option) {
		if f, ok := fits[name]; ok {
			if off := f.run(t, rule, options); !(off < f.bound()) {
				t.Errorf("ends %v from the minimum", off)
			}
			return
		}
		for _, lr := range []float64{1, 0.1, 0.01, 0.001} {
			f := fit{options: []descent.Option{descent.LR(lr)}, steps: 4000}
			if f.run(t, rule, options) < 0.05 {
				return
			}
		}
		t.Error("comes near the minimum with none of a few learning rates; say in fits what it takes")
	})
}

func (f fit) bound() float64 {
	if f.within == 0 {
		return 1e-3
	}
	return f.within
}

// run gives how far the weight that is farthest ends from the minimum.
func (f fit) run(t *testing.T, rule optim.Rule, options []descent.Option) float64 {
	t.Helper()
	a, b := []float64{0.5, 1, 2, 1.5}, []float64{1, -1, 0.5, 2}
	w, g := []float64{3, 1, -1, 0.1}, make([]float64, 4)
	opt, err := descent.New(rule, []descent.Param{descent.NewParam("w", w, g, 2, 2)}, slices.Concat(options, f.options)...)
	if err != nil {
		t.Fatal(err)
	}
	steps := f.steps
	if steps == 0 {
		steps = 400
	}
	for range steps {
		step(t, opt, func() {
			for i := range w {
				g[i] = a[i] * (w[i] - b[i])
			}
		})
	}
	off := 0.0
	for i := range w {
		off = max(off, math.Abs(w[i]-b[i])) // NaN if either is
	}
	return off
}

// step makes one step with gradients that fill makes, for any rule.
func step(t *testing.T, opt *descent.Optimizer, fill func()) {
	t.Helper()
	if _, err := opt.StepFunc(func() (float64, error) { fill(); return 0, nil }); err != nil {
		t.Fatal(err)
	}
}

// TestZeroGradient: with no gradient and no decay a rule leaves weights alone,
// but for those whose formula says otherwise.
func TestZeroGradient(t *testing.T) {
	everyRule(t, func(t *testing.T, name string, rule optim.Rule, options []descent.Option) {
		w, g := []float64{1.5, -2.25, 1e-9, 0}, make([]float64, 4)
		start := append([]float64(nil), w...)
		switch name {
		case "adamw":
			options = append(options, descent.WeightDecay(0))
		case "decay":
			options = append(options, descent.Set("decay.wd", 0))
		}
		opt, err := descent.New(rule, []descent.Param{descent.NewParam("w", w, g, 2, 2)}, options...)
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			step(t, opt, func() { clear(g) })
		}
		for i := range w {
			switch name {
			case "sgld": // noise
				if w[i] == start[i] {
					t.Errorf("element %d stands still", i)
				}
			case "ftrl": // forgets what weights start as
				if w[i] != 0 {
					t.Errorf("element %d is %v, expected 0", i, w[i])
				}
			case "ftml": // multiplies and divides by d
				if math.Abs(w[i]-start[i]) > 1e-14*math.Abs(start[i]) {
					t.Errorf("element %d moved from %v to %v", i, start[i], w[i])
				}
			default:
				if w[i] != start[i] {
					t.Errorf("element %d moved from %v to %v", i, start[i], w[i])
				}
			}
		}
	})
}

// TestFloat32NearFloat64 runs every rule in both precisions.
func TestFloat32NearFloat64(t *testing.T) {
	everyRule(t, func(t *testing.T, name string, rule optim.Rule, options []descent.Option) {
		const n = 40
		w32, g32 := make([]float32, n), make([]float32, n)
		w64, g64 := make([]float64, n), make([]float64, n)
		for i := range n {
			w32[i] = float32(math.Cos(float64(3 * i)))
			w64[i] = float64(w32[i])
		}
		a, err := descent.New(rule, []descent.Param{descent.NewParam("w", w32, g32, 8, 5)}, options...)
		if err != nil {
			t.Fatal(err)
		}
		b, err := descent.New(rule, []descent.Param{descent.NewParam("w", w64, g64, 8, 5)}, options...)
		if err != nil {
			t.Fatal(err)
		}
		for s := range 30 {
			for i := range n {
				g32[i] = float32(math.Sin(float64(5*i+2*s*s)) + 0.3)
				g64[i] = float64(g32[i])
			}
			step(t, a, func() {})
			step(t, b, func() {})
		}
		tolerance := 1e-5
		if name == "prodigy" { // float32 keeps one digit of its first steps, a millionth long
			tolerance = 0.01
		}
		for i := range n {
			if !(math.Abs(float64(w32[i])-w64[i]) < tolerance*(1+math.Abs(w64[i]))) {
				t.Errorf("element %d: %v in float32, %v in float64", i, w32[i], w64[i])
			}
		}
	})
}

// TestThreads: the weights have the same bits on any number of threads.
func TestThreads(t *testing.T) {
	everyRule(t, func(t *testing.T, name string, rule optim.Rule, options []descent.Option) {
		want := threaded(t, rule, options, 1)
		for _, threads := range []int{2, 7} {
			got := threaded(t, rule, options, threads)
			for i := range want {
				if got[i] != want[i] {
					t.Fatalf("%d threads: element %d is %x, on one thread %x", threads, i, got[i], want[i])
				}
			}
		}
	})
}

// threaded runs three steps and gives the bits of all weights.
func threaded(t *testing.T, rule optim.Rule, options []descent.Option, threads int) []uint64 {
	var params []descent.Param
	var fill []func(step int)
	var bits []func() []uint64
	for k, n := range []int{20_000, 3, 17_000} {
		w, g := make([]float32, n), make([]float32, n)
		for i := range w {
			w[i] = float32(math.Sin(float64(i * (k + 1))))
		}
		fill = append(fill, func(step int) {
			for i := range g {
				g[i] = w[i] + float32(i%7-step)/8
			}
		})
		bits = append(bits, func() (out []uint64) {
			for _, x := range w {
				out = append(out, uint64(math.Float32bits(x)))
			}
			return out
		})
		params = append(params, descent.NewParam(fmt.Sprint("w", k), w, g))
	}
	opt, err := descent.New(rule, params, append([]descent.Option{descent.Threads(threads), descent.ClipNorm(10)}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	for s := range 3 {
		step(t, opt, func() {
			for _, f := range fill {
				f(s)
			}
		})
	}
	var out []uint64
	for _, b := range bits {
		out = append(out, b()...)
	}
	return out
}

// TestOddGradients: gradients that are all 0, tiny, huge or constant make no
// weight NaN or infinite.
func TestOddGradients(t *testing.T) {
	odd := map[string]func(step, i int) float32{
		"zero":     func(step, i int) float32 { return 0 },
		"tiny":     func(step, i int) float32 { return 1e-6 * float32(i-1) },
		"constant": func(step, i int) float32 { return 0.1 * float32(i+1) },
		"spike": func(step, i int) float32 {
			if step == 5 {
				return 1000
			}
			return 0.01 * float32(i-1)
		},
	}
	everyRule(t, func(t *testing.T, name string, rule optim.Rule, options []descent.Option) {
		for kind, gradient := range odd {
			w, g := []float32{1, 0, -0.5, 2}, make([]float32, 4)
			opt, err := descent.New(rule, []descent.Param{descent.NewParam("w", w, g, 2, 2)}, options...)
			if err != nil {
				t.Fatal(err)
			}
			steps := 500
			if slices.Contains([]string{"cocob", "dadapt-adam", "dowg", "prodigy"}, name) { // a slope without an end makes their steps grow without end
				steps = 50
			}
			for s := range steps {
				step(t, opt, func() {
					for i := range g {
						g[i] = gradient(s, i)
					}
				})
				for i, x := range w {
					if x := float64(x); math.IsNaN(x) || math.IsInf(x, 0) {
						t.Fatalf("%s: step %d: element %d is %v", kind, s, i, x)
					}
				}
			}
		}
	})
}
