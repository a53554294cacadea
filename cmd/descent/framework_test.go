package main

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/descent-go/descent/compat"
)

// lossOf trains and gives the loss at the end.
func lossOf(t *testing.T, flags ...string) float64 {
	t.Helper()
	_, last := readJSON(t, succeed(t, price(append(flags, "--json")...)...))
	return *last.TestLoss
}

// TestTrainFrameworks has the same optimizer in the words of frameworks.
func TestTrainFrameworks(t *testing.T) {
	own := lossOf(t, "--epochs", "2", "--optimizer", "adamw", "--set", "beta2=0.95", "--wd", "0.1", "--lr", "0.01")
	for _, flags := range [][]string{
		{"torch/AdamW", "--set", "betas=0.9,0.95", "--wd", "0.1", "--lr", "0.01"},
		{"torch/AdamW", "--set", "betas=(0.9, 0.95)", "--set", "weight_decay=0.1", "--set", "lr=0.01", "--set", "amsgrad=False"},
		{"torch/AdamW", "--set", "betas=[0.5,0.5]", "--set", "betas=[0.9,0.95]", "--set", "weight_decay=0.1", "--set", "lr=0.01", "--set", "clip_grad_norm=None"},
		{"formula/adamw", "--set", "b2=0.95", "--wd", "0.1", "--lr", "0.01"},
	} {
		if got := lossOf(t, append([]string{"--epochs", "2", "--optimizer"}, flags...)...); got != own {
			t.Errorf("%v gives %v, adamw %v", flags, got, own)
		}
	}
	for _, flags := range [][]string{
		{"torch/AdamW", "--set", "betas=0.9,0.95", "--wd", "0.1", "--lr", "0.02"},
		{"torch/AdamW", "--set", "betas=0.9,0.95", "--wd", "0.1", "--lr", "0.01", "--clip-norm", "0.01"},
		{"torch/AdamW", "--set", "betas=0.9,0.95", "--wd", "0.1", "--lr", "0.01", "--schedule", "cosine"},
		{"torch/AdamW", "--set", "betas=0.9,0.95", "--wd", "0.1", "--lr", "0.01", "--set", "maximize=true"},
	} {
		if got := lossOf(t, append([]string{"--epochs", "2", "--optimizer"}, flags...)...); got == own {
			t.Errorf("%v gives the same as without the last", flags)
		}
	}
	if a, b := lossOf(t, "--epochs", "1", "--optimizer", "mxnet/adam", "--wd", "0.1"), lossOf(t, "--epochs", "1", "--optimizer", "mxnet/ADAM", "--set", "wd=0.1"); a != b {
		t.Errorf("mxnet/adam gives %v, mxnet/ADAM %v", a, b)
	}
}

// TestResumeFrameworks goes on with what the file says, and with what is
// changed on the command line.
func TestResumeFrameworks(t *testing.T) {
	for _, optimizer := range [][]string{
		{"torch/SGD", "--lr", "0.01", "--momentum", "0.9", "--set", "nesterov=true", "--set", "clip_grad_norm=0.5"},
		{"mxnet/adam", "--set", "clip_gradient=0.1", "--set", `lr_scheduler={"class":"FactorScheduler","step":7,"factor":0.5}`},
		{"optax/adamw", "--lr", "0.01", "--set", "nesterov=true"},
		{"keras/Adam", "--set", "use_ema=true", "--lr", "0.01"},
		{"pytorch_optimizer/Lion", "--set", "cautious=true"},
	} {
		file := filepath.Join(t.TempDir(), "m.safetensors")
		flags := append([]string{"--optimizer"}, optimizer...)
		whole := lossOf(t, append(flags, "--epochs", "4")...)
		lossOf(t, append(flags, "--epochs", "2", "--save", file)...)
		resume := []string{"train", "--data", houses, "--target", "price", "--json", "--epochs", "4", "--resume", file}
		for _, more := range [][]string{nil, {"--optimizer", optimizer[0]}, flags} {
			_, last := readJSON(t, succeed(t, append(resume, more...)...))
			if *last.TestLoss != whole || last.Optimizer != asForeign(last.Optimizer).String() || !strings.HasPrefix(last.Optimizer, optimizer[0]) {
				t.Errorf("%s resumed with %v gives %v as %s, without a stop %v", optimizer[0], more, *last.TestLoss, last.Optimizer, whole)
			}
		}
		lr := "learning_rate=0.003"
		if strings.HasPrefix(optimizer[0], "torch") || strings.HasPrefix(optimizer[0], "pytorch") {
			lr = "lr=0.003"
		}
		_, a := readJSON(t, succeed(t, append(resume, "--set", lr)...))
		_, b := readJSON(t, succeed(t, append(resume, "--lr", "0.003")...))
		if *a.TestLoss != *b.TestLoss || *a.TestLoss == whole {
			t.Errorf("%s resumed with --set %s gives %v, with --lr %v, as it was %v", optimizer[0], lr, *a.TestLoss, *b.TestLoss, whole)
		}
		fail(t, exitUsage, append(resume, "--set", "nonsense=1"), `there is no option "nonsense"`)
		fail(t, exitFailed, append(resume, "--optimizer", "adam"), "does not fit this run", optimizer[0])
	}
}

