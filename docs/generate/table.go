package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/descent-go/descent/optim"
)

const (
	begin = "<!-- optimizers: go generate ./docs/generate -->\n"
	end   = "<!-- end of optimizers -->"
)

// table writes the list of optimizers and links between the marks of a page.
func table(file string) error {
	page, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	head, rest, ok := strings.Cut(string(page), begin)
	_, tail, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return fmt.Errorf("%s has no marks %q and %q", file, begin, end)
	}
	rows, err := rows()
	if err != nil {
		return err
	}
	return os.WriteFile(file, []byte(head+begin+rows+end+tail), 0o666)
}

func rows() (string, error) {
	var rules, links strings.Builder
	for _, name := range optim.Names() {
		r, err := optim.Lookup(name)
		if err != nil {
			return "", err
		}
		info, err := r.Info()
		if err != nil {
			return "", err
		}
		into := &rules
		if info.Link {
			into = &links
		}
		fmt.Fprintf(into, "| `%s` | %s |\n", name, info.Summary)
	}
	return "| name | what it is |\n| --- | --- |\n" + rules.String() + "| **links** | **to chain with the above, as in `centralize+adam+lookahead`** |\n" + links.String(), nil
}
