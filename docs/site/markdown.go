package site

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"unicode"

	"github.com/gohugoio/hugo-goldmark-extensions/passthrough"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// newMarkdown reads what GitHub reads: tables, footnotes, mathematics between
// dollars, which r writes. Pages are the project's own, so their HTML passes.
func newMarkdown(r *mathRenderer) goldmark.Markdown {
	return goldmark.New(
		goldmark.WithExtensions(
			extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)),
			extension.Strikethrough, extension.Footnote,
			passthrough.New(passthrough.Config{
				InlineDelimiters: []passthrough.Delimiters{{Open: "$`", Close: "`$"}, {Open: "$", Close: "$"}},
				BlockDelimiters:  []passthrough.Delimiters{{Open: "$$", Close: "$$"}},
			}),
		),
		goldmark.WithParserOptions(parser.WithAutoHeadingID()),
		goldmark.WithRendererOptions(html.WithUnsafe(), renderer.WithNodeRenderers(util.Prioritized(r, 1), util.Prioritized(newCodeRenderer(), 1))),
	)
}

// parse reads a page.
func (b *builder) parse(source []byte) ast.Node {
	return b.markdown.Parser().Parse(text.NewReader(source), parser.WithContext(parser.NewContext(parser.WithIDs(&anchors{}))))
}

// links lists the files that a page links to, as they are written.
func (b *builder) links(source []byte) []string {
	var found []string
	_ = ast.Walk(b.parse(source), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if link, ok := n.(*ast.Link); ok && entering {
			file, _, _ := strings.Cut(string(link.Destination), "#")
			found = append(found, file)
		}
		return ast.WalkContinue, nil
	})
	return found
}

// render makes the body of a page.
func (b *builder) render(p *page) ([]byte, error) {
	tree := b.parse(p.text)
	if err := b.rewrite(tree, p); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := b.markdown.Renderer().Render(&out, p.text, tree); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// rewrite makes links and pictures those of the site, marks figures and takes
// comments out.
func (b *builder) rewrite(tree ast.Node, p *page) error {
	var comments []ast.Node
	err := ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		var err error
		switch n := n.(type) {
		case *ast.Link:
			n.Destination, err = b.link(p, string(n.Destination))
		case *ast.Image:
			n.Destination, err = b.link(p, string(n.Destination))
		case *ast.Paragraph:
			if isFigure(n) {
				n.SetAttributeString("class", []byte("figure"))
			}
		case *ast.HTMLBlock:
			if bytes.HasPrefix(n.Lines().Value(p.text), []byte("<!--")) {
				comments = append(comments, n)
			}
		}
		return ast.WalkContinue, err
	})
	for _, n := range comments {
		n.Parent().RemoveChild(n.Parent(), n)
	}
	return err
}

// isFigure reports whether a paragraph is one picture that stands still. On a
// narrow screen it keeps a width at which one can read it; an animation shrinks.
func isFigure(n *ast.Paragraph) bool {
	picture, ok := n.FirstChild().(*ast.Image)
	return ok && n.ChildCount() == 1 && path.Ext(string(picture.Destination)) != ".gif"
}

// link is where a page's link leads in the site.
func (b *builder) link(p *page, to string) ([]byte, error) {
	file, anchor, _ := strings.Cut(to, "#")
	if strings.Contains(file, "://") || file == "" {
		return []byte(to), nil
	}
	if anchor != "" {
		anchor = "#" + anchor
	}
	target := path.Join(path.Dir(p.file), file)
	if outside := path.Join("docs", target); !strings.HasPrefix(outside, "docs/") && outside != "docs" {
		return []byte(Source + outside + anchor), nil
	}
	info, err := fs.Stat(b.docs, target)
	switch {
	case err != nil:
		return nil, fmt.Errorf("the link %s leads to no file", to)
	case info.IsDir():
		return []byte(strings.TrimSuffix(file, "/") + "/index.html" + anchor), nil
	case path.Ext(file) == ".md":
		return []byte(path.Join(path.Dir(file), path.Base(address(target))) + anchor), nil
	}
	return []byte(to), nil
}

// anchors gives headings the names that GitHub gives them.
type anchors struct{ seen map[string]int }

func (a *anchors) Generate(value []byte, _ ast.NodeKind) []byte {
	if a.seen == nil {
		a.seen = map[string]int{}
	}
	id := Anchor(string(value))
	n := a.seen[id]
	a.seen[id]++
	if n > 0 {
		id = fmt.Sprintf("%s-%d", id, n)
	}
	return []byte(id)
}

func (a *anchors) Put([]byte) {}

// Anchor is the name by which a link finds a heading of this text.
func Anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
			return unicode.ToLower(r)
		case r == ' ':
			return '-'
		}
		return -1
	}, strings.TrimSpace(heading))
}
