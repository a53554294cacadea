package main

import (
	"bytes"
	"context"
	"errors"
	"image/gif"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// in runs the program in a folder, and gives what it printed there.
func in(t *testing.T, folder string, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := command(t, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = folder, &out, &errs
	if err := cmd.Run(); err != nil || errs.Len() > 0 {
		t.Fatalf("descent %s: %v\n%s", strings.Join(args, " "), err, errs.String())
	}
	return out.String()
}

func TestAnimate(t *testing.T) {
	folder := t.TempDir()
	formula := write(t, "mine.rule", "hyper lr = 0.01\nw = w - lr*sign(g)\n")
	tests := []struct {
		args, file string
		width      int
		want       []string
	}{
		{"sgd --steps 3", "sgd.gif", 600, []string{"sgd: lr = ", " chosen, loss 15.86 at the start, ", " after 3 steps\non quadratic, saved as sgd.gif, ", " kB\n"}},
		{"momentum -o m.svg --lr 0.02 --steps 3", "m.svg", 0, []string{"momentum: loss 15.86"}},
		{"torch/AdamW:betas=0.9,0.95 --steps 2", "torch-AdamW.gif", 600, []string{"torch/AdamW: lr = "}},
		{"adam:lr=0.5 --surface beale -o a.png", "a.png", 600, []string{"adam: loss ", "on beale, saved as a.png, "}},
		{"sgd --surface x^2+y^2 --start 1e10,0 --lr 0.1 --steps 9 -o far.png", "far.png", 600, []string{"sgd: loss 1e+20 at the start, 1.801e+18 after 9 steps\n"}},
		{"sam+sgd --set sam.rho=0.1 -o s.PNG", "s.PNG", 600, nil},
		{"sgd --lr 0.5 -o d.png", "d.png", 600, []string{"sgd: loss 15.86", "leaves at step 1, diverges at step 6, drawn as far as it stays"}},
		{"--formula " + formula + " --steps 3", "mine.gif", 600, []string{"mine: lr = "}},
		{"--race sgd:momentum=0.5,lr=0.01,adam,lion --steps 3", "race.gif", 900, []string{"sgd: loss", "adam: lr = ", "lion: lr = ", "saved as race.gif, "}},
		{"--race sgd --formula " + formula + " --lr 0.1 -o r.svg", "r.svg", 0, []string{"sgd: loss", "mine: loss"}},
	}
	for _, test := range tests {
		out := in(t, folder, append([]string{"animate"}, strings.Fields(test.args)...)...)
		for _, want := range test.want {
			if !strings.Contains(out, want) {
				t.Errorf("descent animate %s: expected %q in\n%s", test.args, want, out)
			}
		}
		file, err := os.ReadFile(filepath.Join(folder, test.file))
		if err != nil {
			t.Fatal(err)
		}
		if width := pictureWidth(t, test.file, file); width != test.width {
			t.Errorf("descent animate %s: %d pixels wide, expected %d", test.args, width, test.width)
		}
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != len(tests) {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// pictureWidth decodes a picture; SVG has no width in pixels.
func pictureWidth(t *testing.T, name string, file []byte) int {
	t.Helper()
	switch strings.ToLower(filepath.Ext(name)) {
	case ".gif":
		g, err := gif.DecodeAll(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		return g.Config.Width
	case ".png":
		p, err := png.Decode(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		return p.Bounds().Dx()
	}
	if !bytes.Contains(file, []byte("@keyframes")) {
		t.Errorf("%s does not move", name)
	}
	return 0
}

// TestAnimateSeed has the same bytes for the same seed, others for another.
func TestAnimateSeed(t *testing.T) {
	folder := t.TempDir()
	files := map[string]string{}
	for name, seed := range map[string]string{"a.svg": "1", "b.svg": "1", "c.svg": "2"} {
		in(t, folder, "animate", "sgd", "--surface", "noisy", "--lr", "0.05", "--seed", seed, "-o", name)
		file, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = string(file)
	}
	if files["a.svg"] != files["b.svg"] || files["a.svg"] == files["c.svg"] {
		t.Error("the seed does not decide what is drawn")
	}
}

func TestAnimateWrong(t *testing.T) {
	folder := t.TempDir()
	tests := []struct {
		args []string
		code int
		want string
	}{
		{nil, exitUsage, "give the name of an optimizer, --formula FILE or --race NAMES"},
		{[]string{"sgd", "adam"}, exitUsage, "or several as in --race sgd,adam"},
		{[]string{"sgd", "--formula", "x"}, exitUsage, "give the name of one optimizer"},
		{[]string{"sgd", "--race", "adam"}, exitUsage, "not both: --race sgd,adam"},
		{[]string{"--race", ""}, exitUsage, "--race is empty"},
		{[]string{"--formula", ""}, exitUsage, "--formula is empty"},
		{[]string{"--formula", "absent.rule"}, exitFailed, "absent.rule"},
		{[]string{"adm"}, exitUsage, "did you mean adam"},
		{[]string{"--race", "sgd,adm"}, exitUsage, "did you mean adam"},
		{[]string{"--race", "sgd,"}, exitUsage, "the name of the optimizer is empty"},
		{[]string{"--race", strings.Repeat("sgd,", 11) + "sgd"}, exitUsage, "--race: 12 optimizers: expected at most 11"},
		{[]string{"centralize"}, exitUsage, "chain it with one, as in descent animate centralize+sgd"},
		{[]string{"sgd:beta1=0.5"}, exitUsage, "sgd has no hyperparameter beta1"},
		{[]string{"sgd:"}, exitUsage, "expected name=value behind the colon"},
		{[]string{"adam", "--momentum", "0.5"}, exitUsage, "adam has no hyperparameter momentum"},
		{[]string{"sgd", "--lr", "-1"}, exitUsage, "lr = -1 is out of range"},
		{[]string{"sgd", "--surface", "rosenbrok"}, exitUsage, `unknown surface "rosenbrok"`},
		{[]string{"sgd", "--surface", "x^2 + 3*z"}, exitUsage, "    x^2 + 3*z\n            ^"},
		{[]string{"sgd", "--surface", ""}, exitUsage, "--surface: "},
		{[]string{"sgd", "--surface", "log(x)"}, exitUsage, "log(x) or its gradient is not finite; start elsewhere"},
		{[]string{"sgd", "--surface", "sqrt(x)", "--start", "0,1"}, exitUsage, "--start: at 0,1"},
		{[]string{"sgd", "--start", "1"}, exitUsage, "--start 1: expected two numbers"},
		{[]string{"sgd", "--start", "1,nan"}, exitUsage, "--start 1,nan: expected two numbers"},
		{[]string{"sgd", "--steps", "0"}, exitUsage, "--steps 0: expected 1 to 10000"},
		{[]string{"sgd", "--steps", "10001"}, exitUsage, "--steps 10001"},
		{[]string{"sgd", "-o", "sgd.bmp"}, exitUsage, "ends in .gif, .svg or .png"},
		{[]string{"sgd", "-o", ""}, exitUsage, "ends in .gif, .svg or .png"},
		{[]string{"sgd", "-o", filepath.Join(folder, "absent", "x.gif")}, exitFailed, "cannot be written"},
		{[]string{"sgd", "-o", filepath.Join(folder, strings.Repeat("x", 300)+".png")}, exitFailed, "--output: "},
	}
	for _, test := range tests {
		if out := fail(t, test.code, append([]string{"animate"}, test.args...), test.want); out != "" {
			t.Errorf("descent animate %q prints %s", test.args, out)
		}
	}
	for _, place := range []string{".", folder} {
		left, err := filepath.Glob(filepath.Join(place, "*.gif"))
		if hidden, _ := filepath.Glob(filepath.Join(place, ".descent-*")); err != nil || len(left)+len(hidden) > 0 {
			t.Errorf("left behind: %v %v %v", left, hidden, err)
		}
	}
}

// TestAnimateInterrupted leaves no file.
func TestAnimateInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	folder := t.TempDir()
	root := newRoot()
	root.SetArgs([]string{"animate", "sgd", "-o", filepath.Join(folder, "sgd.gif")})
	err := root.ExecuteContext(ctx)
	var interrupted interruptedError
	if !errors.As(err, &interrupted) || !strings.Contains(err.Error(), "sgd.gif is not written") {
		t.Errorf("error %v", err)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}
