package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/internal/measure"
)

// benchRules are measured where none is named.
var benchRules = []string{"sgd", "sgd:momentum=0.9", "adam", "adamw", "lion", "lamb"}

// rules are the optimizers to measure.
func (f *benchFlags) rules(args []string) ([]measure.Rule, error) {
	names := args
	if len(names) == 0 {
		names = benchRules
	}
	var rules []measure.Rule
	for _, name := range names {
		r, err := f.named(name)
		if err != nil {
			return nil, err
		}
		rules = append(rules, r)
	}
	for _, file := range f.formulas {
		r, err := f.written(file)
		if err != nil {
			return nil, err
		}
		rules = append(rules, r)
	}
	if f.stateType == "" {
		return rules, nil
	}
	return f.withBF16(rules)
}

// inBF16 ends the name of a rule with its states in bfloat16.
const inBF16 = " (bfloat16 states)"

// withBF16 adds each rule with its states in bfloat16.
func (f *benchFlags) withBF16(rules []measure.Rule) ([]measure.Rule, error) {
	var both []measure.Rule
	for _, r := range rules {
		low := r
		low.Name += inBF16
		low.Options = append(slices.Clone(r.Options), descent.StateType(descent.BF16))
		if err := f.try(low); err != nil {
			return nil, err
		}
		both = append(both, r, low)
	}
	return both, nil
}

// named finds an optimizer by its name, behind which hyperparameters may stand.
func (f *benchFlags) named(arg string) (r measure.Rule, err error) {
	r.Name = arg
	if r.Rule, r.Options, err = f.hyper.named(arg); err != nil {
		return r, err
	}
	return r, f.try(r)
}

// written reads the file of a formula.
func (f *benchFlags) written(file string) (r measure.Rule, err error) {
	if file == "" {
		return r, usagef("--formula is empty: expected the name of a file")
	}
	r.Name = file
	if r.Rule, err = findRule("", file); err != nil {
		return r, err
	}
	if r.Options, err = f.hyper.options(); err != nil {
		return r, err
	}
	return r, f.try(r)
}

// try reports options that the optimizer has not, and links.
func (f *benchFlags) try(r measure.Rule) error {
	info, err := r.Rule.Info()
	if err != nil {
		return err
	}
	if info.Link {
		return usagef("%s only changes what an optimizer does: chain it with one, as in descent bench %s+adam", info.Name, info.Name)
	}
	opt, err := trial(r.Rule, r.Options)
	if err != nil && f.stateType == "" && len(f.hyper.flags())+len(f.hyper.set) > 0 {
		return usagef("%w; flags such as --momentum are for every optimizer, a colon as in sgd:momentum=0.9 is for one", err)
	}
	if err != nil {
		return usageError{err}
	}
	return opt.Close()
}

// splitOptions cuts a name before the colon that options stand behind. Braces
// hold those of a name as asForeign writes it.
func splitOptions(arg string) (name, options string) {
	if i := strings.IndexAny(arg, ":{"); i >= 0 && arg[i] == ':' {
		return arg[:i], arg[i:]
	}
	return arg, ""
}

// assignments splits name=value,name=value; commas within a value are part of it.
func assignments(arg, text string) ([]string, error) {
	var out []string
	for part := range strings.SplitSeq(text, ",") {
		if name, value, ok := strings.Cut(part, "="); ok && name != "" && value != "" {
			out = append(out, part)
		} else if !ok && len(out) > 0 {
			out[len(out)-1] += "," + part
		} else {
			return nil, usagef("%s: expected name=value behind the colon, as in sgd:momentum=0.9", arg)
		}
	}
	return out, nil
}

// completeBench offers optimizers and, behind the colon, their hyperparameters.
func completeBench(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	name, own := splitOptions(typed)
	if own == "" {
		return completeNamed(cmd, args, typed)
	}
	name, _ = splitOptions(withSettings(name))
	before := typed[:strings.LastIndexAny(typed, ":,")+1]
	words, directive := completeHypers(findRule(name, ""))
	if x := asForeign(name); x != nil {
		words, directive = x.complete()
	}
	for i := range words {
		words[i] = before + words[i]
	}
	return words, directive
}

// workName is the number of weights, or that of tensors and their weights.
func workName(w measure.Work) string {
	if w.Tensors == 1 {
		return short(w.Size)
	}
	return fmt.Sprintf("%dx%s", w.Tensors, short(w.Size))
}
