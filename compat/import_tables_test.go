package compat

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/descent-go/descent"
)

// importHeadings has what docs/importing.md says of each framework's states.
var importHeadings = []struct {
	start  string
	tables map[string][]origin
}{
	{"<!-- torch -->", torchStates},
	{"<!-- optax -->", optaxStates},
	{"<!-- mxnet -->", mxnetStates},
}

// TestImportTables: the tables of the documentation are those of the code, and
// its programs those beside it.
func TestImportTables(t *testing.T) {
	data, err := os.ReadFile("../docs/importing.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range importHeadings {
		_, text, ok := strings.Cut(string(data), h.start+"\n")
		text, _, end := strings.Cut(text, "<!-- end -->")
		if want := importTable(h.tables); !ok || !end || text != want {
			t.Errorf("docs/importing.md after %s: expected\n%s", h.start, want)
		}
	}
	for _, name := range []string{"export_torch.py", "export_optax.py"} {
		program, err := os.ReadFile("../docs/exporters/" + name)
		if err != nil || !strings.Contains(string(data), "```python\n"+string(program)+"```") {
			t.Errorf("docs/importing.md shows another program than %s (%v)", name, err)
		}
	}
}

// importTable is a table of states by optimizer.
func importTable(tables map[string][]origin) string {
	var b strings.Builder
	b.WriteString("| | theirs: descent's |\n| --- | --- |\n")
	for _, name := range slices.SortedFunc(maps.Keys(tables), func(a, b string) int {
		return strings.Compare(strings.ToLower(a), strings.ToLower(b))
	}) {
		var states []string
		for _, o := range tables[name] {
			if o.theirs == "" || strings.HasPrefix(o.theirs, "mu/") && o.theirs > "mu/1" {
				continue
			}
			states = append(states, fmt.Sprintf("%s: %s", o.theirs, importWord(o)))
		}
		if len(states) > 0 {
			fmt.Fprintf(&b, "| %s | %s |\n", name, strings.Join(states, ", "))
		}
	}
	return b.String()
}

func importWord(o origin) string {
	if o.ours == "" {
		return "not needed"
	}
	if o.value == nil {
		return o.ours
	}
	if v := o.value(array{values: []float64{2}}).values[0]; v == -2 {
		return "-" + o.ours
	}
	return o.ours + " (1 where it is there)"
}

// TestImportKnowsAll: of an optimizer all states are known, or none is, which
// Import says. Those that are known are many.
func TestImportKnowsAll(t *testing.T) {
	for peer, least := range map[string]int{"mxnet": 19, "mxnet2": 20, "optax": 36, "torch": 14} {
		all := 0
		for _, name := range Optimizers(peer) {
			opt, rule := importedModel(t, peer, name)
			if opt == nil {
				continue
			}
			known, unknown := knownStates(peer, name, opt)
			if len(unknown) == 0 {
				all++
			}
			if known > 0 && len(unknown) > 0 {
				t.Errorf("%s's %s, which is %s: these come from nowhere: %v", peer, name, rule, unknown)
			}
		}
		if all < least {
			t.Errorf("%s: %d optimizers are known, expected at least %d", peer, all, least)
		}
	}
}

// knownStates counts an optimizer's states that come from somewhere and names
// the others.
func knownStates(peer, name string, opt *descent.Optimizer) (known int, unknown []string) {
	im := importers[peer]
	f := &fit{saved: newSaved(peer), im: &im, optimizer: name, opt: opt}
	for _, s := range opt.States() {
		link, state := f.link(s.Name)
		switch {
		case s.Name == "t" || strings.HasPrefix(s.Name, "descent."):
		case len(f.origins(link, state)) > 0:
			known++
		default:
			unknown = append(unknown, s.Name)
		}
	}
	return known, unknown
}

// importedModel makes an optimizer with the options that keep most.
func importedModel(t *testing.T, peer, name string) (*descent.Optimizer, string) {
	t.Helper()
	for _, options := range []map[string]any{
		{"learning_rate": 0.1, "momentum": 0.9}, {"learning_rate": 0.1}, {"lr": 0.1, "momentum": 0.9}, {"lr": 0.1, "eta": 1, "rescale_grad": 1}, nil,
	} {
		rule, own, err := New(peer, name, options)
		if err != nil {
			continue
		}
		opt, err := descent.New(rule, []descent.Param{descent.NewParam("w", make([]float32, 6), make([]float32, 6), 2, 3)}, own...)
		if err != nil {
			t.Fatalf("%s's %s: %v", peer, name, err)
		}
		return opt, rule.Name()
	}
	_, _, err := New(peer, name, nil)
	t.Errorf("%s's %s cannot be made: %v", peer, name, err)
	return nil, ""
}
