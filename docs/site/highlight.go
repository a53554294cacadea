package site

import (
	"bytes"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/formatters/html"
	"github.com/alecthomas/chroma/v2/lexers"
	"github.com/alecthomas/chroma/v2/styles"
)

// The lexer of formulas knows their words of formulas, in blocks marked formula.
var _ = lexers.Register(chroma.MustNewLexer(
	&chroma.Config{Name: "formula", Aliases: []string{"formula", "formula-error", "function", "function-error"}},
	func() chroma.Rules {
		return chroma.Rules{"root": {
			{Pattern: `#.*`, Type: chroma.Comment},
			{Pattern: `\b(hyper|state row|state|global scalar|scalar|eval)\b(?= +[a-z])`, Type: chroma.Keyword},
			{Pattern: `[\p{L}_][\p{L}\d_.]*(?=\()`, Type: chroma.NameFunction},
			{Pattern: `[\p{L}_][\p{L}\d_]*`, Type: chroma.Name},
			{Pattern: `(\d[\d_]*\.?\d*|\.\d+)([eE][+-]?\d+)?`, Type: chroma.Number},
			{Pattern: `[-+*/^<>=!]+`, Type: chroma.Operator},
			{Pattern: `\s+`, Type: chroma.Text},
			{Pattern: `.`, Type: chroma.Punctuation},
		}}
	},
))

// highlightCSS are the colours of code, by day and by night.
func highlightCSS() []byte {
	var out bytes.Buffer
	f := html.New(html.WithClasses(true))
	for _, when := range [][2]string{{"light", "github"}, {"dark", "github-dark"}} {
		out.WriteString("@media (prefers-color-scheme: " + when[0] + ") {\n")
		_ = f.WriteCSS(&out, styles.Get(when[1])) // a buffer takes everything
		out.WriteString("}\n")
	}
	return out.Bytes()
}
