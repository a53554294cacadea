package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// tutorialPages are the tutorial's pages by their names.
func tutorialPages(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob(tutorial)
	if err != nil || len(files) < 23 {
		t.Fatalf("%d pages, %v; expected 23", len(files), err)
	}
	pages := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		pages[filepath.Base(file)] = string(text)
	}
	return pages
}

// What go generate makes of the tutorial is what is there.
func TestTutorial(t *testing.T) {
	for name, page := range tutorialPages(t) {
		text, err := fill(page, tutorialParts)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if text != page {
			t.Errorf("%s is stale: run go generate ./docs/generate", name)
		}
		if strings.Count(page, "<!-- end -->") != len(part.FindAllString(page, -1)) || strings.Count(page, "<!--") != 2*strings.Count(page, "<!-- end -->") {
			t.Errorf("%s has marks that do not match", name)
		}
	}
}

// The pictures are what the code draws, each is shown by a page, and each that a
// page shows is drawn by the code.
func TestTutorialPictures(t *testing.T) {
	shown := map[string]bool{}
	for _, page := range tutorialPages(t) {
		for _, m := range regexp.MustCompile(`\]\(img/([^)]+)\)`).FindAllStringSubmatch(page, -1) {
			shown[m[1]] = true
		}
	}
	var drawn []string
	for _, p := range slices.Concat(pictures, animations) {
		drawn = append(drawn, p.file)
		file, err := os.ReadFile(images + p.file)
		if err != nil {
			t.Errorf("%v: run go generate ./docs/generate", err)
			continue
		}
		limit := 200_000
		if strings.HasSuffix(p.file, ".gif") {
			limit = 1_500_000
		}
		if len(file) > limit {
			t.Errorf("%s has %d bytes, expected at most %d", p.file, len(file), limit)
		}
		if !shown[p.file] {
			t.Errorf("no page shows %s", p.file)
		}
		// Animations take long, and other processors may draw a point elsewhere by a last bit.
		if strings.HasSuffix(p.file, ".gif") || runtime.GOARCH != "amd64" {
			continue
		}
		if want, err := p.make(); err != nil || !bytes.Equal(file, want) {
			t.Errorf("%s is stale: run go generate ./docs/generate (%v)", p.file, err)
		}
	}
	for name := range shown {
		if !slices.Contains(drawn, name) {
			t.Errorf("a page shows %s, which nothing draws", name)
		}
	}
	files, err := os.ReadDir(images)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !shown[f.Name()] {
			t.Errorf("no page shows %s", f.Name())
		}
	}
}

// A page that lists a rule's hyperparameters says of each what it does.
func TestTutorialHypers(t *testing.T) {
	for name, page := range tutorialPages(t) {
		prose := part.ReplaceAllString(page, "")
		for _, m := range part.FindAllStringSubmatch(page, -1) {
			if m[2] != "hypers" {
				continue
			}
			rule, _, _ := strings.Cut(m[3], " ")
			info, err := infoOf(rule)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range info.Hypers {
				if !strings.Contains(prose, "`"+h.Name+"`") {
					t.Errorf("%s does not say what %s of %s does", name, h.Name, rule)
				}
			}
		}
	}
}

