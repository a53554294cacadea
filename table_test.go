package descent_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/schedule"
)

// A table moves as the rows of a lazy parameter do, for every rule that is a
// formula for each weight by itself.
func TestTable(t *testing.T) {
	const n = 20000
	ran := 0
	for _, rule := range append(rules(t), optim.Chain(optim.ClipValue, optim.AdamW)) {
		table, err := descent.NewTable(rule, n)
		if err != nil {
			continue
		}
		ran++
		r := rand.New(rand.NewPCG(1, 2))
		w := make([]float32, n)
		dense, err := descent.New(rule, []descent.Param{descent.NewParam("table", w, []float32{}, n, 1)}, descent.Lazy())
		if err != nil {
			t.Fatal(rule.Name(), err)
		}
		for range 4 {
			k := 1 + r.IntN(3000)
			at, rows, g := make([]uint32, k), make([]int, k), make([]float32, k)
			for i, a := range r.Perm(n)[:k] {
				at[i], g[i] = uint32(a), float32(r.NormFloat64())
			}
			slices.Sort(at)
			for i := range at {
				rows[i] = int(at[i])
			}
			if err := table.Update(at, g); err != nil {
				t.Fatal(err)
			}
			if err := descent.SetRows(dense, "table", rows, g); err != nil {
				t.Fatal(err)
			}
			if err := dense.Step(); err != nil {
				t.Fatal(rule.Name(), err)
			}
		}
		if strings.Contains(rule.Name(), "sgld") {
			continue // its noise is drawn by a weight's number, here by its place in the update
		}
		for i := range w {
			if got := table.Values()[i*table.Width()]; got != w[i] {
				t.Fatalf("%s: weight %d is %g, lazy rows have %g", rule.Name(), i, got, w[i])
			}
		}
	}
	if ran < 20 {
		t.Errorf("only %d rules have tables", ran)
	}
}

// rules is every rule there is.
func rules(t *testing.T) []optim.Rule {
	var all []optim.Rule
	for _, name := range optim.Names() {
		rule, err := optim.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, rule)
	}
	return all
}

// Weights to evaluate with are those of the lazy rows' parameter.
func TestTableEvaluate(t *testing.T) {
	const n = 2000
	for _, rule := range []optim.Rule{optim.ScheduleFreeSGD, optim.ASGD, optim.Adam, optim.Chain(optim.SGD, optim.EMA)} {
		table, err := descent.NewTable(rule, n)
		if err != nil {
			t.Fatal(err)
		}
		w := make([]float32, n)
		rows, at, g := make([]int, n), make([]uint32, n), make([]float32, n)
		for i := range rows {
			rows[i], at[i], g[i] = i, uint32(i), float32(i%7)-3
		}
		dense, _ := descent.New(rule, []descent.Param{descent.NewParam("table", w, []float32{}, n, 1)}, descent.Lazy())
		for range 5 {
			if err := table.Update(at, g); err != nil {
				t.Fatal(err)
			}
			descent.SetRows(dense, "table", rows, g)
			if err := dense.Step(); err != nil {
				t.Fatal(err)
			}
		}
		before := slices.Clone(table.Values())
		out := make([]float32, n)
		if err := table.Evaluate(at, out); err != nil {
			t.Fatal(err)
		}
		if err := dense.Eval(); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(out, w) {
			t.Errorf("%s: evaluation weights differ: %v, expected %v", rule.Name(), out[:5], w[:5])
		}
		if !slices.Equal(before, table.Values()) {
			t.Errorf("%s: evaluating changed the table", rule.Name())
		}
		if table.Evaluates() != (rule.Name() != "adam") {
			t.Errorf("%s: Evaluates is %v", rule.Name(), table.Evaluates())
		}
	}
}

