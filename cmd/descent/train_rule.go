package main

import (
	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/schedule"
)

// rule is the optimizer with its options, tried out; nil where it is left to
// the file of --resume.
func (f *trainFlags) rule() (optim.Rule, []descent.Option, error) {
	if f.findForeign(); f.foreign != nil {
		return f.foreignRule()
	}
	options, err := f.hyper.options()
	if err != nil {
		return nil, nil, err
	}
	more, err := f.options()
	if err != nil {
		return nil, nil, err
	}
	options = append(options, more...)
	if f.ruleName() == "" {
		return nil, options, nil
	}
	rule, err := findRule(f.optimizer, f.formula)
	if err != nil {
		return nil, nil, err
	}
	info, err := rule.Info()
	if err != nil {
		return nil, nil, err
	}
	if info.Link {
		return nil, nil, usagef("%s only changes what an optimizer does: chain it with one, as in --optimizer %s+adam", info.Name, info.Name)
	}
	return rule, options, f.tryOut(rule, options)
}

// tryOut finds out whether the optimizer takes the options.
func (f *trainFlags) tryOut(rule optim.Rule, options []descent.Option) error {
	opt, err := trial(rule, append(options[:len(options):len(options)], descent.StateType(f.states())))
	if err != nil {
		return usageError{err}
	}
	return opt.Close()
}

// states is the type in which to keep states; check has seen that it is one.
func (f *trainFlags) states() descent.Type {
	t, _ := descent.ParseType(f.stateType)
	return t
}

// findForeign finds the optimizer where it is one of another framework: the
// command line names it, or the file of --resume, whose options then count too.
func (f *trainFlags) findForeign() {
	named := f.cmd.Flags().Changed("optimizer")
	if named {
		f.foreign = asForeign(f.optimizer)
	}
	if f.resume == "" || f.formula != "" || named && f.foreign == nil {
		return
	}
	if saved := savedForeign(f.resume); saved != nil && (f.foreign == nil || f.foreign.is(saved)) {
		f.foreign = saved
	}
}

// foreignRule is rule for another framework's optimizer.
func (f *trainFlags) foreignRule() (optim.Rule, []descent.Option, error) {
	if err := f.hyper.foreign(f.foreign); err != nil {
		return nil, nil, err
	}
	if f.schedule != "" && f.foreign.options["lr_scheduler"] != nil {
		return nil, nil, usagef("give one of --schedule and --set lr_scheduler")
	}
	rule, options, err := f.foreign.make()
	if err != nil {
		return nil, nil, err
	}
	more, err := f.options()
	if err != nil {
		return nil, nil, err
	}
	options = append(options, more...)
	return rule, options, f.tryOut(rule, options)
}

// ruleName is what the user calls the optimizer, "" where --resume says it.
func (f *trainFlags) ruleName() string {
	switch {
	case f.foreign != nil:
		return f.foreign.String()
	case f.formula != "":
		return f.formula
	case f.resume != "" && !f.cmd.Flags().Changed("optimizer"):
		return ""
	}
	return f.optimizer
}

// options are what the flags ask of the optimizer beside its hyperparameters.
func (f *trainFlags) options() ([]descent.Option, error) {
	var options []descent.Option
	given := f.cmd.Flags().Changed
	if given("clip-norm") {
		options = append(options, descent.ClipNorm(f.clipNorm))
	}
	if given("clip-value") {
		options = append(options, descent.ClipValue(f.clipValue))
	}
	if given("rescale") {
		options = append(options, descent.Rescale(f.rescale))
	}
	if f.schedule != "" {
		if _, err := schedule.Parse(f.schedule, anyTotal); err != nil {
			return nil, usageError{err}
		}
	}
	return options, nil
}

// anyTotal stands for the steps of a run while the data is not known.
const anyTotal = 1 << 30
