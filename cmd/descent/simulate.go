package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/distributed/simulate"
	"github.com/descent-go/descent/train"
)

// simulateFlags is what the command line of simulate says.
type simulateFlags struct {
	trainFlags // of which it has those of optimizer, schedule, network and data
	workers    int
	delay      string
	network    string
	maxDelay   int
	sync       bool
	points     int
}

func newSimulate() *cobra.Command {
	f := &simulateFlags{}
	f.trainFlags.workers, f.trainFlags.distributed = 1, "async" // for what train checks of flags that are here too
	f.cmd = &cobra.Command{
		Use:   "simulate",
		Short: "Simulate training with many asynchronous workers",
		Long: `Simulate a training by many workers that this machine does not have. Each pulls the
weights from a parameter server, computes a gradient and pushes it; nobody waits for
others, so that gradients come late. What happens when is simulated: how long a
gradient takes (--delay), what the network costs (--network). The gradients, and
what the server makes of them, are real: you see how delays change the training,
and what workers gain. The same command gives the same result, whatever the machine's
number of processors.

--delay says how long a worker computes a gradient:
` + delayHelp() + `
With each, stragglers=0.05,slowdown=10 makes 5 % of the workers ten times as slow.

--network says what lies between workers and server, as in ` + simulate.NetworkUsage() + `;
none costs nothing. The server's link is shared by all: with many workers it is
what limits. The server's own work takes no time.

--max-delay makes a worker wait where its gradient could be later than so many
updates; 0 is one worker after the other. --sync has all workers go in step
instead: their gradients are averaged around a ring, and all wait for the slowest.

A batch is that of one worker. As in train, --batch, --epochs and the data say how
many batches there are in all; the workers share them. The run ends when the last
gradient has come: with heavy tails that can be long after the others.`,
		Example: `  descent simulate
  descent simulate --workers 1000 --delay pareto --optimizer dcasgd --batch 8 --hidden 32 --lr 0.0003 --epochs 3
  descent simulate --workers 64 --delay exponential:mean=20ms,stragglers=0.05 --max-delay 100
  descent simulate --workers 64 --delay exponential:mean=20ms --sync --lr 0.3
  descent simulate --network latency=5ms,bandwidth=100Mbit --report late.html --plot
  descent simulate --optimizer dcasgd-adaptive --set lambda=1 --json`,
		Args:              noArgs,
		ValidArgsFunction: nothing,
		RunE:              func(*cobra.Command, []string) error { return f.run() },
	}
	f.register()
	return f.cmd
}

// delayHelp lists the models of times.
func delayHelp() string {
	text := ""
	for _, d := range simulate.Delays() {
		text += fmt.Sprintf("  %-29s %s\n", strings.TrimSuffix(d.Usage, ","), d.Doc)
	}
	return strings.TrimSuffix(text, "\n")
}

func (f *simulateFlags) register() {
	s := f.cmd.Flags()
	s.SortFlags = false
	f.registerOptimizer()
	f.optimizer, s.Lookup("optimizer").DefValue = "dcasgd", "dcasgd"
	s.IntVar(&f.workers, "workers", 16, "how many compute")
	s.StringVar(&f.delay, "delay", "exponential", "how long a gradient takes, as in pareto:mean=20ms,alpha=1.5 (`spec`)")
	s.StringVar(&f.network, "network", simulate.NetworkUsage(), "what messages take (`spec`), or none")
	s.IntVar(&f.maxDelay, "max-delay", -1, "let no gradient be more than a `number` of updates late")
	s.Lookup("max-delay").DefValue = "no bound"
	s.BoolVar(&f.sync, "sync", false, "workers go in step")
	f.registerSchedule()
	f.registerNetwork()
	s.IntVar(&f.points, "points", 20, "how many times to test the weights on the way")
	s.StringVar(&f.report, "report", "", "`file` for a page with charts (.html)")
	s.BoolVar(&f.plot, "plot", false, "draw the accuracy into the terminal")
	s.BoolVar(&f.json, "json", false, "print one JSON object a line: one for each test, the last is the result")
	s.BoolVar(&f.quiet, "quiet", false, "print the result only")

	complete(f.cmd, "delay", completeDelays)
	complete(f.cmd, "network", cobra.FixedCompletions([]string{simulate.NetworkUsage(), "none"}, cobra.ShellCompDirectiveNoFileComp))
	complete(f.cmd, "report", endings("html"))
	for _, name := range []string{"workers", "max-delay", "points"} {
		complete(f.cmd, name, nothing)
	}
}

