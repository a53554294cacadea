package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/distributed/mpi"
	"github.com/descent-go/descent/distributed/wire"
	"github.com/descent-go/descent/train"
)

// togetherFlags say how several workers train.
type togetherFlags struct {
	workers, accumulate int
	distributed, wire   string
	checkpoint          string
	every               time.Duration
	asyncFlags

	peers distributed.Collective // of MPI, else nil
}

// registerTogether has the flags of several workers and of checkpoints.
func (f *trainFlags) registerTogether() {
	s := f.cmd.Flags()
	s.IntVar(&f.workers, "workers", 1, "workers that train together, each on its part of a batch")
	s.IntVar(&f.accumulate, "accumulate", 1, "parts of a batch that one worker computes one after the other: the numbers of as many workers")
	s.StringVar(&f.distributed, "distributed", "", "`how` workers join: mpi (processes, as in mpirun -n 4 descent train --distributed mpi) or async (no step in common: they pull weights from a parameter server and push gradients to it)")
	s.StringVar(&f.wire, "wire", "float32", "`form` in which gradients travel: float32, float16, bfloat16, sign (a majority vote) or topk:0.01 (the largest hundredth)")
	s.StringVar(&f.checkpoint, "checkpoint", "", "`folder` for checkpoints that a crash cannot spoil, a part for each worker")
	f.asyncFlags.register(s)
	s.DurationVar(&f.every, "every", time.Minute, "`time` from one checkpoint to the next; 0 makes them at the end of each epoch")

	complete(f.cmd, "distributed", cobra.FixedCompletions(engines, cobra.ShellCompDirectiveNoFileComp))
	complete(f.cmd, "wire", cobra.FixedCompletions(wire.Names(), cobra.ShellCompDirectiveNoFileComp))
	complete(f.cmd, "checkpoint", folders)
}

// engines are the values of --distributed.
var engines = []string{"mpi", "async"}

// folders completes folders.
func folders(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// checkTogether reports flags of several workers and of checkpoints that make no sense.
func (f *trainFlags) checkTogether() error {
	given := f.cmd.Flags().Changed
	switch {
	case given("workers") && f.workers < 1:
		return usagef("--workers %d: expected 1 or more", f.workers)
	case given("accumulate") && f.accumulate < 1:
		return usagef("--accumulate %d: expected 1 or more", f.accumulate)
	case f.workers > 1 && f.accumulate > 1:
		return usagef("give one of --workers and --accumulate: one worker accumulates")
	case given("distributed") && !slices.Contains(engines, f.distributed):
		return usagef("--distributed %s: unknown%s", f.distributed, hint(f.distributed, engines, "there is "+strings.Join(engines, ", ")))
	case f.distributed == "mpi" && given("workers"):
		return usagef("--workers goes without --distributed mpi: mpirun -n says how many there are")
	case f.distributed == "mpi" && f.accumulate > 1:
		return usagef("--accumulate goes without --distributed mpi: one worker accumulates")
	case f.resume == "" && f.workers > f.batch && f.distributed != "async":
		return usagef("--workers %d: a batch has %d examples; take fewer, or a larger --batch", f.workers, f.batch)
	case f.resume == "" && f.accumulate > f.batch:
		return usagef("--accumulate %d: a batch has %d examples; take fewer, or a larger --batch", f.accumulate, f.batch)
	case f.every < 0:
		return usagef("--every %v: expected a time such as 60s, or 0 for the end of each epoch", f.every)
	case given("every") && f.checkpoint == "":
		return usagef("--every goes with --checkpoint FOLDER")
	case given("checkpoint") && f.checkpoint == "":
		return usagef("--checkpoint is empty: expected the name of a folder")
	case f.checkpoint != "" && f.save != "" && filepath.Clean(f.checkpoint) == filepath.Clean(f.save):
		return usagef("--checkpoint and --save name the same, %s: one is a folder, the other a file", f.save)
	}
	if given("wire") {
		if _, err := wire.Parse(f.wire); err != nil {
			return usagef("--wire: %s", strings.TrimPrefix(err.Error(), "wire: "))
		}
	}
	return f.checkAsync()
}

// checkFolder reports a folder of --checkpoint that cannot be made.
func (f *trainFlags) checkFolder() error {
	if f.checkpoint == "" {
		return nil
	}
	parent := filepath.Dir(filepath.Clean(f.checkpoint))
	if info, err := os.Stat(f.checkpoint); err == nil && !info.IsDir() {
		return fmt.Errorf("--checkpoint: %s is a file; give the name of a folder", f.checkpoint)
	}
	if info, err := os.Stat(parent); err != nil || !info.IsDir() {
		return fmt.Errorf("--checkpoint: %s cannot be made: there is no folder %s", f.checkpoint, parent)
	}
	return nil
}

// join joins the processes that mpirun has started.
func (f *trainFlags) join() (err error) {
	launched := mpi.Launched()
	switch {
	case f.distributed != "mpi" && launched:
		fmt.Fprintln(os.Stderr, "note: mpirun or the like has started this process, which trains by itself: --distributed mpi makes all of them one run")
	case f.distributed == "mpi":
		if f.peers, err = mpi.Open(); err == nil && !launched {
			fmt.Fprintln(os.Stderr, "note: this process trains alone; start several by mpirun -n 4 descent train --distributed mpi")
		}
	}
	return err
}

// leave ends what join has begun, because of an error or without one.
func (f *trainFlags) leave(err error) error {
	if f.peers == nil {
		return err
	}
	var interrupted interruptedError
	if err != nil && !errors.As(err, &interrupted) && !errors.Is(err, train.ErrNotSaved) {
		f.peers.Abort(err)
	}
	return errors.Join(f.told(err), f.peers.Close())
}

// told is an error to print, nil where the first process prints it.
func (f *trainFlags) told(err error) error {
	var lost *distributed.RankError
	if f.tells() || errors.As(err, &lost) && lost.Rank <= 0 {
		return err
	}
	return nil
}

// tells reports whether this is the process that tells how it goes.
func (f *trainFlags) tells() bool { return f.peers == nil || f.peers.Rank() == 0 }

// display shows the run, in the process that tells.
func (f *trainFlags) display() *display {
	if !f.tells() {
		return newDisplay(io.Discard, false, true)
	}
	return newDisplay(f.cmd.OutOrStdout(), f.json, f.quiet)
}

// together puts what the flags say of workers and checkpoints into a run.
func (f *trainFlags) together(c *train.Config) {
	c.Workers, c.Accumulate, c.Collective = f.workers, f.accumulate, f.peers
	if f.peers != nil {
		c.Workers = 0
	}
	c.Wire, _ = wire.Parse(f.wire) // checkTogether has seen that it is one
	c.Checkpoint, c.Every = f.checkpoint, f.every
	c.Note = func(text string) { fmt.Fprintf(os.Stderr, "note: %s\n", text) }
}
