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
}

// add gives a command the flags; rule finds the rule for completion.
func (h *hyperFlags) add(cmd *cobra.Command, rule func(args []string) (optim.Rule, error)) {
	h.cmd = cmd
	f := cmd.Flags()
	f.StringVar(&h.lr, "lr", "", "learning rate, a `number` (default: the optimizer's own)")
	f.StringVar(&h.mom, "momentum", "", "momentum, a `number`")
	f.StringVar(&h.wd, "wd", "", "weight decay, a `number`")
	f.StringArrayVar(&h.set, "set", nil, "set any hyperparameter, as in --set beta1=0.95 (`name=value`, may be repeated)")
	for _, name := range []string{"lr", "momentum", "wd"} {
		complete(cmd, name, nothing)
	}
	complete(cmd, "set", func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		return completeHypers(rule(args))
	})
}

// options are what the flags say, in words for New.
func (h *hyperFlags) options() ([]descent.Option, error) {
	var out []descent.Option
	for _, f := range []struct{ name, value string }{{"lr", h.lr}, {"momentum", h.mom}, {"wd", h.wd}} {
		if h.cmd.Flags().Changed(f.name) {
			out = append(out, descent.Set(f.name, f.value))
		}
	}
	for _, s := range h.set {
		name, value, ok := strings.Cut(s, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		switch {
		case !ok:
			return nil, usagef("--set %s: expected name=value, as in --set beta1=0.95", s)
		case name == "":
			return nil, usagef("--set %s: the name before = is missing; expected name=value, as in --set beta1=0.95", s)
		case value == "":
			return nil, usagef("--set %s: the value after = is missing; expected name=value, as in --set beta1=0.95", s)
		}
		out = append(out, descent.Set(name, value))
	}
	return out, nil
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
			return nil, usageError{err}
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

// trial makes an optimizer of a rule for one parameter of 3 rows of 5 weights:
// what is wrong with the options shows, and what it keeps.
func trial(rule optim.Rule, options []descent.Option) (*descent.Optimizer, error) {
	value, grad := make([]float32, 15), make([]float32, 15)
	return descent.New(rule, []descent.Param{descent.NewParam("w", value, grad, 3, 5)}, options...)
}

// linkMark begins the summary of a link.
const linkMark = "Link: "

// summary is the line that says what a rule does.
func summary(info optim.Info) string { return strings.ReplaceAll(info.Summary, linkMark, "") }
