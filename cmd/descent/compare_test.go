package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// onSurface compares on a surface, with the report in a folder of its own.
func onSurface(t *testing.T, more ...string) (args []string, report string) {
	t.Helper()
	report = filepath.Join(t.TempDir(), "r.html")
	return append([]string{"compare", "--task", "quadratic", "--steps", "40", "-o", report}, more...), report
}

func TestCompare(t *testing.T) {
	args, report := onSurface(t, "--optimizers", "sgd:lr=1e30,momentum,torch/AdamW:betas=0.9,0.95,centralize+adam", "--seeds", "2")
	csv := strings.TrimSuffix(report, "html") + "csv"
	out := succeed(t, append(args, "--csv", csv)...)
	if !strings.HasPrefix(out, "4 optimizers on quadratic, 2 seeds: about a few seconds") {
		t.Errorf("it begins with %s", out)
	}
	for _, line := range []string{"\nsgd:lr=1e30 ", "\nmomentum ", "\ntorch/AdamW:betas=0.9,0.95 ", "\ncentralize+adam ", " as it is ", " 2 of 2\n", "\nwrote " + report + "\nwrote " + csv + "\n"} {
		if !strings.Contains(out, line) {
			t.Errorf("expected %q in\n%s", line, out)
		}
	}
	page := readFile(t, report)
	for _, part := range []string{"<svg ", "descent compare --task quadratic", "Diverged: sgd:lr=1e30 (2 of 2)", "√10"} {
		if !strings.Contains(page, part) {
			t.Errorf("the report has no %q", part)
		}
	}
	runs := readFile(t, csv)
	for _, line := range []string{"\"torch/AdamW:betas=0.9,0.95\",choice,0.001,0,40,false,", "sgd:lr=1e30,final,,1,"} {
		if !strings.Contains(runs, line) {
			t.Errorf("expected %q in\n%s", line, runs)
		}
	}
}

func TestCompareResume(t *testing.T) {
	args, report := onSurface(t, "--optimizers", "sgd,adam")
	want := succeed(t, args...)
	journal := strings.TrimSuffix(report, "html") + "jsonl"
	whole := readFile(t, journal)
	lines := strings.SplitAfter(whole, "\n")
	if err := os.WriteFile(journal, []byte(strings.Join(lines[:9], "")+`{"run":{"opt`), 0o666); err != nil {
		t.Fatal(err)
	}
	fail(t, exitFailed, args, journal+" has an unfinished comparison, with 6 runs done: --resume goes on from it")
	if got := succeed(t, append(args, "--resume")...); got != want {
		t.Errorf("resumed:\n%s\nwant\n%s", got, want)
	}
	if page := readFile(t, report); strings.Contains(page, "--resume") {
		t.Error("the command in the report has --resume")
	}
	fail(t, exitFailed, append(args, "--resume", "--steps", "50"), "steps: 40 in the file, 50 now")
	fail(t, exitFailed, append(args, "--resume", "-o", report+".html"), "--resume: there is no journal "+report+".jsonl, so nothing to go on from; leave out --resume")
}

func TestCompareMarkdown(t *testing.T) {
	args, _ := onSurface(t, "--markdown", "--optimizers", "adam", "--grid", "0.01..1,3")
	out := succeed(t, args...)
	if !strings.HasPrefix(out, "| optimizer | learning rate | loss above the minimum | lowest and highest |\n| --- | ---: | ---: | ---: |\n| `adam` | ") || strings.Count(out, "\n") != 3 {
		t.Errorf("it prints\n%s", out)
	}
}

func TestCompareData(t *testing.T) {
	report := filepath.Join(t.TempDir(), "r.html")
	out := succeed(t, "compare", "--data", houses, "--target", "price", "--optimizers", "adam", "--formula", written(t), "--hidden", "4", "--batch", "16", "--epochs", "2", "--train-size", "64", "--seeds", "1", "-o", report)
	if !strings.Contains(out, "test RMSE of price") || !strings.Contains(out, "mine.rule") {
		t.Errorf("it prints\n%s", out)
	}
	if page := readFile(t, report); !strings.Contains(page, "64 examples, checksum ") {
		t.Error("the report does not say that there are 64 examples")
	}
}

