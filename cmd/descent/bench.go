package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/descent-go/descent/internal/measure"
)

// benchFlags is what the command line of bench says.
type benchFlags struct {
	cmd                           *cobra.Command
	hyper                         hyperFlags
	formulas                      []string
	sizes, tensors, types, thread []string
	rounds                        int
	plot, stateType               string
	json                          bool
}

func newBench() *cobra.Command {
	f := &benchFlags{}
	f.cmd = &cobra.Command{
		Use:   "bench [NAME[:NAME=VALUE,...]]...",
		Short: "Measure what a step costs, beside the speed of the memory",
		Long: `Measure what a step of optimizers costs for every weight, by number of weights,
element type and threads, in turns with a read-write loop that moves the same bytes.
Name optimizers as for train --optimizer, chains and torch/AdamW too, each with
hyperparameters of its own after a colon; --lr and its kin hold for all. What is
measured where nothing is named takes 10 to 20 seconds and 2.5 GB of memory.

The columns:
  ns/weight     median over the rounds of the time of a step, for each weight
  spread        half the distance between the quartiles, of the median
  GB/s          10^9 bytes a second, read and written: each weight and each of its
                states is read and written, its gradient read, once a step. Weights
                and gradients have the type of --type, states that in which the step
                computes, or that of --state-type; weights of 16 bits have a master copy in float32. What the
                formula never assigns is read only. Going over arrays twice, as lamb
                does, does not count twice.
  of bandwidth  these bytes a second over those of the read-write loop, a formula that
                only adds: to as many arrays of as many weights in one piece, by the
                same engine with as many threads. 100 % is the memory's speed or, where
                all fits into them, the caches'. Median over the rounds.
  ns/tensor     with --tensors: the time of a step for each tensor

A measurement is one step, or as many as take 10 ms; the rounds go through all that
has the same size and type, and a first one does not count. Parameters are vectors.
Gradients stay the same throughout, also where the rule asks for several. Rules that
are no formula, as lbfgs, have no GB/s. Control-C prints what was measured so far and
exits with 130.`,
		Example: `  descent bench
  descent bench adam lion sgd:momentum=0.9 torch/AdamW:betas=0.9,0.95
  descent bench adam --formula mine.rule --size 10k,1M,25M --plot bench.svg
  descent bench adam --type float32,bfloat16 --threads 1,2 --size 25M
  descent bench adam --tensors 10000x64
  descent bench adam --state-type bfloat16
  descent bench --json | jq '.rows[] | {rule, weights, ns_per_weight}'`,
		ValidArgsFunction: completeBench,
		RunE:              func(_ *cobra.Command, args []string) error { return f.run(args) },
	}
	f.register()
	return f.cmd
}

func (f *benchFlags) register() {
	s := f.cmd.Flags()
	s.SortFlags = false
	s.StringArrayVar(&f.formulas, "formula", nil, "a `file` with your own formula, beside those named or the usual ones (may be repeated)")
	f.hyper.add(f.cmd, func(args []string) (name, file string) { return f.last(args) })
	s.StringSliceVar(&f.sizes, "size", []string{"10k", "25M"}, "`weights` of a single tensor, as in 10k,1M,2.5e7")
	s.StringSliceVar(&f.tensors, "tensors", nil, "in place of --size, or beside it: tensors and weights of each, as in 10000x64 (`count x size`)")
	s.StringSliceVar(&f.types, "type", []string{"float32"}, "element `types` of weights and gradients: "+strings.Join(typeNames(), ", "))
	s.StringVar(&f.stateType, "state-type", "", "measure each also with its states in another `type`: bfloat16, or bf16 for short")
	s.StringSliceVar(&f.thread, "threads", nil, "`numbers` of threads, as in 1,2,all (default: 1,all)")
	s.IntVar(&f.rounds, "rounds", 11, "measurements of each, of which the median counts")
	s.StringVar(&f.plot, "plot", "", "`file` for a chart of ns per weight (.svg or .png)")
	s.BoolVar(&f.json, "json", false, "print one JSON object")

	complete(f.cmd, "type", cobra.FixedCompletions(typeNames(), cobra.ShellCompDirectiveNoFileComp))
	complete(f.cmd, "state-type", cobra.FixedCompletions([]string{"bfloat16"}, cobra.ShellCompDirectiveNoFileComp))
	complete(f.cmd, "plot", endings("svg", "png"))
	for _, name := range []string{"size", "tensors", "threads", "rounds"} {
		complete(f.cmd, name, nothing)
	}
}

// last is the optimizer that --set is completed for.
func (f *benchFlags) last(args []string) (name, file string) {
	switch {
	case len(args) > 0:
		name, _ = splitOptions(args[len(args)-1])
		return name, ""
	case len(f.formulas) > 0:
		return "", f.formulas[len(f.formulas)-1]
	}
	return benchRules[0], ""
}

// run measures.
func (f *benchFlags) run(args []string) error {
	c, err := f.config(args)
	if err != nil {
		return err
	}
	if err := f.checkPlot(); err != nil {
		return err
	}
	machine, err := measure.ThisMachine()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(f.cmd.Context(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second one ends at once
	defer stop()
	show := newDisplay(f.cmd.OutOrStdout(), f.json, false)
	c.Progress = benchProgress(show)
	rows, err := c.Run(ctx)
	show.status("")
	interrupted := errors.Is(err, context.Canceled)
	if err != nil && !interrupted {
		return err
	}
	if err := f.print(machine, rows, interrupted); err != nil {
		return err
	}
	if f.plot != "" && len(rows) > 0 {
		if err := writeChart(f.plot, machine, rows); err != nil {
			return fmt.Errorf("--plot: %w", err)
		}
	}
	if interrupted {
		return interruptedError{fmt.Errorf("interrupted, with %s measured", count(len(rows), "row"))}
	}
	return nil
}

// config is what the command line asks to measure.
func (f *benchFlags) config(args []string) (measure.Config, error) {
	c := measure.Config{Rounds: f.rounds}
	if f.rounds < 1 {
		return c, usagef("--rounds %d: expected at least 1", f.rounds)
	}
	var err error
	if c.Works, err = f.works(); err != nil {
		return c, err
	}
	if c.Threads, err = f.threads(); err != nil {
		return c, err
	}
	if f.cmd.Flags().Changed("state-type") && !isStateType(f.stateType) {
		return c, usagef("--state-type %s: unknown; there is bfloat16", f.stateType)
	}
	c.Rules, err = f.rules(args)
	return c, err
}

// benchProgress shows on a terminal what is being measured and the time left.
func benchProgress(show *display) func(measure.Work, float64) {
	start, shown := time.Now(), time.Duration(0)
	return func(w measure.Work, done float64) {
		elapsed := time.Since(start)
		if elapsed-shown < redraw {
			return
		}
		shown = elapsed
		left := time.Duration(float64(elapsed) / done * (1 - done))
		show.status(fmt.Sprintf("%3.0f %%, %v left: %s %s", 100*done, left.Round(time.Second), workName(w), w.Type))
	}
}
