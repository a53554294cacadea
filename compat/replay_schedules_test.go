package compat_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/descent-go/descent/compat"
	"github.com/descent-go/descent/optim"
)

// TestReplaySchedules replays every file of schedules.
func TestReplaySchedules(t *testing.T) {
	schedules := map[string]int{}
	files := append(glob(t, 5, traces+"/*-schedulers*.json.gz"), glob(t, 2, traces+"/torch-plateau*.json.gz")...)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			reports, err := compat.ReplaySchedules(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range reports {
				schedules[r.Peer]++
				if r.Mismatch != nil || r.Worst > 1 || r.Steps < 6 || !strings.HasPrefix(r.Name, file+": ") {
					t.Errorf("%+v: %v", r, r.Mismatch)
				}
			}
		})
	}
	for peer, least := range map[string]int{"mxnet": 20, "optax": 24, "torch": 50} {
		if schedules[peer] < least {
			t.Errorf("%d schedules of %s, expected %d or more", schedules[peer], peer, least)
		}
	}
}

func writeSchedules(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s.json")
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestReplaySchedulesDiffer has every value wrong once.
func TestReplaySchedulesDiffer(t *testing.T) {
	for _, c := range []struct {
		content string
		step    int
		want    string
	}{
		{`{"peer":"torch","scheduler":"StepLR","base_lr":1,"options":{"step_size":2},"values":[1,1,0.2]}`, 2, "after 2 updates: got 0.1, recorded 0.2"},
		{`{"peer":"torch","scheduler":"StepLR","options":{"step_size":2,"lr":3},"values":[4]}`, 0, "after 0 updates: got 3, recorded 4"},
		{`{"peer":"torch","scheduler":"StepLR","options":{"step_size":6},"every":3,"values":[1,1,0.1,0.1,2]}`, 12, "recorded 2"},
		{`{"peer":"torch","scheduler":"StepLR","options":{"step_size":6},"values":[1,1.001],"tolerance":{"rtol":0,"atol":0.0009}}`, 1, "recorded 1.001"},
		{`{"peer":"torch","scheduler":"ReduceLROnPlateau","base_lr":1,"options":{"patience":0},"metrics":[1,1,1],"values":[1,1,0.1,0.1]}`, 3, "recorded 0.1"},
		// MXNet warms up from 0 to 1 within 4 updates and counts the present one.
		{`{"peer":"mxnet","scheduler":"FactorScheduler","options":{"step":9,"base_lr":1,"warmup_steps":4},"lr":[0.5]}`, 0, "got 0, recorded 0.5"},
		{`{"peer":"mxnet","peer_version":"2.0","scheduler":"FactorScheduler","options":{"step":9,"base_lr":1,"warmup_steps":4},"lr":[0,0.25,0.75]}`, 2, "got 0.5, recorded 0.75"},
	} {
		reports, err := compat.ReplaySchedules(writeSchedules(t, c.content))
		if err != nil || len(reports) != 1 || reports[0].Mismatch == nil {
			t.Errorf("%s: %+v, %v", c.content, reports, err)
			continue
		}
		m := reports[0].Mismatch
		if m.Step != c.step || !strings.Contains(m.String(), c.want) || reports[0].Worst <= 1 {
			t.Errorf("%s: %v, worst %v, expected %s", c.content, m, reports[0].Worst, c.want)
		}
	}
}

func TestReplaySchedulesMistakes(t *testing.T) {
	one := `{"peer":"torch","scheduler":"StepLR","options":{"step_size":2},"values":[1,1,0.1]}`
	for content, want := range map[string]string{
		"":                    "the recording is cut off after 0 bytes",
		one[:40]:              "the recording is cut off after 40 bytes",
		"[" + one:             "the recording is cut off after",
		"[" + one + "] x":     "something follows it at byte",
		"[]":                  "an empty list",
		"[3]":                 "no recording of schedules",
		"{}":                  "schedule 1: peer or scheduler is missing",
		`{"peer":"torch"}`:    "peer or scheduler is missing",
		"\x1f\x8b\x08garbage": "damaged gzip",
		strings.Replace(one, "[1,1,0.1]", "[]", 1):                                           "it has no values",
		strings.Replace(one, "[1,1,0.1]", "[1,null]", 1):                                     "null in place of numbers",
		strings.Replace(one, "[1,1,0.1]", `["a"]`, 1):                                        "no recording of schedules",
		strings.Replace(one, "StepLR", "StepRL", 1):                                          `schedule 1: torch has no schedule "StepRL": did you mean StepLR?`,
		strings.Replace(one, `"torch"`, `"caffe"`, 1):                                        `unknown framework "caffe"`,
		strings.Replace(one, "step_size", "steps", 1):                                        "torch's StepLR: there is no option",
		strings.Replace(one, `"values"`, `"every":-1,"values"`, 1):                           "every -1: expected at least 1",
		strings.Replace(one, `"values"`, `"metrics":[1],"values"`, 1):                        "StepLR is told no metrics",
		strings.Replace(one, `"values"`, `"every":2,"metrics":[1],"values"`, 1):              "leave out every",
		strings.Replace(one, `"values"`, `"tolerance":{"rtol":-1,"atol":0},"values"`, 1):     "two numbers that are not negative",
		strings.Replace(one, `"options":{"step_size":2}`, `"options":3`, 1):                  "no recording of schedules",
		strings.Replace(one, `"options":{"step_size":2}`, `"options":{"step_size":null}`, 1): "option step_size",
	} {
		path := writeSchedules(t, content)
		reports, err := compat.ReplaySchedules(path)
		if len(reports) > 0 {
			t.Errorf("%s: %+v", content, reports)
		}
		contains(t, err, want)
		contains(t, err, "compat: "+path+": ")
	}
	_, err := compat.ReplaySchedules("absent.json")
	contains(t, err, "compat: open absent.json")
	// The good schedule of two has a report.
	reports, err := compat.ReplaySchedules(writeSchedules(t, "["+one+","+strings.Replace(one, "StepLR", "x", 1)+"]"))
	contains(t, err, "schedule 2: torch has no schedule")
	if len(reports) != 1 || reports[0].Mismatch != nil {
		t.Errorf("%+v", reports)
	}
}

// TestReplayFile tells the two kinds of files apart, whatever they are called.
func TestReplayFile(t *testing.T) {
	trace := traces + "/formula/adam-rosenbrock.json.gz"
	reports, err := compat.ReplayFile(trace, nil)
	if err != nil || len(reports) != 1 || reports[0].Peer != "formula" || reports[0].Name != trace || reports[0].Steps != 25 {
		t.Errorf("%+v, %v", reports, err)
	}
	reports, err = compat.ReplayFile(traces+"/torch-plateau.json.gz", nil)
	if err != nil || len(reports) != 1 || reports[0].Peer != "torch" || reports[0].Steps != 201 {
		t.Errorf("%+v, %v", reports, err)
	}
	if reports, err = compat.ReplayFile(traces+"/mxnet-schedulers.json.gz", nil); err != nil || len(reports) != 20 {
		t.Errorf("%+v, %v", reports, err)
	}
	_, err = compat.ReplayFile(traces+"/torch-plateau.json.gz", optim.SGD)
	contains(t, err, "holds schedules, which are no optimizer")
	for content, want := range map[string]string{
		`{"peer":"torch","options":{},"scheduler":"Step`:    "cut off",
		`{"peer":"torch","options":{"a":`:                   "cut off",
		`{"format":"optimizer-trace/1","scheduler":"adam"}`: "unknown dtype",
		`{"a":1}`: "no recording",
		"":        "cut off",
	} {
		reports, err := compat.ReplayFile(writeSchedules(t, content), nil)
		contains(t, err, want)
		if reports != nil {
			t.Errorf("%s: %+v", content, reports)
		}
	}
	_, err = compat.ReplayFile("absent.json", nil)
	contains(t, err, "absent.json")
}

func ExampleReplaySchedules() {
	reports, err := compat.ReplaySchedules("../testdata/traces/torch-plateau.json.gz")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range reports {
		fmt.Println(filepath.Base(r.Name), r.Steps, "values agree:", r.Mismatch == nil)
	}
	// Output: torch-plateau.json.gz: 1. ReduceLROnPlateau 201 values agree: true
}
