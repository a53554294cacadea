package compare

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/optim"
)

// TestTestDataHasNoSay compares choices with other test data.
func TestTestDataHasNoSay(t *testing.T) {
	c := Config{Task: network(), Entrants: entrants(t, "adam"), Seeds: 1}
	a := run(t, c).Standings[0]
	n := network()
	n.Test = first(n.Test, 3)
	c.Task = n
	b := run(t, c).Standings[0]
	for i, r := range a.Choice {
		if other := b.Choice[i]; r.LR != other.LR || r.Score != other.Score || r.Loss != other.Loss {
			t.Errorf("choice %d is %+v and %+v", i, r, other)
		}
	}
	if a.Final[0].Loss == b.Final[0].Loss {
		t.Error("the test data has no say in the final runs either")
	}
}

// TestBudgets looks at seeds, steps and curves.
func TestBudgets(t *testing.T) {
	n := network()
	n.Epochs = 5
	s := run(t, Config{Task: n, Entrants: entrants(t, "adam")}).Standings[0]
	for _, r := range s.Choice {
		if r.Seed != choiceSeed || r.Steps != 2*6 || len(r.Scores) != 2 { // 270 examples in batches of 50
			t.Errorf("a choice has seed %d, %d steps and %d scores", r.Seed, r.Steps, len(r.Scores))
		}
	}
	for i, r := range s.Final {
		if r.Seed != uint64(i)+1 || r.Steps != 5*6 || len(r.Losses) != 30 || len(r.Scores) != 5 || r.StateBytes != 8 {
			t.Errorf("run %d has seed %d, %d steps, %d losses, %d scores, %d bytes of state", i, r.Seed, r.Steps, len(r.Losses), len(r.Scores), r.StateBytes)
		}
		if r.Score != r.Scores[4].Value || r.Scores[4].Step != 30 || r.StepSeconds <= 0 {
			t.Errorf("run %d has the score %v, its curve %v, seconds a step %v", i, r.Score, r.Scores, r.StepSeconds)
		}
	}
	if s.Median < 0.5 || s.Low > s.Median || s.High < s.Median || s.Low == s.High {
		t.Errorf("median %v from %v to %v", s.Median, s.Low, s.High)
	}
}

func TestRegression(t *testing.T) {
	train, test, err := dataset.OpenSplit("../dataset/testdata/houses.csv", dataset.Options{Target: "price"}, 0.2, 1)
	if err != nil {
		t.Fatal(err)
	}
	n := &Network{Train: train, Test: test, Hidden: []int{8}, Epochs: 10, Batch: 16}
	r := run(t, Config{Task: n, Entrants: entrants(t, "adam", "sgd")})
	if r.Metric.Higher || r.Standings[0].Median > r.Standings[1].Median {
		t.Errorf("metric %+v, medians %v and %v", r.Metric, r.Standings[0].Median, r.Standings[1].Median)
	}
	final := r.Standings[0].Final[0]
	if want := math.Sqrt(final.Loss); final.Score != want || want < 1000 || want > 1e6 {
		t.Errorf("the score is %v, want %v, in the target's units", final.Score, want)
	}
}

func TestTerrain(t *testing.T) {
	r := run(t, Config{Task: terrain(t, "saddle"), Entrants: entrants(t, "adam")})
	s := r.Standings[0]
	if !r.Metric.Log || s.Median < 0 || s.Low == s.High {
		t.Errorf("metric %+v, median %v from %v to %v", r.Metric, s.Median, s.Low, s.High)
	}
	if got := s.Final[0]; math.Abs(got.Score-got.Loss-0.5) > 1e-12 || got.Steps != 80 || s.Choice[0].Steps != 80 {
		t.Errorf("score %v, loss %v, %d and %d steps", got.Score, got.Loss, got.Steps, s.Choice[0].Steps)
	}
	r = run(t, Config{Task: terrain(t, "x^2 + y^2 - 3"), Entrants: entrants(t, "sgd")})
	if s := r.Standings[0]; r.Metric.Log || s.Final[0].Score != s.Final[0].Loss || s.Median > -2 {
		t.Errorf("metric %+v, score %v, loss %v", r.Metric, s.Final[0].Score, s.Final[0].Loss)
	}
}

// TestDiverged has a run that diverges end no other.
func TestDiverged(t *testing.T) {
	for _, task := range []Task{terrain(t, "quadratic"), network()} {
		r := run(t, Config{Task: task, Entrants: append([]Entrant{wild()}, entrants(t, "adadelta")...)})
		s := r.Standings[1]
		if s.Optimizer != "wild" || s.Diverged != 3 || !s.Lost() || r.Standings[0].Diverged != 0 {
			t.Errorf("%s: the last is %s with %d diverged", task.Name(), s.Optimizer, s.Diverged)
		}
		if got := untimed(t, r); strings.Count(got, ",true,,,") != 3 {
			t.Errorf("%s: the file is\n%s", task.Name(), got)
		}
		if !strings.Contains(r.Summary(), "Diverged: wild (3 of 3).") {
			t.Errorf("the summary is %s", r.Summary())
		}
	}
}

// TestAllDiverge has nothing to choose from.
func TestAllDiverge(t *testing.T) {
	s := run(t, Config{Task: terrain(t, "quadratic"), Entrants: entrants(t, "sgd"), Grid: []float64{1e20, 1e30}}).Standings[0]
	if s.LR != 1e20 || !s.Lost() || s.Median != 0 {
		t.Errorf("chosen %v, %d diverged, median %v", s.LR, s.Diverged, s.Median)
	}
}

