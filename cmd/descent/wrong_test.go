package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const houses = "../../dataset/testdata/houses.csv"

func TestUsage(t *testing.T) {
	tests := []struct{ line, want string }{
		{"trian", `unknown command "trian"; did you mean train?`},
		{"qqqqqq", "descent --help lists them"},
		{"help trian", "did you mean train?"},
		{"completion bsh", "did you mean bash"},
		{"completion bash x", `takes no argument, got "x"`},
		{"train x", `takes no argument, got "x"`},
		{"train --optimiser adam", "has no flag --optimiser; did you mean --optimizer?"},
		{"train --qqqqqq", "descent train --help lists them"},
		{"train -z", "unknown shorthand flag"},
		{"train --epochs", "flag needs an argument: --epochs"},
		{"train --epochs x", `invalid argument "x" for "--epochs" flag: expected a whole number`},
		{"train --epochs 1.5", "expected a whole number"},
		{"train --seed -1", "expected a whole number, 0 or more"},
		{"train --clip-norm x", "expected a number"},
		{"train --json=x", "expected true or false"},
		{"train --hidden 3,x", "expected a whole number"},
		{"train --epochs 0", "--epochs and --batch must be at least 1"},
		{"train --batch 0", "--epochs and --batch must be at least 1"},
		{"train --threads -1", "--threads -1: expected 1 or more"},
		{"train --hidden 8,0", "a layer of width 0"},
		{"train --model cnm", "did you mean cnn?"},
		{"train --model tree", "there is logistic, mlp, cnn"},
		{"train --model cnn --hidden 3", "--hidden: cnn has no hidden layers"},
		{"train --optimizer adma", `unknown optimizer "adma"; did you mean adam, adamax, adamw?`},
		{"train --optimizer centralize+adma", "did you mean adam"},
		{"train --optimizer centralize", "chain it with one, as in --optimizer centralize+adam"},
		{"train --optimizer adam --formula x", "give one of --optimizer and --formula"},
		{"train --optimizer sgd --set beta1=0.5", "sgd has no hyperparameter beta1: it has lr, momentum, wd"},
		{"train --optimizer adadelta --lr 0.1", "adadelta has no hyperparameter lr: it has rho, eps, wd"},
		{"train --momentum 0.5", "adam has no hyperparameter momentum"},
		{"train --optimizer adam+adam --set beta1=0.5", "name one of adam.beta1, adam2.beta1"},
		{"train --lr -1", "lr = -1 is out of range: expected a value in [0,inf)"},
		{"train --lr nan", "lr = NaN is out of range"},
		{"train --lr x", `lr = "x" is not a number`},
		{"train --optimizer ftrl --lr 0", "lr = 0 is out of range: expected a value in (0,inf)"},
		{"train --set beta1=1", "beta1 = 1 is out of range: expected a value in [0,1)"},
		{"train --set beta1", "expected name=value"},
		{"train --set =1", "--set =1: the name before = is missing"},
		{"train --set beta1=", "--set beta1=: the value after = is missing"},
		{"train --optimizer=", "the name of the optimizer is empty"},
		{"train --optimizer= --resume x", "the name of the optimizer is empty"},
		{"train --optimizer adam+", `optimizer "adam+": a name is missing beside a +; write a chain as in centralize+adam`},
		{"train --formula=", "--formula is empty"},
		{"explain +adam", `optimizer "+adam": a name is missing`},
		{"train --optimizer lbsgd --set warmup=fast", "expected one of linear, power2"},
		{"train --clip-norm -1", "limit = -1 is out of range"},
		{"train --clip-value nan", "limit = NaN is out of range"},
		{"train --schedule cosin", "did you mean cosine"},
		{"train --schedule step", "step needs every"},
		{"train --data x --task regresion", "did you mean regression?"},
		{"train --data x --held 1", "--held 1: expected a share between 0 and 1"},
		{"train --data x --held nan", "--held NaN"},
		{"train --target price", "--target goes with --data FILE"},
		{"train --held 0.1", "--held goes with --data FILE"},
		{"train --task regression", "--task goes with --data FILE"},
		{"predict", "predict needs --model FILE"},
		{"predict --model x", "--data FILE"},
		{"predict --model x --data y z", `takes no argument, got "z"`},
		{"optimizers x", "takes no argument"},
		{"version x", "takes no argument"},
		{"explain", "give the name of one optimizer, or --formula FILE"},
		{"explain adam sgd", "give the name of one optimizer"},
		{"explain adam --formula x", "give the name of one optimizer, or --formula FILE"},
		{"explain adm", `unknown optimizer "adm"; did you mean adam`},
		{"explain adam --latex --mathml", "give one of --latex and --mathml"},
		{"explain adam --momentum 0.9", "adam has no hyperparameter momentum"},
		{"train --optimizer torc/Adam", `unknown framework "torc": did you mean torch?`},
		{"train --optimizer torch/Adm", `torch has no optimizer "Adm": did you mean Adam`},
		{"train --optimizer torch/", `torch has no optimizer ""`},
		{"train --optimizer centralize+torch/Adam", "another framework's optimizer stands alone, not in a chain"},
		{"train --optimizer torch/Adam+lookahead", "another framework's optimizer stands alone, not in a chain"},
		{"train --optimizer torch/Adam --set beta1=0.5", `torch's Adam: there is no option "beta1": it has amsgrad, betas,`},
		{"train --optimizer torch/Adam --set betas=0.5", "option betas: expected 2 numbers, found 0.5"},
		{"train --optimizer torch/Adam --set betas=0.5,0.9,0.9", "option betas: expected 2 numbers"},
		{"train --optimizer torch/Adam --set betas=[0.5", "--set betas=[0.5: the value is no JSON"},
		{"train --optimizer torch/Adam --set betas", "expected name=value"},
		{"train --optimizer torch/Adam --lr x", `option lr: expected a number, found the text "x"`},
		{"train --optimizer torch/Adam --lr inf", `option lr: expected a number, found the text "inf"`},
		{"train --optimizer torch/Adam --lr -1", "option lr = -1 is out of range"},
		{"train --optimizer torch/Adam --momentum 0.5", `there is no option "momentum"`},
		{"train --optimizer torch/Adam --clip-norm -1", "limit = -1 is out of range"},
		{"train --optimizer optax/adam", "option learning_rate is missing"},
		{"train --optimizer mxnet/adam --set wd=yes", `option wd: expected a number, found the text "yes"`},
		{"explain torch/Adm", "did you mean Adam"},
		{"explain torch/Adam --wd -1", "option weight_decay = -1 is out of range"},
		{"explain adm --compare", `unknown optimizer "adm": did you mean adam`},
		{"explain torch/Adam --compare", "as in descent explain Adam --compare"},
		{"explain adafactor", `unknown optimizer "adafactor" by itself; there is torch/Adafactor, optax/adafactor, keras/Adafactor`},
		{"train --optimizer Shampoo", "there is pytorch_optimizer/Shampoo"},
		{"explain sam --compare", "sam is a link or a chain"},
		{`train --optimizer mxnet/SGD --set lr_scheduler={"class":"FactorScheduler","step":5} --schedule cosine`, "give one of --schedule and --set lr_scheduler"},
		{"explain adam --compare --lr 1", "--compare shows defaults"},
		{"explain --formula x --compare", "--compare goes with the name of an optimizer"},
		{"optimizers --framework trch", "--framework trch: unknown; did you mean torch?"},
		{"optimizers --framework=", "--framework : unknown; there is formula, keras"},
		{"explain schedule cosin", "did you mean cosine"},
		{"explain schedule cosine --steps 0", "--steps 0: expected at least 1"},
		{"explain schedule cosine linear", "give one schedule"},
		{"replay", "name at least one file"},
	}
	for _, test := range tests {
		if out := fail(t, exitUsage, strings.Fields(test.line), test.want); out != "" {
			t.Errorf("descent %s prints %s", test.line, out)
		}
	}
}

