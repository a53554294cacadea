package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestStability(t *testing.T) {
	if help := succeed(t, "stability", "--help"); !strings.Contains(help, "Examples:\n  descent stability sgd") {
		t.Errorf("the help has no example:\n%s", help)
	}
	formula := filepath.Join(t.TempDir(), "mine.rule")
	if err := os.WriteFile(formula, []byte("hyper rate = 0.5 [0,inf), keep = 0.5 [0,1)\nstate m\nm = keep*m + g\nw = w - rate*m\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	one, signs := filepath.Join(t.TempDir(), "one.rule"), filepath.Join(t.TempDir(), "signs.rule")
	for file, text := range map[string]string{one: "hyper lr = 0.5\nw = w - lr*g\n", signs: "hyper lr = 0.5\nw = w - lr*sign(g)\n"} {
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for line, want := range map[string][]string{
		"stability --h 2 --formula " + one:         {"set   lr = 0.5: converges, the distance times 0 a step\n", "lr    converges up to 1\n", "best  lr = 0.5"},
		"stability --steps 100 --formula " + signs: {"by running 100 steps", "set  lr = 0.5: stays within ", "converges nowhere from 0.0001 to 10 (at best it stays near the minimum)\n"},
		"stability sgd": {"sgd on h*x^2/2, h = 1, by the eigenvalues of a step\n", "lr = 0.01, momentum = 0: converges, the distance times 0.99 a step, 229 steps for each digit\n",
			"converges up to 2, where momentum = 0\n", "best "},
		"stability momentum --h 10":                                            {"h = 10", "converges up to 0.38, where momentum = 0.9"},
		"stability nag --momentum 0.5 --lr 2":                                  {"lr = 2, momentum = 0.5: diverges, the distance times", "converges up to 1.5, where momentum = 0.5"},
		"stability torch/SGD --momentum 0.9":                                   {"converges up to 3.8, where momentum = 0.9"},
		"stability sgd+decay:decay.wd=0.5 --lr 0.1 --y decay.wd --y-range 0:1": {"lr = 0.1, decay.wd = 0.5: converges, the distance times 0.85 a step"},
		"stability sgd --lr 0":                                                 {"lr = 0, momentum = 0: stays, no nearer and no farther"},
		"stability sgd --y lr":                                                 {"momentum = 0, lr = 0.01: converges"},
		"stability sgd --x-range 3:4":                                          {"converges nowhere from 3 to 4, where momentum = 0"},
		"stability sgd --x-range 0.1:1":                                        {"converges from 0.1 to 1 or more"},
		"stability --steps 200":                                                {"adam on h*x^2/2, h = 1, by running 200 steps from x = 1", "lr = 0.001, beta2 = 0.999: "},
		"stability lion --steps 4000 --lr 0.01":                                {"lr = 0.01, beta2 = 0.99: stays within 0.01 of the minimum, 1 at the start"},
		"stability adam --steps 100 --y beta1 --y-range 0:0.99":                {"beta1 = 0.9: "},
		"stability cocob --steps 100":                                          {"alpha = 100, eps = 1e-08: "},
		"stability schedule-free-sgd --steps 100":                              {"beta = 0.9: "},
		"stability sgld --steps 100":                                           {"wd = 0: "},
		"stability rprop --steps 100":                                          {"up = 1.2: "},
		"stability --formula " + formula:                                       {"rate = 0.5, keep = 0.5: converges", "where keep = 0.5"},
	} {
		out := succeed(t, strings.Fields(line)...)
		for _, part := range want {
			if !strings.Contains(out, part) {
				t.Errorf("descent %s: expected %q in\n%s", line, part, out)
			}
		}
	}
}

func TestStabilityPicture(t *testing.T) {
	folder := t.TempDir()
	svg, png := filepath.Join(folder, "a.svg"), filepath.Join(folder, "b.PNG")
	if out := succeed(t, "stability", "sgd", "-o", svg); !strings.HasSuffix(out, "picture "+svg+"\n") {
		t.Errorf("printed %s", out)
	}
	succeed(t, "stability", "rmsprop", "--steps", "500", "--output", png)
	line := filepath.Join(folder, "line.rule")
	if err := os.WriteFile(line, []byte("hyper lr = 0.5\nw = w - lr*g\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	curve := filepath.Join(folder, "c.svg")
	succeed(t, "stability", "--formula", line, "-o", curve)
	if text := readFile(t, curve); !strings.Contains(text, "no line: it does not") || !strings.Contains(text, "factor of the distance in a step") {
		t.Error("the picture of a line says nothing of it")
	}
	for file, begins := range map[string]string{svg: "<?xml", png: "\x89PNG"} {
		text, err := os.ReadFile(file)
		if err != nil || !bytes.HasPrefix(text, []byte(begins)) {
			t.Errorf("%s begins with %.10q: %v", file, text, err)
		}
	}
}

func TestStabilityMistakes(t *testing.T) {
	folder := t.TempDir()
	absent := filepath.Join(folder, "absent", "x.svg")
	for _, c := range []struct{ line, want string }{
		{"stability sgd adam", "give the name of one optimizer, or --formula FILE"},
		{"stability sgd --formula x", "give the name of one optimizer, or --formula FILE"},
		{"stability sdg", `unknown optimizer "sdg"; did you mean`},
		{"stability sgd:momentum", "expected name=value behind the colon"},
		{"stability sgd --h 0", "--h 0: expected a number above 0, from 1e-100 to 1e100"},
		{"stability sgd --h 1e-320", "--h 1e-320: expected"},
		{"stability sgd --h x", "expected a number"},
		{"stability lbfgs", "lbfgs is no formula to read"},
		{"stability clip-norm", "clip-norm does not move weights by itself: chain it with a rule, as in clip-norm+adam"},
		{"stability sgd --x beta2", "sgd has no hyperparameter beta2: it has lr, momentum, wd"},
		{"stability sgd --x lr --y lr", "both axes are lr"},
		{"stability lbsgd --y warmup", "warmup is a choice of"},
		{"stability sgd --x-range 1", "--x-range 1: expected two numbers, the lower first"},
		{"stability sgd --x-range 2:1", "--x-range 2:1: expected two numbers, the lower first"},
		{"stability sgd --x-range a:1", "--x-range a:1: expected two numbers"},
		{"stability sgd --x-range -1:1", "lr = -1 is out of range: expected a value in [0,inf)"},
		{"stability sgd --y-range 0:1", "--y-range 0:1: momentum = 1 is out of range: expected a value in [0,1)"},
		{"stability sgd --lr -1", "lr = -1 is out of range"},
		{"stability sgd --set beta=1", "sgd has no hyperparameter beta"},
		{"stability adam --steps 10", "--steps 10: expected at least 100"},
		{"stability sgd -o x.gif", "--output x.gif: expected the name of a file that ends in .svg or .png"},
		{"stability sgd --output=", "expected the name of a file"},
	} {
		fail(t, exitUsage, strings.Fields(c.line), c.want)
	}
	line, none := filepath.Join(t.TempDir(), "line.rule"), filepath.Join(t.TempDir(), "none.rule")
	for file, text := range map[string]string{line: "hyper lr = 0.5\nw = w - lr*g\n", none: "w = w - 0.1*g\n"} {
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	fail(t, exitUsage, []string{"stability", "--formula", line, "--y-range", "0:1"}, "--y-range: ", "has no hyperparameter beside lr")
	fail(t, exitUsage, []string{"stability", "--formula", line, "--y", "lr"}, "--y lr: ", "has no other hyperparameter to the right; leave --y out")
	fail(t, exitUsage, []string{"stability", "--formula", none}, "has no hyperparameter that is a number")
	fail(t, exitUsage, []string{"stability", ""}, "give the name of one optimizer")
	fail(t, exitFailed, []string{"stability", "sgd", "-o", absent}, "--output: ", "cannot be written")
	fail(t, exitFailed, []string{"stability", "--formula", absent}, absent)
	fail(t, exitFailed, []string{"stability", "sgd", "--x-range", "5:6", "-o", filepath.Join(folder, "x.svg")}, "sgd diverges everywhere on these axes")
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestStabilityInterrupted leaves no file.
func TestStabilityInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	folder := t.TempDir()
	for _, name := range []string{"sgd", "adam"} {
		root := newRoot()
		root.SetArgs([]string{"stability", name, "-o", filepath.Join(folder, "x.svg")})
		err := root.ExecuteContext(ctx)
		var interrupted interruptedError
		if !errors.As(err, &interrupted) || err.Error() != "interrupted; nothing is known yet" {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// TestStabilityNotWritten names the file of the command line and no other.
func TestStabilityNotWritten(t *testing.T) {
	folder := t.TempDir()
	long := filepath.Join(folder, strings.Repeat("x", 300)+".svg") // shows at the renaming
	_, stderr, code := run(t, "stability", "sgd", "-o", long)
	if code != exitFailed || !strings.HasPrefix(stderr, "descent: --output: "+long+": not written: ") || strings.Contains(stderr, ".descent-") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}
