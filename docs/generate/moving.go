package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/descent-go/descent/compat"
)

// moving are the pages for users of other frameworks.
const (
	moving   = "../moving-from-*.md"
	examples = "../../compat/moving_*_test.go"
)

// movingParts make what stands in these pages.
var movingParts = makers{"optimizers": optimizersOf, "schedules": schedulesOf, "example": exampleOf}

// row is an optimizer or schedule with its options.
type row struct {
	name, rule string
	options    []compat.OptionInfo
}

// peerRows are a framework's optimizers.
func peerRows(peer string) ([]row, error) {
	var rows []row
	for _, name := range compat.Optimizers(peer) {
		options, err := compat.Describe(peer, name)
		if err != nil {
			return nil, err
		}
		required := map[string]any{}
		for _, o := range options {
			if o.Required {
				required[o.Name] = 1
			}
		}
		rule, _, err := compat.New(peer, name, required)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row{name, rule.Name(), options})
	}
	return rows, nil
}

// optimizersOf is the table of a framework's optimizers.
func optimizersOf(peer string) (string, error) {
	rows, err := peerRows(peer)
	if err != nil {
		return "", err
	}
	var text strings.Builder
	shared := common(rows)
	if len(shared) > 0 {
		fmt.Fprintf(&text, "Where the table says no other they have %s.\n\n", strings.Join(slices.Sorted(maps.Keys(shared)), ", "))
	}
	text.WriteString("| name | descent's rule | options and defaults |\n| --- | --- | --- |\n")
	for _, r := range rows {
		fmt.Fprintf(&text, "| `%s` | `%s` | %s |\n", r.name, r.rule, cell(r.options, shared))
	}
	return text.String(), nil
}

// schedulesOf is the table of a framework's schedules.
func schedulesOf(peer string) (string, error) {
	text := "| name | options and defaults |\n| --- | --- |\n"
	for _, name := range compat.Schedules(peer) {
		options, err := compat.DescribeSchedule(peer, name)
		if err != nil {
			return "", err
		}
		text += fmt.Sprintf("| `%s` | %s |\n", name, cell(options, nil))
	}
	return text, nil
}

// common are the options that three of four have, as they are written, with
// their names.
func common(rows []row) map[string]string {
	count, names := map[string]int{}, map[string]string{}
	for _, r := range rows {
		for _, o := range r.options {
			count[written(o)]++
			names[written(o)] = o.Name
		}
	}
	maps.DeleteFunc(names, func(w, _ string) bool { return 4*count[w] < 3*len(rows) })
	return names
}

// cell lists the options that are not shared, and which of those are not there.
func cell(options []compat.OptionInfo, shared map[string]string) string {
	var words, without []string
	own := map[string]bool{}
	for _, o := range options {
		own[o.Name] = true
		if w := written(o); shared[w] == "" {
			words = append(words, w)
		}
	}
	for _, w := range slices.Sorted(maps.Keys(shared)) {
		if name := shared[w]; !own[name] {
			without = append(without, "`"+name+"`")
		}
	}
	text := strings.Join(words, ", ")
	if len(without) > 0 {
		text = strings.TrimPrefix(text+"; without "+strings.Join(without, ", "), "; ")
	}
	return text
}

// written is an option with its default, and what else there is to say.
func written(o compat.OptionInfo) string {
	switch {
	case o.Required:
		return "`" + o.Name + "` (required)"
	case o.Kind == "meaningless":
		return "`" + o.Name + "` (no effect)"
	case o.Kind == "unsupported":
		return "~~`" + o.Name + "`~~ (not in descent)"
	case o.DefaultText() == "":
		return "`" + o.Name + "`"
	}
	return "`" + o.Name + "=" + o.DefaultText() + "`"
}

// exampleOf is the body of an example that the tests run.
func exampleOf(name string) (string, error) {
	text, err := body(examples, "Example_"+name)
	return "```go\n" + text + "```\n", err
}
