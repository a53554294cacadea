package measure

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

func TestSamples(t *testing.T) {
	tests := []struct {
		samples                  Samples
		median, min, max, spread float64
	}{
		{nil, 0, 0, 0, 0},
		{Samples{3}, 3, 3, 3, 0},
		{Samples{4, 1}, 2.5, 1, 4, 0.3},
		{Samples{5, 1, 2, 4, 3}, 3, 1, 5, 1.0 / 3},
	}
	for _, test := range tests {
		s := slices.Clone(test.samples)
		if s.Median() != test.median || s.Min() != test.min || s.Max() != test.max || math.Abs(s.Spread()-test.spread) > 1e-15 {
			t.Errorf("%v: median %v, min %v, max %v, spread %v", s, s.Median(), s.Min(), s.Max(), s.Spread())
		}
		if !slices.Equal(s, test.samples) {
			t.Errorf("%v have become %v", test.samples, s)
		}
	}
}

// slow are subjects that note their steps, each so long that it is a measurement.
func slow(log *[]string, names ...string) []Subject {
	var subjects []Subject
	for _, name := range names {
		subjects = append(subjects, Subject{name, func() error {
			*log = append(*log, name)
			time.Sleep(Least)
			return nil
		}})
	}
	return subjects
}

func TestInterleave(t *testing.T) {
	var log []string
	var measured []int
	samples, err := Interleave(t.Context(), slow(&log, "a", "b"), 2, func(i int) { measured = append(measured, i) })
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Fields("a a b b a b a b"); !slices.Equal(log, want) {
		t.Errorf("the steps were %v, expected %v", log, want)
	}
	if want := []int{0, 1, 0, 1, 0, 1}; !slices.Equal(measured, want) {
		t.Errorf("measured %v, expected %v", measured, want)
	}
	for i, s := range samples {
		if len(s) != 2 || s.Min() < float64(Least) {
			t.Errorf("the samples of %d are %v", i, s)
		}
	}
}

