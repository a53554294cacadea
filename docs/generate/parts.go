package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// part is a part of a page that is made: what it is, and of which framework,
// rule or example.
var part = regexp.MustCompile(`(?s)(<!-- (\w+) ([^:\n]+): go generate ./docs/generate -->\n).*?(<!-- end -->)`)

// makers make parts of pages by what they are, from what they are of.
type makers map[string]func(of string) (string, error)

// pages makes the parts of the pages whose names match a pattern anew.
func pages(pattern string, by makers) error {
	files, err := filepath.Glob(pattern)
	if err != nil {
		return err
	}
	for _, file := range files {
		page, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		text, err := fill(string(page), by)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			return err
		}
	}
	return nil
}

// fill makes the parts of a page.
func fill(page string, by makers) (string, error) {
	var wrong error
	page = part.ReplaceAllStringFunc(page, func(old string) string {
		m := part.FindStringSubmatch(old)
		text, err := "", fmt.Errorf("nothing makes a part of kind %q", m[2])
		if make := by[m[2]]; make != nil {
			text, err = make(m[3])
		}
		if err != nil && wrong == nil {
			wrong = err
		}
		return m[1] + text + m[4]
	})
	return page, wrong
}

// body is what stands in a function of one of the files that match a pattern,
// without the indentation.
func body(pattern, function string) (string, error) {
	files, err := filepath.Glob(pattern)
	if err != nil {
		return "", err
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, file, source, parser.ParseComments)
		if err != nil {
			return "", err
		}
		for _, d := range parsed.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == function {
				text := source[set.Position(f.Body.Lbrace).Offset+2 : set.Position(f.Body.Rbrace).Offset]
				return strings.ReplaceAll("\n"+string(text), "\n\t", "\n")[1:], nil
			}
		}
	}
	return "", fmt.Errorf("there is no function %s in %s", function, pattern)
}