func TestWrongData(t *testing.T) {
	tests := []struct {
		name, content, target string
		want                  []string
	}{
		{"nan.csv", "a,y\n1,2\n2,NaN\n3,4\n", "y", []string{"nan.csv:3", "NaN"}},
		{"inf.csv", "a,y\n1,2\n2,3\n-inf,4\n", "y", []string{"inf.csv:4"}},
		{"ragged.csv", "a,b,y\n1,2,3\n1,2\n", "y", []string{"ragged.csv:3"}},
		{"column.csv", "area,price\n1,2\n2,3\n", "prise", []string{"column.csv", `no column "prise"`, "price"}},
		{"untold.csv", "area,price\n1,2\n2,3\n", "", []string{"untold.csv", "name the column", "area, price"}},
		{"empty.csv", "", "y", []string{"empty.csv", "empty"}},
		{"header.csv", "a,y\n", "y", []string{"header.csv"}},
		{"one.csv", "a,y\n1,2\n", "y", []string{"one.csv"}},
	}
	for _, test := range tests {
		file := write(t, test.name, test.content)
		fail(t, exitFailed, []string{"train", "--data", file, "--target", test.target}, test.want...)
	}
	folder := t.TempDir()
	fail(t, exitFailed, []string{"train", "--data", folder, "--target", "y"}, folder, "is a directory")
	fail(t, exitFailed, []string{"train", "--data", "absent.csv", "--target", "y"}, "absent.csv")
	fail(t, exitFailed, []string{"train", "--data", houses, "--target", "price", "--model", "cnn"}, "cnn", "images")
	fail(t, exitUsage, []string{"train", "--state-type", "f16"}, "--state-type f16: unknown; there is bfloat16")
	fail(t, exitUsage, []string{"train", "--state-type", ""}, "--state-type : unknown")
	fail(t, exitUsage, []string{"train", "--state-type", "bf16", "--optimizer", "soap"}, "soap is no formula", "StateType")
}

