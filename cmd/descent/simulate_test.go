package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/descent-go/descent/distributed/simulate"
)

// late are the flags of a quick simulation.
func late(more ...string) []string {
	return append([]string{"simulate", "--data", houses, "--target", "garden", "--hidden", "8", "--batch", "8", "--epochs", "5", "--points", "4"}, more...)
}

func TestSimulate(t *testing.T) {
	page := filepath.Join(t.TempDir(), "late.html")
	args := late("--workers", "9", "--delay", "pareto:alpha=1.5", "--network", "latency=1ms", "--set", "lambda=0.5", "--lr", "0.05")
	out := succeed(t, append(args, "--report", page, "--plot")...)
	for _, want := range []string{"160 examples to train on", "\n    100 batches ", " simulated s  test loss ", "updates late    gradients\n     0 to 0 ", "test accuracy, % over simulated seconds",
		"\nreport " + page + "\n", " %  (dcasgd, 9 workers, 100 updates in ", " updates late, at most "} {
		if !strings.Contains(strings.ReplaceAll(out, "% (", "%  ("), want) {
			t.Errorf("simulate prints no %q:\n%s", want, out)
		}
	}
	if again := succeed(t, append(args, "--plot")...); again != strings.Replace(out, "report "+page+"\n", "", 1) {
		t.Errorf("the second time it prints\n%s\nafter\n%s", again, out)
	}
	html, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<h1>dcasgd with 9 workers on ", "pareto:alpha=1.5", "updates late", "simulated seconds", "--set lambda=0.5"} {
		if !strings.Contains(string(html), want) {
			t.Errorf("the page has no %q", want)
		}
	}
}

// TestSimulateJSON: a line for each test, the last is the result; the same each time.
func TestSimulateJSON(t *testing.T) {
	for _, how := range [][]string{nil, {"--sync"}, {"--max-delay", "2"}} {
		args := late(append(how, "--workers", "4", "--json", "--optimizer", "sgd")...)
		out := succeed(t, args...)
		if again := succeed(t, append(args, "--threads", "1")...); again != out {
			t.Errorf("%v: the second time it prints\n%s\nafter\n%s", how, again, out)
		}
		lines := strings.Split(strings.TrimSpace(out), "\n")
		var point simulate.Point
		var result simulate.Result
		if err := json.Unmarshal([]byte(lines[0]), &point); err != nil || point.Batches < 25 || point.TestAccuracy == nil {
			t.Errorf("%v: %+v, %v", how, point, err)
		}
		if err := json.Unmarshal([]byte(lines[len(lines)-1]), &result); err != nil || len(lines) != 5 || result.Batches != 100 || len(result.Points) != 5 {
			t.Errorf("%v: %d lines, %+v, %v", how, len(lines), result, err)
		}
		if how != nil && result.Delays.Max > 2 {
			t.Errorf("%v: a gradient is %d updates late", how, result.Delays.Max)
		}
	}
}

// TestSimulateStates keeps states that are rounded, which shows.
func TestSimulateStates(t *testing.T) {
	for _, how := range [][]string{nil, {"--sync"}} {
		line := func(more ...string) string {
			out := succeed(t, late(append(more, "--workers", "4", "--json", "--optimizer", "adam")...)...)
			first, _, _ := strings.Cut(out, "\n")
			return first
		}
		if line(how...) == line(append(how, "--state-type", "bfloat16")...) {
			t.Errorf("%v: --state-type changes nothing", how)
		}
	}
}

// TestSimulateQuiet prints one line, of a regression too.
func TestSimulateQuiet(t *testing.T) {
	out := succeed(t, "simulate", "--data", houses, "--target", "price", "--hidden", "8", "--batch", "8", "--epochs", "5", "--quiet", "--lr", "0.01")
	if ok, _ := regexp.MatchString(`^test RMSE \d+ \(dcasgd, 16 workers, 100 updates in .*\n$`, out); !ok {
		t.Errorf("simulate prints %q", out)
	}
	if out := succeed(t, late("--epochs", "1", "--batch", "1000", "--workers", "1", "--quiet")...); !strings.Contains(out, "(dcasgd, 1 worker, 1 update in ") {
		t.Errorf("simulate prints %q", out)
	}
}

// TestSimulateWorse notes what has not learned.
func TestSimulateWorse(t *testing.T) {
	for lr, worse := range map[string]bool{"0.01": false, "5": true} {
		_, stderr, code := run(t, late("--optimizer", "sgd", "--quiet", "--lr", lr)...)
		if code != 0 || strings.Contains(stderr, "note: the loss is higher than at the start") != worse {
			t.Errorf("learning rate %s: exit code %d, %q", lr, code, stderr)
		}
	}
}

func TestSimulateErrors(t *testing.T) {
	for want, args := range map[string][]string{
		"--workers 0: expected at least 1":                                           {"--workers", "0"},
		"--workers 101: there are 100 batches only, of 8 examples each":              {"--workers", "101"},
		"--delay \"paretto\": unknown name \"paretto\"; did you mean pareto?":        {"--delay", "paretto"},
		"mean=-5ms: expected a time, 0 or more":                                      {"--delay", "constant:mean=-5ms"},
		"--network \"latence=1ms\": unknown name \"latence\"; did you mean latency?": {"--network", "latence=1ms"},
		"--max-delay -1: expected 0 or more; without the flag":                       {"--max-delay", "-1"},
		"give one of --sync and --max-delay":                                         {"--sync", "--max-delay", "3"},
		"--points 0: expected at least 1":                                            {"--points", "0"},
		"did you mean dcasgd":                                                        {"--optimizer", "dcagsd"},
		"expected the name of a file that ends in .html":                             {"--report", "late.svg"},
	} {
		if _, stderr, code := run(t, late(args...)...); code != 2 || !strings.Contains(stderr, want) {
			t.Errorf("%v: exit code %d, %q; expected 2, %q", args, code, stderr, want)
		}
	}
	for want, args := range map[string][]string{
		"training has diverged":               {"--lr", "1e30"},
		"nag asks for gradients at points":    {"--optimizer", "nag"},
		"prodigy keeps one number over all p": {"--optimizer", "prodigy"},
	} {
		if _, stderr, code := run(t, late(args...)...); code != 1 || !strings.Contains(stderr, want) {
			t.Errorf("%v: exit code %d, %q; expected 1, %q", args, code, stderr, want)
		}
	}
}
