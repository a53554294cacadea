package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// timing is what differs between the pages of the same run.
var timing = regexp.MustCompile(`<dd>[0-9.]+ s</dd>|<dt>examples a second</dt><dd>[0-9]+</dd>`)

// TestLearnReport has predictions that are given: probabilities of 0.731, 0.269,
// 0.881 and 0.622, so that 3 of 4 pairs are in order and the average loss is
// (1.3133 + 0.3133 + 0.1269 + 0.4741)/4.
func TestLearnReport(t *testing.T) {
	data := write(t, "clicks.vw", "1 1 2 |a x\n-1 1 1 |a x\n1 1 0.5 |a x\n-1 1 -1 |a x\n")
	file := filepath.Join(t.TempDir(), "it's a run.html")
	args := []string{"learn", "-t", "-d", data, "--noconstant", "--loss_function", "logistic", "--quiet", "--report", file}
	succeed(t, args...)
	text := page(t, file)
	holds(t, text, "vw on clicks.vw</h1>", "The average loss of 4 examples is 0.5569; nothing was learned.", "<dt>AUC</dt><dd>0.75</dd>",
		"<dt>log loss</dt><dd>0.5569</dd>", "<dt>weights not 0</dt><dd>0 of 2^18 (0 %)</dd>", "descent learn -t -d "+data+" --noconstant ",
		"<td class=\"text\">70 and 75 %</td><td>1</td><td>73.11 %</td><td>0.00 %</td>", ">ROC, AUC 0.7500<", "<h2>Optimizer</h2>")
	if n := charts(text); n != 1+3 {
		t.Errorf("%d charts", n)
	}
	succeed(t, args...)
	if a, b := timing.ReplaceAllString(text, ""), timing.ReplaceAllString(page(t, file), ""); a != b {
		t.Error("the second time the page is another")
	}
	for _, bad := range []string{"NaN", "Inf", "<script", "http://", "https://"} {
		if strings.Contains(strings.ReplaceAll(text, "http://www.w3.org/", ""), bad) {
			t.Errorf("the page has %s", bad)
		}
	}
	if left, err := os.ReadDir(filepath.Dir(file)); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// TestLearnReportKinds has numbers, classes, passes, a rule of descent and
// streams of which there is little to tell.
func TestLearnReportKinds(t *testing.T) {
	file := filepath.Join(t.TempDir(), "run.html")
	numbers, classes := strings.Repeat("1 |a x\n2 |a y\n4 |a z\n", 20), strings.Repeat("1 |a x\n2 |a y\n3 |a z\n", 30)
	for _, c := range []struct {
		name, in string
		args     []string
		charts   int
		want     []string
	}{
		{"numbers", numbers, nil, 1 + 2 + 3, []string{">Residuals<", "<td class=\"text\">50 %</td>", ">Calibration<"}},
		{"passes", numbers, []string{"--passes", "3", "-k", "--cache_file", filepath.Join(t.TempDir(), "c")}, 1 + 2 + 3, []string{"of the examples held out is ", "Passes end at the dashed lines", ">held out, a pass<"}},
		{"classes", classes, []string{"--oaa", "3"}, 1 + 1 + 3, []string{"<h2>Confusion matrix</h2>", ">29<", ">share of wrong predictions<"}},
		{"many classes", classes, []string{"--oaa", "21"}, 1 + 3, nil},
		{"rule", stream, []string{"--ftrl", "--names", "--loss_function", "logistic"}, 1 + 3 + 3, []string{"ftrl on standard input", "<math", "<td class=\"text\">lr</td><td>0.5</td>", ">a^z<"}},
		{"one example", "1 |a x\n", nil, 1 + 2 + 2, nil},
		{"no labels", "|a x\n|a y\n", nil, 0, []string{"There were no labels"}},
		{"nothing", "", nil, 0, []string{"There were no labels"}},
		{"equal predictions", "1 |a x\n-1 |a x\n", []string{"-t"}, 1 + 2, nil},
		{"no numbers", "inf |a x\nnan |a y\n1 |a z:1e38\n-1 |a z:1e38\n", nil, -1, nil},
	} {
		os.Remove(file)
		cmd := command(t, append([]string{"learn", "--report", file}, c.args...)...)
		cmd.Stdin = strings.NewReader(c.in)
		if log, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", c.name, err, log)
			continue
		}
		text := page(t, file)
		holds(t, text, c.want...)
		if n := charts(text); c.charts >= 0 && n != c.charts {
			t.Errorf("%s: %d charts, expected %d", c.name, n, c.charts)
		}
	}
}

func TestLearnReportNotWritten(t *testing.T) {
	folder, data := t.TempDir(), write(t, "data.vw", stream)
	model, absent := filepath.Join(folder, "model"), filepath.Join(folder, "absent", "run.html")
	fail(t, exitFailed, []string{"learn", "-d", data, "-f", model, "--report", absent}, "--report: "+absent)
	for _, name := range []string{"run.pdf", folder, ""} {
		fail(t, exitUsage, []string{"learn", "-d", data, "-f", model, "--report=" + name}, "expected the name of a file that ends in .html")
	}
	fail(t, exitUsage, []string{"learn", "-d", data, "-f", "a.html", "--report", "./a.html"}, "--report and -f name the same file, a.html")
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
	file := filepath.Join(folder, "run.html")
	fail(t, exitFailed, []string{"learn", "-d", write(t, "bad.vw", stream+"one |a x\n"), "--strict", "--quiet", "--report", file}, "line 4")
	holds(t, page(t, file), "The run failed after ")
}
