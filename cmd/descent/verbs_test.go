package main

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/schedule"
)

func TestHelp(t *testing.T) {
	out := succeed(t)
	for _, verb := range []string{"train", "predict", "optimizers", "explain", "replay", "version"} {
		if !strings.Contains(out, "\n  "+verb+" ") {
			t.Errorf("help does not list %s:\n%s", verb, out)
		}
		if help := succeed(t, verb, "--help"); !strings.Contains(help, "Examples:\n  descent "+verb) {
			t.Errorf("%s --help has no example:\n%s", verb, help)
		}
	}
	if help := succeed(t, "help", "explain", "schedule"); !strings.Contains(help, "Examples:\n  descent explain schedule") {
		t.Errorf("help explain schedule has no example:\n%s", help)
	}
}

func TestOptimizers(t *testing.T) {
	rules, links, ok := strings.Cut(succeed(t, "optimizers"), "\nLinks")
	if !ok {
		t.Fatal("links are not apart")
	}
	for _, name := range optim.Names() {
		rule, err := optim.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		info, err := rule.Info()
		if err != nil {
			t.Fatal(err)
		}
		if in := strings.Contains("\n"+rules, "\n"+name+" "); in == info.Link {
			t.Errorf("%s among the optimizers: %v", name, in)
		}
		if in := strings.Contains(links, "\n"+name+" "); in != info.Link {
			t.Errorf("%s among the links: %v", name, in)
		}
	}
}

func TestOptimizersJSON(t *testing.T) {
	var names []string
	for line := range strings.Lines(succeed(t, "optimizers", "--json")) {
		var info infoJSON
		if err := json.Unmarshal([]byte(line), &info); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		names = append(names, info.Name)
		if info.Name == "adam" && (info.Paper == "" || info.Hypers[1] != hyperJSON{"beta1", "0.9", "[0,1)"}) {
			t.Errorf("adam is %+v", info)
		}
	}
	if !slices.Equal(names, optim.Names()) {
		t.Errorf("got %v, expected %v", names, optim.Names())
	}
}

const mine = `# Mine.
hyper lr = 0.1 [0,inf), decay = 0.5 [0,1), tiny = 1e-8
state m
state row r
scalar s
global scalar all_steps

all_steps = all_steps + 1
s = s + mean(g)^2
r = r + row.mean(g)
m = decay*m + g/s + r/all_steps + tiny
w = w - lr*m
`

func TestExplain(t *testing.T) {
	file := write(t, "mine.rule", mine)
	tests := []struct {
		args []string
		want []string
	}{
		{[]string{"sgd"}, []string{"v = momentum*v - lr*(g + wd*w)", "nothing: 0 bytes", "momentum  0     [0,1)\n", "Paper\n  Robbins", "Elsewhere\n"}},
		{[]string{"sgd", "--momentum", "0.9"}, []string{"v: 4 bytes", "[0,1)  here 0.9"}},
		{[]string{"adam", "--lr", "0.1", "--wd", "0.5", "--set", "beta1=0"}, []string{"  v: 4 bytes", "here 0.1", "here 0.5", "here 0\n"}},
		{[]string{"adam"}, []string{"  m, v: 8 bytes"}},
		{[]string{"nadam"}, []string{"product (a number a parameter)"}},
		{[]string{"lookahead"}, []string{"slow: 4 bytes", "every k steps"}},
		{[]string{"centralize"}, []string{"row.mean(g)", "nothing: 0 bytes"}},
		{[]string{"clip-norm+adam"}, []string{"# clip-norm", "# adam", "clip-norm.limit", "adam.m, adam.v: 8 bytes", "Paper (adam)"}},
		{[]string{"lbsgd", "--set", "warmup=lars"}, []string{"linear  {linear, power2, sqrt, lars, none}  here lars"}},
		{[]string{"--formula", file, "--set", "decay=0.1"}, []string{"  tiny   1e-8\n", "[0,1)  here 0.1\n", ": Mine.", "  hyper lr = 0.1", "m: 4 bytes", "r (a number a row)", "s (a number a parameter)", "all_steps (one number)"}},
		{[]string{"torch/AdamW", "--set", "betas=0.9,0.95", "--lr", "0.1"}, []string{
			"torch/AdamW {\"betas\":[0.9,0.95],\"lr\":0.1} is, in descent's words,\nadamw: Adam with", "v = beta2*v + (1-beta2)*g^2",
			"  beta2  0.999  [0,1)  here 0.95\n", "  amsgrad          false      true or false\n", "here [0.9 0.95]\n", "  fused                       meaningless\n"}},
		{[]string{"optax/sgd", "--lr", "0.1"}, []string{"# scale-by-learning-rate", "learning_rate      (required)  number            here 0.1\n"}},
		{[]string{"torch/AdamW", "--set", "amsgrad=true"}, []string{"\n\n  hyper lr = 0.001", "eps) + wd*w)\n\nHyperparameters"}},
		{[]string{"torch/LBFGS"}, []string{"d, prev_grad: 16 bytes", "h_diag (a number a parameter)", "ro (100 numbers for a parameter of 3 x 5), stored (a number a\n  parameter)"}},
		{[]string{"torch/Adafactor"}, []string{"columns (a number a column), rows (a number a row)"}},
		{[]string{"pytorch_optimizer/Shampoo"}, []string{"Options of pytorch_optimizer", "preconditioning_compute_steps  1"}},
		{[]string{"schedule"}, []string{"cosine[:total=N,final=0]\n", "┤"}},
		{[]string{"schedule", "cosine:final=0.1", "--steps", "50"}, []string{"┤", "step 0", "50\n"}},
	}
	for _, test := range tests {
		out := succeed(t, append([]string{"explain"}, test.args...)...)
		for _, want := range test.want {
			if !strings.Contains(out, want) {
				t.Errorf("explain %v does not say %q:\n%s", test.args, want, out)
			}
		}
		for line := range strings.Lines(out) {
			if strings.TrimRight(line, " \n") != strings.TrimRight(line, "\n") {
				t.Errorf("explain %v: spaces at the end of %q", test.args, line)
			}
		}
	}
}

