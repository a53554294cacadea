package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/schedule"
	"github.com/descent-go/descent/train"
)

// trainFlags is what the command line of train says.
type trainFlags struct {
	cmd                          *cobra.Command
	hyper                        hyperFlags
	optimizer, formula, schedule string
	clipNorm, clipValue, rescale float64
	epochs, batch, threads       int
	seed                         uint64
	model, stateType             string
	hidden                       []int
	data, target, task           string
	held                         float64
	save, resume                 string
	json, quiet                  bool

	foreign *foreign // the optimizer, where another framework has it
}

var (
	models = []string{"logistic", "mlp", "cnn"}
	tasks  = []string{string(dataset.Classification), string(dataset.Regression)}
)

func newTrain() *cobra.Command {
	f := &trainFlags{}
	f.cmd = &cobra.Command{
		Use:   "train",
		Short: "Train a network with any optimizer",
		Long: `Train a network on the MNIST digits, which are part of the program, or on data of
your own: CSV, LibSVM or IDX, plain or gzipped. What was recognised in the data is
printed, and a part of it is held out for the score at the end; scales and
categories are learned from the rest alone.

Control-C, or SIGTERM, ends the training, saves what --save asks for, prints the
score so far and exits with 130. If a file of --save cannot be written, training
goes on and the next epoch tries again; if the last one cannot, the score is
printed and the exit code is 1.`,
		Example: `  descent train
  descent train --optimizer sgd --lr 0.1 --momentum 0.9 --schedule cosine
  descent train --optimizer centralize+adam --set beta1=0.95 --wd 1e-4 --clip-norm 1
  descent train --optimizer torch/AdamW --set betas=0.9,0.95
  descent train --formula mine.rule --model cnn --epochs 2
  descent train --data houses.csv --target price --hidden 64,32 --save houses.safetensors
  descent train --data houses.csv --target price --resume houses.safetensors --epochs 1000
  descent train --json --quiet | tail -1`,
		Args:              noArgs,
		ValidArgsFunction: nothing,
		RunE:              func(*cobra.Command, []string) error { return f.run() },
	}
	f.register()
	return f.cmd
}

func (f *trainFlags) register() {
	s := f.cmd.Flags()
	s.SortFlags = false
	s.StringVar(&f.optimizer, "optimizer", "adam", "optimizer by `name`, a chain such as centralize+adam, or another framework's, as in torch/AdamW: see descent optimizers")
	s.StringVar(&f.formula, "formula", "", "in place of --optimizer: a `file` with your own formula")
	f.hyper.add(f.cmd, func([]string) (name, file string) { return f.optimizer, f.formula })
	s.StringVar(&f.schedule, "schedule", "", "learning rate over the steps, as in cosine or warmup:steps=5%,then=cosine (`spec`): see descent explain schedule")
	s.Float64Var(&f.clipNorm, "clip-norm", 0, "limit the norm of all gradients together to a `number`")
	s.Float64Var(&f.clipValue, "clip-value", 0, "limit every element of the gradients to a `number`")
	s.Float64Var(&f.rescale, "rescale", 1, "multiply the gradients by a `number` first")
	s.StringVar(&f.stateType, "state-type", "", "keep the optimizer's states in a smaller `type`: bfloat16, or bf16 for short")
	s.IntVar(&f.epochs, "epochs", 0, "passes over the data (default 6, or more where those are fewer than 2000 steps)")
	s.IntVar(&f.batch, "batch", 64, "examples a step")
	s.Uint64Var(&f.seed, "seed", 1, "seed of the initial weights, the order of examples and the optimizer's draws")
	s.IntVar(&f.threads, "threads", 0, "threads to use; the result does not depend on it (default: all processors)")
	s.StringVar(&f.model, "model", "mlp", "`kind` of network: logistic, mlp or cnn")
	s.IntSliceVar(&f.hidden, "hidden", nil, "`widths` of an mlp's hidden layers (default 200)")
	s.StringVar(&f.data, "data", "", "`file` of your own data (default: MNIST)")
	s.StringVar(&f.target, "target", "", "`column` of the CSV file to predict; for IDX the labels file")
	s.StringVar(&f.task, "task", "", "classification or regression (`task`; default: decided from the target)")
	s.Float64Var(&f.held, "held", 0.2, "share of --data held out for the score")
	s.StringVar(&f.save, "save", "", "`file` to save model, optimizer and place to after each epoch and at the end (.safetensors)")
	s.StringVar(&f.resume, "resume", "", "`file` of --save to go on from; it says what no flag says, but for --data and its kin")
	s.BoolVar(&f.json, "json", false, "print one JSON object a line: one for each epoch, the last is the result")
	s.BoolVar(&f.quiet, "quiet", false, "print the result only")

	complete(f.cmd, "optimizer", completeRules)
	complete(f.cmd, "schedule", completeSchedules)
	complete(f.cmd, "state-type", cobra.FixedCompletions([]string{"bfloat16"}, cobra.ShellCompDirectiveNoFileComp))
	complete(f.cmd, "model", cobra.FixedCompletions(models, cobra.ShellCompDirectiveNoFileComp))
	complete(f.cmd, "task", cobra.FixedCompletions(tasks, cobra.ShellCompDirectiveNoFileComp))
	complete(f.cmd, "resume", endings("safetensors"))
}

