package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestTable(t *testing.T) {
	of := func(peer string, moved float64, times ...float64) Result {
		return Result{Case: "adam", Weights: 1000, Tensors: 2, Threads: 1, Peer: peer, Times: times, Moved: moved}
	}
	other := of("descent", 9, 1)
	other.Threads = 2
	var b strings.Builder
	table(&b, []Result{
		other, of("descent", 0.5, 3000, 1000, 2000), of("near", 0.50001, 4000, 4000, 4000), of("far", 0.25, 500, 500, 500),
		{Case: "adam", Peer: "broken", Why: "no such rule"},
	})
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")[3:]
	want := []string{
		"| adam | 1 | descent | 2.00 µs a step | 1.00 to 3.00 | 1.00 | yes |",
		"| adam | 1 | near | 4.00 µs a step | 4.00 to 4.00 | 2.00 | to 2e-05 |",
		"| adam | 1 | far | 0.50 µs a step | 0.50 to 0.50 | 0.25 | NO, 0.5 times as far |",
	}
	if got := strings.Join(lines, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

func TestChoose(t *testing.T) {
	for words, want := range map[string]int{"all": len(cases), "none": 0, "first|lamb": 2, "10,000": 2} {
		if got, err := choose(words); len(got) != want || err != nil {
			t.Errorf("%q: %d cases, %v; want %d", words, len(got), err, want)
		}
	}
	if _, err := choose("adm"); err == nil || !strings.Contains(err.Error(), "lamb, 25 M") {
		t.Errorf("a word of no case: %v", err)
	}
}

func TestGrow(t *testing.T) {
	all := []entrant{
		{"own", "own", &local{recipe: ownFormula}, false, nil},
		{"descent", "descent", &local{recipe: builtIn}, false, nil},
	}
	results := plan{1, 1, time.Microsecond, 0, t.Logf}.grow(4000, growth(all))
	if len(results) != 2 || results[1].Weights != 3000 || len(results[1].Times) != 1 {
		t.Errorf("growing to 4000: %+v", results)
	}
	if all[0].key != "own" || all[1].key != "descent" {
		t.Errorf("the entrants have changed: %v", all)
	}
}

// TestDescentMoves measures small cases of descent's own recipes: they compute
// the same and no formula is new twice.
func TestDescentMoves(t *testing.T) {
	p := plan{1, 3, time.Microsecond, 0, t.Logf}
	entrants := []entrant{
		{"descent", "descent", &local{recipe: builtIn}, false, nil},
		{"own", "own", &local{recipe: ownFormula}, false, nil},
		{"new", "new", &local{recipe: newFormula()}, true, nil},
	}
	for _, c := range []Case{{"a", "adam", 100, 2, false}, {"b", "adam", 100, 1, true}} {
		results := p.measure(c, entrants)
		if want := map[bool]int{false: 2, true: 3}[c.First]; len(results) != want {
			t.Fatalf("%v: %d results, want %d", c, len(results), want)
		}
		for _, r := range results {
			if r.Why != "" || len(r.Times) != 3 || r.Moved == 0 || difference(r.Moved, results[0].Moved)[:2] == "NO" {
				t.Errorf("%v: %+v", c, r)
			}
		}
	}
	a, _, errA := entrants[2].Peer.(*local).recipe("adam")
	b, _, errB := entrants[2].Peer.(*local).recipe("adam")
	if errA != nil || errB != nil || a == b {
		t.Errorf("two new formulas: %v, %v, %v, %v", a, errA, b, errB)
	}
}

// A chart says who was measured and what a step cost, in numbers without
// needless zeros; those of descent are blue.
func TestCharts(t *testing.T) {
	of := func(peer string, weights, threads int, ms float64) Result {
		return Result{Case: cases[0].Name, Weights: weights, Tensors: 1, Threads: threads, Peer: peer, Times: []float64{ms * 1e6}}
	}
	wide := []Result{of("descent", 1e6, 2, 0.5), of("torch", 1e6, 2, 750), of("slow", 1e6, 1, 9), {Case: cases[0].Name, Peer: "broken", Threads: 2, Why: "no such rule"}}
	near := []Result{of("descent", 1e6, 2, 120), of("torch", 1e6, 2, 750)}
	grown := []Result{of("descent", 1000, 1, 0.002), of("C", 1000, 1, 0.001), of("descent", 1e6, 1, 1), of("C", 1e6, 1, 0.5), of("descent", 1e6, 2, 0.7)}
	for name, c := range map[string]struct {
		report Report
		file   string
		want   []string
	}{
		"wide":    {Report{Results: wide}, slug(cases[0].Name), []string{">descent<", ">torch<", ">0.5<", ">750<", ">100<", "logarithmic", "fill:#0072B2"}},
		"near":    {Report{Results: near}, slug(cases[0].Name), []string{">milliseconds a step<", ">200<", ">120<"}},
		"scaling": {Report{Scaling: grown}, "scaling", []string{">1 k<", ">1 M<", ">descent, 1 threads<", ">C, 1 threads<", "stroke-dasharray"}},
	} {
		prefix := filepath.Join(t.TempDir(), "chart")
		if err := c.report.draw(prefix); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(prefix + "-" + c.file + ".svg")
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range c.want {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s: no %s in %s", name, want, text)
			}
		}
		if strings.Contains(string(text), ".0<") || strings.Contains(string(text), ">slow<") || strings.Contains(string(text), ">broken<") {
			t.Errorf("%s: needless zeros or peers that do not belong there: %s", name, text)
		}
	}
}
