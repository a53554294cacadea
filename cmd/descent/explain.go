package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/optim"
)

// explainFlags is what the command line of explain says.
type explainFlags struct {
	formula       string
	latex, mathml bool
	compare       bool
	hyper         hyperFlags
}

func newExplain() *cobra.Command {
	f := &explainFlags{}
	cmd := &cobra.Command{
		Use:   "explain NAME",
		Short: "Show an optimizer's formula, hyperparameters, memory and paper",
		Long: `Show what an optimizer computes: its formula, its hyperparameters with defaults
and ranges, what it keeps for every weight with the hyperparameters given, its
paper, and what other frameworks do differently. A chain is written with +, the
optimizer of another framework as in torch/AdamW, with that framework's options.

With --compare it shows what other frameworks compute under that name: where they
put epsilon, weight decay, clipping and the correction of the bias, and their
defaults. With --formula it does the same for a formula of your own, or shows the mistake.`,
		Example: `  descent explain adam
  descent explain sgd --momentum 0.9
  descent explain clip-norm+adamw
  descent explain adam --latex
  descent explain adam --compare
  descent explain torch/AdamW --set amsgrad=true
  descent explain --formula mine.rule
  descent explain schedule warmup:steps=10%,then=cosine`,
		Args: func(cmd *cobra.Command, args []string) error {
			if (len(args) == 1) == (f.formula != "") || len(args) > 1 {
				return usagef("explain: give the name of one optimizer, or --formula FILE; descent optimizers lists the names")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nothing(cmd, args, typed)
		}
		return completeRules(cmd, args, typed)
	}
	s := cmd.Flags()
	s.SortFlags = false
	s.StringVar(&f.formula, "formula", "", "a `file` with your own formula, in place of a name")
	f.hyper.add(cmd, func(args []string) (name, file string) { return strings.Join(args, ""), f.formula })
	s.BoolVar(&f.latex, "latex", false, "print the formula as LaTeX only")
	s.BoolVar(&f.compare, "compare", false, "compare with what other frameworks compute")
	s.BoolVar(&f.mathml, "mathml", false, "print the formula as MathML only")
	cmd.AddCommand(newExplainSchedule())
	return cmd
}

func (f *explainFlags) run(cmd *cobra.Command, args []string) error {
	out, name := cmd.OutOrStdout(), strings.Join(args, "")
	if f.latex && f.mathml {
		return usagef("give one of --latex and --mathml")
	}
	if f.compare {
		return f.comparison(cmd, name)
	}
	if x := asForeign(name); f.formula == "" && x != nil {
		return f.foreign(out, x)
	}
	rule, err := findRule(name, f.formula)
	if err != nil {
		return err
	}
	options, err := f.hyper.options()
	if err != nil {
		return err
	}
	if f.latex || f.mathml {
		return f.set(out, rule)
	}
	return explain(out, rule, options)
}

// set prints the formula as a page sets it.
func (f *explainFlags) set(out io.Writer, rule optim.Rule) error {
	p, err := optim.Flatten(optim.Links(rule))
	if err != nil {
		return err
	}
	text := p.MathML()
	if f.latex {
		text = p.LaTeX()
	}
	_, err = fmt.Fprintln(out, text)
	return err
}

// explain prints all that there is to know of a rule.
func explain(out io.Writer, rule optim.Rule, options []descent.Option) error {
	info, err := rule.Info()
	if err != nil {
		return err
	}
	opt, err := trial(whole(rule, info), options)
	if err != nil {
		return usageError{err}
	}
	defer opt.Close()
	fmt.Fprintln(out, wrap(strings.TrimSuffix(info.Name+": "+summary(info), ": "), ""))
	links := optim.Links(rule)
	for _, l := range links {
		if f, ok := l.Rule.(*optim.Formula); ok {
			fmt.Fprintf(out, "\n%s", body(f.Text(), l.Prefix))
		}
	}
	if err := explainHypers(out, info.Hypers, opt); err != nil {
		return err
	}
	explainStates(out, opt)
	return explainSources(out, links)
}

// explainSources prints papers and what differs elsewhere.
func explainSources(out io.Writer, links []optim.Link) error {
	for _, l := range links {
		info, err := l.Rule.Info()
		if err != nil {
			return err
		}
		of := ""
		if l.Prefix != "" {
			of = " (" + l.Prefix + ")"
		}
		if info.Paper != "" {
			fmt.Fprintf(out, "\nPaper%s\n%s\n", of, wrap(info.Paper, "  "))
		}
		if info.Elsewhere != "" {
			fmt.Fprintf(out, "\nElsewhere%s\n%s\n", of, wrap(info.Elsewhere, "  "))
		}
	}
	return nil
}

// whole is the rule, a link with something to change: before it or, where it
// belongs there, behind.
func whole(rule optim.Rule, info optim.Info) optim.Rule {
	if !info.Link {
		return rule
	}
	before := optim.Chain(rule, optim.SGD)
	if _, err := optim.Flatten(optim.Links(before)); err != nil {
		return optim.Chain(optim.SGD, rule)
	}
	return before
}

// body is the text of a formula without the comments at its head, indented;
// in a chain it says whose it is.
func body(text, prefix string) string {
	lines := strings.Split(strings.TrimRight(strings.TrimLeft(strings.ReplaceAll(text, "\r\n", "\n"), "\n"), " \t\n"), "\n")
	for len(lines) > 1 && (strings.TrimSpace(lines[0]) == "" || strings.HasPrefix(strings.TrimSpace(lines[0]), "#")) {
		lines = lines[1:]
	}
	margin := lines[0][:len(lines[0])-len(strings.TrimLeft(lines[0], " \t"))]
	var out strings.Builder
	if prefix != "" {
		fmt.Fprintf(&out, "  # %s\n", prefix)
	}
	for _, line := range lines {
		line = strings.TrimRight(strings.TrimPrefix(line, margin), " \t")
		if line != "" {
			line = "  " + line
		}
		fmt.Fprintln(&out, line)
	}
	return out.String()
}

// explainHypers prints the hyperparameters, with the values that options gave.
func explainHypers(out io.Writer, hypers []formula.Hyper, opt *descent.Optimizer) error {
	if len(hypers) == 0 {
		return nil
	}
	fmt.Fprint(out, "\nHyperparameters, their defaults and ranges\n")
	var rows [][]string
	for _, h := range hypers {
		v, err := opt.Hyper(h.Name)
		if err != nil {
			return err
		}
		row := []string{"  " + h.Name, h.FormatValue(h.Default), h.Range.String()}
		if v != h.Default {
			row = append(row, "here "+h.FormatValue(v))
		}
		rows = append(rows, row)
	}
	return writeTable(out, rows)
}

// explainStates prints what the optimizer keeps.
func explainStates(out io.Writer, opt *descent.Optimizer) {
	var weight, other []string
	bytes := 0
	for _, s := range opt.States() {
		switch n := len(s.F32) + len(s.F64); {
		case s.Name == "t" || strings.HasPrefix(s.Name, "descent."):
		case s.Param == "":
			other = append(other, s.Name+" (one number)")
		case n == trialRows*trialColumns:
			weight = append(weight, s.Name)
			bytes += s.Bytes() / n
		default:
			other = append(other, fmt.Sprintf("%s (%s)", s.Name, share(n)))
		}
	}
	if len(weight) == 0 {
		weight = []string{"nothing"}
	}
	fmt.Fprintf(out, "\nKept for every weight (float32)\n  %s: %d bytes\n", strings.Join(weight, ", "), bytes)
	if len(other) > 0 {
		fmt.Fprintln(out, wrap("besides: "+strings.Join(other, ", "), "  "))
	}
}

// share says what n numbers are for the parameter of trial.
func share(n int) string {
	switch n {
	case 1:
		return "a number a parameter"
	case trialRows:
		return "a number a row"
	case trialColumns:
		return "a number a column"
	}
	return fmt.Sprintf("%d numbers for a parameter of %d x %d", n, trialRows, trialColumns)
}

// wrap breaks text into lines of at most 90 characters.
func wrap(text, indent string) string {
	var lines []string
	line := indent
	for _, word := range strings.Fields(text) {
		if len(line) > len(indent) && len([]rune(line))+1+len([]rune(word)) > 90 {
			lines, line = append(lines, line), indent
		}
		if line != indent {
			line += " "
		}
		line += word
	}
	return strings.Join(append(lines, line), "\n")
}