// run trains.
func (f *trainFlags) run() error {
	if err := f.check(); err != nil {
		return err
	}
	rule, options, err := f.rule()
	if err != nil {
		return err
	}
	if err := writable(f.save); err != nil {
		return fmt.Errorf("--save: %w", err)
	}
	show := newDisplay(f.cmd.OutOrStdout(), f.json, f.quiet)
	show.status("reading the data ...")
	trainData, testData, err := f.load()
	show.status("")
	if err != nil {
		return err
	}
	show.notes(trainData, testData)

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second one ends at once
	defer stop()
	if f.threads > 0 {
		runtime.GOMAXPROCS(f.threads) // the gradients' goroutines too
	}
	c := f.config(trainData)
	c.Test, c.Rule, c.Options, c.Progress = testData, rule, options, show.progress
	c.StateType, _ = descent.ParseType(f.stateType)
	result, err := train.Run(ctx, c)
	show.clear()
	if err != nil && result == nil {
		return err
	}
	if errors.Is(err, train.ErrNotSaved) {
		show.result(result, "")
		if result.Interrupted {
			err = fmt.Errorf("interrupted after %d steps: %w", result.Steps, err)
		}
		return err
	}
	show.result(result, f.save)
	if result.Interrupted {
		return f.interrupted(result.Steps)
	}
	return err
}

// config is the run that the flags ask for. With --resume, what no flag says is
// left open, for the file to say.
func (f *trainFlags) config(d *dataset.Data) train.Config {
	c := train.Config{
		Train: d, RuleName: f.ruleName(), Schedule: f.schedule, Epochs: f.epochs, Hidden: f.hidden,
		Threads: f.threads, Save: f.save, Resume: f.resume,
	}
	says := func(flag string) bool { return f.resume == "" || f.cmd.Flags().Changed(flag) }
	if says("model") {
		c.Kind = f.model
	}
	if says("batch") {
		c.Batch = f.batch
	}
	if says("seed") {
		c.Seed = f.seed
	}
	if f.epochs == 0 && f.resume == "" {
		steps := (d.N + f.batch - 1) / f.batch
		c.Epochs = max(6, 2000/steps)
	}
	return c
}

// interrupted says how to go on.
func (f *trainFlags) interrupted(steps int) error {
	if f.save == "" {
		return interruptedError{fmt.Errorf("interrupted after %d steps; nothing saved, for want of --save", steps)}
	}
	return interruptedError{fmt.Errorf("interrupted after %d steps and saved; --resume %s goes on", steps, f.save)}
}

// check reports flags that make no sense or do not go together.
func (f *trainFlags) check() error {
	given := f.cmd.Flags().Changed
	switch {
	case given("optimizer") && given("formula"):
		return usagef("give one of --optimizer and --formula")
	case given("formula") && f.formula == "":
		return usagef("--formula is empty: expected the name of a file")
	case given("optimizer"):
		if err := checkChain(f.optimizer); err != nil {
			return err
		}
	}
	switch {
	case given("state-type") && !isStateType(f.stateType):
		return usagef("--state-type %s: unknown; there is bfloat16", f.stateType)
	case !slices.Contains(models, f.model):
		return usagef("--model %s: unknown%s", f.model, hint(f.model, models, "there is "+strings.Join(models, ", ")))
	case f.task != "" && !slices.Contains(tasks, f.task):
		return usagef("--task %s: unknown%s", f.task, hint(f.task, tasks, "there is "+strings.Join(tasks, ", ")))
	case f.model != "mlp" && given("hidden"):
		return usagef("--hidden: %s has no hidden layers to choose; use --model mlp", f.model)
	case given("epochs") && f.epochs < 1, f.batch < 1:
		return usagef("--epochs and --batch must be at least 1")
	case f.threads < 0:
		return usagef("--threads %d: expected 1 or more, or 0 for all processors", f.threads)
	case !(f.held > 0 && f.held < 1):
		return usagef("--held %v: expected a share between 0 and 1", f.held)
	}
	for _, name := range []string{"target", "task", "held"} {
		if f.data == "" && given(name) {
			return usagef("--%s goes with --data FILE", name)
		}
	}
	for _, width := range f.hidden {
		if width < 1 {
			return usagef("--hidden: a layer of width %d: expected at least 1", width)
		}
	}
	return nil
}

