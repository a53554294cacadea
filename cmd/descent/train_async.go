package main

import (
	"context"

	"github.com/spf13/pflag"

	"github.com/descent-go/descent/train"
)

// asyncFlags say how workers train that have no step in common.
type asyncFlags struct{ maxDelay int }

// register has the flags.
func (a *asyncFlags) register(s *pflag.FlagSet) {
	s.IntVar(&a.maxDelay, "max-delay", -1, "with --distributed async: let no gradient be more than a `number` of updates late")
	s.Lookup("max-delay").DefValue = "no bound"
}

// checkAsync reports flags that workers without a step in common have not.
func (f *trainFlags) checkAsync() error {
	given := f.cmd.Flags().Changed
	switch {
	case f.distributed != "async" && given("max-delay"):
		return usagef("--max-delay goes with --distributed async: workers in step have no delay")
	case f.distributed != "async":
		return nil
	case given("max-delay") && f.maxDelay < 0:
		return usagef("--max-delay %d: expected 0 or more; without the flag there is no bound", f.maxDelay)
	case f.accumulate > 1:
		return usagef("--accumulate goes without --distributed async: each worker pushes each of its gradients")
	case given("wire"):
		return usagef("--wire goes without --distributed async: within a process gradients travel as they are (see descent worker --wire)")
	}
	return nil
}

// runBy trains with workers in step or without.
func (f *trainFlags) runBy(ctx context.Context, c train.Config) (*train.Result, error) {
	if f.distributed == "async" {
		c.Wire = nil
		return train.RunAsync(ctx, c, train.AsyncOptions{MaxDelay: f.maxDelay})
	}
	return train.Run(ctx, c)
}
