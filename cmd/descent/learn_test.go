package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// stream is examples of Vowpal Wabbit's text.
const stream = "1 |a x:0.5 y\n-1 |a z\n1 'me|a x\n"

func TestLearnHelp(t *testing.T) {
	help := succeed(t, "learn", "--help")
	for _, want := range []string{"\nInput:\n", "\nUpdate:\n", "\nOptimizer of descent", "  -d, --data file ", "      --set name=value ", "\nOther:\n  -h, --help"} {
		if !strings.Contains(help, want) {
			t.Errorf("no %q in\n%s", want, help)
		}
	}
	if strings.Contains(help, "bfgs") {
		t.Error("help shows what is not supported")
	}
}

func TestLearn(t *testing.T) {
	data, folder := write(t, "data.vw", stream), t.TempDir()
	model, preds := filepath.Join(folder, "model"), filepath.Join(folder, "preds")
	_, log, code := run(t, "learn", data, "--ftrl", "-f", model, "-p", preds)
	for _, want := range []string{"final_regressor = " + model + "\n", "ftrl_alpha = 0.5\n", "number of examples = 3\n", "average loss = "} {
		if code != 0 || !strings.Contains(log, want) {
			t.Errorf("exit code %d, no %q in\n%s", code, want, log)
		}
	}
	for _, args := range [][]string{{"-p", "-"}, {"-p", "stdout"}, {"--predictions=/dev/stdout"}} {
		out := succeed(t, append([]string{"learn", "-t", "-i", model, "-d", data, "--quiet"}, args...)...)
		if !strings.HasSuffix(out, " me\n") || strings.Count(out, "\n") != 3 {
			t.Errorf("%q printed %q", args, out)
		}
	}
	if out, log, _ := run(t, "learn", data, "--driver_output", "stdout"); !strings.Contains(out, "finished run") || log != "" {
		t.Errorf("--driver_output stdout: %s%s", out, log)
	}
}

// Any optimizer that is a formula for each weight learns, and goes on.
func TestLearnOptimizer(t *testing.T) {
	data, formula := write(t, "data.vw", stream), write(t, "mine.rule", "hyper lr = 0.1\nw = w - lr*g\n")
	for _, args := range [][]string{
		{"--optimizer", "ftml", "--lr", "0.05"}, {"--optimizer", "momentum"}, {"--formula", formula, "--set", "lr=0.2"}, {"--optimizer", "torch/AdamW", "--lr", "0.1"},
	} {
		model := filepath.Join(t.TempDir(), "model")
		if _, log, code := run(t, append([]string{"learn", data, "-f", model}, args...)...); code != 0 {
			t.Errorf("%q: %s", args, log)
		}
		if _, log, code := run(t, "learn", data, "-i", model); code != 0 {
			t.Errorf("%q, and on: %s", args, log)
		}
	}
}

func TestLearnMistakes(t *testing.T) {
	data := write(t, "data.vw", stream)
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--bfgs"}, exitUsage, "--bfgs of Vowpal Wabbit is not supported"},
		{[]string{"--nn", "5"}, exitUsage, "--nn of Vowpal Wabbit is not supported"},
		{[]string{"-a"}, exitUsage, "--audit of Vowpal Wabbit is not supported"},
		{[]string{"--los_function", "x"}, exitUsage, "did you mean --loss_function?"},
		{[]string{"--l1", "x"}, exitUsage, "expected a number"},
		{[]string{"-Z"}, exitUsage, "unknown shorthand flag"},
		{[]string{"--ftrl", "--sgd"}, exitUsage, "--sgd does not go with --ftrl"},
		{[]string{"--optimizer", "adam", "--ftrl"}, exitUsage, "give one"},
		{[]string{"--optimizer", "adam", "--l1", "1"}, exitUsage, "--set l1="},
		{[]string{"--optimizer", "adma"}, exitUsage, "adam"},
		{[]string{"--lr", "1"}, exitUsage, "--lr is of an optimizer: add --optimizer NAME"},
		{[]string{"--formula", "none.rule"}, exitFailed, "none.rule"},
		{[]string{"--optimizer", "lamb"}, exitUsage, "lamb looks at all weights together"},
		{[]string{"--optimizer", "adam", "--formula", data}, exitUsage, "give one of them"},
		{[]string{"--optimizer", "ftml", "--set", "bta1=0.2"}, exitUsage, "ftml has no hyperparameter bta1"},
		{[]string{"--daemon"}, exitUsage, "descent serve is the service"},
		{[]string{"--passes", "0"}, exitUsage, "--passes 0: expected 1 or more"},
		{[]string{"-b", "64"}, exitUsage, "--bit_precision 64: expected 1 to 31"},
		{[]string{"--ngram", "x"}, exitUsage, `n-gram "x": expected a number`},
		{[]string{"--min_prediction", "3", "--max_prediction", "1"}, exitUsage, "the smallest is above the largest"},
		{[]string{"--oaa", "300000"}, exitUsage, "--oaa 300000: expected at most 2^18 classes"},
		{[]string{"-i", data}, exitFailed, "no model that descent"},
	} {
		fail(t, c.code, append([]string{"learn", "-d", data}, c.args...), c.want)
	}
	fail(t, exitFailed, []string{"learn", "-d", "none.vw"}, "none.vw", "no such file")
	fail(t, exitUsage, []string{"learn", "a", "b"}, "one file of data")
}