// TestProgress ends with all done, and never goes back by much.
func TestProgress(t *testing.T) {
	var seen []Progress
	c := Config{Task: network(), Entrants: entrants(t, "adam"), Grid: []float64{0.001, 0.01}}
	c.Progress = func(p Progress) { seen = append(seen, p) }
	m, err := New(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	if m.Left() <= 0 {
		t.Errorf("before the start %v are left", m.Left())
	}
	if _, err := m.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if m.Left() != 0 {
		t.Errorf("in the end %v are left", m.Left())
	}
	if len(seen) < 5 || seen[0].Done != 0 || seen[0].LR != 0.001 || seen[0].Stage != Choice || seen[0].Left <= 0 {
		t.Fatalf("the progress begins with %+v", seen)
	}
	if last := seen[len(seen)-1]; last.Done < 0.5 || last.Done > 1 || last.Seed != 3 || last.Stage != Final {
		t.Errorf("the progress ends with %+v", last)
	}
}

// TestUnderway counts a run that has ended no longer as under way.
func TestUnderway(t *testing.T) {
	m, err := New(t.Context(), Config{Task: network(), Entrants: entrants(t, "adadelta")})
	if err != nil {
		t.Fatal(err)
	}
	before := m.Left()
	one := trial{entrant: m.entrants[0], stage: Final, seed: 1}
	m.clock.begin(one)
	m.clock.step(one, 0.5)
	if got, want := m.Left().Seconds(), before.Seconds()*5/6; math.Abs(got/want-1) > 1e-6 {
		t.Errorf("within a run %v are left, want %v", got, want)
	}
	m.clock.end(one, &Run{Diverged: true})
	if m.Left() != before {
		t.Errorf("after a run that is not kept %v are left, want %v", m.Left(), before)
	}
}

// TestTryout makes a few steps only.
func TestTryout(t *testing.T) {
	n := network()
	if err := n.prepare(); err != nil {
		t.Fatal(err)
	}
	e, err := newEntrant(entrants(t, "adam")[0])
	if err != nil {
		t.Fatal(err)
	}
	r, err := n.run(t.Context(), trial{entrant: e, stage: Choice}, 4, func(float64) {})
	if err != nil || r.Steps != 4 || r.StepSeconds <= 0 {
		t.Errorf("it is %+v, %v", r, err)
	}
}

// TestOrder has the best first.
func TestOrder(t *testing.T) {
	lazy := Entrant{Name: "lazy", Rule: optim.SGD, Options: []descent.Option{descent.LR(1e-9)}, Fixed: true}
	r := run(t, Config{Task: network(), Entrants: append([]Entrant{lazy, wild()}, entrants(t, "adam")...), Grid: []float64{0.01}})
	if s := r.Standings; s[0].Optimizer != "adam" || s[1].Optimizer != "lazy" || s[2].Optimizer != "wild" {
		t.Errorf("the order is %s, %s, %s", s[0].Optimizer, s[1].Optimizer, s[2].Optimizer)
	}
}

func TestWrong(t *testing.T) {
	ok := Config{Task: terrain(t, "quadratic"), Entrants: entrants(t, "sgd")}
	with := func(change func(c *Config)) Config {
		c := ok
		c.Entrants = slices.Clone(ok.Entrants)
		change(&c)
		return c
	}
	for text, c := range map[string]Config{
		"no Task":               with(func(c *Config) { c.Task = nil }),
		"no Entrants":           with(func(c *Config) { c.Entrants = nil }),
		"Seeds -1":              with(func(c *Config) { c.Seeds = -1 }),
		"Jobs -1":               with(func(c *Config) { c.Jobs = -1 }),
		"learning rate 0":       with(func(c *Config) { c.Grid = []float64{0.1, 0} }),
		"learning rate NaN":     with(func(c *Config) { c.Grid = []float64{math.NaN()} }),
		"without a Journal":     with(func(c *Config) { c.Resume = true }),
		"sgd takes part twice":  with(func(c *Config) { c.Entrants = entrants(t, "sgd", "sgd") }),
		"x: no Rule":            with(func(c *Config) { c.Entrants = []Entrant{{Name: "x"}} }),
		"has no hyperparameter": with(func(c *Config) { c.Entrants[0].Options = []descent.Option{descent.Set("lrr", 1)} }),
		"without Train or Test": with(func(c *Config) { c.Task = &Network{} }),
		"without a Surface":     with(func(c *Config) { c.Task = &Terrain{} }),
		"Steps -1":              with(func(c *Config) { c.Task = &Terrain{Surface: terrain(t, "beale").Surface, Steps: -1} }),
		"at the start":          with(func(c *Config) { c.Task = terrain(t, "log(x) + y^2") }),
		"Epochs -1":             with(func(c *Config) { n := network(); n.Epochs = -1; c.Task = n }),
		"no learning rate of the grid": with(func(c *Config) {
			rule, err := optim.Parse("tight", "hyper lr = 0.1 [0,1]\nw = w - lr*g\n")
			if err != nil {
				t.Fatal(err)
			}
			c.Entrants, c.Grid = []Entrant{{Name: "tight", Rule: rule}}, []float64{2, 3}
		}),
	} {
		fails(t, c, "compare: ", text)
	}
}

func TestInterruptedBefore(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := New(ctx, Config{Task: network(), Entrants: entrants(t, "sgd")}); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}
