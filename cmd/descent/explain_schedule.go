package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/descent-go/descent/schedule"
)

// examples are the schedules that explain schedule draws when it is given none.
var examples = map[string]string{
	"step":          "step:every=25%,gamma=0.5",
	"multistep":     "multistep:gamma=0.3,milestones=50%/75%",
	"exponential":   "exponential:gamma=0.997",
	"warmup":        "warmup:steps=10%,then=cosine",
	"warmup-cosine": "warmup-cosine:warmup=10%",
	"sequence":      "sequence:300=(constant),400=(cosine:final=0.2),300=(constant:factor=0.2)",
}

func newExplainSchedule() *cobra.Command {
	var steps int
	cmd := &cobra.Command{
		Use:   "schedule [SPEC]",
		Short: "Draw learning rate schedules as text",
		Long: `Draw a schedule as text: the factor of the learning rate, step by step. Without
SPEC all of them are listed, each with an example. train --schedule takes a SPEC.`,
		Example: `  descent explain schedule
  descent explain schedule cosine
  descent explain schedule warmup:steps=5%,then=(cosine:final=0.1) --steps 4690`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usagef("explain schedule: give one schedule, in one word: got %q", args)
			}
			return nil
		},
		ValidArgsFunction: completeSchedules,
		RunE: func(cmd *cobra.Command, args []string) error {
			if steps < 1 {
				return usagef("--steps %d: expected at least 1", steps)
			}
			if len(args) == 1 {
				return draw(cmd.OutOrStdout(), args[0], steps)
			}
			return drawAll(cmd.OutOrStdout(), steps)
		},
	}
	cmd.Flags().IntVar(&steps, "steps", 1000, "steps of the run")
	return cmd
}

func draw(out io.Writer, spec string, steps int) error {
	s, err := schedule.Parse(spec, steps)
	if err != nil {
		return usageError{err}
	}
	_, err = fmt.Fprint(out, schedule.Draw(s, steps, 76, 10))
	return err
}

func drawAll(out io.Writer, steps int) error {
	for i, info := range schedule.Names() {
		if i > 0 {
			fmt.Fprintln(out)
		}
		fmt.Fprintf(out, "%s\n  %s\n", info.Usage, info.Doc)
		spec, ok := examples[info.Name]
		if !ok {
			spec = info.Name
		}
		if err := draw(out, spec, steps); err != nil {
			return err
		}
	}
	return nil
}
