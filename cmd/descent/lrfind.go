package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/train"
)

// lrFindFlags is what the command line of lr-find says.
type lrFindFlags struct {
	trainFlags // of which it has those of optimizer, network and data
	over       train.LRRange
	output     string
}

func newLRFind() *cobra.Command {
	f := &lrFindFlags{}
	f.cmd = &cobra.Command{
		Use:   "lr-find",
		Short: "Find a learning rate by the range test",
		Long: `Find a learning rate by the range test: the network of train is trained for some
hundred steps while the learning rate grows from one to the next by the same factor,
until the loss explodes. The losses of the batches are smoothed by an exponential
average, corrected for its beginning and for its lag. Where the learning rate is too
small the loss stays, then it falls, then it rises.

Suggested is the learning rate at which the smoothed loss falls fastest: a careful
choice. A tenth of that at which it is lowest is the other common one; often the
best lies between them. Both are for a constant learning rate at the beginning of a
training; with a schedule or a warm-up more may be better.

Take the flags of train as you mean to use them, without --lr. An optimizer that
has no learning rate, as adadelta, needs no test. One whose states hold the
learning rate of earlier steps, as ftrl, cannot be tested like this.

Smith, "Cyclical Learning Rates for Training Neural Networks", WACV 2017,
section 3.3; exponential growth, smoothing and the end of the test are fastai's.`,
		Example: `  descent lr-find
  descent lr-find --optimizer sgd --momentum 0.9 -o lr.svg
  descent lr-find --optimizer torch/AdamW --model cnn
  descent lr-find --data houses.csv --target price --from 1e-5 --to 1
  descent train --lr $(descent lr-find --quiet)`,
		Args:              noArgs,
		ValidArgsFunction: nothing,
		RunE:              func(*cobra.Command, []string) error { return f.run() },
	}
	f.hyper.anyRate = true
	f.cmd.Flags().SortFlags = false
	f.registerOptimizer()
	f.registerNetwork()
	s := f.cmd.Flags()
	_ = s.MarkHidden("lr") // which is there
	s.Float64Var(&f.over.Low, "from", 1e-7, "the first learning rate, a `number`")
	s.Float64Var(&f.over.High, "to", 10, "the last learning rate, a `number`")
	s.IntVar(&f.over.Steps, "steps", 300, "steps from the first to the last")
	s.StringVarP(&f.output, "output", "o", "", "`file` for a picture of the losses (.svg or .png)")
	s.BoolVar(&f.quiet, "quiet", false, "print the learning rate only")
	complete(f.cmd, "output", endings("svg", "png"))
	for _, name := range []string{"from", "to", "steps"} {
		complete(f.cmd, name, nothing)
	}
	return f.cmd
}

// run makes the test.
func (f *lrFindFlags) run() error {
	if err := f.check(); err != nil {
		return err
	}
	rule, options, err := f.rule()
	if err != nil {
		return err
	}
	if err := f.checkRule(rule, options); err != nil {
		return err
	}
	if err := writable(f.output); err != nil {
		return fmt.Errorf("--output: %w", err)
	}
	show := newDisplay(f.cmd.OutOrStdout(), false, f.quiet)
	ctx, stop := f.start()
	defer stop()
	trainData, testData, err := f.read(show)
	if err != nil {
		return err
	}
	bar := newWaitBar(f.over.Steps)
	c := f.config(trainData)
	c.Test, c.Rule, c.Options = testData, rule, options
	c.Progress = func(p train.Progress) { bar.set(p.Step) }
	curve, err := train.FindLR(ctx, c, f.over)
	bar.clear()
	if errors.Is(err, context.Canceled) {
		return interruptedError{errors.New("interrupted; nothing is found yet")}
	}
	if err != nil {
		return err
	}
	return f.tell(curve, c.RuleName+" on "+trainData.Name, trainData.Schema.Target)
}

// check reports flags that make no sense.
func (f *lrFindFlags) check() error {
	if err := f.trainFlags.check(); err != nil {
		return err
	}
	switch {
	case f.cmd.Flags().Changed("lr") || slices.ContainsFunc(f.hyper.set, setsLR):
		return usagef("the learning rate is what lr-find looks for: leave out --lr and its like; --from and --to say where")
	case !(f.over.Low > 0 && f.over.Low < f.over.High && f.over.High < 1e30):
		return usagef("--from %v --to %v: expected numbers above 0, the first below the last", f.over.Low, f.over.High)
	case f.over.Steps < 50:
		return usagef("--steps %d: expected at least 50", f.over.Steps)
	case f.cmd.Flags().Changed("output") && pictureFormat(f.output) == "":
		return usagef("--output %s: expected the name of a file that ends in .svg or .png", f.output)
	}
	return nil
}

// checkRule reports an optimizer whose learning rate cannot be found.
func (f *lrFindFlags) checkRule(rule optim.Rule, options []descent.Option) error {
	if f.foreign != nil && f.foreign.options["lr_scheduler"] != nil {
		return usagef("--set lr_scheduler: lr-find moves the learning rate itself; leave the scheduler to descent train")
	}
	opt, err := trial(rule, options)
	if err != nil {
		return usageError{err}
	}
	var names []string
	for _, h := range opt.Hypers() {
		names = append(names, h.Name)
	}
	if !slices.Contains(names, "lr") {
		err = usagef("%s has no learning rate to find: it does without, descent train --optimizer %s will do", f.ruleName(), f.ruleName())
	}
	return errors.Join(err, opt.Close())
}

// next is the command to go on with.
func (f *lrFindFlags) next(lr string) string {
	args := []string{"train"}
	own := []string{"from", "to", "steps", "output", "quiet"}
	f.cmd.Flags().Visit(func(flag *pflag.Flag) {
		list, isList := flag.Value.(pflag.SliceValue)
		switch {
		case slices.Contains(own, flag.Name):
		case flag.Name == "set":
			for _, s := range f.hyper.set {
				args = append(args, "--set", s)
			}
		case isList:
			args = append(args, "--"+flag.Name, strings.Join(list.GetSlice(), ","))
		default:
			args = append(args, "--"+flag.Name, flag.Value.String())
		}
	})
	return shellCommand(append(args, "--lr", lr))
}
