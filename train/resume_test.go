package train

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/checkpoint"
	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/optim"
)

// mine is a formula with states of every kind and weights to evaluate with.
const mine = `
	# Mine, with a comment.
	hyper lr = 0.05, fade = 0.9 [0,1)
	state m, before = w
	scalar size = 1
	global scalar total = 1

	size = fade*size + (1-fade)*norm(g)
	total = total + all.norm(g)
	m = fade*m + (1-fade)*g/size
	w = w - lr*m - 0.01*lr*total*(w - before)
	before = fade*before + (1-fade)*w
	eval w = before
`

func parseRule(t *testing.T, name, text string) optim.Rule {
	t.Helper()
	rule, err := optim.Parse(name, text)
	if err != nil {
		t.Fatal(err)
	}
	return rule
}

// resumed are the runs that are interrupted and resumed.
func resumed(t *testing.T) map[string]func(*Config) {
	return map[string]func(*Config){
		"adam": func(c *Config) { c.Options = []descent.Option{descent.WeightDecay(1e-3), descent.ClipNorm(0.5)} },
		"momentum": func(c *Config) {
			c.Rule, c.Options = optim.SGD, []descent.Option{descent.LR(0.1), descent.Momentum(0.9)}
		},
		"nag": func(c *Config) {
			c.Rule, c.Options = optim.NAG, []descent.Option{descent.LR(0.03), descent.Momentum(0.9)}
		},
		"sgld": func(c *Config) {
			c.Rule, c.Kind, c.Hidden = optim.SGLD, "logistic", nil
			c.Options = []descent.Option{descent.LR(1e-4), descent.Rescale(300)}
		},
		"ftrl":     func(c *Config) { c.Rule, c.Kind, c.Hidden = optim.FTRL, "logistic", nil },
		"formula":  func(c *Config) { c.Rule, c.RuleName = parseRule(t, "adam", mine), "mine.rule" }, // not the adam there is
		"chain":    func(c *Config) { c.Rule = optim.Chain(optim.Centralize, optim.Adam, optim.Lookahead) },
		"schedule": func(c *Config) { c.Schedule = "warmup:steps=30%,then=cosine" },
		"bf16":     func(c *Config) { c.StateType = descent.BF16 },
		"lbsgd":    func(c *Config) { c.Rule = optim.LBSGD; c.Options = []descent.Option{descent.Accumulate(3)} },
	}
}

// TestResume interrupts runs within an epoch and at its end, and compares the
// files, byte for byte, with those of runs that were not.
func TestResume(t *testing.T) {
	for name, change := range resumed(t) {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			whole, part := small(), small()
			change(&whole)
			whole.Save = filepath.Join(folder, "whole.safetensors")
			want := mustRun(t, whole)
			change(&part)
			part.Save = filepath.Join(folder, "part.safetensors")
			for _, steps := range []int{3, 5} {
				interrupted(t, part, steps)
				rest := part
				rest.Resume = part.Save
				if got := mustRun(t, rest); *got.TestLoss != *want.TestLoss || got.Steps != 10 || got.Epochs != 2 {
					t.Errorf("resumed after step %d: %+v, uninterrupted %+v", steps, got, want)
				}
				if read(t, rest.Save) != read(t, whole.Save) {
					t.Errorf("resumed after step %d the file is another than uninterrupted", steps)
				}
			}
			// With what the file says alone, twice.
			interrupted(t, part, 2)
			rest := Config{Train: part.Train, Test: part.Test, Save: part.Save, Resume: part.Save}
			if name == "lbsgd" {
				rest.Options = part.Options // Accumulate is not in the file
			}
			interrupted(t, rest, 8)
			mustRun(t, rest)
			if read(t, rest.Save) != read(t, whole.Save) {
				t.Error("resumed from the file alone it is another than uninterrupted")
			}
		})
	}
}

// TestMoreEpochs resumes a run that has ended.
func TestMoreEpochs(t *testing.T) {
	c := small()
	c.Save = filepath.Join(t.TempDir(), "m.safetensors")
	c.Epochs = 3
	mustRun(t, c)
	want := read(t, c.Save)
	c.Epochs = 2
	ended := mustRun(t, c)
	c.Resume = c.Save
	if r := mustRun(t, c); r.Steps != 10 || *r.TestLoss != *ended.TestLoss {
		t.Errorf("resumed at the end: %+v, ended with %+v", r, ended)
	}
	c.Epochs = 3
	if r := mustRun(t, c); r.Steps != 15 || r.Epochs != 3 {
		t.Errorf("with another epoch: %+v", r)
	}
	if read(t, c.Save) != want {
		t.Error("2 and 1 epochs give another file than 3")
	}
	c.Epochs = 2
	if _, err := Run(context.Background(), c); err == nil || !strings.Contains(err.Error(), "has made 15 steps, and Epochs 2 asks for 10: give more epochs") {
		t.Errorf("fewer epochs than made: %v", err)
	}
}

// TestHyperparametersOnResume keeps those of the file but for one that an option sets.
func TestHyperparametersOnResume(t *testing.T) {
	c := small()
	c.Save = filepath.Join(t.TempDir(), "m.safetensors")
	c.Options = []descent.Option{descent.LR(0.02), descent.Beta1(0.8)}
	interrupted(t, c, 3)
	c.Resume, c.Options = c.Save, []descent.Option{descent.LR(0.01)}
	var lr float64
	c.Progress = func(p Progress) { lr = p.LR }
	mustRun(t, c)
	s, err := load(c.Save)
	if err != nil {
		t.Fatal(err)
	}
	if lr != 0.01 || s.Hypers["lr"] != "0.01" || s.Hypers["beta1"] != "0.8" {
		t.Errorf("resumed with lr %v, saved %v", lr, s.Hypers)
	}
}

