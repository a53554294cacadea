package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/checkpoint"
	"github.com/descent-go/descent/compat"
	"github.com/descent-go/descent/optim"
)

// foreign is an optimizer of another framework, written framework/name.
type foreign struct {
	peer, optimizer string
	options         map[string]any // by the framework's names
	anyRate         bool           // make gives a learning rate where the framework demands one
}

// asForeign reads framework/name, behind which the options may stand as JSON.
// Nil is one of descent's own names.
func asForeign(name string) *foreign {
	peer, optimizer, ok := strings.Cut(name, "/")
	if !ok {
		return nil
	}
	x := &foreign{peer: peer, options: map[string]any{}}
	var options string
	x.optimizer, options, _ = strings.Cut(optimizer, " ")
	if options != "" && (json.Unmarshal([]byte(options), &x.options) != nil || x.options == nil) {
		return nil
	}
	return x
}

// String is the optimizer as asForeign reads it, and as a run saves it.
func (x *foreign) String() string {
	name := x.peer + "/" + x.optimizer
	if len(x.options) == 0 {
		return name
	}
	options, err := json.Marshal(x.options)
	if err != nil { // of numbers, texts and lists of them there is none
		return name
	}
	return name + " " + string(options)
}

// savedForeign is the optimizer of another framework with which a file of
// train --save was made; nil where it was none of these, or there is no such file.
func savedForeign(path string) *foreign {
	file, err := checkpoint.Load(path)
	if err != nil {
		return nil
	}
	var header struct{ Optimizer string }
	if json.Unmarshal([]byte(file.Meta["descent"]), &header) != nil {
		return nil
	}
	return asForeign(header.Optimizer)
}

// elsewhere is the error for a name that descent has not, with who has it.
func elsewhere(err error, name string) error {
	all, none := compat.Compare(name)
	if none != nil || all[0].Peer == "formula" {
		return err
	}
	var names []string
	for _, c := range all {
		names = append(names, c.Peer+"/"+c.Optimizer)
	}
	return fmt.Errorf("unknown optimizer %q by itself; there is %s", name, strings.Join(names, ", "))
}

// is reports whether two are the same but for their options.
func (x *foreign) is(other *foreign) bool {
	return other != nil && x.peer == other.peer && strings.EqualFold(x.optimizer, other.optimizer)
}

// make makes the optimizer.
func (x *foreign) make() (optim.Rule, []descent.Option, error) {
	given := map[string]any{}
	maps.Copy(given, x.options)
	if name := x.demandedRate(); x.anyRate && name != "" {
		given[name] = someRate
	}
	rule, options, err := compat.New(x.peer, x.optimizer, given)
	if err != nil {
		return nil, nil, x.wrong(err)
	}
	return rule, options, nil
}

// someRate is the learning rate of an optimizer that demands one, until a better
// one is chosen.
const someRate = 0.01

// demandedRate is the framework's name for a learning rate that must be given and
// is not; "" where there is none.
func (x *foreign) demandedRate() string {
	all, err := x.describe()
	if err != nil {
		return "" // which compat.New reports
	}
	for _, o := range all {
		if _, given := x.options[o.Name]; o.Required && !given && slices.Contains(frameworkNames["lr"], o.Name) {
			return o.Name
		}
	}
	return ""
}

// wrong makes what is wrong with the optimizer a mistake on the command line.
func (x *foreign) wrong(err error) error {
	if strings.Contains(x.peer+x.optimizer, "+") {
		return usagef("%s/%s: another framework's optimizer stands alone, not in a chain", x.peer, x.optimizer)
	}
	return usagef("%s", strings.TrimPrefix(err.Error(), "compat: "))
}

// describe lists the options.
func (x *foreign) describe() ([]compat.OptionInfo, error) {
	all, err := compat.Describe(x.peer, x.optimizer)
	if err != nil {
		return nil, x.wrong(err)
	}
	return all, nil
}

// frameworkNames are what frameworks call what has a flag of its own.
var frameworkNames = map[string][]string{
	"lr":       {"learning_rate", "lr"},
	"momentum": {"momentum"},
	"wd":       {"weight_decay", "wd"},
}

// option is the framework's name for a flag; the flag's own where it has none.
func (x *foreign) option(flag string) (string, error) {
	all, err := x.describe()
	if err != nil {
		return "", err
	}
	for _, name := range frameworkNames[flag] {
		for _, o := range all {
			if o.Name == name {
				return name, nil
			}
		}
	}
	return flag, nil
}

// foreign adds to the options what the flags say.
func (h *hyperFlags) foreign(x *foreign) error {
	x.anyRate = h.anyRate
	for _, f := range h.flags() {
		option, err := x.option(f.name)
		if err != nil {
			return err
		}
		x.options[option] = value(f.value)
	}
	for _, s := range h.set {
		name, text, err := assignment(s)
		if err != nil {
			return err
		}
		if x.options[name], err = structured(text); err != nil {
			return usagef("--set %s: %w", s, err)
		}
	}
	return nil
}

// structured reads a value that may be a list, as in 0.9,0.95, or JSON.
func structured(text string) (any, error) {
	if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			return nil, fmt.Errorf("the value is no JSON: %w", err)
		}
		return v, nil
	}
	if strings.HasPrefix(text, "(") && strings.HasSuffix(text, ")") {
		text = strings.TrimSuffix(text[1:len(text)-1], ",") + ","
	}
	if !strings.Contains(text, ",") {
		return value(text), nil
	}
	var list []any
	for part := range strings.SplitSeq(strings.TrimSuffix(text, ","), ",") {
		list = append(list, value(strings.TrimSpace(part)))
	}
	return list, nil
}

// value reads true, false, null, a number or, failing these, a text.
func value(text string) any {
	switch text {
	case "true", "True":
		return true
	case "false", "False":
		return false
	case "null", "None":
		return nil
	}
	if v, err := strconv.ParseFloat(text, 64); err == nil && !math.IsInf(v, 0) && !math.IsNaN(v) {
		return v
	}
	return text
}

// complete offers name= for the options.
func (x *foreign) complete() ([]string, cobra.ShellCompDirective) {
	all, err := x.describe()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var words []string
	for _, o := range all {
		words = append(words, o.Name+"=\t"+strings.TrimSpace(optionText(o)))
	}
	return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// optionText says what an option may be and what it is by default.
func optionText(o compat.OptionInfo) string {
	text := o.Kind
	switch {
	case o.Required:
		text += ", must be given"
	case o.DefaultText() != "":
		text = o.DefaultText() + " (" + text + ")"
	}
	return text + " " + o.Range.String()
}

// completeFrameworks offers frameworks with a slash, then their optimizers.
func completeFrameworks(typed string) []string {
	peer, _, ok := strings.Cut(typed, "/")
	var words []string
	if !ok {
		for _, p := range compat.Peers() {
			if strings.HasPrefix(p, typed) {
				words = append(words, p+"/\toptimizers by the names of "+p)
			}
		}
		return words
	}
	for _, name := range compat.Optimizers(peer) {
		words = append(words, peer+"/"+name)
	}
	return words
}
