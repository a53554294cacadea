package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
)

func TestMain(m *testing.M) {
	code := m.Run()
	forget()
	os.Exit(code)
}

// What go generate makes of the page on streams is what is there: its commands
// print what it says.
func TestOnline(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("file names and what Vowpal Wabbit prints are those of Unix here")
	}
	page, err := os.ReadFile(onlinePage)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("curl"); errors.Is(err, exec.ErrNotFound) {
		t.Skip("curl is not here, which the page's service is asked by")
	}
	text, err := fill(string(page), onlineParts)
	if err != nil {
		t.Fatal(err)
	}
	was, is := strings.Split(string(page), "\n"), strings.Split(text, "\n")
	for i := range min(len(was), len(is)) {
		if was[i] != is[i] {
			t.Fatalf("%s is stale: run go generate ./docs/generate; line %d is\n%s\nand should be\n%s", onlinePage, i+1, was[i], is[i])
		}
	}
	if len(was) != len(is) {
		t.Errorf("%s is stale: %d lines, expected %d", onlinePage, len(was), len(is))
	}
}

// What the prose says of the tables is what they have.
func TestOnlineNumbers(t *testing.T) {
	text, err := os.ReadFile(onlinePage)
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	prose := strings.Join(strings.Fields(part.ReplaceAllString(page, "")), " ")
	for _, n := range [][2]string{ // as the prose has it, as the table has it
		{"Here are 50,000 impressions", "<!-- table l1"},
		{"a sixth of the weights are left, and the next day is predicted better", "\n| 1 | 0.4870 | 0.4697 | 4463 |"},
		{"a sixth of the weights are left, and the next day is predicted better", "\n| 0 | 0.4868 | 0.4712 | 27816 |"},
		{"With 3 a twenty-seventh is as good as all", "\n| 3 | 0.4921 | 0.4713 | 1032 |"},
		{"With about ten times as many weights as there are features nothing is lost", "\n| 18 | 262144 | 0.4712 |"},
		{"With about ten times as many weights as there are features nothing is lost", "\n| 20 | 1048576 | 0.4712 |"},
		{"takes it from 0.6587 to 0.4876", "0.5635 at 0.5 | 0.6587;"},
		{"takes it from 0.6587 to 0.4876", "0.5734 at 0.3 | 0.4876;"},
		{"in fashions PiSTOL is ahead of all", "\n| `--pistol` | 0.4977 | 0.5569 |"},
		{"(`--optimizer sgd`) pass FTRL", "| 0.5318; 0.5104 at 0.1 | 0.5715; 0.5627 at 0.03 |"},
		{"passes FTRL, by a little", "| 0.5096; 0.4966 at 0.3 | 0.5681; 0.5625 at 0.3 |"},
		{"passes FTRL, by a little", "| `--ftrl` | 0.4913; 0.4913 at 0.5 | 0.5635; 0.5635 at 0.5 |"},
	} {
		if !strings.Contains(prose, n[0]) || !strings.Contains(page, n[1]) {
			t.Errorf("the page says %q where its table should have %q", n[0], n[1])
		}
	}
	if impressions != 50_000 {
		t.Errorf("%d impressions, where the page says 50,000", impressions)
	}
}

func TestOnlineParts(t *testing.T) {
	for text, want := range map[string]string{
		"<!-- session nonsense: go generate ./docs/generate -->\n<!-- end -->": `there is no session "nonsense"`,
		"<!-- file nonsense: go generate ./docs/generate -->\n<!-- end -->":    `there is no file "nonsense"`,
		"<!-- table nonsense: go generate ./docs/generate -->\n<!-- end -->":   `there is no table "nonsense"`,
		"<!-- example nonsense: go generate ./docs/generate -->\n<!-- end -->": "there is no function Example_nonsense",
	} {
		if _, err := fill(text, onlineParts); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, expected %s", text, err, want)
		}
	}
	if _, err := new(player).run("cat absent"); err == nil {
		t.Error("a command that fails is no error")
	}
}

func TestOnlinePicture(t *testing.T) {
	if runtime.GOARCH != "amd64" { // other processors may draw a point elsewhere by a last bit
		t.Skip()
	}
	file, err := os.ReadFile(onlinePicture)
	if err != nil {
		t.Fatal(err)
	}
	if want, err := l1Lines(); err != nil || !bytes.Equal(file, want) {
		t.Errorf("%s is stale: run go generate ./docs/generate (%v)", onlinePicture, err)
	}
}
