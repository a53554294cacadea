package compare

import (
	"slices"
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// TestGrid continues the grid where the best is at an end.
func TestGrid(t *testing.T) {
	for _, test := range []struct {
		lr   float64 // the default
		want []float64
	}{
		{0.01, []float64{0.001, 0.0032, 0.01, 0.032, 0.1, 0.32}},
		{100, []float64{0.032, 0.1, 0.32, 1, 3.2, 10, 32, 100, 320, 1000}},
		{0.1, []float64{0.01, 0.032, 0.1, 0.32, 1}},
	} {
		e := Entrant{Name: "sgd", Rule: optim.SGD, Options: []descent.Option{descent.LR(test.lr)}}
		s := run(t, Config{Task: terrain(t, "quadratic"), Entrants: []Entrant{e}}).Standings[0]
		if got := rates(s.Choice); !slices.Equal(got, test.want) {
			t.Errorf("from %v: the grid is %v, want %v", test.lr, got, test.want)
		}
		if s.LR != 0.1 || s.AtEnd {
			t.Errorf("from %v: chosen is %v, at the end %v, want 0.1", test.lr, s.LR, s.AtEnd)
		}
	}
}

func rates(runs []*Run) []float64 {
	var all []float64
	for _, r := range runs {
		all = append(all, r.LR)
	}
	return all
}

// TestGridEnds gives up after so many, and says that the best is at the end.
func TestGridEnds(t *testing.T) {
	e := Entrant{Name: "sgd", Rule: optim.SGD, Options: []descent.Option{descent.LR(1e-9)}}
	s := run(t, Config{Task: terrain(t, "quadratic"), Entrants: []Entrant{e}}).Standings[0]
	if n := len(s.Choice); n != 1+2*gridSide+gridMore || !s.AtEnd || s.LR != s.Choice[n-1].LR {
		t.Errorf("%d learning rates, at the end %v, chosen %v", n, s.AtEnd, s.LR)
	}
	if !strings.HasSuffix(s.rate(), " (end)") {
		t.Errorf("the table says %s", s.rate())
	}
}

func TestOwnGrid(t *testing.T) {
	c := Config{Task: terrain(t, "quadratic"), Entrants: entrants(t, "sgd", "adadelta"), Grid: []float64{0.02, 0.01, 0.02, 0.001}}
	r := run(t, c)
	i := slices.IndexFunc(r.Standings, func(s *Standing) bool { return s.Optimizer == "sgd" })
	if s := r.Standings[i]; !slices.Equal(rates(s.Choice), []float64{0.001, 0.01, 0.02}) || s.LR != 0.02 || !s.AtEnd {
		t.Errorf("grid %v, chosen %v, at the end %v", rates(s.Choice), s.LR, s.AtEnd)
	}
	if s := r.Standings[1-i]; len(s.Choice) != 0 || s.LR != 0 || len(s.Final) != 3 {
		t.Errorf("adadelta has %d choices, learning rate %v, %d runs", len(s.Choice), s.LR, len(s.Final))
	}
}

func TestFixedRate(t *testing.T) {
	e := Entrant{Name: "sgd:lr=0.07", Rule: optim.SGD, Options: []descent.Option{descent.LR(0.07)}, Fixed: true}
	s := run(t, Config{Task: terrain(t, "quadratic"), Entrants: []Entrant{e}}).Standings[0]
	if len(s.Choice) != 0 || s.LR != 0 {
		t.Errorf("%d choices, learning rate %v", len(s.Choice), s.LR)
	}
	e.Name, e.Options = "other", []descent.Option{descent.LR(0.01)}
	if other := run(t, Config{Task: terrain(t, "quadratic"), Entrants: []Entrant{e}}).Standings[0]; other.Median == s.Median {
		t.Error("the learning rate given has no effect")
	}
}

// TestOwnRate leaves lr to those that find their learning rate, in chains too, so
// that the grid does no harm.
func TestOwnRate(t *testing.T) {
	c := Config{Task: terrain(t, "quadratic"), Entrants: entrants(t, "dog", "dowg", "prodigy", "dadapt-adam", "dog+ema", "schedule-free-sgd"), Grid: []float64{0.5, 3}}
	for _, s := range run(t, c).Standings {
		if own := s.Optimizer != "schedule-free-sgd"; own != (len(s.Choice) == 0) || own != (s.LR == 0) {
			t.Errorf("%s has %d choices, learning rate %v", s.Optimizer, len(s.Choice), s.LR)
		}
	}
}
