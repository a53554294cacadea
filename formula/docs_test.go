package formula_test

import (
	"os"
	"strings"
	"testing"

	"github.com/descent-go/descent/formula"
)

// block is a fenced code block of docs/language.md.
type block struct {
	tag, text string
	line      int
	complete  bool // below the heading of complete optimizers
}

func blocks(t *testing.T) []block {
	t.Helper()
	text, err := os.ReadFile("../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	var out []block
	open, complete := false, false
	for i, line := range strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n") {
		tag, fence := strings.CutPrefix(line, "```")
		switch {
		case fence && open:
			open = false
		case fence:
			open = true
			out = append(out, block{tag: tag, line: i + 1, complete: complete})
		case open:
			out[len(out)-1].text += line + "\n"
		case line == "## Complete optimizers":
			complete = true
		}
	}
	return out
}

// The page's formulas parse, its mistakes fail with the text it shows, and its
// complete optimizers go downhill.
func TestLanguagePage(t *testing.T) {
	all := blocks(t)
	optimizers, errors := 0, 0
	for i, b := range all {
		switch b.tag {
		case "formula":
			p, err := formula.Parse("mine", b.text)
			if err != nil {
				t.Errorf("language.md:%d: %v", b.line, err)
			} else if b.complete {
				optimizers++
				if before, after := descend(p, 0), descend(p, 300); !(after < before) {
					t.Errorf("language.md:%d: the loss goes from %v to %v", b.line, before, after)
				}
			}
		case "formula-error":
			errors++
			_, err := formula.Parse("mine", b.text)
			if err == nil {
				t.Errorf("language.md:%d: no mistake", b.line)
			} else if i+1 == len(all) || all[i+1].tag != "text" || all[i+1].text != err.Error()+"\n" {
				t.Errorf("language.md:%d: the error is\n%v", b.line, err)
			}
		case "function":
			if _, err := formula.ParseFunction("f(x, y)", b.text, "x", "y"); err != nil {
				t.Errorf("language.md:%d: %v", b.line, err)
			}
		case "function-error":
			_, err := formula.ParseFunction("f(x, y)", b.text, "x", "y")
			if err == nil || i+1 == len(all) || all[i+1].text != err.Error()+"\n" {
				t.Errorf("language.md:%d: the error is\n%v", b.line, err)
			}
		case "text", "ebnf":
		default:
			t.Errorf("language.md:%d: a block of kind %q", b.line, b.tag)
		}
	}
	if optimizers < 10 || errors < 8 {
		t.Errorf("%d complete optimizers and %d mistakes on the page", optimizers, errors)
	}
}

// descend gives the loss of the weights to evaluate with after some steps on
// the sum of (w-1)^2 times 1, 2, 3 and 4.
func descend(p *formula.Program, steps int) float64 {
	r, param := one(p, []float64{0.5, -1, 2, 3}, 2, 2)
	for range steps {
		r.Step(func() [][]float64 {
			g := make([]float64, 4)
			for i, w := range param.W {
				g[i] = 2 * float64(i+1) * (w - 1)
			}
			return [][]float64{g}
		})
	}
	loss := 0.0
	for i, w := range r.Eval()[0] {
		loss += float64(i+1) * (w - 1) * (w - 1)
	}
	return loss
}
