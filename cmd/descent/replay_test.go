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
	if !strings.Contains(out, "pass  "+right+": 2 steps\n") || !strings.Contains(out, "of the tolerance\n") || !strings.HasSuffix(out, "1 of 1 passed\n") {
		t.Errorf("replay prints %s", out)
	}
	out = fail(t, exitFailed, []string{"replay", right, wrong}, "1 of 2 recordings failed")
	for _, want := range []string{"pass  " + right, "FAIL  " + wrong + ": step 2, parameter w, element 1: got 0.5, recorded 0.75\n", "1 of 2 passed\n"} {
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
		if !strings.HasPrefix(out, "FAIL  "+file+": ") {
			t.Errorf("%s: replay prints %s", name, out)
		}
	}
	fail(t, exitFailed, []string{"replay", t.TempDir()}, "failed")
	fail(t, exitFailed, []string{"replay", "absent.json"}, "failed")
}
