package vw_test

import (
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/descent-go/descent/online/vw"
)

// recorded is what Vowpal Wabbit 9.11.9 did: see testdata/README.md.
type recorded struct {
	step
	First   []step            // runs before, whose models are gone on from
	Raw     bool              // -r too
	Average string            `json:"average_loss"`
	Holdout bool              // the average loss had an h
	End     map[string]string // the other lines of the summary
	Table   []string          // the lines of the table
}

type step struct{ Data, Args string }

var (
	caching     = regexp.MustCompile(`(^| )(-c|--cache)( |$)`)
	severalPass = regexp.MustCompile(`--passes ([02-9]|1\d)`)
)

// line is the command line of a step.
func (s step) line(t *testing.T) []string {
	args := append(strings.Fields(s.Args), "-d", filepath.Join("testdata", "data", s.Data))
	if caching.MatchString(s.Args) || severalPass.MatchString(s.Args) {
		args = append(args, "-k", "--cache_file", file(t, "cache"))
	}
	return args
}

// Predictions, losses, summary and table are Vowpal Wabbit's.
func TestReplay(t *testing.T) {
	cases, err := filepath.Glob("testdata/*.json")
	if err != nil || len(cases) < 100 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	for _, path := range cases {
		name := strings.TrimSuffix(path, ".json")
		t.Run(filepath.Base(name), func(t *testing.T) {
			var c recorded
			if err := json.Unmarshal([]byte(read(t, path)), &c); err != nil {
				t.Fatal(err)
			}
			c.replay(t, name)
		})
	}
}

// replay runs a case and compares.
func (c *recorded) replay(t *testing.T, name string) {
	var model []string
	for _, s := range c.First {
		next := file(t, "model")
		run(t, "", append(append(s.line(t), "-f", next), model...)...)
		model = []string{"-i", next}
	}
	pred, raw := file(t, "pred"), file(t, "raw")
	args := append(append(c.line(t), "-p", pred), model...)
	if c.Raw {
		args = append(args, "-r", raw)
	}
	r, s := run(t, "", args...)
	sameLines(t, "prediction", read(t, pred), read(t, name+".pred"))
	if c.Raw {
		sameLines(t, "raw prediction", read(t, raw), read(t, name+".raw"))
	}
	c.compare(t, r, s)
}

// compare compares what was printed.
func (c *recorded) compare(t *testing.T, r *vw.Result, s *stream) {
	summary := r.String()
	want := c.Average
	if c.Holdout {
		want += " h"
	}
	sameLines(t, "average loss", printed(t, summary, "average loss"), want)
	for what, value := range c.End {
		sameLines(t, what, printed(t, summary, what), value)
	}
	_, table, _ := strings.Cut(s.log.String(), "predict features\n")
	sameLines(t, "line of the table", strings.TrimSpace(table), strings.Join(c.Table, "\n"))
}

// printed is what a line of the summary says.
func printed(t *testing.T, summary, what string) string {
	for line := range strings.Lines(summary) {
		if value, ok := strings.CutPrefix(line, what+" = "); ok {
			return strings.TrimSpace(value)
		}
	}
	t.Errorf("no %q in\n%s", what, summary)
	return ""
}

// sameLines reports the first line in which a word is another, or a number not
// the same to 1e-4.
func sameLines(t *testing.T, what, got, want string) {
	t.Helper()
	a, b := strings.Split(strings.TrimRight(got, "\n"), "\n"), strings.Split(strings.TrimRight(want, "\n"), "\n")
	if len(a) != len(b) {
		t.Errorf("%s: %d lines, expected %d", what, len(a), len(b))
	}
	for i := range min(len(a), len(b)) {
		if why := difference(strings.Fields(a[i]), strings.Fields(b[i])); why != "" {
			t.Errorf("%s %d: %s\n%s\nexpected\n%s", what, i+1, why, a[i], b[i])
			return
		}
	}
}

// separated cuts a word into numbers and what is between.
var separated = regexp.MustCompile(`[:()%]`)

// difference says what differs, "" for nothing.
func difference(a, b []string) string {
	if len(a) != len(b) {
		return fmt.Sprintf("%d words, expected %d", len(a), len(b))
	}
	for i := range a {
		x, y := separated.Split(a[i], -1), separated.Split(b[i], -1)
		if len(x) != len(y) {
			return fmt.Sprintf("%q, expected %q", a[i], b[i])
		}
		for k := range x {
			if !equal(x[k], y[k]) {
				return fmt.Sprintf("%q, expected %q", x[k], y[k])
			}
		}
	}
	return ""
}

// equal reports whether two words are the same, or numbers that are to 1e-4.
func equal(a, b string) bool {
	x, err := strconv.ParseFloat(a, 64)
	y, wrong := strconv.ParseFloat(b, 64)
	if err != nil || wrong != nil {
		return a == b
	}
	return a == b || math.Abs(x-y) <= 1e-4*max(1, math.Abs(y))
}
