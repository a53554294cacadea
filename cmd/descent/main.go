// Command descent trains networks with any optimizer of the library, or with a
// formula of one's own, and explains optimizers and schedules. Every verb is a
// file of this folder; descent help lists them.
//
// It exits with 0, with 1 when it failed, with 2 when the command line is
// wrong, and with 130 when training was interrupted by Control-C or
// SIGTERM.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/descent-go/descent/formula"
)

// The exit codes.
const (
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130
)

func main() {
	out := &output{w: os.Stdout}
	root := newRoot()
	root.SetOut(out)
	err := root.Execute()
	if err == nil && out.err != nil {
		err = fmt.Errorf("writing the output: %w", out.err)
	}
	if err == nil {
		return
	}
	fmt.Fprintf(os.Stderr, "descent: %s\n", strings.TrimPrefix(err.Error(), "descent: "))
	var wrong usageError
	var interrupted interruptedError
	switch {
	case errors.As(err, &interrupted):
		os.Exit(exitInterrupted)
	case errors.As(err, &wrong):
		os.Exit(exitUsage)
	}
	os.Exit(exitFailed)
}

// output remembers the first error of writing, so that verbs can print at ease.
type output struct {
	w   io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.w.Write(p)
	if o.err == nil {
		o.err = err
	}
	return n, err
}

// usageError is a mistake on the command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// interruptedError says that a signal has ended a training.
type interruptedError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "descent",
		Short: "Optimizers that are their formulas: train, explain, compare",
		Long: `descent trains networks with any optimizer of the library, or with a formula of
your own, on the MNIST digits that it brings along or on your own data. It prints
what an optimizer computes, and checks one against recordings of other frameworks.`,
		Example: `  descent train                                    # MNIST, adam
  descent train --optimizer sgd --lr 0.1 --momentum 0.9
  descent train --data houses.csv --target price --save houses.safetensors
  descent predict --model houses.safetensors --data new.csv
  descent optimizers
  descent explain adam`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noVerb,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.Version = version()
	root.SetVersionTemplate("descent {{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(newTrain(), newPredict(), newOptimizers(), newExplain(), newReplay(), newVersion())
	root.AddCommand(newBench(), newDocs())
	root.AddCommand(newPlay())
	root.AddCommand(newServe())
	root.AddCommand(newCompare())
	root.AddCommand(newLRFind())
	root.AddCommand(newStability())
	root.AddCommand(newAnimate())
	root.AddCommand(newLearn(), newModel())
	root.AddCommand(newSimulate())
	root.AddCommand(newPS(), newWorker())
	strict(root)
	return root
}

// noVerb reports a verb that is not there.
func noVerb(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var verbs []string
	for _, c := range cmd.Commands() {
		verbs = append(verbs, c.Name())
	}
	return usagef("unknown command %q%s", args[0], hint(args[0], verbs, cmd.CommandPath()+" --help lists them"))
}

// noArgs reports arguments of a verb that takes flags only.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usagef("%s takes no argument, got %q; see %s --help", cmd.CommandPath(), args[0], cmd.CommandPath())
}

// strict makes mistakes with the verbs that cobra brings along usage errors too.
func strict(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd("completion")
	for _, c := range root.Commands() {
		switch c.Name() {
		case "help":
			c.Args = func(_ *cobra.Command, args []string) error {
				if found, _, err := root.Find(args); err != nil || found == root {
					return noVerb(root, args)
				}
				return nil
			}
		case "completion":
			c.Args = noVerb
			c.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
			for _, shell := range c.Commands() {
				shell.Args = noArgs
			}
		}
	}
}

// flagError says what is wrong with a flag in the words of users.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "" {
		name := "--" + unknown.GetSpecifiedName()
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		return usagef("%s has no flag %s%s", cmd.CommandPath(), name, hint(name, names, cmd.CommandPath()+" --help lists them"))
	}
	text := err.Error()
	var number *strconv.NumError
	if errors.As(err, &number) {
		text = strings.Replace(text, number.Error(), "expected "+expected(number.Func), 1)
	}
	return usagef("%s; see %s --help", text, cmd.CommandPath())
}

// expected says what a function of strconv reads.
func expected(function string) string {
	switch function {
	case "ParseBool":
		return "true or false"
	case "ParseFloat":
		return "a number"
	case "ParseUint":
		return "a whole number, 0 or more"
	}
	return "a whole number"
}

// hint offers the names nearest to one that is not there, or else says where they stand.
func hint(name string, names []string, otherwise string) string {
	if near := formula.Nearest(name, names); len(near) > 0 {
		return "; did you mean " + strings.Join(near, ", ") + "?"
	}
	return "; " + otherwise
}
