package main

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/descent-go/descent/animate"
	"github.com/descent-go/descent/surface"
)

// options are where and how far the optimizers go.
func (f *animateFlags) options() (animate.Options, error) {
	o := animate.Options{Steps: f.steps, Seed: f.seed}
	if f.cmd.Flags().Changed("steps") && (f.steps < 1 || f.steps > animate.MaxSteps) {
		return o, usagef("--steps %d: expected 1 to %d", f.steps, animate.MaxSteps)
	}
	var err error
	if o.Surface, err = surface.Open(f.surface); err != nil {
		return o, usagef("--surface: %s", strings.TrimPrefix(err.Error(), "surface: "))
	}
	if f.cmd.Flags().Changed("start") {
		if o.Start, err = readStart(f.start); err != nil {
			return o, err
		}
	}
	return o, f.checkStart(o)
}

// readStart reads x,y.
func readStart(text string) (*[2]float64, error) {
	left, right, ok := strings.Cut(text, ",")
	x, wrongX := strconv.ParseFloat(strings.TrimSpace(left), 64)
	y, wrongY := strconv.ParseFloat(strings.TrimSpace(right), 64)
	if !ok || wrongX != nil || wrongY != nil || math.IsNaN(x+y) || math.IsInf(x, 0) || math.IsInf(y, 0) {
		return nil, usagef("--start %s: expected two numbers with a comma between them, as in -1.2,1", text)
	}
	return &[2]float64{x, y}, nil
}

// checkStart reports a start from where there is no way.
func (f *animateFlags) checkStart(o animate.Options) error {
	at := o.Surface.Start
	if o.Start != nil {
		at = *o.Start
	}
	if !o.Surface.Finite(at[0], at[1]) {
		return usagef("--start: at %v,%v %s or its gradient is not finite; start elsewhere, as in --start 1,1", at[0], at[1], o.Surface.Name)
	}
	return nil
}

// runners are the optimizers named, then the formulas.
func (f *animateFlags) runners(args []string) ([]animate.Runner, error) {
	var list []animate.Runner
	if f.race != "" {
		args = splitNames(f.race)
	}
	for _, arg := range args {
		rule, options, err := f.hyper.named(arg)
		if err != nil {
			return nil, err
		}
		name, own := splitOptions(withSettings(arg))
		if own == "" || !strings.Contains(arg, ":") {
			name = arg
		}
		list = append(list, animate.Runner{Name: name, Rule: rule, Options: options, Tune: !f.setsRate(own)})
	}
	for _, file := range f.formulas {
		rule, err := findRule("", file)
		if err != nil {
			return nil, err
		}
		options, err := f.hyper.options()
		if err != nil {
			return nil, err
		}
		name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
		list = append(list, animate.Runner{Name: name, Rule: rule, Options: options, Tune: !f.setsRate("")})
	}
	if len(list) > animate.MaxRunners {
		return nil, usagef("--race: %d optimizers: expected at most %d, which colours tell apart", len(list), animate.MaxRunners)
	}
	return list, f.try(list)
}

// setsRate reports whether the command line gives a learning rate: by flags, or
// by what stands behind an optimizer's name.
func (f *animateFlags) setsRate(own string) bool {
	words := append(strings.Split(strings.TrimPrefix(own, ":"), ","), f.hyper.set...)
	return f.cmd.Flags().Changed("lr") || slices.ContainsFunc(words, func(word string) bool {
		return strings.Contains(word, "=") && setsLR(word)
	})
}

// try reports options that an optimizer has not, and links.
func (f *animateFlags) try(list []animate.Runner) error {
	for _, r := range list {
		info, err := r.Rule.Info()
		if err != nil {
			return err
		}
		if info.Link {
			return usagef("%s only changes what an optimizer does: chain it with one, as in descent animate %s+sgd", info.Name, info.Name)
		}
		opt, err := trial(r.Rule, r.Options)
		if err != nil {
			return usageError{err}
		}
		if err := opt.Close(); err != nil {
			return err
		}
	}
	return nil
}

// last is the optimizer that --set is completed for.
func (f *animateFlags) last(args []string) (name, file string) {
	if len(f.formulas) > 0 {
		return "", f.formulas[len(f.formulas)-1]
	}
	if f.race != "" {
		args = splitNames(f.race)
	}
	if len(args) == 0 {
		return "", ""
	}
	name, _ = splitOptions(withSettings(args[len(args)-1]))
	return name, ""
}

// completeRace offers the next optimizer of a list.
func completeRace(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	before := typed[:strings.LastIndexByte(typed, ',')+1]
	words, directive := completeNamed(cmd, args, typed[len(before):])
	for i := range words {
		words[i] = before + words[i]
	}
	return words, directive | cobra.ShellCompDirectiveNoSpace
}

// report says what was drawn: the learning rates that were chosen, and how far
// each got.
func (f *animateFlags) report(a *animate.Animation, o animate.Options, size int) {
	out := f.cmd.OutOrStdout()
	for _, r := range a.Runs {
		var words []string
		if r.Chosen {
			words = append(words, fmt.Sprintf("lr = %v chosen", r.LR))
		}
		first, last := r.Path.Points[0], r.Path.Points[len(r.Path.Points)-1]
		words = append(words, fmt.Sprintf("loss %s at the start, %s after %s", plain(first.Loss), plain(last.Loss), count(len(r.Path.Points)-1, "step")))
		if why := r.Trouble(); why != "" {
			words = append(words, why+", drawn as far as it stays")
		}
		fmt.Fprintf(out, "%s: %s\n", r.Name, strings.Join(words, ", "))
	}
	fmt.Fprintf(out, "on %s, saved as %s, %s\n", o.Surface.Name, f.output, kilobytes(size))
}

// kilobytes is the size of a file.
func kilobytes(n int) string { return fmt.Sprintf("%d kB", (n+999)/1000) }
