//go:build !windows

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTrainAsync lets workers take turns, by which they do what one does: also when
// they are interrupted or killed and go on from the log.
func TestTrainAsync(t *testing.T) {
	dir := t.TempDir()
	whole, async := filepath.Join(dir, "whole"), filepath.Join(dir, "async")
	flags := price("--json", "--epochs", "600", "--optimizer", "adam")
	succeed(t, append(flags, "--save", whole)...)
	flags = append(flags, "--distributed", "async", "--max-delay", "0", "--workers", "3")
	lines, last := readJSON(t, succeed(t, append(flags, "--save", async)...))
	if len(lines) != 600 || last.Workers != 3 || readFile(t, async) != readFile(t, whole) {
		t.Errorf("%d lines, result %+v, or another file than that of one worker", len(lines), last)
	}
	for _, signal := range []os.Signal{os.Interrupt, os.Kill} {
		folder, rest := filepath.Join(dir, signal.String()), filepath.Join(dir, signal.String()+" rest")
		_, stderr, code := interrupt(t, signal, append(flags, "--checkpoint", folder)...)
		if signal == os.Interrupt && (code != exitInterrupted || !strings.HasSuffix(stderr, "--resume "+folder+" --checkpoint "+folder+" --distributed async --workers 3 --max-delay 0 goes on\n")) {
			t.Errorf("exit code %d: %s", code, stderr)
		}
		succeed(t, append(flags, "--resume", folder, "--save", rest)...)
		if readFile(t, rest) != readFile(t, whole) {
			t.Errorf("after a signal %v it goes on otherwise", signal)
		}
	}
	fail(t, exitFailed, append(flags, "--checkpoint", filepath.Join(dir, "killed")), "killed has a run already: resume from it")
}

// TestTrainAsyncReport has a run without turns, with all that is shown of one.
func TestTrainAsyncReport(t *testing.T) {
	file := filepath.Join(t.TempDir(), "run.html")
	out := succeed(t, price("--epochs", "20", "--distributed", "async", "--optimizer", "dcasgd", "--workers", "4", "--report", file)...)
	if !strings.Contains(out, "(dcasgd, 20 epochs, 200 steps, 4 workers, ") {
		t.Errorf("it prints %s", out)
	}
	holds(t, page(t, file), "<h2>Learning</h2>", "<h2>Predicted and true values</h2>", "<dt>workers</dt><dd>4</dd>", " updates late, ")
}

func TestWrongAsync(t *testing.T) {
	for line, want := range map[string]string{
		"--max-delay 3":                      "--max-delay goes with --distributed async",
		"--distributed async --max-delay -1": "--max-delay -1: expected 0 or more; without the flag there is no bound",
		"--distributed async --accumulate 2": "--accumulate goes without --distributed async",
		"--distributed async --wire float16": "--wire goes without --distributed async",
		"--distributed asynch":               "--distributed asynch: unknown; did you mean async?",
	} {
		fail(t, exitUsage, price(strings.Fields(line)...), want)
	}
	for line, want := range map[string]string{
		"--distributed async --workers 100000":    "100000 workers: the run has",
		"--distributed async --optimizer prodigy": "keeps one number over all parameters",
		"--distributed async --clip-norm 1":       "option ClipNorm is about all parameters together",
	} {
		fail(t, exitFailed, price(strings.Fields(line)...), want)
	}
}