func TestStructured(t *testing.T) {
	for text, want := range map[string]any{
		"0.5": 0.5, "-1e-3": -1e-3, "7": 7.0, "true": true, "False": false, "null": nil, "None": nil, "lars": "lars", "inf": "inf",
		"0.9,0.95": []any{0.9, 0.95}, "(0.9, 0.95)": []any{0.9, 0.95}, "(30,)": []any{30.0}, "30,": []any{30.0}, "(30)": []any{30.0},
		"[30, 60]": []any{30.0, 60.0}, "None,0.5": []any{nil, 0.5}, `{"0": "a"}`: map[string]any{"0": "a"},
	} {
		got, err := structured(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %#v, %v; expected %#v", text, got, err, want)
		}
	}
}

func TestOptimizersOfFrameworks(t *testing.T) {
	for _, framework := range compat.Peers() {
		text := succeed(t, "optimizers", "--framework", framework)
		var names []string
		for line := range strings.Lines(succeed(t, "optimizers", "--framework", framework, "--json")) {
			var l foreignLine
			if err := json.Unmarshal([]byte(line), &l); err != nil {
				t.Fatalf("%v: %s", err, line)
			}
			if !strings.Contains("\n"+text, "\n"+l.Name+"\n") {
				t.Errorf("%s is not listed", l.Name)
			}
			if l.Name == "torch/AdamW" && !slices.Contains(l.Options, optionJSON{Name: "weight_decay", Kind: "number", Default: "0.01", Range: "[0,inf)"}) {
				t.Errorf("torch/AdamW has %+v", l.Options)
			}
			if l.Name == "optax/adam" && !slices.Contains(l.Options, optionJSON{Name: "learning_rate", Kind: "number", Required: true}) {
				t.Errorf("optax/adam has %+v", l.Options)
			}
			names = append(names, strings.TrimPrefix(l.Name, framework+"/"))
		}
		if !slices.Equal(names, compat.Optimizers(framework)) {
			t.Errorf("%s has %v, listed %v", framework, compat.Optimizers(framework), names)
		}
	}
}

// TestExplainCompare has a cell of each column.
func TestExplainCompare(t *testing.T) {
	out := succeed(t, "explain", "adam", "--compare")
	table, rest, ok := strings.Cut(out, "\n\nBeside the root")
	if !ok {
		t.Fatal(out)
	}
	for start, want := range map[string][]string{
		"descent adam ": {"beside the corrected root", "added to the gradient"},
		"mxnet/Adam ":   {"beside the uncorrected root", "clip_gradient, of the sum with the decay"},
		"mxnet2/Adam ":  {"beside the uncorrected root", "beta1, beta2    clip_gradient"},
		"torch/Adam ":   {"beside the corrected root", "added to the gradient"},
		"optax/adam ":   {"eps_root inside the root", " none "},
		"keras/Adam ":   {"beside the uncorrected root", "beside the step, times lr"},
	} {
		row := ""
		for line := range strings.Lines(table) {
			if strings.HasPrefix(line, start) {
				row = line
			}
		}
		for _, w := range want {
			if !strings.Contains(row, w) {
				t.Errorf("%s does not say %q: %s", start, w, row)
			}
		}
	}
	for _, want := range []string{
		"keras/Adam\n  amsgrad=false beta_1=0.9 ", "learning_rate (required)", "betas=0.9,0.999",
		"mxnet/Adam\n  n = t + begin_num_update\n  g = clip(g + wd*w, -limit, limit)\n",
	} {
		if !strings.Contains(rest, want) {
			t.Errorf("there is no %q in\n%s", want, rest)
		}
	}
	for line := range strings.Lines(out) {
		if strings.TrimRight(line, " \n") != strings.TrimRight(line, "\n") {
			t.Errorf("spaces at the end of %q", line)
		}
	}
	if out := succeed(t, "explain", "nadam", "--compare"); !strings.Contains(out, "mxnet/Nadam\n  it is no formula but a loop of Go\n") {
		t.Errorf("nadam of MXNet: %s", out)
	}
	if out := succeed(t, "explain", "nag-shifted", "--compare"); !strings.Contains(out, "torch/SGD momentum=0.9 nesterov=true ") {
		t.Errorf("nag-shifted: %s", out)
	}
}

// TestDemandedRate gives optax, which has no learning rate by default, one where
// the verb chooses a better, and not where the user must.
func TestDemandedRate(t *testing.T) {
	folder := t.TempDir()
	out := in(t, folder, "animate", "optax/adam", "--steps", "3", "-o", "a.png")
	if !strings.HasPrefix(out, "optax/adam: lr = ") {
		t.Errorf("animate prints\n%s", out)
	}
	in(t, folder, "animate", "--race", "optax/sgd,optax/lion:learning_rate=0.1", "--steps", "3", "-o", "r.svg")
	in(t, folder, "compare", "--task", "quadratic", "--optimizers", "optax/adam,sgd", "--seeds", "1", "--steps", "10")
	out = succeed(t, find("--optimizer", "optax/adam")...)
	_, next, ok := strings.Cut(out, "\nnext: descent ")
	if !ok || !strings.Contains(next, " --optimizer optax/adam --lr ") || strings.Contains(next, "learning_rate") {
		t.Fatalf("lr-find prints\n%s", out)
	}
	succeed(t, append(strings.Fields(next), "--epochs", "1")...)
	fail(t, exitUsage, []string{"train", "--optimizer", "optax/adam"}, "option learning_rate is missing")
	fail(t, exitUsage, []string{"train", "--optimizer", "optax/adam null"}, "optax/adam null")
}
