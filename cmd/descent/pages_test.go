package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// inBackticks are commands within lines of a page.
var inBackticks = regexp.MustCompile("`((?:go run \\./cmd/)?descent [^`]+)`")

// commands are the lines of a page that run descent, without comments.
func commands(page string) []string {
	var all []string
	open := false
	for line := range strings.Lines(page) {
		if tag, fence := strings.CutPrefix(line, "```"); fence {
			open = strings.TrimSpace(tag) == "sh"
			continue
		}
		found := []string{line}
		if !open {
			found = nil
			for _, m := range inBackticks.FindAllStringSubmatch(line, -1) {
				found = append(found, m[1])
			}
		}
		for _, c := range found {
			c, _, _ = strings.Cut(strings.TrimPrefix(strings.TrimSpace(c), "go run ./cmd/"), " #")
			if strings.HasPrefix(c, "descent ") {
				all = append(all, strings.TrimPrefix(c, "descent "))
			}
		}
	}
	return all
}

// words takes a command apart; what stands in quotes is one word.
func words(command string) []string {
	var all []string
	for _, w := range regexp.MustCompile(`'[^']*'|[^\s']+`).FindAllString(command, -1) {
		all = append(all, strings.Trim(w, "'"))
	}
	return all
}

// Every command that the documentation shows has a verb and flags that there are,
// and optimizers that there are.
func TestPages(t *testing.T) {
	n := 0
	for _, pattern := range []string{"../../*.md", "../../docs/*.md", "../../docs/tutorial/*.md"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v, %v", pattern, files, err)
		}
		for _, file := range files {
			page, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range commands(string(page)) {
				n++
				if err := understood(words(c)); err != nil {
					t.Errorf("%s: descent %s: %v", file, c, err)
				}
			}
		}
	}
	if n < 100 {
		t.Errorf("%d commands found, expected some hundred", n)
	}
}

// understood reports what is wrong with a command that nobody runs.
func understood(args []string) error {
	cmd, rest, err := newRoot().Find(args)
	if err != nil {
		return err
	}
	if err := cmd.ParseFlags(rest); err != nil && !strings.Contains(err.Error(), "flag needs an argument") { // as where a text names a flag
		return err
	}
	if verb := cmd.Flags().Arg(0); !cmd.HasParent() && verb != "" && verb != "help" && verb != "completion" {
		return usagef("there is no verb %s", verb)
	}
	for _, name := range []string{"optimizer", "optimizers", "race"} {
		flag := cmd.Flags().Lookup(name)
		if flag == nil || !flag.Changed {
			continue
		}
		for _, optimizer := range splitNames(listed(flag.Value)) {
			if optimizer == "all" || optimizer == "NAME" { // which stands for a name
				continue
			}
			if x := asForeign(optimizer); x != nil {
				_, err = x.describe()
			} else {
				_, _, err = hyperFlags{cmd: &cobra.Command{}}.named(optimizer)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// listed is the value of a flag, of a list without its brackets.
func listed(v pflag.Value) string {
	if list, ok := v.(pflag.SliceValue); ok {
		return strings.Join(list.GetSlice(), ",")
	}
	return v.String()
}

func TestUnderstood(t *testing.T) {
	for command, want := range map[string]string{
		"train --optimizer adam --lr 0.1":         "",
		"compare --optimizers sgd:lr=1,adam":      "",
		"train --optimizer adan2":                 "unknown optimizer",
		"train --no-such-flag":                    "unknown flag",
		"trian":                                   "there is no verb trian",
		"compare --optimizers sgd,nesterovv":      "unknown optimizer",
		"explain schedule warmup:steps=10%":       "",
		"compare --task 'x^2 + 10*y^2' --epoch 1": "unknown flag: --epoch",
	} {
		err := understood(words(command))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("descent %s: %v; expected %q", command, err, want)
		}
	}
}
