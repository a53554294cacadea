package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/descent-go/descent/checkpoint"
)

// price are the flags of a small regression, ten steps an epoch.
func price(more ...string) []string {
	return append([]string{"train", "--data", houses, "--target", "price", "--hidden", "8", "--batch", "16"}, more...)
}

// result is the last line of train --json.
type result struct {
	Optimizer    string   `json:"optimizer"`
	TestAccuracy *float64 `json:"test_accuracy"`
	TestLoss     *float64 `json:"test_loss"`
	Epochs       int      `json:"epochs"`
	Seconds      float64  `json:"seconds"`
	Steps        int      `json:"steps"`
	Interrupted  bool     `json:"interrupted"`
	Workers      int      `json:"workers"`
}

// readJSON reads the output of train --json.
func readJSON(t *testing.T, out string) (epochs []epochLine, last result) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	for i, line := range lines {
		var into any = &last
		if i < len(lines)-1 {
			epochs = append(epochs, epochLine{})
			into = &epochs[i]
		}
		if err := json.Unmarshal([]byte(line), into); err != nil {
			t.Fatalf("line %d: %v: %s", i+1, err, line)
		}
	}
	return epochs, last
}

func TestTrainJSON(t *testing.T) {
	epochs, last := readJSON(t, succeed(t, "train", "--data", houses, "--target", "garden", "--json", "--epochs", "3", "--batch", "16", "--optimizer", "sgd", "--lr", "0.1", "--schedule", "cosine"))
	if len(epochs) != 3 {
		t.Fatalf("%d lines for 3 epochs", len(epochs))
	}
	for i, e := range epochs {
		if e.Epoch != i+1 || e.Epochs != 3 || e.Step != 10*(i+1) || e.Steps != 30 || e.Loss == nil || e.Accuracy == nil || e.TestLoss == nil || e.TestAccuracy == nil {
			t.Errorf("epoch %d: %+v", i+1, e)
		}
	}
	if !(epochs[0].LR < 0.1 && epochs[2].LR < epochs[1].LR && epochs[1].LR < epochs[0].LR) {
		t.Errorf("the learning rate of a cosine from 0.1: %v %v %v", epochs[0].LR, epochs[1].LR, epochs[2].LR)
	}
	if last.Optimizer != "sgd" || last.TestAccuracy == nil || *last.TestAccuracy < 0.4 || *last.TestAccuracy > 1 ||
		last.TestLoss == nil || last.Epochs != 3 || last.Steps != 30 || last.Seconds <= 0 || last.Interrupted {
		t.Errorf("the result is %+v", last)
	}
}

func TestTrainJSONRegression(t *testing.T) {
	epochs, last := readJSON(t, succeed(t, price("--json", "--epochs", "2")...))
	if len(epochs) != 2 || epochs[0].Accuracy != nil || epochs[0].TestAccuracy != nil || epochs[0].TestLoss == nil {
		t.Errorf("epochs: %+v", epochs)
	}
	if last.TestAccuracy != nil || last.TestLoss == nil || *last.TestLoss <= 0 {
		t.Errorf("the result is %+v", last)
	}
}

// TestHugeBatch takes all examples in one step, whatever more a batch may have.
func TestHugeBatch(t *testing.T) {
	huge := strconv.Itoa(math.MaxInt)
	_, last := readJSON(t, succeed(t, price("--batch", huge, "--json")...))
	if last.Epochs != 2000 || last.Steps != 2000 {
		t.Errorf("the result is %+v", last)
	}
	if out := succeed(t, late("--batch", huge, "--workers", "2", "--epochs", "4")...); !strings.Contains(out, "4 updates") {
		t.Errorf("simulate prints %s", out)
	}
	succeed(t, "compare", "--data", houses, "--target", "price", "--hidden", "8", "--optimizers", "sgd", "--grid", "0.1,0.2,0.4", "--seeds", "1", "--batch", huge, "-o", filepath.Join(t.TempDir(), "page.html"))
}