// TestOtherRun resumes with what must not differ.
func TestOtherRun(t *testing.T) {
	c := small()
	c.Save = filepath.Join(t.TempDir(), "m.safetensors")
	c.Rule, c.RuleName = parseRule(t, "mine.rule", mine), "mine.rule"
	interrupted(t, c, 3)
	c.Resume = c.Save
	before := read(t, c.Save)
	houses := openHouses(t)
	renamed := part(c.Train, 300)
	renamed.Schema.Target.Classes = append([]string{"zero"}, renamed.Schema.Target.Classes[1:]...)
	for _, o := range []struct {
		change func(*Config)
		want   []string
	}{
		{func(c *Config) { c.Rule, c.RuleName = optim.SGD, "" }, []string{"optimizer: mine.rule in the file, sgd in this run"}},
		{func(c *Config) { c.Rule = parseRule(t, "mine.rule", strings.Replace(mine, "lr*m", "2*lr*m", 1)) },
			[]string{"formula of mine.rule", "w - lr*m", "w - 2*lr*m"}},
		{func(c *Config) { c.Kind = "cnn" }, []string{"model: mlp in the file, cnn in this run"}},
		{func(c *Config) { c.Hidden = []int{16, 8} }, []string{"hidden layers: [16] in the file, [16 8] in this run"}},
		{func(c *Config) { c.Batch, c.Seed = 32, 5 }, []string{"batch: 64 in the file, 32", "seed: 7 in the file, 5"}},
		{func(c *Config) { c.Train = part(c.Train, 299) }, []string{"examples: 300 in the file, 299"}},
		{func(c *Config) { c.Train = renamed }, []string{`"classes":["0",`, `"classes":["zero",`}},
		{func(c *Config) { c.Train, c.Test = houses, houses }, []string{`format of the data: "idx" in the file, "csv"`, "shape of an example: [1,28,28] in the file", "columns: 0 in the file, 9"}},
	} {
		other := c
		o.change(&other)
		_, err := Run(context.Background(), other)
		for _, want := range o.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v, want %q", err, want)
			}
		}
	}
	if read(t, c.Save) != before {
		t.Error("the file was changed")
	}
	// A comment and another file name change nothing.
	c.Rule = parseRule(t, "renamed.rule", strings.Replace(mine, "a comment", "another comment", 1))
	mustRun(t, c)
}

// TestOtherColumns resumes with a table whose columns have changed.
func TestOtherColumns(t *testing.T) {
	d := openHouses(t)
	c := Config{Train: d, Test: d, Epochs: 1, Save: filepath.Join(t.TempDir(), "m.safetensors")}
	mustRun(t, c)
	other := *d
	other.Schema.Columns = append([]dataset.Column(nil), d.Schema.Columns...)
	other.Schema.Columns[1].Name = "surface"
	c.Train, c.Resume = &other, c.Save
	_, err := Run(context.Background(), c)
	for _, want := range []string{`column 2: {"name":"area"`, `{"name":"surface"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// TestForeignFiles resumes from files that are no run of this program.
func TestForeignFiles(t *testing.T) {
	c := small()
	folder := t.TempDir()
	c.Save = filepath.Join(folder, "m.safetensors")
	mustRun(t, c)
	good, err := checkpoint.Load(c.Save)
	if err != nil {
		t.Fatal(err)
	}
	c.Resume = filepath.Join(folder, "foreign.safetensors")
	write := func(f *checkpoint.File, change func(string) string) {
		t.Helper()
		if change != nil {
			f.Meta = map[string]string{metaKey: change(good.Meta[metaKey])}
		}
		if err := f.Save(c.Resume); err != nil {
			t.Fatal(err)
		}
	}
	replace := func(a, b string) func(string) string {
		return func(s string) string { return strings.Replace(s, a, b, 1) }
	}
	same := replace("", "")
	for want, make := range map[string]func(){
		"holds tensors but no training run":   func() { write(&checkpoint.File{Tensors: good.Tensors}, nil) },
		"is damaged":                          func() { write(&checkpoint.File{Tensors: good.Tensors}, replace("{", "[")) },
		"epochs 2, batch 0":                   func() { write(&checkpoint.File{Tensors: good.Tensors}, replace(`"batch":64`, `"batch":0`)) },
		"is of version 2, this program reads": func() { write(&checkpoint.File{Tensors: good.Tensors}, replace(`"version":1`, `"version":2`)) },
		"state v of fc2.weight is missing":    func() { write(&checkpoint.File{Tensors: without(good.Tensors, "optimizer/fc2.weight/v")}, same) },
		`tensor "fc2.bias": missing`:          func() { write(&checkpoint.File{Tensors: without(good.Tensors, "fc2.bias")}, same) },
	} {
		make()
		if _, err := Run(context.Background(), c); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), c.Resume) {
			t.Errorf("error %v, want %q and the file's name", err, want)
		}
	}
	c.Resume = filepath.Join(folder, "none.safetensors")
	if _, err := Run(context.Background(), c); err == nil || !strings.Contains(err.Error(), "none.safetensors") {
		t.Errorf("no file: %v", err)
	}
}

func without(tensors []checkpoint.Tensor, name string) []checkpoint.Tensor {
	var rest []checkpoint.Tensor
	for _, t := range tensors {
		if t.Name != name {
			rest = append(rest, t)
		}
	}
	return rest
}