// completeDelays offers the models of times.
func completeDelays(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var all []string
	for _, d := range simulate.Delays() {
		all = append(all, d.Name+"\t"+d.Doc)
	}
	return all, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// run simulates.
func (f *simulateFlags) run() error {
	if err := f.check(); err != nil {
		return err
	}
	rule, options, err := f.ready()
	if err != nil {
		return err
	}
	c, err := f.models()
	if err != nil {
		return err
	}
	show := newDisplay(f.cmd.OutOrStdout(), f.json, f.quiet)
	ctx, stop := f.start()
	defer stop()
	trainData, testData, err := f.read(show)
	if err != nil {
		return err
	}
	c.Rule, c.Options = rule, options
	f.fill(&c, trainData, testData)
	if work := c.Epochs * ((trainData.N-1)/c.Batch + 1); c.Workers > work {
		return usagef("--workers %d: there are %d batches only, of %d examples each in %s; take smaller batches or more epochs", c.Workers, work, c.Batch, count(c.Epochs, "epoch"))
	}
	tell := &simulateShow{display: show, target: trainData.Schema.Target}
	c.Progress = tell.progress
	result, err := simulate.Run(ctx, c)
	tell.clear()
	return f.finish(tell, result, trainData, err)
}

// check reports flags that make no sense or do not go together.
func (f *simulateFlags) check() error {
	if err := f.trainFlags.check(); err != nil {
		return err
	}
	switch {
	case f.workers < 1:
		return usagef("--workers %d: expected at least 1", f.workers)
	case f.cmd.Flags().Changed("max-delay") && f.maxDelay < 0:
		return usagef("--max-delay %d: expected 0 or more; without the flag there is no bound", f.maxDelay)
	case f.sync && f.cmd.Flags().Changed("max-delay"):
		return usagef("give one of --sync and --max-delay: with --sync no gradient is late")
	case f.points < 1:
		return usagef("--points %d: expected at least 1", f.points)
	}
	return nil
}

// models reads the models of times.
func (f *simulateFlags) models() (c simulate.Config, err error) {
	if c.Delay, err = simulate.ParseDelay(f.delay); err != nil {
		return c, usagef("--%s", strings.TrimPrefix(err.Error(), "simulate: ")) // which begins with the flag's name
	}
	if c.Network, err = simulate.ParseNetwork(f.network); err != nil {
		return c, usagef("--%s", strings.TrimPrefix(err.Error(), "simulate: "))
	}
	return c, nil
}

// fill sets what the other flags say.
func (f *simulateFlags) fill(c *simulate.Config, trainData, testData *dataset.Data) {
	t := f.config(trainData)
	c.Train, c.Test, c.Kind, c.Hidden, c.RuleName = trainData, testData, t.Kind, t.Hidden, t.RuleName
	c.Schedule, c.Epochs, c.Batch, c.Seed = t.Schedule, t.Epochs, t.Batch, t.Seed
	c.Workers, c.MaxDelay, c.Sync, c.Points = f.workers, f.maxDelay, f.sync, f.points
	if t.StateType != descent.AsComputed {
		c.Options = append(c.Options, descent.StateType(t.StateType))
	}
}

// finish plots, reports and prints the result of a simulation.
func (f *simulateFlags) finish(show *simulateShow, result *simulate.Result, data *dataset.Data, err error) error {
	if result == nil {
		return err
	}
	if f.plot {
		show.plot(result)
	}
	if f.report != "" {
		if reportErr := f.writePage(result, data); reportErr != nil {
			return errors.Join(err, fmt.Errorf("--report: %w", reportErr))
		}
		show.wrote("report", f.report)
	}
	show.result(result)
	if err == nil && result.Last().TestLoss > result.Points[0].TestLoss {
		fmt.Fprintln(os.Stderr, "note: the loss is higher than at the start; try a smaller learning rate, fewer workers or --max-delay")
	}
	switch {
	case errors.Is(err, context.Canceled):
		return interruptedError{fmt.Errorf("interrupted after %s", count(result.Batches, "gradient"))}
	case errors.Is(err, train.ErrDiverged):
		return fmt.Errorf("%w; try a smaller learning rate, fewer workers or --max-delay", err)
	}
	return err
}

// sentence is what came out, without the score.
func sentence(r *simulate.Result) string {
	text := fmt.Sprintf("%s, %s, %s in %s simulated s, %s batches/s, workers compute %.0f %% of the time",
		r.Optimizer, count(r.Workers, "worker"), count(r.Updates, "update"), plain(r.Seconds), plain(r.Throughput), 100*r.Utilisation)
	if !r.Sync {
		text += fmt.Sprintf("; gradients %.1f updates late, at most %d", r.Delays.Mean, r.Delays.Max)
	}
	return text
}

// bars is a histogram in letters.
func bars(d simulate.Lateness) string {
	text, most := "", slices.Max(d.Counts)
	for i, n := range d.Counts {
		from, to := d.Range(i)
		text += fmt.Sprintf("%6d to %-6d %8d %s\n", from, to, n, strings.Repeat("█", (40*n+most-1)/most))
	}
	return text
}