// A place that is named several times steps as often.
func TestTableTwice(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	together, _ := descent.NewTable(optim.FTRL, 50, descent.Set("l1", 0.1))
	single, _ := descent.NewTable(optim.FTRL, 50, descent.Set("l1", 0.1))
	for range 20 {
		at, g := make([]uint32, 60), make([]float32, 60)
		for i := range at {
			at[i], g[i] = r.Uint32N(50), float32(r.NormFloat64())
		}
		if err := together.Update(at, g); err != nil {
			t.Fatal(err)
		}
		for i := range at {
			if err := single.Update(at[i:i+1], g[i:i+1]); err != nil {
				t.Fatal(err)
			}
		}
	}
	if !slices.Equal(together.Values(), single.Values()) {
		t.Error("an update that names places several times differs from the same steps one by one")
	}
}

func TestTableMistakes(t *testing.T) {
	for _, c := range []struct {
		rule optim.Rule
		n    int
		want string
	}{
		{optim.LAMB, 10, "looks at all weights together"},
		{optim.LBFGS, 10, "no formula"},
		{optim.Prodigy, 10, "looks at all weights together"},
		{optim.Adam, 0, "expected 1 to"},
		{optim.Adam, math.MaxInt, "a table of "},
	} {
		if _, err := descent.NewTable(c.rule, c.n); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("a table of %d of %s: error %v, expected %q", c.n, c.rule.Name(), err, c.want)
		}
	}
	if _, err := descent.NewTable(optim.SGD, 4, descent.Accumulate(2)); err == nil || !strings.Contains(err.Error(), "Accumulate") {
		t.Errorf("a table that accumulates: error %v", err)
	}
	table, err := descent.NewTable(optim.SGD, 4)
	if err != nil {
		t.Fatal(err)
	}
	if err := table.Update([]uint32{4}, []float32{1}); err == nil || !strings.Contains(err.Error(), "no weight 4") {
		t.Errorf("a place out of range: error %v", err)
	}
	if err := table.Update([]uint32{1}, nil); err == nil || !strings.Contains(err.Error(), "0 numbers") {
		t.Errorf("a gradient too few: error %v", err)
	}
	if table.Updates() != 0 {
		t.Error("an update that failed counts")
	}
}

// What shapes updates beside the rule and its hyperparameters is named.
func TestTableExtra(t *testing.T) {
	for want, o := range map[string]descent.Option{
		"": descent.LR(0.5), "Schedule": descent.Schedule(schedule.Constant(1)), "Rescale": descent.Rescale(2),
		"ClipValue": descent.ClipValue(1), "Seed": descent.Seed(3),
	} {
		table, err := descent.NewTable(optim.SGD, 4, o)
		if err != nil {
			t.Fatal(err)
		}
		if got := table.Extra(); got != want {
			t.Errorf("Extra is %q, expected %q", got, want)
		}
	}
}

// What Resume is given goes on bit for bit.
func TestTableResume(t *testing.T) {
	for _, rule := range []optim.Rule{optim.FTML, optim.NAdam} {
		one, _ := descent.NewTable(rule, 8)
		at, g := []uint32{1, 3, 5}, []float32{1, -2, 3}
		for range 5 {
			one.Update(at, g)
		}
		two, _ := descent.NewTable(rule, 8)
		copy(two.Values(), one.Values())
		if err := two.Resume(one.Updates(), one.Scalars()); err != nil {
			t.Fatal(err)
		}
		one.Update(at, g)
		two.Update(at, g)
		if !slices.Equal(one.Values(), two.Values()) || two.Updates() != 6 {
			t.Errorf("%s: a table that resumed differs", rule.Name())
		}
	}
}

func BenchmarkTable(b *testing.B) {
	table, err := descent.NewTable(optim.FTRL, 1<<18)
	if err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	at, g := make([]uint32, 80), make([]float32, 80)
	for i := range at {
		at[i], g[i] = r.Uint32N(1<<18), float32(r.NormFloat64())
	}
	b.ReportAllocs()
	for b.Loop() {
		table.Update(at, g)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/80, "ns/weight")
}
