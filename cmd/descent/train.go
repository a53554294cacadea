package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/optim"
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
	save, resume, report         string
	json, quiet, plot            bool
	togetherFlags

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

--report writes a page of the run, a file of its own for any browser: loss, accuracy
and learning rate, the norms of gradients and updates in each layer, the confusion
matrix and the pictures that were mistaken worst (for numbers, predicted against
true values), settings, and the command that repeats it. --plot draws loss and
accuracy into the terminal.

--workers trains with several workers: each has the model, computes its part of every
batch and keeps its share of the optimizer's states. They average their gradients in
order, so the numbers are, bit for bit, those of one worker with --accumulate of as
many. With --distributed mpi the workers are processes that mpirun has started, on
one machine or several; the program must be built for that:
CC=mpicc go build -tags mpi ./cmd/descent. Open MPI's mpirun wants --allow-run-as-root
as root, and --oversubscribe for more workers than cores.

With --distributed async the workers have no step in common: each pulls weights from a
parameter server, here in this process, and pushes the gradient of a whole batch when
it has it. Nobody waits, and gradients come late: dcasgd corrects them, --max-delay
bounds them. What comes out depends on who comes when. --checkpoint is then the server's
log: every gradient is on disk before it counts, so where the disk is full training
waits for space. descent ps and descent worker do the same on several machines.

--checkpoint saves every minute, or as --every says, in a way that a crash at any
moment leaves the last checkpoint whole; --resume FOLDER goes on from it with any number
of workers, and with the same number bit for bit. --workers, --accumulate, --wire and
--checkpoint are not saved: give them again.