// What the prose says of runs is what they printed.
func TestTutorialNumbers(t *testing.T) {
	pages := tutorialPages(t)
	for name, numbers := range map[string][][2]string{ // as the prose has it, as it is printed
		"weight-decay.md": {{"= 0.8.", "[0.8000"}},
		"momentum.md":     {{"From 6905 steps to 267.", "momentum 0.00: 6905 steps"}, {"From 6905 steps to 267.", "momentum 0.95:  267 steps"}, {"0.99 is worse than 0.95", "momentum 0.99: 1054 steps"}},
		"adagrad.md":      {{"`lr` in full, in the 25th text", "text  25: common word at -0.864, rare one moves by -0.100"}},
		"rmsprop.md":      {{"at nearly `lr` a hundred steps later", "rmsprop  step 120 moves by 0.0090"}},
		"adadelta.md":     {{"0.0003, 0.003, 0.03", "eps 1e-06:  step 1: 3.9968"}},
		"adamax.md":       {{"six times as long", "101: 0.006259"}, {"two thirds of its usual", "102: 0.000629"}, {"and the next a tenth", "102: 0.000101"}},
		"signum.md":       {{"thrown the third weight far off", "-0.414   40.578]"}, {"Signum's is back where it began", "-0.100    0.000]"}},
		"sgld.md":         {{"off by a hundredth", "mean 2.01, deviation 0.51"}},
		"ftrl.md":         {{"With 10 two of the three useless weights are exactly 0", "l1  10: [ 1.929 -0.993  0.090 -0.021  0.000  0.000]"}, {"With `l1` 2 nearly all that is left are the ads and the constant, at the same loss", "l1   2: loss 0.5315,     5 weights not 0"}},
		"ftml.md":         {{"A hundred impressions later FTML is nearly there", "ftml at 20100: 0.65"}, {"is not yet half way", "ftrl at 20100: 0.36"}},
		"adamw.md":        {{"= 0.951", "adamw [0.953 0.953]"}},
		"lion.md":         {{"the step is still -0.01", "step  60: gradient -1, momentum +0.433, step -0.01"}},
		"muon.md":         {{"(0.70 is the polynomial's idea of 1.)", "singular values 0.70 and 0.70"}},
		"lbsgd.md":        {{"from 41 to 53 % for `sgd` and to 56 % for `lbsgd`", "| 41.1 ± 6.5 |"}, {"with 10 steps it still has 79 %", "| 79.3 ± 0.1 |"}, {"with 85 % where `sgd` has 83", "| 82.7 ± 0.7 |"}},
		"dcasgd.md":       {{"with 16 workers 59 % become 83 and 86", "| sgd | 94.3 ± 0.3 | 92.8 ± 1.8 | 58.9 "}, {"with 64 workers 33 % become 40 and 77", "| dcasgd-adaptive | 94.3 ± 0.3 | 94.0 ± 0.7 | 85.9 ± 1.4 | 77.0 "}, {"`dcasgd` is about two points ahead of `sgd`", "| 84.6 ± 1.5 |"}},
		"choosing.md":     {{"Adam's is 0.1, the end of the grid", "adam            loss 1.9e+00 with lr 1.0e-01"}},
	} {
		prose := strings.Join(strings.Fields(part.ReplaceAllString(pages[name], "")), " ")
		for _, n := range numbers {
			if !strings.Contains(prose, n[0]) || !strings.Contains(pages[name], n[1]) {
				t.Errorf("%s says %q where the run should print %q", name, n[0], n[1])
			}
		}
	}
}

// Every section has all that the tutorial promises.
func TestTutorialSections(t *testing.T) {
	for name, page := range tutorialPages(t) {
		if slices.Contains([]string{"README.md", "choosing.md", "your-own.md"}, name) {
			continue
		}
		for _, want := range []string{".gif)", "\n## The idea\n", "\n## The formula\n", "\n## Run it\n", "<!-- example ", "```sh\n", "\n## When to use it\n", "\n## Elsewhere\n", "\n## Paper\n", "\nNext: ["} {
			if !strings.Contains(page, want) {
				t.Errorf("%s has no %q", name, strings.TrimSpace(want))
			}
		}
		if !regexp.MustCompile(`\bNot\b`).MatchString(page) {
			t.Errorf("%s does not say when not to use it", name)
		}
	}
}

func TestTutorialParts(t *testing.T) {
	for of, want := range map[string]string{
		"sgd":              "Keeps nothing from step to step.",
		"sgd momentum=0.9": "With `momentum=0.9` it keeps `v`: 4 bytes for every weight of 4.",
		"adam":             "Keeps `m`, `v`: 8 bytes for every weight of 4.",
		"nadam":            "besides `product`, one number for every parameter.",
	} {
		if text, err := hypersOf(of); err != nil || !strings.HasSuffix(text, want+"\n") {
			t.Errorf("%s: %v, %s; expected %s at its end", of, err, text, want)
		}
	}
	text, err := elsewhereOf("sgd")
	if err != nil || !strings.Contains(text, "\n| `keras/SGD` | beside the step, times lr | ") || strings.Contains(text, "epsilon") {
		t.Errorf("%v, %s", err, text)
	}
	text, err = elsewhereOf("adamax")
	if err != nil || !strings.Contains(text, "\n| `mxnet/Adamax` | none | ") || !strings.Contains(text, "\n| `torch/Adamax` | added to abs(g) | ") {
		t.Errorf("%v, %s", err, text)
	}
	if _, err := exampleOutput("absent"); err == nil || !strings.Contains(err.Error(), "there is no function Example_absent") {
		t.Errorf("error %v", err)
	}
	if _, err := fill("<!-- nonsense of: go generate ./docs/generate -->\n<!-- end -->", tutorialParts); err == nil || !strings.Contains(err.Error(), `nothing makes a part of kind "nonsense"`) {
		t.Errorf("error %v", err)
	}
}
