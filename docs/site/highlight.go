package site

import (
	"bytes"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/formatters/html"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// The colours of code are GitHub's. They and the lexers are the site's own:
// the hundreds that chroma brings would be made whenever a program starts that
// can build the site.
func day() *chroma.Style {
	return chroma.MustNewStyle("day", chroma.StyleEntries{
		chroma.Background: "bg:#f7f7f7", chroma.Comment: "#57606a", chroma.Keyword: "#cf222e",
		chroma.NameBuiltin: "#6639ba", chroma.NameFunction: "#6639ba", chroma.NameNamespace: "#24292e",
		chroma.NameOther: "#1f2328", chroma.NameVariable: "#953800", chroma.LiteralString: "#0a3069",
		chroma.LiteralNumber: "#0550ae", chroma.Operator: "#0550ae", chroma.Punctuation: "#1f2328",
	})
}

func night() *chroma.Style {
	return chroma.MustNewStyle("night", chroma.StyleEntries{
		chroma.Background: "#e6edf3 bg:#0d1117", chroma.Comment: "italic #8b949e", chroma.Keyword: "#ff7b72",
		chroma.KeywordConstant: "#79c0ff", chroma.Name: "#e6edf3", chroma.NameFunction: "bold #d2a8ff",
		chroma.NameNamespace: "#ff7b72", chroma.NameVariable: "#79c0ff", chroma.Literal: "#a5d6ff",
		chroma.LiteralStringAffix: "#79c0ff", chroma.LiteralStringEscape: "#79c0ff", chroma.Operator: "bold #ff7b72",
	})
}

// highlightCSS are the colours of code, by day and by night.
func highlightCSS() []byte {
	var out bytes.Buffer
	f := html.New(html.WithClasses(true))
	for _, style := range []*chroma.Style{day(), night()} {
		when := map[string]string{"day": "light", "night": "dark"}[style.Name]
		out.WriteString("@media (prefers-color-scheme: " + when + ") {\n")
		_ = f.WriteCSS(&out, style) // a buffer takes everything
		out.WriteString("}\n")
	}
	return out.Bytes()
}

// codeRenderer writes fenced code with a class for each kind of word, if it
// knows the language, and as it is if it does not.
type codeRenderer struct {
	lexers map[string]chroma.Lexer
	style  *chroma.Style
	format *html.Formatter
}

func newCodeRenderer() *codeRenderer {
	return &codeRenderer{newLexers(), day(), html.New(html.WithClasses(true))}
}

// RegisterFuncs implements [renderer.NodeRenderer].
func (r *codeRenderer) RegisterFuncs(to renderer.NodeRendererFuncRegisterer) {
	to.Register(ast.KindFencedCodeBlock, r.render)
}

func (r *codeRenderer) render(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	block := n.(*ast.FencedCodeBlock)
	code := block.Lines().Value(source)
	lexer, ok := r.lexers[string(block.Language(source))]
	if !ok {
		_, err := w.WriteString("<pre><code>" + string(util.EscapeHTML(code)) + "</code></pre>\n")
		return ast.WalkContinue, err
	}
	words, err := chroma.Coalesce(lexer).Tokenise(nil, string(code))
	if err == nil {
		err = r.format.Format(w, r.style, words)
	}
	return ast.WalkContinue, err
}
