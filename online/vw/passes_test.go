package vw_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestPasses(t *testing.T) {
	data := write(t, "data", clicks(100))
	r, s := run(t, "", "-d", data, "-c", "-k", "--passes", "3", "--holdout_off", "-p", "-", "--decay_learning_rate", "0.5")
	if n := strings.Count(s.out.String(), "\n"); n != 300 || r.Examples != 300 || r.Passes != 3 || r.Holdout {
		t.Errorf("%d predictions, result %+v", n, r)
	}
	contains(t, s.log.String(), "creating cache_file = "+data+".cache\n", "decay_learning_rate = 0.5\n")
	contains(t, r.String(), "number of examples per pass = 100\npasses used = 3\n")

	// The cache is used where it is there, and not with -k.
	if err := os.WriteFile(data, []byte(clicks(10)), 0o666); err != nil {
		t.Fatal(err)
	}
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(data, later, later); err != nil {
		t.Fatal(err)
	}
	r, s = run(t, "", "-d", data, "-c")
	contains(t, s.log.String(), "using cache_file = "+data+".cache\n")
	contains(t, s.warn.String(), "has changed since "+data+".cache was written", "-k reads it anew")
	if r.Examples != 100 {
		t.Errorf("%d examples in the cache", r.Examples)
	}
	if r, _ = run(t, "", "-d", data, "-c", "-k"); r.Examples != 10 {
		t.Errorf("%d examples with -k", r.Examples)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(data), ".cache-*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	refuse(t, "", []string{"-d", data, "-c", "--hash", "all"}, "--hash strings", "-k")
}

// Standard input can be read again from its cache.
func TestPassesOfStream(t *testing.T) {
	if r, _ := run(t, clicks(50), "--cache_file", file(t, "cache"), "--passes", "2", "--holdout_off"); r.Examples != 100 {
		t.Errorf("%d examples", r.Examples)
	}
}

// Every tenth example is held out; blank lines count.
func TestHoldout(t *testing.T) {
	in := strings.Repeat("1 |a x\n\n", 50)
	r, _ := run(t, in, "--cache_file", file(t, "cache"), "--passes", "2")
	if r.Examples != 100 || !r.Holdout { // every tenth line is a blank one
		t.Errorf("the result is %+v", r)
	}
	contains(t, r.String(), "average loss = undefined (no holdout)\n")
	r, s := run(t, clicks(100), "--cache_file", file(t, "cache"), "--passes", "2", "--holdout_period", "5")
	if r.Examples != 160 || !r.Labelled {
		t.Errorf("the result is %+v", r)
	}
	contains(t, s.log.String(), " h\n")
	contains(t, r.String(), " h\nbest constant")
	if r, _ = run(t, clicks(100), "--holdout_after", "60"); r.Examples != 60 || !r.Holdout {
		t.Errorf("the result is %+v", r)
	}
}

// Where the loss of what is held out becomes no better, the run ends, and the
// model is that of the best pass.
func TestEarlyTermination(t *testing.T) {
	var b strings.Builder
	for i := range 100 { // what is held out contradicts the rest
		if i%10 == 9 {
			b.WriteString("-1 |a x\n")
		} else {
			b.WriteString("1 |a x\n")
		}
	}
	passes := func(passes, early string) (text string, used int) {
		text = file(t, "text")
		model := file(t, "model")
		r, _ := run(t, b.String(), "--cache_file", file(t, "cache"), "--passes", passes, "--early_terminate", early, "-l", "0.01", "-f", model)
		run(t, "", "-t", "-i", model, "--readable_model", text)
		return read(t, text), r.Passes
	}
	best, used := passes("20", "2")
	if used != 3 {
		t.Fatalf("%d passes, expected 3: the first is best", used)
	}
	if last, _ := passes("3", "20"); best == last {
		t.Errorf("the model is that of the last pass:\n%s", best)
	}
	if longer, _ := passes("20", "5"); best != longer {
		t.Errorf("the model is not that of the best pass:\n%s\n%s", best, longer)
	}
}

func TestExamples(t *testing.T) {
	data := write(t, "data", clicks(100))
	if r, _ := run(t, "", "-d", data, "--examples", "7"); r.Examples != 7 {
		t.Errorf("%d examples, expected 7", r.Examples)
	}
	if r, _ := run(t, "", "-d", data, "--examples", "7", "-c", "--passes", "2", "--holdout_off"); r.Examples != 14 {
		t.Errorf("%d examples, expected 14", r.Examples)
	}
}
