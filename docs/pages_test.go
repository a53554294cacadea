package docs_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/descent-go/descent/docs/site"
	"github.com/descent-go/descent/formula"
)

// page is a page of the documentation, as it is read.
type page struct {
	file  string
	lines []string
}

func pages(t *testing.T) []page {
	t.Helper()
	var all []page
	for _, pattern := range []string{"../README.md", "../CONTRIBUTING.md", "*.md", "tutorial/*.md"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v, %v", pattern, files, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, page{file, strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")})
		}
	}
	return all
}

// block is a block of code, without those of the parts that are made.
type block struct {
	line      int
	tag, text string
	made      bool // stands in a part that go generate makes
}

func (p page) blocks() []block {
	var all []block
	open, made := false, false
	for i, line := range p.lines {
		tag, fence := strings.CutPrefix(line, "```")
		switch {
		case strings.HasPrefix(line, "<!-- ") && strings.Contains(line, ": go generate "):
			made = true
		case line == "<!-- end -->":
			made = false
		case fence && open:
			open = false
		case fence:
			open = true
			all = append(all, block{line: i + 1, tag: tag, made: made})
		case open:
			all[len(all)-1].text += line + "\n"
		}
	}
	return all
}

// prose is a page without its blocks of code and its code within lines.
func (p page) prose() []string {
	lines, open := make([]string, len(p.lines)), false
	for i, line := range p.lines {
		if strings.HasPrefix(line, "```") {
			open = !open
		} else if !open {
			lines[i] = regexp.MustCompile("`[^`]*`").ReplaceAllString(line, "")
		}
	}
	return lines
}

// anchors are the names that GitHub gives to the headings of a page.
func (p page) anchors() map[string]bool {
	names := map[string]bool{}
	for i, line := range p.prose() {
		if !strings.HasPrefix(line, "#") {
			continue
		}
		name := site.Anchor(strings.TrimLeft(p.lines[i], "#"))
		for n := 1; names[name]; n++ {
			name = fmt.Sprintf("%s-%d", strings.TrimSuffix(name, fmt.Sprintf("-%d", n-1)), n)
		}
		names[name] = true
	}
	return names
}

// Every link leads to a file that is there, and to one of its headings.
func TestLinks(t *testing.T) {
	known := map[string]page{}
	for _, p := range pages(t) {
		known[filepath.Clean(p.file)] = p
	}
	links := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	for _, p := range known {
		for i, line := range p.prose() {
			for _, m := range links.FindAllStringSubmatch(line, -1) {
				if strings.Contains(m[1], "://") {
					continue
				}
				path, anchor, _ := strings.Cut(m[1], "#")
				file := filepath.Clean(p.file)
				if path != "" {
					file = filepath.Join(filepath.Dir(p.file), path)
				}
				if _, err := os.Stat(file); err != nil {
					t.Errorf("%s:%d: the link %s leads nowhere", p.file, i+1, m[1])
				} else if anchor != "" && !known[file].anchors()[anchor] {
					t.Errorf("%s:%d: the link %s leads to no heading", p.file, i+1, m[1])
				}
			}
		}
	}
}

// Footnotes are defined where they are used, and used where they are defined.
func TestFootnotes(t *testing.T) {
	for _, p := range pages(t) {
		uses, notes := map[string]bool{}, map[string]bool{}
		for _, line := range p.prose() {
			for _, m := range regexp.MustCompile(`\[\^(\w+)\](:?)`).FindAllStringSubmatch(line, -1) {
				if m[2] == "" {
					uses[m[1]] = true
				} else {
					notes[m[1]] = true
				}
			}
		}
		for name := range notes {
			if !uses[name] {
				t.Errorf("%s: nothing leads to the footnote %s", p.file, name)
			}
		}
		for name := range uses {
			if !notes[name] {
				t.Errorf("%s: there is no footnote %s", p.file, name)
			}
		}
	}
}

// Every block of code is of a known kind and in order: formulas parse, Go is from
// an example, compiles or, where it is a fragment, parses. Commands are tested with the
// program.
func TestBlocks(t *testing.T) {
	for _, p := range pages(t) {
		for _, b := range p.blocks() {
			var err error
			switch b.tag {
			case "formula":
				_, err = formula.Parse("mine", b.text)
			case "go":
				if !b.made {
					err = compiles(t, p, b)
				}
			case "", "sh", "text", "ebnf", "python", "formula-error", "function", "function-error":
			default:
				err = fmt.Errorf("a block of kind %q", b.tag)
			}
			if err != nil {
				t.Errorf("%s:%d: %v", p.file, b.line, err)
			}
		}
	}
}

// compiles reports what is wrong with Go that is typed by hand.
func compiles(t *testing.T, p page, b block) error {
	if filepath.Dir(p.file) == "tutorial" {
		return fmt.Errorf("Go in the tutorial comes from examples")
	}
	if !strings.HasPrefix(b.text, "package ") {
		text := strings.NewReplacer("{...}", "{}", ", ...}", "}").Replace(b.text) // what the reader fills in
		_, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc _() {\n"+text+"\n}", 0)
		return err
	}
	if !strings.HasPrefix(b.text, "package main") {
		_, err := parser.ParseFile(token.NewFileSet(), "", b.text, 0)
		return err
	}
	file := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(file, []byte(b.text), 0o666); err != nil {
		return err
	}
	if out, err := exec.Command("go", "vet", file).CombinedOutput(); err != nil {
		return fmt.Errorf("%v: %s", err, out)
	}
	return nil
}
