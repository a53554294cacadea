package main

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/descent-go/descent/compare"
	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/surface"
)

// config is the comparison that the flags ask for.
func (f *compareFlags) config() (compare.Config, error) {
	c := compare.Config{Seeds: f.seeds, Jobs: f.jobs, Journal: f.journal(), Resume: f.resume}
	if err := f.check(); err != nil {
		return c, err
	}
	var err error
	if c.Grid, err = readGrid(f.grid); err != nil {
		return c, err
	}
	if c.Entrants, err = f.entrants(); err != nil {
		return c, err
	}
	for _, file := range []struct{ flag, path string }{{"report", f.report}, {"csv", f.csv}} {
		if err := writable(file.path); err != nil {
			return c, fmt.Errorf("--%s: %w", file.flag, err)
		}
	}
	c.Task, err = f.findTask()
	return c, err
}

// journal is the file beside the report.
func (f *compareFlags) journal() string {
	return strings.TrimSuffix(f.report, filepath.Ext(f.report)) + ".jsonl"
}

// check reports flags that make no sense.
func (f *compareFlags) check() error {
	given := f.cmd.Flags().Changed
	switch {
	case f.seeds < 1 || f.batch < 1 || f.steps < 1 || f.jobs < 1:
		return usagef("--seeds, --batch, --steps and --jobs must be at least 1")
	case given("epochs") && f.epochs < 1:
		return usagef("--epochs %d: expected at least 1", f.epochs)
	case given("train-size") && f.trainSize < 2:
		return usagef("--train-size %d: expected at least 2", f.trainSize)
	case f.threads < 0:
		return usagef("--threads %d: expected 1 or more, or 0 for all processors", f.threads)
	case !slices.Contains([]string{".html", ".htm"}, strings.ToLower(filepath.Ext(f.report))):
		return usagef("--report %s: expected the name of a file that ends in .html", f.report)
	case given("csv") && strings.ToLower(filepath.Ext(f.csv)) != ".csv":
		return usagef("--csv %s: expected the name of a file that ends in .csv", f.csv)
	case !slices.Contains(models, f.model):
		return usagef("--model %s: unknown%s", f.model, hint(f.model, models, "there is "+strings.Join(models, ", ")))
	case f.model != "mlp" && given("hidden"):
		return usagef("--hidden: %s has no hidden layers to choose; use --model mlp", f.model)
	case !(f.held > 0 && f.held < 1):
		return usagef("--held %v: expected a share between 0 and 1", f.held)
	}
	for i, file := range f.formulas {
		switch {
		case file == "":
			return usagef("--formula is empty: expected the name of a file")
		case slices.Contains(f.formulas[:i], file):
			return usagef("--formula %s is given twice", file)
		}
	}
	for _, width := range f.hidden {
		if width < 1 {
			return usagef("--hidden: a layer of width %d: expected at least 1", width)
		}
	}
	return nil
}

// goesWith reports flags that are given and have no meaning for the task.
func (f *compareFlags) goesWith(what string, others ...string) error {
	for _, name := range others {
		if f.cmd.Flags().Changed(name) {
			return usagef("--%s goes with %s", name, what)
		}
	}
	return nil
}

// findTask finds what to compare on.
func (f *compareFlags) findTask() (compare.Task, error) {
	const mnist = "mnist"
	if f.data != "" || f.task == mnist {
		if err := f.goesWith("a surface, as in --task rosenbrock", "steps"); err != nil {
			return nil, err
		}
	}
	switch {
	case f.data != "":
		return f.ownData()
	case slices.Contains(tasks, f.task):
		return nil, usagef("--task %s goes with --data FILE", f.task)
	case f.task == mnist:
		if err := f.goesWith("--data FILE", "target", "held"); err != nil {
			return nil, err
		}
		train, test, err := dataset.MNIST()
		if err != nil {
			return nil, err
		}
		return f.network(train, test)
	}
	s, err := surface.Open(f.task)
	if err != nil {
		behind := "; "
		if strings.Contains(err.Error(), "\n") {
			behind = "\n" // below the place of a mistake
		}
		return nil, usagef("--task %s: %w%sbeside surfaces there is mnist, and --data FILE", f.task, err, behind)
	}
	if err := f.goesWith("data, not with a surface", "target", "held", "epochs", "batch", "train-size", "model", "hidden"); err != nil {
		return nil, err
	}
	if !s.Finite(s.Start[0], s.Start[1]) {
		return nil, usagef("--task %s: it or its gradient is not finite at %v,%v, where the runs start; give a function that is", f.task, s.Start[0], s.Start[1])
	}
	return &compare.Terrain{Surface: s, Steps: f.steps}, nil
}

// ownData is the task to learn --data.
func (f *compareFlags) ownData() (compare.Task, error) {
	o := dataset.Options{Target: f.target}
	if f.cmd.Flags().Changed("task") {
		if !slices.Contains(tasks, f.task) {
			return nil, usagef("--task %s: with --data expected %s", f.task, strings.Join(tasks, " or "))
		}
		o.Task = dataset.Task(f.task)
	}
	train, test, err := dataset.OpenSplit(f.data, o, f.held, splitSeed)
	if err != nil {
		return nil, err
	}
	return f.network(train, test)
}

// network is the task to train a network.
func (f *compareFlags) network(train, test *dataset.Data) (compare.Task, error) {
	if f.trainSize > train.N {
		return nil, usagef("--train-size %d: there are %d training examples", f.trainSize, train.N)
	}
	if f.trainSize > 0 && f.trainSize < train.N {
		var err error
		if train, _, err = train.Split(1-float64(f.trainSize)/float64(train.N), splitSeed); err != nil {
			return nil, err
		}
	}
	epochs := f.epochs
	if epochs == 0 {
		steps := (train.N-1)/f.batch + 1
		epochs = max(3, (1000+steps-1)/steps)
	}
	return &compare.Network{Train: train, Test: test, Kind: f.model, Hidden: f.hidden, Epochs: epochs, Batch: f.batch, Threads: f.threads}, nil
}

// readGrid reads learning rates: a list, or LOW..HIGH,COUNT at equal ratios.
func readGrid(text string) ([]float64, error) {
	if text == "" {
		return nil, nil
	}
	wrong := func() ([]float64, error) {
		return nil, usagef("--grid %s: expected numbers above 0, as in 0.1,0.03,0.01, or the lowest, the highest and how many, as in 1e-4..1,7", text)
	}
	low, rest, ranged := strings.Cut(text, "..")
	if !ranged {
		var rates []float64
		for part := range strings.SplitSeq(text, ",") {
			v, ok := readRate(part)
			if !ok {
				return wrong()
			}
			rates = append(rates, v)
		}
		return rates, nil
	}
	high, number, _ := strings.Cut(rest, ",")
	from, ok1 := readRate(low)
	to, ok2 := readRate(high)
	n, err := strconv.Atoi(strings.TrimSpace(number))
	if !ok1 || !ok2 || err != nil || n < 2 || n > 100 || from >= to {
		return wrong()
	}
	rates := make([]float64, n)
	for i := range rates {
		exact := from * math.Pow(to/from, float64(i)/float64(n-1))
		rates[i], _ = strconv.ParseFloat(strconv.FormatFloat(exact, 'g', 3, 64), 64)
	}
	return slices.Compact(rates), nil
}

func readRate(text string) (float64, bool) {
	v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	return v, err == nil && v > 0 && !math.IsInf(v, 0)
}
