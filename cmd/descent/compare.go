package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/descent-go/descent/compare"
	"github.com/descent-go/descent/surface"
)

// compareFlags is what the command line of compare says.
type compareFlags struct {
	cmd                  *cobra.Command
	task, data, target   string
	optimizers, formulas []string
	seeds, epochs, steps int
	batch, threads, jobs int
	trainSize            int
	grid, model          string
	hidden               []int
	held                 float64
	report, csv          string
	markdown, resume     bool
}

func newCompare() *cobra.Command {
	f := &compareFlags{}
	f.cmd = &cobra.Command{
		Use:   "compare",
		Short: "Compare optimizers, each with its learning rate chosen the same way",
		Long: `Compare optimizers on MNIST, on data of your own, or on a surface of two variables.
Each has its learning rate chosen from a grid by runs of a quarter of the budget, in
whole epochs, measured on examples held out of the training data, and then runs with
the full budget once for each seed. Test data has no say in the choice. descent prints
about how long that takes before it starts, and in the end a table, the best first.

The grid has the optimizer's own learning rate and two values either side, each
√10 times the one before, and goes on where the best is at an end; --grid gives
others, the same for all. Optimizers without a learning rate, those that find it
themselves from a first guess d0, as prodigy, and those named with one, as in
sgd:lr=0.1, run as they are. All other hyperparameters stay as named, or else the
defaults. On a surface, where it costs little, choices take the whole budget.

Scores are the median over the seeds with the lowest and the highest. A run whose
loss is no longer finite has diverged; it is shown as such.

The report is a page for a browser, by itself, with curves and the choice of the
learning rates; beside it a journal (.jsonl) keeps every run that is done. Control-C,
or SIGTERM, writes the report of the full runs so far and exits with 130; --resume goes
on from the journal, to the same results as if never stopped, also with more seeds or
optimizers.`,
		Example: `  descent compare --optimizers sgd,momentum,adam --seeds 3
  descent compare --task mnist --optimizers all --seeds 3 -o all.html --csv all.csv
  descent compare --task mnist --optimizers all --seeds 3 -o all.html --resume
  descent compare --optimizers adam,torch/AdamW:betas=0.9,0.95 --formula mine.rule --model cnn
  descent compare --data houses.csv --target price --optimizers adam,lion,sgd:lr=0.1
  descent compare --task rosenbrock --optimizers all
  descent compare --task 'x^2 + 10*y^2' --optimizers sgd,momentum,nag --markdown`,
		Args:              noArgs,
		ValidArgsFunction: nothing,
		RunE:              func(*cobra.Command, []string) error { return f.run() },
	}
	f.register()
	return f.cmd
}

func (f *compareFlags) register() {
	s := f.cmd.Flags()
	s.SortFlags = false
	s.StringVar(&f.task, "task", "mnist", "what to compare on: mnist; a surface, "+strings.Join(surface.Names(), ", ")+"; or a function of x and y; with --data classification or regression")
	s.StringVar(&f.data, "data", "", "`file` of your own data, in place of MNIST")
	s.StringVar(&f.target, "target", "", "`column` of the CSV file to predict; for IDX the labels file")
	s.Float64Var(&f.held, "held", 0.2, "share of --data held out as test data")
	s.StringArrayVar(&f.optimizers, "optimizers", []string{"sgd,momentum,adam"}, "`names` with commas between them, as in sgd,adam:beta1=0.95,centralize+adam,torch/AdamW, or all")
	s.StringArrayVar(&f.formulas, "formula", nil, "a `file` with your own formula, beside those named (may be repeated)")
	s.IntVar(&f.seeds, "seeds", 3, "runs of each that count")
	s.IntVar(&f.epochs, "epochs", 0, "budget in passes over the data (default 3, or more where those are fewer than 1000 steps)")
	s.IntVar(&f.steps, "steps", 400, "budget on a surface")
	s.IntVar(&f.batch, "batch", 64, "examples a step")
	s.IntVar(&f.trainSize, "train-size", 0, "learn from so many of the training examples (default: all)")
	s.StringVar(&f.grid, "grid", "", "learning rates to choose from, as in 1e-4..1,7 for seven values or 0.1,0.03,0.01 (`rates`; default: around each optimizer's own)")
	s.StringVar(&f.model, "model", "mlp", "`kind` of network: logistic, mlp or cnn")
	s.IntSliceVar(&f.hidden, "hidden", nil, "`widths` of an mlp's hidden layers (default 200)")
	s.IntVar(&f.threads, "threads", 0, "threads to use; the result does not depend on it (default: all processors)")
	s.IntVar(&f.jobs, "jobs", 1, "runs at the same time; they are done sooner, but a step takes longer")
	s.StringVarP(&f.report, "report", "o", "compare.html", "`file` for the report (.html); the journal stands beside it")
	s.StringVar(&f.csv, "csv", "", "`file` for a table of all runs (.csv)")
	s.BoolVar(&f.markdown, "markdown", false, "print the table in Markdown, and nothing else")
	s.BoolVar(&f.resume, "resume", false, "go on from the journal beside --report")

	complete(f.cmd, "task", cobra.FixedCompletions(append([]string{"mnist"}, surface.Names()...), cobra.ShellCompDirectiveNoFileComp))
	complete(f.cmd, "optimizers", completeNames)
	complete(f.cmd, "model", cobra.FixedCompletions(models, cobra.ShellCompDirectiveNoFileComp))
	complete(f.cmd, "report", endings("html"))
	complete(f.cmd, "csv", endings("csv"))
	for _, name := range []string{"grid", "seeds", "epochs", "steps", "batch", "train-size", "threads", "jobs", "hidden", "held"} {
		complete(f.cmd, name, nothing)
	}
}

// run compares.
func (f *compareFlags) run() error {
	ctx, stop := signal.NotifyContext(f.cmd.Context(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second one ends at once
	defer stop()
	c, err := f.config()
	if err != nil {
		return err
	}
	if f.threads > 0 {
		runtime.GOMAXPROCS(f.threads) // the gradients' goroutines too
	}
	show := newDisplay(f.cmd.OutOrStdout(), false, false)
	show.status("trying the optimizers, which takes some seconds ...")
	c.Progress = compareProgress(show)
	m, err := compare.New(ctx, c)
	show.status("")
	switch {
	case errors.Is(err, context.Canceled):
		return interruptedError{errors.New("interrupted before the first run")}
	case f.resume && errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("--resume: there is no journal %s, so nothing to go on from; leave out --resume", c.Journal)
	case errors.Is(err, compare.ErrUnfinished):
		return fmt.Errorf("%w: --resume goes on from it; to begin anew remove it, or give another --report", err)
	case err != nil:
		return err
	}
	defer m.Close()
	if !f.markdown {
		fmt.Fprintf(f.cmd.OutOrStdout(), "%s on %s, %s: about %v\n", count(len(c.Entrants), "optimizer"), c.Task.Name(), count(f.seeds, "seed"), about(m.Left()))
	}
	result, err := m.Run(ctx)
	show.status("")
	return f.finish(result, err)
}
