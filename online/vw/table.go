package vw

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/descent-go/descent/online"
)

// table is what Vowpal Wabbit prints while it learns.
type table struct {
	w        io.Writer
	holdout  bool
	additive bool
	every    float32
	next     float32 // importance at which there is a line
}

func newTable(w io.Writer, c *Config, holdout bool) *table {
	every, _ := strconv.ParseFloat(c.Progress, 32) // Finish has seen that it is a number
	t := &table{w: w, holdout: holdout, additive: !strings.Contains(c.Progress, "."), every: float32(every), next: 1}
	switch {
	case t.additive:
		t.every = max(1, t.every)
		t.next = t.every
	case t.every <= 1: // Vowpal Wabbit's too
		t.every++
	}
	return t
}

const (
	rowFormat   = "%-8.8s %-8.8s %12.12s %14.14s %14s %14s %8.8s"
	tableHeader = `average  since         example        example        current        current  current
loss     last          counter         weight          label        predict features
`
)

// header prints the columns' titles.
func (t *table) header() { io.WriteString(t.w, tableHeader) }

// row prints a line where it is time for one.
func (t *table) row(s *stats, pass int, label, prediction string, features int) {
	average, since, held := t.losses(s, pass)
	fmt.Fprintf(t.w, rowFormat, average, since, strconv.FormatInt(s.Examples, 10), fixed(s.weight(), 1),
		short(label), short(prediction), strconv.Itoa(features))
	if held {
		io.WriteString(t.w, " h")
	}
	io.WriteString(t.w, "\n")
	s.LossSince, s.LabelledBefore = 0, s.Labelled
	if t.additive {
		t.next = float32(s.weight()) + t.every
	} else {
		t.next = float32(s.weight()) * t.every
	}
}

// due reports whether it is time for a line.
func (t *table) due(s *stats) bool { return s.weight() >= float64(t.next) }

// losses are the first two columns.
func (t *table) losses(s *stats, pass int) (average, since string, held bool) {
	if t.holdout && pass >= 1 {
		average, since = ratio(s.HeldLoss, s.HeldWeight, "unknown"), ratio(s.HeldLossSince, s.HeldWeightSince, "unknown")
		s.HeldLossSince, s.HeldWeightSince = 0, 0
		return average, since, true
	}
	average, since = "n.a.", "n.a."
	if s.Labelled > 0 {
		average = fixed(s.Loss/s.Labelled, 6)
	}
	if s.Labelled != s.LabelledBefore {
		since = fixed(s.LossSince/(s.Labelled-s.LabelledBefore), 6)
	}
	return average, since, false
}

func ratio(sum, weight float64, none string) string {
	if sum == 0 && weight == 0 {
		return none
	}
	return fixed(sum/weight, 6)
}

func fixed(v float64, decimals int) string { return strconv.FormatFloat(v, 'f', decimals, 64) }

// short cuts a text to a column.
func short(s string) string {
	if len(s) > 14 {
		return s[:11] + "..."
	}
	return s
}

// label and prediction are the columns of an example.
func (r *run) columns(x *online.Example, p *online.Prediction) (label, prediction string) {
	if r.o.Classes == 0 {
		label, prediction = "unknown", fixed(float64(p.Value), 4)
		if x.Label == x.Label {
			label = fixed(float64(x.Label), 4)
		}
		return label, prediction
	}
	label, prediction = "unknown", strconv.Itoa(int(p.Value))
	if x.Label == x.Label {
		label = strconv.Itoa(int(x.Label))
	}
	if r.c.Probabilities {
		best := r.scores[bestOf(r.scores)]
		prediction += fmt.Sprintf("(%2.0f%%)", 100*float64(best))
	}
	return label, prediction
}

func bestOf(scores []float32) (best int) {
	for i, s := range scores {
		if s > scores[best] {
			best = i
		}
	}
	return best
}
