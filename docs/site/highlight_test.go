package site

import (
	"bytes"
	"io/fs"
	"os/exec"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/descent-go/descent/docs"
)

func TestHighlight(t *testing.T) {
	md := newMarkdown(nil)
	for _, c := range []struct {
		language, code string
		wants          []string
	}{
		{"go", "// so\nw := make([]float64, 2)\nreturn f(nil, `a`)", []string{
			`<span class="c">// so`, `<span class="nb">make`, `<span class="kt">float64`, `<span class="m">2`,
			`<span class="k">return`, `<span class="nf">f`, `<span class="kc">nil`, "<span class=\"s\">`a`", `<span class="o">:=`}},
		{"python", "for x in range(2):\n    y.range = f\"z\"  # so", []string{
			`<span class="k">for`, `<span class="ow">in`, `<span class="nb">range`, `<span class="n">range`, `<span class="s">f&#34;z&#34;`, `<span class="c"># so`}},
		{"sh", "LR=0.1 descent train --for 'a b' | tee $X # so", []string{
			`<span class="nv">LR</span><span class="o">=`, `<span class="s">&#39;a b&#39;`, `<span class="nv">$X`, `<span class="c"># so`}},
		{"ebnf", `a = "b" . (* c *)`, []string{`<span class="k">a`, `<span class="s">&#34;b&#34;`, `<span class="c">(* c *)`}},
		{"text", "a < b", []string{`<pre class="chroma">`, "a &lt; b"}},
		{"unknown", "a < b", []string{"<pre><code>a &lt; b\n</code></pre>"}},
	} {
		var out bytes.Buffer
		if err := md.Convert([]byte("```"+c.language+"\n"+c.code+"\n```\n"), &out); err != nil {
			t.Fatal(err)
		}
		for _, want := range c.wants {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: no %s in\n%s", c.language, want, out.String())
			}
		}
	}
}

var fence = regexp.MustCompile("(?m)^```([a-z-]+)$")

// A page's code in a language without a lexer would stand in one colour.
func TestLanguages(t *testing.T) {
	err := fs.WalkDir(docs.FS, ".", func(file string, _ fs.DirEntry, err error) error {
		if err != nil || path.Ext(file) != ".md" {
			return err
		}
		text, err := fs.ReadFile(docs.FS, file)
		for _, found := range fence.FindAllSubmatch(text, -1) {
			if languages[string(found[1])] == nil {
				t.Errorf("%s has code in %s, which languages lacks", file, found[1])
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// chroma's lexers and styles are made when a program starts, and take longer
// than the rest of descent.
func TestLight(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "github.com/descent-go/descent/cmd/descent").Output()
	if err != nil {
		t.Skip("no go command: ", err)
	}
	for name := range strings.FieldsSeq(string(out)) {
		if name == "github.com/alecthomas/chroma/v2/lexers" || name == "github.com/alecthomas/chroma/v2/styles" {
			t.Errorf("descent imports %s", name)
		}
	}
}