// TestWrongFormula has a mistake of each class.
func TestWrongFormula(t *testing.T) {
	tests := []struct{ text, want string }{
		{"hyper lr = 1\nw = w $ g\n", ":2:7: unexpected character"},
		{"w = w - \n", ":1:"},
		{"hyper lr = 1\nw = w - (lr*g\n", "expected \")\""},
		{"w = w - lr*g\n", ":1:9: unknown name lr"},
		{"w = w - foo(g)\n", ":1:9:"},
		{"w = w - sqrt(g, 2)\n", "sqrt"},
		{"hyper lr = 2 [0,1)\nw = w - lr*g\n", "lr = 2 is out of range"},
		{"hyper lr = 1, lr = 2\nw = w - lr*g\n", "lr is declared twice"},
		{"hyper lr = 1\nlr = 2\nw = w - lr*g\n", "lr is a hyperparameter and cannot be assigned"},
		{"state m\nm = m + g\nw = w - grad(m)\n", ""},
		{"", ""},
	}
	for _, test := range tests {
		file := write(t, "mine.rule", test.text)
		for _, args := range [][]string{{"explain"}, {"train"}, {"replay", "x.json"}} {
			fail(t, exitFailed, append(args, "--formula", file), file+":", test.want, "^")
		}
	}
	for _, file := range []string{"absent.rule", t.TempDir()} {
		fail(t, exitFailed, []string{"explain", "--formula", file}, file)
	}
}

// TestNotSaved has a name that shows to be too long when the file is renamed.
func TestNotSaved(t *testing.T) {
	folder := t.TempDir()
	long := filepath.Join(folder, strings.Repeat("x", 300))
	out, stderr, code := run(t, price("--epochs", "3", "--save", long)...)
	if code != exitFailed || !strings.Contains(out, "\ntest RMSE ") || strings.Contains(out, "saved") || !strings.Contains(out, ", 3 epochs, ") {
		t.Errorf("exit code %d, printed\n%s", code, out)
	}
	if strings.Count(stderr, "warning: ") != 1 || !strings.Contains(stderr, "\ndescent: the run is not saved: ") || strings.Count(stderr, "\n") != 2 {
		t.Errorf("the messages are\n%s", stderr)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestNotWritable(t *testing.T) {
	folder := t.TempDir()
	absent := filepath.Join(folder, "absent", "x")
	train := []string{"train", "--data", houses, "--target", "price", "--epochs", "1", "--save"}
	if out := fail(t, exitFailed, append(train, absent), "--save: "+absent); out != "" {
		t.Errorf("training began: %s", out)
	}
	fail(t, exitFailed, append(train, folder), "--save: "+folder+" is a folder")
	left, err := os.ReadDir(folder)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}