// rule is the optimizer with its options, tried out; nil where it is left to
// the file of --resume.
func (f *trainFlags) rule() (optim.Rule, []descent.Option, error) {
	if f.findForeign(); f.foreign != nil {
		return f.foreignRule()
	}
	options, err := f.hyper.options()
	if err != nil {
		return nil, nil, err
	}
	more, err := f.options()
	if err != nil {
		return nil, nil, err
	}
	options = append(options, more...)
	if f.ruleName() == "" {
		return nil, options, nil
	}
	rule, err := findRule(f.optimizer, f.formula)
	if err != nil {
		return nil, nil, err
	}
	info, err := rule.Info()
	if err != nil {
		return nil, nil, err
	}
	if info.Link {
		return nil, nil, usagef("%s only changes what an optimizer does: chain it with one, as in --optimizer %s+adam", info.Name, info.Name)
	}
	opt, err := trial(rule, options)
	if err != nil {
		return nil, nil, usageError{err}
	}
	return rule, options, opt.Close()
}

// findForeign finds the optimizer where it is one of another framework: the
// command line names it, or the file of --resume, whose options then count too.
func (f *trainFlags) findForeign() {
	named := f.cmd.Flags().Changed("optimizer")
	if named {
		f.foreign = asForeign(f.optimizer)
	}
	if f.resume == "" || f.formula != "" || named && f.foreign == nil {
		return
	}
	if saved := savedForeign(f.resume); saved != nil && (f.foreign == nil || f.foreign.is(saved)) {
		f.foreign = saved
	}
}

// foreignRule is rule for another framework's optimizer.
func (f *trainFlags) foreignRule() (optim.Rule, []descent.Option, error) {
	if err := f.hyper.foreign(f.foreign); err != nil {
		return nil, nil, err
	}
	if f.schedule != "" && f.foreign.options["lr_scheduler"] != nil {
		return nil, nil, usagef("give one of --schedule and --set lr_scheduler")
	}
	rule, options, err := f.foreign.make()
	if err != nil {
		return nil, nil, err
	}
	more, err := f.options()
	if err != nil {
		return nil, nil, err
	}
	options = append(options, more...)
	opt, err := trial(rule, options)
	if err != nil {
		return nil, nil, usageError{err}
	}
	return rule, options, opt.Close()
}

// ruleName is what the user calls the optimizer, "" where --resume says it.
func (f *trainFlags) ruleName() string {
	switch {
	case f.foreign != nil:
		return f.foreign.String()
	case f.formula != "":
		return f.formula
	case f.resume != "" && !f.cmd.Flags().Changed("optimizer"):
		return ""
	}
	return f.optimizer
}

// options are what the flags ask of the optimizer beside its hyperparameters.
func (f *trainFlags) options() ([]descent.Option, error) {
	var options []descent.Option
	given := f.cmd.Flags().Changed
	if t, _ := descent.ParseType(f.stateType); t != descent.AsComputed { // so that a rule that cannot is found out at once
		options = append(options, descent.StateType(t))
	}
	if given("clip-norm") {
		options = append(options, descent.ClipNorm(f.clipNorm))
	}
	if given("clip-value") {
		options = append(options, descent.ClipValue(f.clipValue))
	}
	if given("rescale") {
		options = append(options, descent.Rescale(f.rescale))
	}
	if f.schedule != "" {
		if _, err := schedule.Parse(f.schedule, anyTotal); err != nil {
			return nil, usageError{err}
		}
	}
	return options, nil
}

// isStateType reports whether states can be kept in a type of that name.
func isStateType(name string) bool {
	t, err := descent.ParseType(name)
	return err == nil && t != descent.AsComputed
}

// anyTotal stands for the steps of a run while the data is not known.
const anyTotal = 1 << 30

// splitSeed makes the examples held out the same ones for every --seed.
const splitSeed = 1

// load reads the data and holds a part of it out.
func (f *trainFlags) load() (trainData, testData *dataset.Data, err error) {
	if f.data == "" {
		return dataset.MNIST()
	}
	return dataset.OpenSplit(f.data, dataset.Options{Target: f.target, Task: dataset.Task(f.task)}, f.held, splitSeed)
}

// writable reports at once what would otherwise show after the training.
func writable(path string) error {
	if path == "" {
		return nil
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a folder; give the name of a file", path)
	}
	probe, err := os.CreateTemp(filepath.Dir(path), ".descent-*")
	if err != nil {
		var detail *fs.PathError
		if errors.As(err, &detail) {
			err = detail.Err // the path is that of the probe
		}
		return fmt.Errorf("%s cannot be written: %w", path, err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}