func TestTrainText(t *testing.T) {
	out := succeed(t, price("--epochs", "40")...)
	for _, want := range []string{
		"houses.csv: 160 examples to train on, 40 held out\n",
		`  target "price": regression`,
		"\nepoch  2/40  RMSE ", "\nepoch 40/40  RMSE ", "  test RMSE ",
		" of price (adam, 40 epochs, 400 steps, ",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("train does not say %q:\n%s", want, out)
		}
	}
	if n := strings.Count(out, "\nepoch "); n != 20 {
		t.Errorf("%d lines for 40 epochs, expected 20", n)
	}
	out = succeed(t, "train", "--data", houses, "--target", "garden", "--epochs", "1", "--held", "0.5")
	for _, want := range []string{"100 held out\n", "classification, 2 classes", "\nepoch 1/1  loss ", "\ntest accuracy "} {
		if !strings.Contains(out, want) {
			t.Errorf("train does not say %q:\n%s", want, out)
		}
	}
	model := filepath.Join(t.TempDir(), "m.safetensors")
	if out := succeed(t, price("--epochs", "1", "--save", model)...); !strings.Contains(out, "\nsaved "+model+"\ntest RMSE ") || !strings.Contains(out, "(adam, 1 epoch, 10 steps, ") {
		t.Errorf("train --save prints %s", out)
	}
	if left, err := os.ReadDir(filepath.Dir(model)); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v %v", left, err)
	}
	if out := succeed(t, price("--epochs", "2", "--quiet")...); strings.Count(out, "\n") != 1 || !strings.HasPrefix(out, "test RMSE ") {
		t.Errorf("train --quiet prints %s", out)
	}
}

// TestTrainFlags shows that each flag that moves the result arrives.
func TestTrainFlags(t *testing.T) {
	formula := write(t, "mine.rule", "hyper lr = 0.01 [0,inf), k = 1\nw = w - k*lr*g\n")
	loss := func(flags ...string) float64 {
		t.Helper()
		_, last := readJSON(t, succeed(t, price(append(flags, "--json", "--epochs", "2")...)...))
		return *last.TestLoss
	}
	seen := map[float64][]string{}
	for _, flags := range [][]string{
		{}, {"--optimizer", "sgd"}, {"--lr", "0.02"}, {"--optimizer", "sgd", "--momentum", "0.9"}, {"--wd", "0.1"}, {"--set", "beta1=0.5"},
		{"--optimizer", "centralize+adam+lookahead"}, {"--optimizer", "nag"}, {"--schedule", "cosine"},
		{"--optimizer", "sgd", "--clip-norm", "0.1"}, {"--optimizer", "sgd", "--clip-value", "0.1"}, {"--optimizer", "sgd", "--rescale", "0.5"},
		{"--seed", "2"}, {"--batch", "32"}, {"--hidden", "8,4"}, {"--formula", formula, "--set", "k=2"},
	} {
		l := loss(flags...)
		if other, ok := seen[l]; ok {
			t.Errorf("%v gives the same as %v", flags, other)
		}
		seen[l] = flags
	}
	if a, b := loss("--optimizer", "sgd"), loss("--formula", formula); a != b {
		t.Errorf("sgd gives %v, its formula %v", a, b)
	}
	if a, b := loss("--threads", "1"), loss("--threads", "3"); a != b {
		t.Errorf("1 thread gives %v, 3 give %v", a, b)
	}
	rooms := []string{"train", "--data", houses, "--target", "rooms", "--json", "--epochs", "1"}
	if _, last := readJSON(t, succeed(t, rooms...)); last.TestAccuracy == nil {
		t.Errorf("the result is %+v", last)
	}
	if _, last := readJSON(t, succeed(t, append(rooms, "--task", "regression", "--model", "logistic")...)); last.TestAccuracy != nil {
		t.Errorf("with --task regression the result is %+v", last)
	}
}

