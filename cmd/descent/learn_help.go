package main

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/descent-go/descent/online/vw"
)

const (
	groupOptimizer = "Optimizer of descent, in place of Vowpal Wabbit's updates"
	groupOther     = "Other"
)

// learnUsage prints how the verb is used, its flags in groups.
func learnUsage(cmd *cobra.Command) error {
	out := cmd.OutOrStderr()
	fmt.Fprintf(out, "Usage:\n  %s\n\nExamples:\n%s\n", cmd.UseLine(), cmd.Example)
	groups := map[string]*pflag.FlagSet{}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		title := flagGroup(f)
		if groups[title] == nil {
			groups[title] = pflag.NewFlagSet(title, pflag.ContinueOnError)
			groups[title].SortFlags = false
		}
		groups[title].AddFlag(f)
	})
	for _, title := range slices.Concat(vw.Groups, []string{groupOptimizer, groupOther}) {
		if groups[title] != nil {
			fmt.Fprintf(out, "\n%s:\n%s", title, groups[title].FlagUsagesWrapped(columns()))
		}
	}
	return nil
}

// learnFlagError is flagError, for a verb that knows options of Vowpal Wabbit
// which it does not have.
func learnFlagError(cmd *cobra.Command, err error) error {
	var refused vw.NotSupportedError
	if errors.As(err, &refused) {
		return usageError{refused}
	}
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) || unknown.GetSpecifiedShortnames() != "" {
		return flagError(cmd, err)
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, "--"+f.Name)
		}
	})
	name := "--" + unknown.GetSpecifiedName()
	return usagef("%s has no flag %s, nor has Vowpal Wabbit%s", cmd.CommandPath(), name, hint(name, names, cmd.CommandPath()+" --help lists them"))
}

// flagGroup is the title under which a flag stands.
func flagGroup(f *pflag.Flag) string {
	if titles := f.Annotations[vw.GroupAnnotation]; len(titles) > 0 {
		return titles[0]
	}
	if f.Name == "help" {
		return groupOther
	}
	return groupOptimizer
}

// columns is the width of the terminal, 0 where there is none.
func columns() int {
	width, _, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil {
		return 0
	}
	return width
}