Control-C, or SIGTERM, ends the training, saves what --save and --checkpoint ask for,
prints the score so far, reports, and exits with 130. A run that diverges is reported
as far as it went. If a file cannot be written, training goes on and the next save
tries again; if the last one cannot, the score is printed and the exit code is 1.`,
		Example: `  descent train
  descent train --optimizer sgd --lr 0.1 --momentum 0.9 --schedule cosine
  descent train --optimizer centralize+adam --set beta1=0.95 --wd 1e-4 --clip-norm 1
  descent train --optimizer torch/AdamW --set betas=0.9,0.95
  descent train --formula mine.rule --model cnn --epochs 2
  descent train --data houses.csv --target price --hidden 64,32 --save houses.safetensors
  descent train --data houses.csv --target price --resume houses.safetensors --epochs 1000
  descent train --epochs 3 --report run.html --plot
  descent train --workers 2 --checkpoint run --every 60s
  descent train --workers 4 --resume run --checkpoint run
  descent train --optimizer lbsgd --set batch_scale=32 --set warmup=linear --workers 4
  descent train --distributed async --optimizer dcasgd --lr 0.05 --workers 8 --max-delay 16
  mpirun -n 4 descent train --distributed mpi --wire bfloat16
  descent train --json --quiet | tail -1`,
		Args:              noArgs,
		ValidArgsFunction: nothing,
		RunE:              func(*cobra.Command, []string) error { return f.run() },
	}
	f.register()
	return f.cmd
}

func (f *trainFlags) register() {
	f.cmd.Flags().SortFlags = false
	f.registerOptimizer()
	f.registerSchedule()
	f.registerNetwork()
	f.registerTogether()
	f.registerFiles()
}

// registerOptimizer has the flags of the optimizer, but for what needs the whole run.
func (f *trainFlags) registerOptimizer() {
	s := f.cmd.Flags()
	s.StringVar(&f.optimizer, "optimizer", "adam", "optimizer by `name`, a chain such as centralize+adam, or another framework's, as in torch/AdamW: see descent optimizers")
	s.StringVar(&f.formula, "formula", "", "in place of --optimizer: a `file` with your own formula")
	f.hyper.add(f.cmd, func([]string) (name, file string) { return f.optimizer, f.formula })
	s.Float64Var(&f.clipNorm, "clip-norm", 0, "limit the norm of all gradients together to a `number`")
	s.Float64Var(&f.clipValue, "clip-value", 0, "limit every element of the gradients to a `number`")
	s.Float64Var(&f.rescale, "rescale", 1, "multiply the gradients by a `number` first")
	s.StringVar(&f.stateType, "state-type", "", "keep the optimizer's states in a smaller `type`: bfloat16, or bf16 for short")

	complete(f.cmd, "optimizer", completeRules)
	complete(f.cmd, "state-type", cobra.FixedCompletions([]string{"bfloat16"}, cobra.ShellCompDirectiveNoFileComp))
}

// registerSchedule has the flags of the run as a whole.
func (f *trainFlags) registerSchedule() {
	s := f.cmd.Flags()
	s.StringVar(&f.schedule, "schedule", "", "learning rate over the steps, as in cosine or warmup:steps=5%,then=cosine (`spec`): see descent explain schedule")
	s.IntVar(&f.epochs, "epochs", 0, "passes over the data (default 6, or more where those are fewer than 2000 steps)")

	complete(f.cmd, "schedule", completeSchedules)
}

// registerNetwork has the flags of batches, network and data.
func (f *trainFlags) registerNetwork() {
	s := f.cmd.Flags()
	s.IntVar(&f.batch, "batch", 64, "examples a step")
	s.Uint64Var(&f.seed, "seed", 1, "seed of the initial weights, the order of examples and the optimizer's draws")
	s.IntVar(&f.threads, "threads", 0, "threads to use; the result does not depend on it (default: all processors)")
	s.StringVar(&f.model, "model", "mlp", "`kind` of network: logistic, mlp or cnn")
	s.IntSliceVar(&f.hidden, "hidden", nil, "`widths` of an mlp's hidden layers (default 200)")
	s.StringVar(&f.data, "data", "", "`file` of your own data (default: MNIST)")
	s.StringVar(&f.target, "target", "", "`column` of the CSV file to predict; for IDX the labels file")
	s.StringVar(&f.task, "task", "", "classification or regression (`task`; default: decided from the target)")
	s.Float64Var(&f.held, "held", 0.2, "share of --data held out for the score")

	complete(f.cmd, "model", cobra.FixedCompletions(models, cobra.ShellCompDirectiveNoFileComp))
	complete(f.cmd, "task", cobra.FixedCompletions(tasks, cobra.ShellCompDirectiveNoFileComp))
}

// registerFiles has the flags of what a run writes and prints.
func (f *trainFlags) registerFiles() {
	s := f.cmd.Flags()
	s.StringVar(&f.save, "save", "", "`file` to save model, optimizer and place to after each epoch and at the end (.safetensors)")
	s.StringVar(&f.resume, "resume", "", "`file` of --save or folder of --checkpoint to go on from; it says what no flag says, but for --data and its kin, and --workers")
	s.StringVar(&f.report, "report", "", "`file` for a page with charts of the run (.html)")
	s.BoolVar(&f.plot, "plot", false, "draw loss and accuracy into the terminal")
	s.BoolVar(&f.json, "json", false, "print one JSON object a line: one for each epoch, the last is the result")
	s.BoolVar(&f.quiet, "quiet", false, "print the result only")

	complete(f.cmd, "resume", endings("safetensors"))
	complete(f.cmd, "report", endings("html"))
}

// run trains.
func (f *trainFlags) run() error {
	if err := f.check(); err != nil {
		return err
	}
	rule, options, err := f.ready()
	if err != nil {
		return err
	}
	if err := f.join(); err != nil {
		return err
	}
	return f.leave(f.train(rule, options))
}

// train trains, alone or as one of several processes.
func (f *trainFlags) train(rule optim.Rule, options []descent.Option) error {
	show := f.display()
	trainData, testData, err := f.read(show)
	if err != nil {
		return err
	}
	ctx, stop := f.start()
	defer stop()
	c := f.config(trainData)
	f.together(&c)
	c.Test, c.Rule, c.Options, c.Progress = testData, rule, options, show.progress
	if f.report != "" || f.plot {
		c.History = &train.History{}
	}
	if f.plot {
		show.live = c.History
	}
	result, err := f.runBy(ctx, c)
	show.clear()
	return f.finish(show, c.History, result, err)
}

// read reads the data and says what was recognised in it.
func (f *trainFlags) read(show *display) (trainData, testData *dataset.Data, err error) {
	show.status("reading the data ...")
	trainData, testData, err = f.load()
	show.status("")
	if err == nil {
		show.notes(trainData, testData)
	}
	return trainData, testData, err
}

// start gives a context that Control-C ends, and sets the number of threads.
func (f *trainFlags) start() (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second one ends at once
	if f.threads > 0 {
		runtime.GOMAXPROCS(f.threads) // the gradients' goroutines too
	}
	return ctx, stop
}

// finish plots, reports and prints the result of a run that has ended with an
// error or not.
func (f *trainFlags) finish(show *display, h *train.History, result *train.Result, err error) error {
	if f.plot {
		show.plot(h)
	}
	written, reportErr := f.writeReport(h, show.target, result, err)
	if written {
		show.wrote("report", f.report)
	}
	if result != nil {
		if errors.Is(err, train.ErrNotSaved) {
			show.result(result)
		} else {
			show.result(result, f.save, f.checkpoint)
		}
	}
	switch {
	case result != nil && errors.Is(err, train.ErrNotSaved) && result.Interrupted:
		err = fmt.Errorf("interrupted after %d steps: %w", result.Steps, err)
	case result != nil && result.Interrupted:
		err = f.interrupted(result.Steps)
	}
	switch {
	case reportErr == nil:
		return err
	case err == nil:
		return reportErr
	}
	return fmt.Errorf("%s; and %w", err, reportErr)
}

// config is the run that the flags ask for. With --resume, what no flag says is
// left open, for the file to say.
func (f *trainFlags) config(d *dataset.Data) train.Config {
	c := train.Config{
		Train: d, RuleName: f.ruleName(), Schedule: f.schedule, Epochs: f.epochs, Hidden: f.hidden,
		Threads: f.threads, Save: f.save, Resume: f.resume, StateType: f.states(),
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
		steps := (d.N-1)/f.batch + 1
		c.Epochs = max(6, 2000/steps)
	}
	return c
}

// unsaved are the flags that are no part of what is saved, and are to be given again.
var unsaved = []string{"distributed", "workers", "accumulate", "wire", "max-delay"}

// interrupted says how to go on.
func (f *trainFlags) interrupted(steps int) error {
	again := f.save
	switch {
	case f.checkpoint != "":
		again = f.checkpoint + " --checkpoint " + f.checkpoint
	case f.save == "":
		return interruptedError{fmt.Errorf("interrupted after %d steps; nothing saved, for want of --save", steps)}
	}
	for _, name := range unsaved {
		if flag := f.cmd.Flags().Lookup(name); flag != nil && flag.Changed {
			again += " --" + name + " " + flag.Value.String()
		}
	}
	return interruptedError{fmt.Errorf("interrupted after %d steps and saved; --resume %s goes on", steps, again)}
}

// splitSeed makes the examples held out the same ones for every --seed.
const splitSeed = 1

// load reads the data and holds a part of it out.
func (f *trainFlags) load() (trainData, testData *dataset.Data, err error) {
	if f.data == "" {
		return dataset.MNIST()
	}
	return dataset.OpenSplit(f.data, dataset.Options{Target: f.target, Task: dataset.Task(f.task)}, f.held, splitSeed)
}