func TestInterleaveShort(t *testing.T) {
	steps := 0
	samples, err := Interleave(t.Context(), []Subject{{"quick", func() error { steps++; return nil }}}, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(samples[0]) != 1 || samples[0][0]*float64(steps) < float64(Least)/4 {
		t.Errorf("%d steps, of which one takes %v ns, expected about %v in all", steps, samples[0], Least)
	}
}

func TestInterleaveEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var log []string
	samples, err := Interleave(ctx, slow(&log, "a", "b"), 9, func(int) {
		if len(log) == 5 { // a has been measured once
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || len(samples[0]) != 1 || len(samples[1]) != 0 {
		t.Errorf("samples %v, error %v", samples, err)
	}
	broken := errors.New("broken")
	_, err = Interleave(t.Context(), []Subject{{"a", func() error { return broken }}}, 1, nil)
	if !errors.Is(err, broken) || err.Error() != "a: broken" {
		t.Errorf("the error is %v", err)
	}
}

func TestTraffic(t *testing.T) {
	tests := []struct {
		rule    optim.Rule
		options []descent.Option
		t       Type
		want    traffic
	}{
		{optim.SGD, nil, Float32, traffic{0, 12, 0, true}},
		{optim.SGD, []descent.Option{descent.Momentum(0.9)}, Float32, traffic{4, 20, 1, true}},
		{optim.Adam, nil, Float32, traffic{8, 28, 2, true}},
		{optim.Adam, nil, Float64, traffic{16, 56, 2, true}},
		{optim.Adam, nil, BFloat16, traffic{12, 30, 2, true}}, // of which 8 for the master copy
		{optim.Adam, []descent.Option{descent.NoMasterWeights()}, Float16, traffic{4, 14, 2, true}},
		{optim.Chain(optim.ClipNorm, optim.Adam), nil, Float32, traffic{8, 28, 2, true}},
		{optim.DoG, nil, Float32, traffic{4, 16, 0, true}}, // where it started is read only
		{optim.Chain(optim.SGD, optim.Lookahead), nil, Float32, traffic{4, 20, 1, true}},
	}
	for _, test := range tests {
		got, err := Work{1, 1, test.t}.probe(test.rule, test.options)
		if err != nil || got != test.want {
			t.Errorf("%s of %s: %+v (%v), expected %+v", test.rule.Name(), test.t, got, err, test.want)
		}
	}
	if got, err := (Work{1, 1, Float32}).probe(optim.LBFGS, nil); err != nil || got.formal {
		t.Errorf("lbfgs: %+v (%v)", got, err)
	}
}

func TestLoopKeepsItsStates(t *testing.T) {
	for states := range 6 {
		rule, err := loop(states)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Work{1, 1, Float32}.probe(rule, nil)
		if want := (traffic{float64(4 * states), float64(12 + 8*states), states, true}); err != nil || got != want {
			t.Errorf("%d states: %+v (%v), expected %+v", states, got, err, want)
		}
	}
}

func TestRun(t *testing.T) {
	last := 0.0
	c := Config{
		Rules:   []Rule{{"momentum", optim.SGD, []descent.Option{descent.Momentum(0.9)}}, {"nag", optim.NAG, nil}, {"soap", optim.SOAP, nil}},
		Works:   []Work{{1, 100, Float16}, {5, 20, Float64}},
		Threads: []int{1, 2},
		Rounds:  2,
		Progress: func(_ Work, done float64) {
			if !(done > last && done < 1+1e-9) {
				t.Errorf("progress of %v after %v", done, last)
			}
			last = done
		},
	}
	rows, err := c.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(last-1) > 1e-9 {
		t.Errorf("the progress ends with %v", last)
	}
	i := 0
	for _, w := range c.Works {
		for _, rule := range c.Rules {
			for _, threads := range c.Threads {
				r := rows[i]
				i++
				if r.Rule != rule.Name || r.Work != w || r.Threads != threads || len(r.Step) != 2 || !(r.Step.Min() > 0) {
					t.Errorf("row %d is %+v", i, r)
				}
				if known := rule.Name != "soap"; known != (r.Bytes > 0) || known != (r.BandwidthShare() > 0) || known != (r.LoopGBPerSecond() > 0) {
					t.Errorf("row %d: %v bytes, %v of %v GB/s", i, r.Bytes, r.BandwidthShare(), r.LoopGBPerSecond())
				}
			}
		}
	}
	if len(rows) != i {
		t.Errorf("%d rows, expected %d", len(rows), i)
	}
}

func TestRunEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	measured := 0
	c := Config{
		Rules:   []Rule{{"a", optim.SGD, nil}, {"b", optim.SGD, nil}, {"c", optim.Adam, nil}},
		Works:   []Work{{1, 10, Float32}, {1, 20, Float32}},
		Threads: []int{1},
		Rounds:  3,
		Progress: func(Work, float64) {
			if measured++; measured == 5+3 { // a round of three rules and two loops, then a loop, a and b
				cancel()
			}
		},
	}
	rows, err := c.Run(ctx)
	var names []string
	for _, r := range rows {
		names = append(names, r.Rule)
	}
	if !errors.Is(err, context.Canceled) || !slices.Equal(names, []string{"a", "b"}) {
		t.Errorf("rows %v, error %v", names, err)
	}
}

func TestRunTooLarge(t *testing.T) {
	const most = min(1e12, math.MaxUint/28+1) // weights, of 28 bytes in all
	c := Config{Rules: []Rule{{"adam", optim.Adam, nil}}, Works: []Work{{1, 10, Float32}, {1, most, Float32}}, Threads: []int{1}, Rounds: 1}
	c.Progress = func(Work, float64) { t.Fatal("measured before the error") }
	if _, ok := available(); !ok {
		return // the system does not tell
	}
	want := fmt.Sprintf("%d weights of float32 need %.1f GB of memory", int(most), most*28/1e9)
	if _, err := c.Run(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("the error is %v", err)
	}
}

func TestRow(t *testing.T) {
	r := Row{
		Work: Work{2, 50, Float32}, Step: Samples{200, 400, 300}, Bytes: 20,
		loop: Samples{100, 300, 200, 50}, loopBytes: 10, // the fourth round has no step
	}
	got := []float64{r.NSPerWeight(), r.NSPerTensor(), r.GBPerSecond(), r.LoopGBPerSecond(), r.BandwidthShare()}
	for i, want := range []float64{3, 150, 20.0 / 3, 1000.0 / 150, 20.0 / 15} {
		if math.Abs(got[i]-want) > 1e-12 {
			t.Errorf("number %d is %v, expected %v", i, got[i], want)
		}
	}
}

func TestThisMachine(t *testing.T) {
	if m, err := ThisMachine(); err != nil || m.OS == "" || m.Arch == "" || m.GOMAXPROCS < 1 || m.Go == "" || m.Backend == "" {
		t.Errorf("the machine is %+v (%v)", m, err)
	}
}
