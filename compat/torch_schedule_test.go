package compat_test

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/compat"
	"github.com/descent-go/descent/optim"
)

// torchSchedule is a recorded schedule; metrics are what a plateau observes
// after each step.
type torchSchedule struct {
	Scheduler       string
	BaseLR          float64 `json:"base_lr"`
	Options         map[string]any
	Metrics, Values []float64
}

func readTorchSchedules(t *testing.T, path string) (all []torchSchedule) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var data json.RawMessage
	if err := json.NewDecoder(z).Decode(&data); err != nil {
		t.Fatal(err)
	}
	if data[0] == '{' {
		all = make([]torchSchedule, 1)
		err = json.Unmarshal(data, &all[0])
	} else {
		err = json.Unmarshal(data, &all)
	}
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestTorchSchedules compares every value from step 0 on with recorded ones.
func TestTorchSchedules(t *testing.T) {
	seen := map[string]bool{}
	for _, path := range glob(t, 4, traces+"/torch-*.json.gz") {
		for i, c := range readTorchSchedules(t, path) {
			seen[c.Scheduler] = true
			t.Run(fmt.Sprintf("%s-%d-%s", filepath.Base(path), i, c.Scheduler), func(t *testing.T) {
				if c.Options == nil {
					c.Options = map[string]any{}
				}
				c.Options["lr"] = c.BaseLR
				s, err := compat.Schedule("torch", c.Scheduler, c.Options)
				if err != nil {
					t.Fatal(err)
				}
				for step, want := range c.Values {
					if got := s.At(step); !(math.Abs(got-want) <= 1e-12*math.Abs(want)+1e-15) {
						t.Fatalf("step %d: %v, recorded %v", step, got, want)
					}
					if step < len(c.Metrics) {
						s.(*compat.Plateau).Observe(c.Metrics[step])
					}
				}
			})
		}
	}
	for _, name := range compat.Schedules("torch") {
		if !seen[name] {
			t.Errorf("%s has no recording", name)
		}
	}
}

func TestTorchScheduleMistakes(t *testing.T) {
	for _, c := range []struct {
		peer, name string
		options    object
		want       string
	}{
		{"caffe", "StepLR", nil, `compat: unknown framework "caffe": there is`},
		{"torch", "StepRL", nil, `compat: torch has no schedule "StepRL": did you mean StepLR?`},
		{"torch", "StepLR", nil, "compat: torch's StepLR: option step_size is missing"},
		{"torch", "StepLR", object{"step_size": 0}, "option step_size = 0 is out of range"},
		{"torch", "StepLR", object{"step_size": 3, "gama": 1}, `there is no option "gama": it has gamma, last_epoch, lr, step_size`},
		{"torch", "StepLR", object{"step_size": 3, "last_epoch": 4}, "option last_epoch: torch has it, descent has not"},
		{"torch", "MultiStepLR", nil, "option milestones is missing"},
		{"torch", "MultiStepLR", object{"milestones": 3}, "option milestones: expected a list of numbers, found 3"},
		{"torch", "MultiStepLR", object{"milestones": []any{3, "x"}}, `option milestones: expected a list of numbers, found the text "x" among them`},
		{"torch", "ExponentialLR", object{"gamma": "x"}, "option gamma: expected a number"},
		{"torch", "LinearLR", object{"start_factor": 0}, "option start_factor = 0 is out of range"},
		{"torch", "OneCycleLR", object{"max_lr": 1}, "option total_steps is missing"},
		{"torch", "OneCycleLR", object{"total_steps": 10}, "option max_lr is missing"},
		{"torch", "OneCycleLR", object{"max_lr": 1, "total_steps": 10, "pct_start": 0.1}, "which torch divides by zero for"},
		{"torch", "OneCycleLR", object{"max_lr": 1, "total_steps": 10, "anneal_strategy": "sin"}, "option anneal_strategy: expected one of cos, linear"},
		{"torch", "CyclicLR", object{"base_lr": 0.1}, "option max_lr is missing"},
		{"torch", "CyclicLR", object{"base_lr": 0.1, "max_lr": 1, "scale_fn": "f"}, "option scale_fn: the framework has it, descent has not"},
		{"torch", "ReduceLROnPlateau", object{"factor": 1}, "option factor = 1 is out of range"},
		{"torch", "ReduceLROnPlateau", object{"mode": "most"}, "option mode: expected one of min, max"},
	} {
		_, err := compat.Schedule(c.peer, c.name, c.options)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %s %v: error %v, expected %q", c.peer, c.name, c.options, err, c.want)
		}
	}
}

// A schedule that is told how training goes.
func ExamplePlateau() {
	s, err := compat.Schedule("torch", "ReduceLROnPlateau", map[string]any{"lr": 0.1, "factor": 0.5, "patience": 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	plateau := s.(*compat.Plateau)
	w, g := []float64{1}, []float64{0}
	opt, err := descent.New(optim.SGD, []descent.Param{descent.NewParam("w", w, g)}, descent.LR(1), descent.Schedule(s))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, loss := range []float64{3, 2, 2, 2, 1} {
		plateau.Observe(loss)
		fmt.Print(opt.LR(), " ")
	}
	// Output: 0.1 0.1 0.1 0.05 0.05
}

func ExampleSchedule() {
	s, err := compat.Schedule("torch", "StepLR", map[string]any{"lr": 0.5, "step_size": 2, "gamma": 0.1})
	if err != nil {
		fmt.Println(err)
		return
	}
	for step := range 5 {
		fmt.Printf("%.3f ", s.At(step))
	}
	// Output: 0.500 0.500 0.050 0.050 0.005
}
