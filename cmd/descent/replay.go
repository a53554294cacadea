package main

import (
	"fmt"
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
		Long: `Replay recordings of what an optimizer did, step by step, and compare every value
with the recorded one. A recording passes where all values are within its
tolerance; else the first that is not is printed. Exits with 1 if any fails.

With --formula the recordings are replayed through a formula of your own with its
own defaults: the options recorded are ignored.`,
		Example: `  descent replay traces/*.json
  descent replay -v adam.json
  descent replay --formula mine.rule adam.json`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("replay: name at least one file of a recording")
			}
			return nil
		},
		ValidArgsFunction: endings("json"),
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
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "print the largest deviation, in units of the tolerance")
	return cmd
}

// replay replays files and prints a line for each.
func replay(cmd *cobra.Command, files []string, rule optim.Rule, verbose bool) error {
	out := cmd.OutOrStdout()
	failed := 0
	for _, file := range files {
		r, err := compat.Replay(file, rule)
		switch {
		case err != nil:
			failed++
			fmt.Fprintf(out, "FAIL  %s\n", strings.TrimPrefix(err.Error(), "compat: "))
			continue
		case r.Mismatch != nil:
			failed++
			fmt.Fprintf(out, "FAIL  %s: %v\n", r.Name, r.Mismatch)
		default:
			fmt.Fprintf(out, "pass  %s: %d steps\n", r.Name, r.Steps)
		}
		if verbose {
			fmt.Fprintf(out, "      largest deviation: %.3g of the tolerance\n", r.Worst)
		}
	}
	fmt.Fprintf(out, "%d of %d passed\n", len(files)-failed, len(files))
	if failed > 0 {
		return fmt.Errorf("%d of %d recordings failed", failed, len(files))
	}
	return nil
}
