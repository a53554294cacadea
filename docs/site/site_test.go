package site_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/net/html"

	"github.com/descent-go/descent/docs"
	"github.com/descent-go/descent/docs/site"
)

var empty = fstest.MapFS{}

func build(t *testing.T, files map[string]string) map[string][]byte {
	t.Helper()
	made, err := site.Build(tree(files), fstest.MapFS{"index.html": {Data: []byte("play")}})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func tree(files map[string]string) fs.FS {
	from := fstest.MapFS{}
	for name, text := range files {
		from[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return from
}

func TestPages(t *testing.T) {
	made := build(t, map[string]string{
		"README.md":      "# Docs\n\nBegin with [first](a.md).\n\n[second](b.md), [part](part/README.md), [first](a.md)\n",
		"a.md":           "# A\n\nBack to [b](b.md#two-words), [part](part/), [the code](../optim/adam.go#L3), ![x](x.svg)\n",
		"b.md":           "# B\n\n## Two words\n\n<!-- hidden -->\n$\\beta_1^t$ costs 5\n\n$$\n\\frac{a}{b}\n$$\n\n```formula\nhyper lr = 1 # so\n```\n",
		"part/README.md": "# Part\n\n[up](../a.md)\n",
		"x.svg":          "<svg/>",
	})
	for file, wants := range map[string][]string{
		"index.html": {`<a href="b.html">second</a>`, `<a href="part/index.html">part</a>`, `rel="next" href="b.html">B →`},
		"a.html": {
			`<a href="b.html#two-words">b</a>`, `<a href="part/index.html">part</a>`, `<img src="x.svg"`,
			`href="https://github.com/descent-go/descent/blob/main/optim/adam.go#L3"`, `rel="prev" href="part/index.html">← Part`,
		},
		"b.html":                {`<h2 id="two-words">`, "<msubsup><mi>β</mi>", "<mfrac>", `<span class="k">hyper</span>`, `<a href="b.html" aria-current="page">B</a>`},
		"part/index.html":       {`<a href="../a.html">up</a>`, `<link rel="stylesheet" href="../style.css">`, `<a class="play" href="../playground/">`},
		"playground/index.html": {"play"},
		"x.svg":                 {"<svg/>"},
		"style.css":             {".chroma .k ", "prefers-color-scheme"},
	} {
		for _, want := range wants {
			if !bytes.Contains(made[file], []byte(want)) {
				t.Errorf("%s has no %s:\n%s", file, want, made[file])
			}
		}
	}
	if bytes.Contains(made["b.html"], []byte("hidden")) || bytes.Contains(made["b.html"], []byte("style=")) {
		t.Errorf("a comment or a style is left:\n%s", made["b.html"])
	}
	if len(made) != 7 {
		t.Errorf("%d files", len(made))
	}
}

// A picture of its own keeps its width on a narrow screen and scrolls; an
// animation, and a picture in a line, shrink.
func TestFigures(t *testing.T) {
	made := build(t, map[string]string{
		"README.md": "# D\n\n![chart](x.svg)\n\n![moving](x.gif)\n\nSee ![small](x.svg).\n",
		"x.svg":     "<svg/>", "x.gif": "",
	})
	page := string(made["index.html"])
	if n := strings.Count(page, "figure"); n != 1 || !strings.Contains(page, `<p class="figure"><img src="x.svg" alt="chart"></p>`) {
		t.Errorf("%d figures in\n%s", n, page)
	}
	if !bytes.Contains(made["style.css"], []byte(".figure {")) {
		t.Error("figures have no style")
	}
}

// The colours of code by day do not hold by night, whose sheet leaves some out.
func TestCodeByNight(t *testing.T) {
	css := string(build(t, map[string]string{"README.md": "# D\n"})["style.css"])
	day, night, _ := strings.Cut(css, "@media (prefers-color-scheme: dark) {")
	if !strings.HasPrefix(day, "@media (prefers-color-scheme: light) {") || !strings.Contains(day, "#1f2328") || strings.Contains(night, "#1f2328") {
		t.Errorf("style.css begins with %.60q", css)
	}
}

func TestBuildMistakes(t *testing.T) {
	for _, c := range []struct {
		files map[string]string
		want  string
	}{
		{map[string]string{"README.md": "# D\n\n[gone](gone.md)\n"}, "site: docs/README.md: the link gone.md leads to no file"},
		{map[string]string{"README.md": "# D\n\n$\\fraction{a}$\n"}, `site: docs/README.md: the mathematics \fraction{a}: Unsupported function name: \fraction`},
		{map[string]string{"README.md": "# D\n", "lost.md": "# Lost\n"}, "site: no README.md on the way from docs/README.md links to docs/lost.md"},
		{map[string]string{"a.md": "# A\n"}, "links to docs/a.md"},
	} {
		if _, err := site.Build(tree(c.files), empty); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, expected %s", err, c.want)
		}
	}
}

// The real pages: every link and picture leads somewhere in the site, and
// nothing asks another host.
func TestDocumentation(t *testing.T) {
	made, err := site.Build(docs.FS, fstest.MapFS{"index.html": {}})
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]map[string]bool{}
	pages := map[string]*html.Node{}
	for file, text := range made {
		if path.Ext(file) != ".html" {
			continue
		}
		root, err := html.Parse(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		pages[file], ids[file] = root, map[string]bool{}
		for n := range root.Descendants() {
			ids[file][attribute(n, "id")] = true
		}
	}
	for file, root := range pages {
		for n := range root.Descendants() {
			if n.Data == "script" || n.Data == "iframe" || n.Data == "style" || attribute(n, "style") != "" {
				t.Errorf("%s has <%s style=%q>", file, n.Data, attribute(n, "style"))
			}
			for _, name := range []string{"href", "src"} {
				if to := attribute(n, name); to != "" {
					checkLink(t, made, ids, file, n.Data, to)
				}
			}
		}
	}
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func checkLink(t *testing.T, made map[string][]byte, ids map[string]map[string]bool, file, tag, to string) {
	t.Helper()
	u, err := url.Parse(to)
	if err != nil {
		t.Errorf("%s: %v", file, err)
		return
	}
	if u.Host != "" {
		if tag != "a" {
			t.Errorf("%s: <%s> asks %s", file, tag, u.Host)
		}
		return
	}
	target := path.Join(path.Dir(file), u.Path)
	if strings.HasSuffix(u.Path, "/") {
		target = path.Join(target, "index.html")
	}
	if u.Path == "" {
		target = file
	}
	if _, ok := made[target]; !ok {
		t.Errorf("%s: %s leads to no file", file, to)
	}
	if u.Fragment != "" && target != "playground/index.html" && path.Ext(target) == ".html" && !ids[target][u.Fragment] {
		t.Errorf("%s: %s leads to no heading", file, to)
	}
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "site")
	for _, text := range []string{"one", "two"} {
		if err := site.Write(t.Context(), map[string][]byte{"a/b.html": []byte(text)}, folder); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(filepath.Join(folder, "a", "b.html")); err != nil || string(got) != text {
			t.Errorf("%q, %v", got, err)
		}
	}
	full := filepath.Join(dir, "full")
	if err := os.MkdirAll(filepath.Join(full, "mine"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := site.Write(t.Context(), map[string][]byte{"a": nil}, full); err == nil || !strings.Contains(err.Error(), "holds other files") {
		t.Errorf("got %v", err)
	}
	if err := site.Write(t.Context(), map[string][]byte{"a": nil}, filepath.Join(dir, "no", "where")); err == nil || !strings.Contains(err.Error(), "cannot be made") {
		t.Errorf("got %v", err)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := site.Write(t.Context(), map[string][]byte{"a": nil}, file); err == nil || !strings.Contains(err.Error(), "no folder") {
		t.Errorf("got %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 3 {
		t.Errorf("%v left, %v", entries, err)
	}
}

// ending is a context that is done after some looks at it.
type ending struct {
	context.Context
	looks int
}

func (e *ending) Err() error {
	if e.looks--; e.looks < 0 {
		return context.Canceled
	}
	return nil
}

// TestWriteStopped leaves nothing, whenever the context ends.
func TestWriteStopped(t *testing.T) {
	dir := t.TempDir()
	files := map[string][]byte{"a/b.html": nil, "c.html": nil, "d.html": nil}
	for looks := range len(files) {
		if err := site.Write(&ending{t.Context(), looks}, files, filepath.Join(dir, "site")); !errors.Is(err, context.Canceled) {
			t.Errorf("after %d looks: %v", looks, err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("after %d looks it leaves %v, %v", looks, left, err)
		}
	}
	if err := site.Write(t.Context(), files, filepath.Join(dir, "site")); err != nil {
		t.Error(err)
	}
}
