package main

import (
	"strings"
	"testing"
)

// recording is two steps of sgd with lr 0.5 on (w-1)²/2·2 from 3, in the format
// of the recorded trajectories.
const recording = `{"format":"optimizer-trace/1","peer":"formula","peer_version":"seed","optimizer":"sgd","options":{"lr":0.5},
"dtype":"float64","note":"","params":[{"name":"w","shape":[2],"value":[3,1]}],
"steps":[{"grads":[[2,0]],"values":[[2,1]]},{"grads":[[1,1]],"values":[[1.5,0.5]]}],
"tolerance":{"rtol":1e-9,"atol":1e-12}}`

func TestReplay(t *testing.T) {
	right := write(t, "right.json", recording)
	wrong := write(t, "wrong.json", strings.Replace(recording, "[1.5,0.5]", "[1.5,0.75]", 1))

	out := succeed(t, "replay", right, "-v")
	if out != "pass  "+right+": 2 steps, largest deviation 0 of the tolerance\nformula  1 of 1 passed  largest deviation 0 of the tolerance\n1 of 1 passed\n" {
		t.Errorf("replay -v prints %s", out)
	}
	if out := succeed(t, "replay", right); out != "formula  1 of 1 passed  largest deviation 0 of the tolerance\n1 of 1 passed\n" {
		t.Errorf("replay prints %s", out)
	}
	out = fail(t, exitFailed, []string{"replay", right, wrong}, "1 of 2 recordings failed")
	for _, want := range []string{"formula  1 of 2 passed", "FAIL  " + wrong + ": step 2, parameter w, element 1: got 0.5, recorded 0.75\n", "1 of 2 passed\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("replay does not say %q:\n%s", want, out)
		}
	}
}

func TestReplayFormula(t *testing.T) {
	file := write(t, "right.json", recording)
	formula := write(t, "mine.rule", "hyper lr = 0.5 [0,inf)\nw = w - lr*g\n")
	if out := succeed(t, "replay", "--formula", formula, file); !strings.HasSuffix(out, "1 of 1 passed\n") {
		t.Errorf("replay prints %s", out)
	}
	// The formula's own default counts, not the lr recorded.
	formula = write(t, "mine.rule", "hyper lr = 0.25 [0,inf)\nw = w - lr*g\n")
	out := fail(t, exitFailed, []string{"replay", "--formula", formula, file}, "recordings failed")
	if !strings.Contains(out, "step 1, parameter w, element 0: got 2.5, recorded 2") {
		t.Errorf("replay prints %s", out)
	}
}

func TestReplayWrongFiles(t *testing.T) {
	for name, content := range map[string]string{"empty.json": "", "foreign.json": `{"a": 1}`, "cut.json": recording[:100]} {
		file := write(t, name, content)
		out := fail(t, exitFailed, []string{"replay", file}, "1 of 1 recordings failed")
		if !strings.HasPrefix(out, "FAIL  "+file+": ") || !strings.Contains(out, "\nnot replayed  0 of 1 passed\n0 of 1 passed\n") {
			t.Errorf("%s: replay prints %s", name, out)
		}
	}
	fail(t, exitFailed, []string{"replay", t.TempDir()}, "failed")
	fail(t, exitFailed, []string{"replay", "absent.json"}, "failed")
}

// schedules are two of torch, the values of the second wrong from 20 updates on.
const schedules = `[
{"peer":"torch","scheduler":"StepLR","base_lr":0.5,"options":{"step_size":2},"values":[0.5,0.5,0.05,0.05]},
{"peer":"torch","scheduler":"ExponentialLR","base_lr":1,"options":{"gamma":0.5},"every":10,"values":[1,0.0009765625,0.1]}]`

func TestReplaySchedules(t *testing.T) {
	file := write(t, "named-as-you-like.json", schedules)
	out := fail(t, exitFailed, []string{"replay", "-v", file, write(t, "right.json", recording)}, "1 of 3 recordings failed")
	for _, want := range []string{
		"pass  " + file + ": 1. StepLR: 4 steps, largest deviation ",
		"FAIL  " + file + ": 2. ExponentialLR: after 20 updates: got 9.5367431640625e-07, recorded 0.1; largest deviation ",
		"formula  1 of 1 passed  largest", "torch    1 of 2 passed  largest", "2 of 3 passed\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("replay does not say %q:\n%s", want, out)
		}
	}
	for content, want := range map[string]string{
		schedules[:90]: "the recording is cut off after 90 bytes",
		"[]":           "an empty list",
		strings.Replace(schedules, "StepLR", "SteplR", 1): `schedule 1: torch has no schedule "SteplR": did you mean StepLR?`,
	} {
		file := write(t, "wrong.json", content)
		out := fail(t, exitFailed, []string{"replay", file}, "recordings failed")
		if !strings.HasPrefix(out, "FAIL  "+file+": ") || !strings.Contains(out, want) {
			t.Errorf("replay does not say %q: %s", want, out)
		}
	}
	formula := write(t, "mine.rule", "hyper lr = 0.5 [0,inf)\nw = w - lr*g\n")
	if out := fail(t, exitFailed, []string{"replay", "--formula", formula, file}, "failed"); !strings.Contains(out, "holds schedules, which are no optimizer") {
		t.Errorf("replay --formula prints %s", out)
	}
}
