// Package site makes a static web site of the documentation and the playground:
// plain pages that any web server serves, without a request to another host.
package site

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
)

// Source is where on the web what is not part of the site is: files of the
// project that pages link to.
const Source = "https://github.com/descent-go/descent/blob/main/"

//go:embed page.html
var pageText string

//go:embed site.css
var siteCSS []byte

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// Build makes the files of the site, by their paths: every Markdown page of docs
// as HTML, README.md of a folder as its index.html, whatever else is in docs as
// it is, and the playground's files under playground/. The order of the pages is
// that in which README.md of their folder links to them last. A page that cannot
// be read, a link to a file of docs that is not there and mathematics with a
// mistake are errors that name the page.
func Build(docs, playground fs.FS) (map[string][]byte, error) {
	b := &builder{docs: docs, files: map[string][]byte{"style.css": append(highlightCSS(), siteCSS...)}}
	math, err := newMath()
	if err != nil {
		return nil, err
	}
	b.markdown = newMarkdown(&mathRenderer{math})
	if err := b.read(); err != nil {
		return nil, err
	}
	for _, p := range b.pages {
		if err := b.write(p); err != nil {
			return nil, fmt.Errorf("site: docs/%s: %w", p.file, err)
		}
	}
	return b.files, b.copy(playground, "playground")
}

// builder is a site in the making.
type builder struct {
	docs     fs.FS
	markdown goldmark.Markdown
	pages    []*page // in the order of reading
	files    map[string][]byte
}

// page is a Markdown file on its way to HTML.
type page struct {
	file, title string
	text        []byte
}

// address is where the page is in the site.
func address(file string) string {
	if path.Base(file) == "README.md" {
		return path.Join(path.Dir(file), "index.html")
	}
	return strings.TrimSuffix(file, ".md") + ".html"
}

// read finds the pages and puts them in order; what is no page is copied.
func (b *builder) read() error {
	found := map[string]*page{}
	err := fs.WalkDir(b.docs, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(b.docs, file)
		if err != nil {
			return err
		}
		if path.Ext(file) != ".md" {
			b.files[file] = text
			return nil
		}
		title, _, _ := strings.Cut(strings.TrimPrefix(string(text), "# "), "\n")
		found[file] = &page{file: file, title: strings.TrimSpace(title), text: text}
		return nil
	})
	if err != nil {
		return fmt.Errorf("site: %w", err)
	}
	b.order(found, "README.md")
	if len(found) > 0 {
		var files []string
		for file := range found {
			files = append(files, file)
		}
		slices.Sort(files)
		return fmt.Errorf("site: no README.md on the way from docs/README.md links to docs/%s", strings.Join(files, ", docs/"))
	}
	return nil
}

// order moves a page from those found to the list, and then those that it links
// to where it is the index of a folder.
func (b *builder) order(found map[string]*page, file string) {
	p := found[file]
	if p == nil {
		return
	}
	delete(found, file)
	b.pages = append(b.pages, p)
	if path.Base(file) != "README.md" {
		return
	}
	targets := b.links(p.text)
	for i, target := range targets {
		if !slices.Contains(targets[i+1:], target) { // a table of contents comes last
			b.order(found, path.Join(path.Dir(file), target))
		}
	}
}

// copy takes over the files of another tree.
func (b *builder) copy(from fs.FS, folder string) error {
	return fs.WalkDir(from, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(from, file)
		b.files[path.Join(folder, file)] = text
		return err
	})
}

// entry is a page as the table of contents shows it.
type entry struct {
	Title, Link   string
	Here, Section bool
}

// write makes a page's HTML.
func (b *builder) write(p *page) error {
	body, err := b.render(p)
	if err != nil {
		return err
	}
	up := strings.Repeat("../", strings.Count(p.file, "/"))
	data := struct {
		Title, Up  string
		Body       template.HTML
		Contents   []entry
		Play       template.URL
		Prev, Next *entry
	}{Title: p.title, Up: up, Body: template.HTML(body), Play: playground(p.file, up)}
	here := slices.Index(b.pages, p)
	for i, q := range b.pages {
		e := entry{q.title, up + address(q.file), i == here, path.Base(q.file) == "README.md"}
		data.Contents = append(data.Contents, e)
		switch i {
		case here - 1:
			data.Prev = &e
		case here + 1:
			data.Next = &e
		}
	}
	var out bytes.Buffer
	if err := pageTemplate.Execute(&out, data); err != nil {
		return err
	}
	b.files[address(p.file)] = out.Bytes()
	return nil
}