func TestExplainScheduleDrawsAll(t *testing.T) {
	out := succeed(t, "explain", "schedule")
	for _, info := range schedule.Names() {
		if !strings.Contains(out, info.Usage+"\n  "+info.Doc+"\n") {
			t.Errorf("%s is not drawn", info.Name)
		}
	}
	if n := strings.Count(out, "step 0"); n != len(schedule.Names()) {
		t.Errorf("%d drawings of %d schedules", n, len(schedule.Names()))
	}
}

func TestExplainMathematics(t *testing.T) {
	file := write(t, "mine.rule", mine)
	for _, args := range [][]string{{"adam"}, {"clip-norm+adam"}, {"--formula", file}} {
		args = append([]string{"explain"}, args...)
		if out := succeed(t, append(args, "--latex")...); !strings.HasPrefix(out, `\begin{aligned}`) || !strings.HasSuffix(out, "\\end{aligned}\n") {
			t.Errorf("%v --latex: %s", args, out)
		}
		out := succeed(t, append(args, "--mathml")...)
		if !strings.HasPrefix(out, "<math") {
			t.Errorf("%v --mathml: %s", args, out)
		}
		for d := xml.NewDecoder(strings.NewReader(out)); ; {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%v --mathml: %v", args, err)
			}
		}
	}
}

func TestVersion(t *testing.T) {
	first, _, _ := strings.Cut(succeed(t, "version"), "\n")
	if flag := succeed(t, "--version"); flag != first+"\n" {
		t.Errorf("--version prints %q, version %q", flag, first)
	}
	out := succeed(t, "version")
	for _, want := range []string{"descent ", "\ngo1.", "\nbackend: "} {
		if !strings.Contains(out, want) {
			t.Errorf("version does not say %q: %s", want, out)
		}
	}
}

func TestCompletion(t *testing.T) {
	tests := []struct {
		args []string
		want []string
	}{
		{[]string{"train", "--optimizer", ""}, []string{"adam\tMoving averages", "rmsprop-centered\t"}},
		{[]string{"train", "--optimizer", ""}, []string{"torch/\t", "keras/\t"}},
		{[]string{"train", "--optimizer", "tor"}, []string{"torch/\t", ":6\n"}}, // 2 of it is no space behind
		{[]string{"train", "--optimizer", "torch/"}, []string{"torch/AdamW\n", "torch/SGD\n"}},
		{[]string{"train", "--optimizer", "torch/AdamW", "--set", ""}, []string{"betas=\t0.9,0.999 (2 numbers) [0,1)\n", "amsgrad=\tfalse (true or false)"}},
		{[]string{"explain", "optax/adam", "--set", ""}, []string{"learning_rate=\tnumber, must be given"}},
		{[]string{"optimizers", "--framework", ""}, []string{"mxnet2\n"}},
		{[]string{"train", "--optimizer", "centralize+a"}, []string{"centralize+adam\t"}},
		{[]string{"train", "--schedule", ""}, []string{"cosine\t", "warmup\t"}},
		{[]string{"train", "--model", ""}, []string{"logistic\n", "mlp\n", "cnn\n"}},
		{[]string{"train", "--task", ""}, []string{"classification\n", "regression\n"}},
		{[]string{"train", "--optimizer", "ftrl", "--set", ""}, []string{"beta=\t1 [0,inf)"}},
		{[]string{"explain", ""}, []string{"adam\t", "schedule\t"}},
		{[]string{"explain", "sgld", "--set", ""}, []string{"lr=\t"}},
		{[]string{"explain", "schedule", ""}, []string{"cosine\t"}},
		{[]string{"animate", "mom"}, []string{"momentum\tsgd:momentum=0.9\n:4\n"}},
		{[]string{"animate", "momentum:"}, []string{"momentum:lr=\t"}},
		{[]string{"animate", "--race", "sgd,mom"}, []string{"sgd,momentum\tsgd:momentum=0.9"}},
		{[]string{"compare", "--optimizers", "sgd,mom"}, []string{"sgd,momentum\tsgd:momentum=0.9"}},
		{[]string{"bench", ""}, []string{"adam\t", "momentum\t"}},
		{[]string{"predict", "--model", ""}, []string{"safetensors\n"}},
		{[]string{""}, []string{"train\t", "predict\t"}},
	}
	for _, test := range tests {
		out, _, _ := run(t, append([]string{"__complete"}, test.args...)...)
		for _, want := range test.want {
			if !strings.Contains("\n"+out, "\n"+want) {
				t.Errorf("completing %q: expected %q among\n%s", test.args, want, out)
			}
		}
	}
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if out := succeed(t, "completion", shell); !strings.Contains(out, "descent") {
			t.Errorf("completion %s prints %q", shell, out)
		}
	}
}
