package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestPages: what go generate makes of the pages is what is there.
func TestPages(t *testing.T) {
	files, err := filepath.Glob(moving)
	if err != nil || len(files) != 4 {
		t.Fatalf("%v, %v; expected four pages", files, err)
	}
	for _, file := range files {
		page, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text, err := fill(string(page), movingParts)
		if err != nil {
			t.Fatal(err)
		}
		if text != string(page) {
			t.Errorf("%s is stale: run go generate ./docs/generate", file)
		}
		if n := strings.Count(text, "<!-- example "); n != 3 || strings.Count(text, "```python\n") != n || strings.Count(text, "```go\n") != n {
			t.Errorf("%s has %d examples, expected three, each in Python and Go", file, n)
		}
		if strings.Count(text, "<!-- end -->") != len(part.FindAllString(text, -1)) {
			t.Errorf("%s has marks that do not match", file)
		}
	}
}

func TestReadme(t *testing.T) {
	page, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	want, err := rows()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), begin+want+end) {
		t.Error("README.md is stale: run go generate ./docs/generate")
	}
}

func TestScaling(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("other processors may draw a point elsewhere by a last bit")
	}
	want, err := scaled()
	if err != nil {
		t.Fatal(err)
	}
	if have, err := os.ReadFile(scalingFile); err != nil || !bytes.Equal(have, want) {
		t.Errorf("%s is stale: run go generate ./docs/generate; %v", scalingFile, err)
	}
}

func TestWritten(t *testing.T) {
	text, err := optimizersOf("torch")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"Where the table says no other they have `clip_grad_norm=null`, `clip_grad_value=null`",
		"| `Adam` | `adam` | `amsgrad=false`, `betas=0.9,0.999`, ",
		"; without `",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
	if text, err = schedulesOf("torch"); err != nil || !strings.Contains(text, "| `StepLR` | `gamma=0.1`, `last_epoch=-1`, `lr=1`, `step_size` (required) |") {
		t.Errorf("%v, %s", err, text)
	}
	if _, err := exampleOf("absent"); err == nil || !strings.Contains(err.Error(), "there is no function Example_absent") {
		t.Errorf("error %v", err)
	}
}