func TestPredict(t *testing.T) {
	model := filepath.Join(t.TempDir(), "m.safetensors")
	succeed(t, price("--epochs", "2", "--save", model)...)
	out, stderr, _ := run(t, "predict", "--model", model, "--data", houses)
	if !strings.Contains(stderr, `note: column "heating": 13 missing`) {
		t.Errorf("what was guessed is not said: %q", stderr)
	}
	if lines := strings.Count(out, "\n"); lines != 201 || !strings.HasPrefix(out, "price\n") {
		t.Errorf("%d lines for 200 houses:\n%.200s", lines, out)
	}

	fresh := write(t, "fresh.csv", "area,rooms,built,district,heating,distance,garden\n,3,1990,nowhere,gas,2,yes\n")
	predicted, said, code := run(t, "predict", "--model", model, "--data", fresh)
	if code != 0 || strings.Count(predicted, "\n") != 2 || strings.Contains(predicted, "note") ||
		!strings.Contains("\n"+said, "\nnote: column \"area\": 1 missing") || !strings.Contains(said, `column "district": 1 not in the schema, such as "nowhere"`) {
		t.Errorf("exit code %d, %q, notes\n%s", code, predicted, said)
	}

	file := write(t, "out.csv", "an earlier file\n")
	if printed := succeed(t, "predict", "--model", model, "--data", houses, "--output", file); printed != "" {
		t.Errorf("predict --output prints %.100s", printed)
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != out {
		t.Errorf("predict --output wrote %.100q, %v", got, err)
	}

	absent := filepath.Join(t.TempDir(), "absent", "out.csv")
	fail(t, exitFailed, []string{"predict", "--model", model, "--data", houses, "--output", absent}, absent, "not written")
	fail(t, exitFailed, []string{"predict", "--model", model, "--data", "absent.csv"}, "absent.csv")
	fail(t, exitFailed, []string{"predict", "--model", model, "--data", write(t, "nan.csv", "area,rooms\n1,NaN\n")}, "nan.csv")
	fail(t, exitFailed, []string{"predict", "--model", model, "--data", houses, "--output", filepath.Dir(file)}, filepath.Dir(file))
	long := filepath.Join(filepath.Dir(file), strings.Repeat("x", 300)) // shows at the renaming
	fail(t, exitFailed, []string{"predict", "--model", model, "--data", houses, "--output", long}, "not written")
	if left, err := os.ReadDir(filepath.Dir(file)); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestResume(t *testing.T) {
	dir := t.TempDir()
	half, whole, resumed := filepath.Join(dir, "half"), filepath.Join(dir, "whole"), filepath.Join(dir, "resumed")
	flags := []string{"--optimizer", "nadam", "--lr", "0.01", "--seed", "7"}
	succeed(t, price(append(flags, "--epochs", "4", "--save", whole)...)...)
	succeed(t, price(append(flags, "--epochs", "2", "--save", half)...)...)
	// The file says optimizer, hyperparameters, model, batch and seed.
	_, last := readJSON(t, succeed(t, "train", "--data", houses, "--target", "price", "--resume", half, "--epochs", "4", "--save", resumed, "--json"))
	if last.Optimizer != "nadam" || last.Epochs != 4 || last.Steps != 40 {
		t.Errorf("the result is %+v", last)
	}
	samePredictions(t, whole, resumed)
}

func samePredictions(t *testing.T, a, b string) {
	t.Helper()
	if succeed(t, "predict", "--model", a, "--data", houses) != succeed(t, "predict", "--model", b, "--data", houses) {
		t.Errorf("%s and %s predict differently", a, b)
	}
}

func TestWrongCheckpoint(t *testing.T) {
	dir := t.TempDir()
	model := filepath.Join(dir, "m.safetensors")
	succeed(t, price("--epochs", "1", "--save", model)...)
	content, err := os.ReadFile(model)
	if err != nil {
		t.Fatal(err)
	}
	foreign := filepath.Join(dir, "foreign.safetensors")
	f := &checkpoint.File{Tensors: []checkpoint.Tensor{{Name: "a", Shape: []int{1}, F32: []float32{1}}}}
	if err := f.Save(foreign); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{
		write(t, "cut.safetensors", string(content[:len(content)-9])),
		write(t, "head.safetensors", string(content[:20])),
		write(t, "empty.safetensors", ""),
		write(t, "text.safetensors", "this is no model but some text\n"),
		foreign, dir, filepath.Join(dir, "absent"),
	} {
		fail(t, exitFailed, []string{"predict", "--model", file, "--data", houses}, file)
		fail(t, exitFailed, price("--resume", file), file)
	}
	fail(t, exitFailed, price("--resume", model, "--optimizer", "sgd"), model, "optimizer: adam in the file, sgd in this run")
	other := []string{"train", "--data", houses, "--target", "price", "--resume", model}
	fail(t, exitFailed, append(other, "--model", "logistic"), model, "model: mlp in the file, logistic in this run")
	fail(t, exitFailed, append(other, "--hidden", "9"), model, "hidden layers: [8] in the file, [9] in this run")
	fail(t, exitFailed, append(other, "--held", "0.5"), model, "examples: 160 in the file, 100 in this run")
	fail(t, exitFailed, []string{"train", "--data", houses, "--target", "garden", "--resume", model}, model, "target")
	if now, err := os.ReadFile(model); err != nil || string(now) != string(content) {
		t.Errorf("the file has changed: %v", err)
	}
}
