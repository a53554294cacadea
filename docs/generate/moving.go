package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/descent-go/descent/compat"
)

// moving are the pages for users of other frameworks.
const (
	moving   = "../moving-from-*.md"
	examples = "../../compat/moving_*_test.go"
)

// part is a part of a page that is made: what, of which framework or example.
var part = regexp.MustCompile(`(?s)(<!-- (optimizers|schedules|example) (\w+): go generate ./docs/generate -->\n).*?(<!-- end -->)`)

// pages makes the parts of the pages anew.
func pages() error {
	files, err := filepath.Glob(moving)
	if err != nil {
		return err
	}
	for _, file := range files {
		page, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		text, err := fill(string(page))
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			return err
		}
	}
	return nil
}

// fill makes the parts of a page.
func fill(page string) (string, error) {
	var wrong error
	page = part.ReplaceAllStringFunc(page, func(old string) string {
		m := part.FindStringSubmatch(old)
		text, err := map[string]func(string) (string, error){
			"optimizers": optimizersOf, "schedules": schedulesOf, "example": exampleOf,
		}[m[2]](m[3])
		if err != nil && wrong == nil {
			wrong = err
		}
		return m[1] + text + m[4]
	})
	return page, wrong
}

// row is an optimizer or schedule with its options.
type row struct {
	name, rule string
	options    []compat.OptionInfo
}

// optimizersOf is the table of a framework's optimizers.
func optimizersOf(peer string) (string, error) {
	var rows []row
	for _, name := range compat.Optimizers(peer) {
		options, err := compat.Describe(peer, name)
		if err != nil {
			return "", err
		}
		required := map[string]any{}
		for _, o := range options {
			if o.Required {
				required[o.Name] = 1
			}
		}
		rule, _, err := compat.New(peer, name, required)
		if err != nil {
			return "", err
		}
		rows = append(rows, row{name, rule.Name(), options})
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
	files, err := filepath.Glob(examples)
	if err != nil {
		return "", err
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, file, source, parser.ParseComments)
		if err != nil {
			return "", err
		}
		for _, d := range parsed.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == "Example_"+name {
				body := source[set.Position(f.Body.Lbrace).Offset+2 : set.Position(f.Body.Rbrace).Offset]
				return "```go\n" + strings.ReplaceAll("\n"+string(body), "\n\t", "\n")[1:] + "```\n", nil
			}
		}
	}
	return "", fmt.Errorf("there is no example %s in %s", name, examples)
}
