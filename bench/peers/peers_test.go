package main

import (
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
