package main

import (
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// hyperFlags are the flags that set hyperparameters.
type hyperFlags struct {
	cmd         *cobra.Command
	lr, mom, wd string
	set         []string
	anyRate     bool // the verb does not need a learning rate to be given
}

// add gives a command the flags; named says for completion what they are for:
// the name of an optimizer or the file of a formula.
func (h *hyperFlags) add(cmd *cobra.Command, named func(args []string) (name, file string)) {
	h.cmd = cmd
	f := cmd.Flags()
	f.StringVar(&h.lr, "lr", "", "learning rate, a `number` (default: the optimizer's own)")
	f.StringVar(&h.mom, "momentum", "", "momentum, a `number`")
	f.StringVar(&h.wd, "wd", "", "weight decay, a `number`")
	f.StringArrayVar(&h.set, "set", nil, "set any hyperparameter, as in --set beta1=0.95, or option of a framework, as in --set betas=0.9,0.95 (`name=value`, may be repeated)")
	for _, name := range []string{"lr", "momentum", "wd"} {
		complete(cmd, name, nothing)
	}
	complete(cmd, "set", func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		name, file := named(args)
		if x := asForeign(name); file == "" && x != nil {
			return x.complete()
		}
		return completeHypers(findRule(name, file))
	})
}

// options are what the flags say, in words for New.
func (h *hyperFlags) options() ([]descent.Option, error) {
	var out []descent.Option
	for _, f := range h.flags() {
		out = append(out, descent.Set(f.name, f.value))
	}
	for _, s := range h.set {
		name, value, err := assignment(s)
		if err != nil {
			return nil, err
		}
		out = append(out, descent.Set(name, value))
	}
	return out, nil
}

// flag is a flag with a hyperparameter's value.
type flag struct{ name, value string }

// flags are the flags given but for --set.
func (h *hyperFlags) flags() []flag {
	var given []flag
	for _, f := range []flag{{"lr", h.lr}, {"momentum", h.mom}, {"wd", h.wd}} {
		if h.cmd.Flags().Changed(f.name) {
			given = append(given, f)
		}
	}
	return given
}

// assignment reads name=value.
func assignment(s string) (name, value string, err error) {
	name, value, ok := strings.Cut(s, "=")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	switch {
	case !ok:
		err = usagef("--set %s: expected name=value, as in --set beta1=0.95", s)
	case name == "":
		err = usagef("--set %s: the name before = is missing; expected name=value, as in --set beta1=0.95", s)
	case value == "":
		err = usagef("--set %s: the value after = is missing; expected name=value, as in --set beta1=0.95", s)
	}
	return name, value, err
}

// checkChain reports a name that is empty, or is so before or after a +.
func checkChain(name string) error {
	if strings.TrimSpace(name) == "" {
		return usagef("the name of the optimizer is empty; descent optimizers lists the names")
	}
	for part := range strings.SplitSeq(name, "+") {
		if strings.TrimSpace(part) == "" {
			return usagef("optimizer %q: a name is missing beside a +; write a chain as in centralize+adam", name)
		}
	}
	return nil
}

// findRule finds a rule by its name or reads it from the file of a formula.
func findRule(name, file string) (optim.Rule, error) {
	if file == "" {
		if err := checkChain(name); err != nil {
			return nil, err
		}
		rule, err := optim.Lookup(name)
		if err != nil {
			return nil, usageError{elsewhere(err, name)}
		}
		return rule, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	rule, err := optim.Parse(file, string(text))
	if err != nil {
		return nil, err
	}
	return rule, nil
}

// The shape of trial's parameter.
const trialRows, trialColumns = 3, 5

// trial makes an optimizer of a rule for one parameter: what is wrong with the
// options shows, and what it keeps.
func trial(rule optim.Rule, options []descent.Option) (*descent.Optimizer, error) {
	value, grad := make([]float32, trialRows*trialColumns), make([]float32, trialRows*trialColumns)
	return descent.New(rule, []descent.Param{descent.NewParam("w", value, grad, trialRows, trialColumns)}, options...)
}

// linkMark begins the summary of a link.
const linkMark = "Link: "

// summary is the line that says what a rule does.
func summary(info optim.Info) string { return strings.ReplaceAll(info.Summary, linkMark, "") }
