package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// find are the flags of a quick range test.
func find(more ...string) []string {
	return append([]string{"lr-find", "--data", houses, "--target", "garden", "--hidden", "16,8", "--batch", "16", "--steps", "200"}, more...)
}

func TestLRFind(t *testing.T) {
	folder := t.TempDir()
	svg, png := filepath.Join(folder, "lr.svg"), filepath.Join(folder, "lr.PNG")
	args := find("--optimizer", "nadam", "--wd", "0.01", "--set", "beta1=0.8", "--set", "eps=1e-7")
	out := succeed(t, append(args, "-o", svg)...)
	for _, want := range []string{"160 examples to train on", "mean cross-entropy (nats), smoothed, over the learning rate", "\npicture " + svg + "\n", "the loss falls fastest at a learning rate of "} {
		if !strings.Contains(out, want) {
			t.Errorf("lr-find prints no %q:\n%s", want, out)
		}
	}
	lr := strings.TrimSpace(succeed(t, append(args, "--quiet", "--output", png)...))
	if v, err := strconv.ParseFloat(lr, 64); err != nil || v < 1e-4 || v > 1 {
		t.Errorf("the learning rate is %q", lr)
	}
	_, next, _ := strings.Cut(out, "\nnext: ")
	want := "descent train --data " + houses + " --target garden --hidden 16,8 --batch 16 --optimizer nadam --wd 0.01 --set beta1=0.8 --set eps=1e-7 --lr " + lr + "\n"
	if next != want {
		t.Errorf("the next command is %q, expected %q", next, want)
	}
	succeed(t, append(strings.Fields(next)[1:], "--epochs", "1")...)

	drawn, err := os.ReadFile(svg)
	if err != nil || !bytes.Contains(drawn, []byte("falls fastest: "+lr)) {
		t.Errorf("the picture is %.100s, %v", drawn, err)
	}
	if drawn, err := os.ReadFile(png); err != nil || !bytes.HasPrefix(drawn, []byte("\x89PNG")) {
		t.Errorf("the picture is %.10q, %v", drawn, err)
	}
	succeed(t, append(args, "--quiet", "--output", svg)...)
	if again, err := os.ReadFile(svg); err != nil || !bytes.Equal(again, drawn) {
		t.Errorf("the second time the picture is another, %v", err)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 2 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestLRFindRegression(t *testing.T) {
	out := succeed(t, "lr-find", "--data", houses, "--target", "price", "--hidden", "8", "--optimizer", "torch/Adam", "--to", "1e-2")
	for _, want := range []string{"root mean squared error of price", "it never exploded: --to may be higher", " --optimizer torch/Adam --lr 0.00"} {
		if !strings.Contains(out, want) {
			t.Errorf("lr-find prints no %q:\n%s", want, out)
		}
	}
}

func TestLRFindErrors(t *testing.T) {
	for want, args := range map[string][]string{
		"cocob has no learning rate to find: it does without, descent train --optimizer cocob will do": {"--optimizer", "cocob"},
		"the learning rate is what lr-find looks for: leave out --lr":                                  {"--lr", "0.1"},
		"looks for: leave out --lr and its like; --from and --to":                                      {"--optimizer", "optax/adam", "--set", "learning_rate=1"},
		"--from 0 --to 10: expected numbers above 0":                                                   {"--from", "0"},
		"--from 1 --to 1: expected numbers above 0":                                                    {"--from", "1", "--to", "1"},
		"--from 1e-07 --to NaN":                                                                        {"--to", "nan"},
		"--steps 49: expected at least 50":                                                             {"--steps", "49"},
		"--output lr.pdf: expected the name of a file that ends in .svg":                               {"-o", "lr.pdf"},
		"adam has no hyperparameter momentum":                                                          {"--momentum", "0.5"},
		"--model tree: unknown":                                                                        {"--model", "tree"},
		"--set lr_scheduler: lr-find moves the learning rate itself":                                   {"--optimizer", "mxnet/SGD", "--set", `lr_scheduler={"class":"FactorScheduler","step":5}`},
		"descent lr-find has no flag --epochs":                                                         {"--epochs", "3"},
		"centralize only changes what an optimizer does: chain it with one":                            {"--optimizer", "centralize"},
	} {
		if out := fail(t, exitUsage, append([]string{"lr-find"}, args...), want); out != "" {
			t.Errorf("lr-find %s prints %s", args, out)
		}
	}
	absent := filepath.Join(t.TempDir(), "absent", "lr.svg")
	if out := fail(t, exitFailed, find("-o", absent), "--output: "+absent); out != "" {
		t.Errorf("the test began: %s", out)
	}
	still := write(t, "still.rule", "hyper lr = 1 [0,inf)\nw = w - 0*lr*g\n")
	fail(t, exitFailed, find("--formula", still), "the loss has not fallen anywhere between 1e-07 and 10: nothing to suggest")
	fail(t, exitFailed, find("--optimizer", "sgd", "--from", "1e20", "--to", "1e25"), "the loss explodes at the first learning rates already: begin lower than --from 1e+20")
	narrow := write(t, "narrow.rule", "hyper lr = 0.1 [0,1)\nw = w - lr*g\n")
	fail(t, exitFailed, find("--formula", narrow), "lr = 1.", "out of range")
}
