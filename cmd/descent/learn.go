package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/descent-go/descent/online/vw"
)

// learnFlags is what the command line of learn says.
type learnFlags struct {
	cmd                *cobra.Command
	config             *vw.Config
	hyper              hyperFlags
	optimizer, formula string
	report             string
}

func newLearn() *cobra.Command {
	f := &learnFlags{config: vw.New()}
	f.cmd = &cobra.Command{
		Use:   "learn [data]",
		Short: "Learn a linear model from a stream, with the options of Vowpal Wabbit",
		Long: `Learn a linear model from a stream of examples, one after the other, as Vowpal
Wabbit does, with its options, its text format and its numbers: clicks, prices, log
lines, more than memory holds. Data are read as they are, plain or packed by gzip
or zstd: Vowpal Wabbit's text, LibSVM, CSV with a header, JSON lines.

Besides Vowpal Wabbit's updates any optimizer of descent will do that is a formula
for each weight by itself; only the weights of an example's features are touched.

Each prediction is made before its example is learned. The average loss is that of
these predictions, or with several passes that of the examples held out. Table and
summary go to standard error.

Control-C, or SIGTERM, ends the run, saves the model so far, and exits with 130.`,
		Example: `  descent learn -d clicks.vw.gz --loss_function logistic --ftrl --l1 1e-4 -f model -p predictions
  zcat log.gz | descent learn --loss_function logistic --optimizer ftml --lr 0.05 -f model
  descent learn -t -i model -d new.vw -p -
  descent learn -i model -d more.vw -f model
  descent learn -d data.vw -c --passes 10 -q ab --l2 1e-6
  descent learn -d houses.csv --formula mine.rule --set lr=0.1
  descent learn -d digits.vw --oaa 10 --readable_model weights.txt`,
		ValidArgsFunction: endings("vw", "dat", "txt", "csv", "json", "jsonl", "svm", "gz", "zst"),
		RunE:              f.run,
	}
	f.register()
	f.cmd.SetUsageFunc(learnUsage)
	f.cmd.SetFlagErrorFunc(learnFlagError)
	return f.cmd
}

func (f *learnFlags) register() {
	s := f.cmd.Flags()
	s.SortFlags = false
	s.StringVar(&f.optimizer, "optimizer", "", "optimizer of descent by `name`, or a chain: see descent optimizers")
	s.StringVar(&f.formula, "formula", "", "in place of --optimizer: a `file` with your own formula")
	f.hyper.add(f.cmd, func([]string) (name, file string) { return f.optimizer, f.formula })
	s.StringVar(&f.report, "report", "", "`file` that ends in .html for a page with charts of the run")
	s.SetAnnotation("report", vw.GroupAnnotation, []string{"Output"})
	f.config.Flags(s)
	complete(f.cmd, "optimizer", completeRules)
	for name, words := range map[string][]string{"loss_function": vw.Losses, "link": vw.Links, "hash": vw.Hashes, "format": vw.Formats, "driver_output": {"stderr", "stdout"}} {
		complete(f.cmd, name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	}
}

// run learns.
func (f *learnFlags) run(_ *cobra.Command, args []string) error {
	if err := f.rule(); err != nil {
		return err
	}
	if err := f.config.Finish(args); err != nil {
		return usageError{err}
	}
	if err := f.checkReport(); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second one ends at once
	return f.learn(ctx)
}

// learn runs, and prints what came of it.
func (f *learnFlags) learn(ctx context.Context) error {
	c := f.config
	show := &learnStatus{w: f.cmd.ErrOrStderr()}
	s := vw.Streams{In: f.cmd.InOrStdin(), Out: f.cmd.OutOrStdout(), Log: show, Warn: show}
	if !c.Quiet && show.w == os.Stderr && term.IsTerminal(int(os.Stderr.Fd())) {
		s.Progress = show.progress
	}
	if c.Output == "stdout" {
		s.Log = f.cmd.OutOrStdout()
	}
	result, err := c.Run(ctx, s)
	show.clear()
	if result != nil && !c.Quiet && !c.OutputOff {
		io.WriteString(s.Log, result.String())
	}
	if wrong := f.writeReport(result, err); wrong != nil {
		err = errors.Join(err, wrong)
	}
	if errors.Is(err, vw.ErrInterrupted) {
		return f.interrupted(result, err)
	}
	return err
}

// interrupted says what there is after an interruption.
func (f *learnFlags) interrupted(r *vw.Result, err error) error {
	switch {
	case err != vw.ErrInterrupted: // it could not be saved
		return interruptedError{err}
	case f.config.Model == "":
		return interruptedError{fmt.Errorf("interrupted after %s; nothing saved, for want of -f", count(int(r.Examples), "example"))}
	}
	return interruptedError{fmt.Errorf("interrupted after %s and saved in %s; -i %s goes on from there", count(int(r.Examples), "example"), f.config.Model, f.config.Model)}
}

// rule puts the optimizer of descent into the configuration.
func (f *learnFlags) rule() (err error) {
	c := f.config
	if f.optimizer == "" && f.formula == "" {
		return f.noRule()
	}
	if f.optimizer != "" && f.formula != "" {
		return usagef("--optimizer and --formula: give one of them")
	}
	if f.formula == "" {
		c.Rule, c.Hypers, err = f.hyper.named(f.optimizer)
		return err
	}
	if c.Rule, err = findRule("", f.formula); err != nil {
		return err
	}
	c.Hypers, err = f.hyper.options()
	return err
}

// noRule says that a flag of an optimizer is there without one.
func (f *learnFlags) noRule() error {
	if f.config.Initial != "" && f.cmd.Flags().Changed("lr") {
		return usagef("a model of -i has its optimizer: -l changes its learning rate")
	}
	for _, name := range []string{"lr", "momentum", "wd", "set"} {
		if f.cmd.Flags().Changed(name) {
			return usagef("--%s is of an optimizer: add --optimizer NAME, or use Vowpal Wabbit's options, as -l for its learning rate", name)
		}
	}
	return nil
}
