package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/descent-go/descent/compat"
)

// comparison shows what the frameworks compute under a rule's name.
func (f *explainFlags) comparison(cmd *cobra.Command, name string) error {
	switch given := cmd.Flags().Changed; {
	case f.formula != "":
		return usagef("--compare goes with the name of an optimizer, not with --formula")
	case f.latex || f.mathml || given("lr") || given("momentum") || given("wd") || given("set"):
		return usagef("--compare shows defaults: leave the other flags out")
	}
	if x := asForeign(name); x != nil {
		return usagef("--compare takes a name without a framework, as in descent explain %s --compare", x.optimizer)
	}
	all, err := compat.Compare(name)
	if err != nil {
		return usagef("%s", strings.TrimPrefix(err.Error(), "compat: "))
	}
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "%s here and elsewhere\n\n", name)
	rows := [][]string{{"", "epsilon", "weight decay", "bias corrected", "clipping"}}
	for _, c := range all {
		rows = append(rows, []string{title(c), c.Epsilon, c.WeightDecay, c.Correction, c.Clipping})
	}
	if err := writeTable(out, rows); err != nil {
		return err
	}
	fmt.Fprint(out, "\nBeside the root is sqrt(v) + eps, inside sqrt(v + eps); ? is code, not a formula to read it from.\n\nDefaults\n")
	for _, c := range all {
		fmt.Fprintf(out, "%s\n%s\n", title(c), wrap(defaults(c.Options), "  "))
	}
	fmt.Fprint(out, "\nFormulas\n")
	for _, c := range all {
		writeFormula(out, c)
	}
	return nil
}

// title names the framework and its optimizer, with the options that ask for the rule.
func title(c compat.Comparison) string {
	peer := c.Peer
	if peer == "formula" {
		return "descent " + c.Rule
	}
	text := peer + "/" + c.Optimizer
	for _, option := range slices.Sorted(maps.Keys(c.Given)) {
		text += fmt.Sprintf(" %s=%v", option, c.Given[option])
	}
	return text
}

// defaults lists the options that have an effect, with their defaults.
func defaults(options []compat.OptionInfo) string {
	var words []string
	for _, o := range options {
		switch {
		case o.Kind == "meaningless" || o.Kind == "unsupported":
		case o.Required:
			words = append(words, o.Name+" (required)")
		case o.DefaultText() == "":
			words = append(words, o.Name)
		default:
			words = append(words, o.Name+"="+o.DefaultText())
		}
	}
	return strings.Join(words, " ")
}

func writeFormula(out io.Writer, c compat.Comparison) {
	fmt.Fprintf(out, "%s\n", title(c))
	if c.Formula == nil {
		fmt.Fprintln(out, "  it is no formula but a loop of Go")
	}
	for _, line := range c.Formula {
		fmt.Fprintf(out, "  %s\n", line)
	}
}