// written is the file of a formula.
func written(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "mine.rule")
	if err := os.WriteFile(path, []byte("hyper lr = 0.1\nw = w - lr*g\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestCompareWrong(t *testing.T) {
	for _, test := range []struct{ line, want string }{
		{"x", `takes no argument, got "x"`},
		{"--task rosenbrok", "did you mean rosenbrock?"},
		{"--task tennis", "beside surfaces there is mnist, and --data FILE"},
		{"--task x^2+", "--task x^2+: "},
		{"--task log(x)", "--task log(x): it or its gradient is not finite at -2.4,1.8"},
		{"--task regression", "--task regression goes with --data FILE"},
		{"--task beale --epochs 3", "--epochs goes with data, not with a surface"},
		{"--task beale --model cnn", "--model goes with data, not with a surface"},
		{"--target price", "--target goes with --data FILE"},
		{"--steps 10", "--steps goes with a surface"},
		{"--train-size 70000", "there are 60000 training examples"},
		{"--train-size 1", "expected at least 2"},
		{"--seeds 0", "must be at least 1"},
		{"--jobs 0", "must be at least 1"},
		{"--epochs 0", "--epochs 0: expected at least 1"},
		{"--threads -1", "--threads -1: expected 1 or more"},
		{"--held 1", "expected a share between 0 and 1"},
		{"--model tree", "there is logistic, mlp, cnn"},
		{"--hidden 8,0", "a layer of width 0"},
		{"--model cnn --hidden 3", "--hidden: cnn has no hidden layers"},
		{"--task x^2+", "^\nbeside surfaces there is mnist, and --data FILE\n"},
		{"--task beale --csv runs.txt", "--csv runs.txt: expected the name of a file that ends in .csv"},
		{"--task beale --csv=", "expected the name of a file that ends in .csv"},
		{"--optimizers sgd,adam,sgd", "--optimizers names sgd twice"},
		{"--optimizers all,all", "--optimizers names all twice"},
		{"--formula x.rule --formula x.rule", "--formula x.rule is given twice"},
		{"-o report.txt", "expected the name of a file that ends in .html"},
		{"--optimizers adma", "did you mean adam"},
		{"--optimizers adam,", "the name of the optimizer is empty"},
		{"--optimizers centralize", "--optimizers centralize+adam"},
		{"--optimizers sgd:momentum", "expected name=value behind the colon"},
		{"--optimizers sgd:beta1=0.5", "sgd has no hyperparameter beta1"},
		{"--optimizers torch/AdamV", "AdamV"},
		{"--formula=", "--formula is empty"},
		{"--grid 1..0.1,3", "--grid 1..0.1,3: expected numbers above 0"},
		{"--grid 0.1..1", "expected numbers above 0"},
		{"--grid 0.1..1,x", "expected numbers above 0"},
		{"--grid 0.1,-1", "expected numbers above 0"},
		{"--grid nan", "expected numbers above 0"},
		{"--data " + houses + " --target price --task mnist2", "with --data expected classification or regression"},
	} {
		fail(t, exitUsage, append([]string{"compare"}, strings.Fields(test.line)...), test.want)
	}
	missing := filepath.Join(t.TempDir(), "no", "r.html")
	fail(t, exitFailed, []string{"compare", "--task", "beale", "-o", missing}, "--report: "+missing+" cannot be written")
	args, _ := onSurface(t)
	folder := filepath.Join(t.TempDir(), "x.csv")
	if err := os.Mkdir(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	fail(t, exitFailed, append(args, "--csv", folder), "--csv: ", "is a folder")
}

// TestCompareAll has every optimizer once, and no link.
func TestCompareAll(t *testing.T) {
	f := &compareFlags{cmd: newCompare(), optimizers: []string{"adam,all", "momentum"}}
	all, err := f.entrants()
	if err != nil {
		t.Fatal(err)
	}
	times := map[string]int{}
	for _, e := range all {
		times[e.Name]++
	}
	for name, want := range map[string]int{"adam": 1, "nag": 1, "lbfgs": 1, "momentum": 1, "sam": 0, "ema": 0} {
		if times[name] != want {
			t.Errorf("%s takes part %d times, want %d", name, times[name], want)
		}
	}
}

func TestReadGrid(t *testing.T) {
	for text, want := range map[string][]float64{
		"":          nil,
		"1e-4..1,5": {1e-4, 1e-3, 0.01, 0.1, 1}, "1..1.001,50": {1},
		"0.1..1,3":  {0.1, 0.316, 1},
		"0.1, 0.03": {0.1, 0.03},
	} {
		if got, err := readGrid(text); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q is %v, %v, want %v", text, got, err, want)
		}
	}
}

func TestSplitNames(t *testing.T) {
	for list, want := range map[string][]string{
		"adam":                                  {"adam"},
		"sgd:momentum=0.9,adam":                 {"sgd:momentum=0.9", "adam"},
		"a:b=1,c=2, d":                          {"a:b=1,c=2", "d"},
		"torch/AdamW:betas=0.9,0.95,lr=1,x:y=2": {"torch/AdamW:betas=0.9,0.95,lr=1", "x:y=2"},
		"adam,":                                 {"adam", ""},
	} {
		if got := splitNames(list); !slices.Equal(got, want) {
			t.Errorf("%s is %q, want %q", list, got, want)
		}
	}
}

func TestSetsRate(t *testing.T) {
	for name, want := range map[string]bool{
		"sgd": false, "momentum": false, "sgd:lr=1": true, "momentum:lr=1": true, "sgd:momentum=1": false,
		"torch/AdamW:betas=0.9,0.95": false, "torch/AdamW:betas=0.9,0.95,lr=1": true, "keras/Adam:learning_rate=1": true,
	} {
		if got := setsRate(name); got != want {
			t.Errorf("%s sets the learning rate: %v, want %v", name, got, want)
		}
	}
}

func TestAbout(t *testing.T) {
	for d, want := range map[time.Duration]string{
		time.Second: "a few seconds", 44 * time.Second: "40 seconds", 100 * time.Second: "2 minutes",
		89 * time.Minute: "89 minutes", 100 * time.Minute: "1.7 hours",
	} {
		if got := about(d); got != want {
			t.Errorf("%v is about %s, want %s", d, got, want)
		}
	}
}
