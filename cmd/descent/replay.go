package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/descent-go/descent/compat"
	"github.com/descent-go/descent/optim"
)

func newReplay() *cobra.Command {
	var file string
	var verbose bool
	cmd := &cobra.Command{
		Use:   "replay FILE...",
		Short: "Replay recorded trajectories and compare every value",
		Long: `Replay recordings of what an optimizer did, step by step, or of the values that
schedules took, and compare every value with the recorded one. A recording passes
where all values are within its tolerance; else the first that is not is printed.
The end is a summary for each framework. Exits with 1 if any fails.

With --formula the recordings are replayed through a formula of your own with its
own defaults: the options recorded are ignored.`,
		Example: `  descent replay traces/*.json
  descent replay -v adam.json torch-schedulers.json
  descent replay --formula mine.rule adam.json`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("replay: name at least one file of a recording")
			}
			return nil
		},
		ValidArgsFunction: endings("json", "json.gz"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var rule optim.Rule
			if file != "" {
				var err error
				if rule, err = findRule("", file); err != nil {
					return err
				}
			}
			return replay(cmd, args, rule, verbose)
		},
	}
	cmd.Flags().StringVar(&file, "formula", "", "replay through the formula in a `file`")
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "print a line for each with the largest deviation, in units of the tolerance")
	return cmd
}

// tally is how the recordings of a framework went.
type tally struct {
	passed, all int
	worst       float64
}

// replayer replays files and prints what there is to say.
type replayer struct {
	out     io.Writer
	bar     *waitBar
	verbose bool
	tallies map[string]*tally // by framework; "" for what could not be replayed
}

// replay replays files. A formula, if there is one, takes the place of the
// recorded optimizers.
func replay(cmd *cobra.Command, files []string, rule optim.Rule, verbose bool) error {
	r := &replayer{cmd.OutOrStdout(), newWaitBar(len(files)), verbose, map[string]*tally{}}
	for i, file := range files {
		r.file(file, rule)
		r.bar.set(i + 1)
	}
	r.bar.clear()
	return r.summary()
}

// file replays one.
func (r *replayer) file(file string, rule optim.Rule) {
	reports, err := compat.ReplayFile(file, rule)
	for _, err := range each(err) {
		r.count("", false, 0)
		r.say("FAIL  %s", strings.TrimPrefix(err.Error(), "compat: "))
	}
	for _, report := range reports {
		r.count(report.Peer, report.Mismatch == nil, report.Worst)
		worst := fmt.Sprintf("largest deviation %.3g of the tolerance", report.Worst)
		switch {
		case report.Mismatch != nil && r.verbose:
			r.say("FAIL  %s: %v; %s", report.Name, report.Mismatch, worst)
		case report.Mismatch != nil:
			r.say("FAIL  %s: %v", report.Name, report.Mismatch)
		case r.verbose:
			r.say("pass  %s: %s, %s", report.Name, count(report.Steps, "step"), worst)
		}
	}
}

// each takes joined errors apart.
func each(err error) []error {
	var joined interface{ Unwrap() []error }
	switch {
	case err == nil:
		return nil
	case errors.As(err, &joined):
		return joined.Unwrap()
	}
	return []error{err}
}

// say prints a line.
func (r *replayer) say(format string, args ...any) {
	r.bar.clear()
	fmt.Fprintf(r.out, format+"\n", args...)
}

// count counts a recording.
func (r *replayer) count(peer string, passed bool, worst float64) {
	t := r.tallies[peer]
	if t == nil {
		t = &tally{}
		r.tallies[peer] = t
	}
	t.all++
	if passed {
		t.passed++
	}
	t.worst = max(t.worst, worst)
}

// summary prints a line for each framework and one for all.
func (r *replayer) summary() error {
	var rows [][]string
	var total tally
	for _, peer := range slices.Sorted(maps.Keys(r.tallies)) {
		t := r.tallies[peer]
		total.passed += t.passed
		total.all += t.all
		of := fmt.Sprintf("%d of %d passed", t.passed, t.all)
		if peer == "" {
			rows = append(rows, []string{"not replayed", of})
			continue
		}
		rows = append(rows, []string{peer, of, fmt.Sprintf("largest deviation %.3g of the tolerance", t.worst)})
	}
	if err := writeTable(r.out, rows); err != nil {
		return err
	}
	fmt.Fprintf(r.out, "%d of %d passed\n", total.passed, total.all)
	if failed := total.all - total.passed; failed > 0 {
		return fmt.Errorf("%d of %d recordings failed", failed, total.all)
	}
	return nil
}
