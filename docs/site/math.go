package site

import (
	_ "embed"
	"fmt"
	"regexp"
	"strings"

	"github.com/dop251/goja"
	"github.com/gohugoio/hugo-goldmark-extensions/passthrough"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// temml is Temml 0.13.5, which sets TeX as MathML (temml/LICENSE).
//
//go:embed temml/temml.min.js
var temml string

// mathematics sets TeX as MathML, which browsers show without a library.
type mathematics struct {
	vm  *goja.Runtime
	set goja.Callable
}

func newMath() (*mathematics, error) {
	m := &mathematics{vm: goja.New()}
	if _, err := m.vm.RunString(temml); err != nil {
		return nil, fmt.Errorf("site: temml: %w", err)
	}
	m.set, _ = goja.AssertFunction(m.vm.Get("temml").ToObject(m.vm).Get("renderToString"))
	return m, nil
}

// inlineStyle is what Temml says of sizes beside its classes; style.css says it for
// all, since pages forbid what stands in them.
var inlineStyle = regexp.MustCompile(` style="[^"]*"`)

// MathML sets TeX, on lines of its own where display is set.
func (m *mathematics) MathML(tex string, display bool) (string, error) {
	options := map[string]any{"displayMode": display, "throwOnError": true}
	v, err := m.set(goja.Undefined(), m.vm.ToValue(tex), m.vm.ToValue(options))
	if err != nil {
		what, _, _ := strings.Cut(err.Error(), "\n")
		return "", fmt.Errorf("the mathematics %s: %s", tex, strings.TrimPrefix(what, "ParseError:  "))
	}
	return inlineStyle.ReplaceAllString(v.String(), ""), nil
}

// mathRenderer writes the mathematics of a page.
type mathRenderer struct{ math *mathematics }

func (r *mathRenderer) RegisterFuncs(to renderer.NodeRendererFuncRegisterer) {
	to.Register(passthrough.KindPassthroughInline, r.inline)
	to.Register(passthrough.KindPassthroughBlock, r.block)
}

func (r *mathRenderer) inline(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	in := n.(*passthrough.PassthroughInline)
	tex := strings.TrimPrefix(string(in.Segment.Value(source)), in.Delimiters.Open)
	return ast.WalkContinue, r.write(w, strings.TrimSuffix(tex, in.Delimiters.Close), false)
}

func (r *mathRenderer) block(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	return ast.WalkSkipChildren, r.write(w, strings.Trim(strings.TrimSpace(string(n.Lines().Value(source))), "$"), true)
}

func (r *mathRenderer) write(w util.BufWriter, tex string, display bool) error {
	text, err := r.math.MathML(tex, display)
	if err == nil {
		_, err = w.WriteString(text)
	}
	return err
}
