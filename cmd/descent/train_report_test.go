package main

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/descent-go/descent/train"
)

// page reads a report.
func page(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// holds checks that a report has all of the texts.
func holds(t *testing.T, text string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("the report has no %q", w)
		}
	}
}

// charts counts those of a report.
func charts(text string) int { return strings.Count(text, "<svg ") }

// seconds is what differs between the reports of the same run.
var seconds = regexp.MustCompile(`<dd>[0-9.]+ s</dd>`)

func TestReport(t *testing.T) {
	file := filepath.Join(t.TempDir(), "it's a run.html")
	args := []string{"train", "--data", houses, "--target", "garden", "--epochs", "30", "--schedule", "cosine", "--wd", "0.01", "--report", file}
	out := succeed(t, args...)
	if !strings.Contains(out, "\nreport "+file+"\ntest accuracy ") {
		t.Errorf("train --report prints %s", out)
	}
	text := page(t, file)
	holds(t, text, "adam on houses.csv</h1>", "of the 40 examples held out are classified rightly", "after 30 epochs.",
		"<dt>schedule</dt><dd>cosine</dd>", "<dt>steps made</dt><dd>90</dd>", "hidden layer of 200",
		"descent train --data "+houses+" --target garden --epochs 30 --schedule cosine --wd 0.01 --report &#39;",
		"<h2>Learning</h2>", "<h2>Layers</h2>", "<h2>Confusion matrix</h2>", "<h2>Optimizer</h2>", "<math",
		`<td class="text">wd</td><td>0.01</td>`, ">fc1<", ">no<")
	if n := charts(text); n != 3+3+1 {
		t.Errorf("%d charts", n)
	}
	if strings.Contains(text, "The worst mistakes") || strings.Contains(text, "NaN") {
		t.Error("pictures of a table, or a NaN")
	}
	succeed(t, args...)
	if a, b := seconds.ReplaceAllString(text, ""), seconds.ReplaceAllString(page(t, file), ""); a != b {
		t.Error("the second time the report is another")
	}
	if left, err := os.ReadDir(filepath.Dir(file)); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestReportOfRegression(t *testing.T) {
	dir := t.TempDir()
	model, file := filepath.Join(dir, "m.safetensors"), filepath.Join(dir, "run.html")
	succeed(t, price("--optimizer", "adadelta", "--epochs", "4", "--save", model)...)
	out := succeed(t, price("--resume", model, "--epochs", "6", "--report", file, "--json")...)
	if _, last := readJSON(t, out); last.Steps != 60 {
		t.Errorf("the result is %+v", last)
	}
	text := page(t, file)
	holds(t, text, "adadelta on houses.csv", "Predicts price with a root mean squared error of ", "after 6 epochs.",
		"<dt>resumed from</dt><dd>"+model+", at step 40</dd>", "begin at step 40", "<dt>steps made</dt><dd>60</dd>",
		"predicted price", "Residuals", `<td class="text">rho</td><td>0.9</td>`)
	if n := charts(text); n != 1+3+2 { // it has no learning rate
		t.Errorf("%d charts", n)
	}
	succeed(t, price("--resume", model, "--epochs", "4", "--report", file)...) // nothing to do
	if text = page(t, file); charts(text) != 2 {
		t.Errorf("%d charts where no step was made", charts(text))
	}
}

// drawings writes pictures of 4 by 4 with classes that nothing tells apart.
func drawings(t *testing.T, n int) (images, labels string) {
	pixels := binary.BigEndian.AppendUint32([]byte{0, 0, 8, 3}, uint32(n))
	pixels = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(pixels, 4), 4)
	classes := binary.BigEndian.AppendUint32([]byte{0, 0, 8, 1}, uint32(n))
	for i := range n {
		for j := range 16 {
			pixels = append(pixels, byte(i*i*7+j*53))
		}
		classes = append(classes, byte(i/2%2))
	}
	return write(t, "images.idx", string(pixels)), write(t, "labels.idx", string(classes))
}

func TestReportOfPictures(t *testing.T) {
	images, labels := drawings(t, 300)
	file := filepath.Join(t.TempDir(), "run.html")
	succeed(t, "train", "--data", images, "--target", labels, "--model", "logistic", "--epochs", "3", "--quiet", "--report", file)
	text := page(t, file)
	holds(t, text, "<h2>The worst mistakes</h2>", "mistakes, those whose true class", `<img src="data:image/png;base64,`, "<figcaption>said ", "true ")
	if n := strings.Count(text, "<img "); n != maxWorst {
		t.Errorf("%d pictures, expected %d", n, maxWorst)
	}
}

// TestReportOfFailure has a run that diverges after some steps, and one that does
// so at once.
func TestReportOfFailure(t *testing.T) {
	file := filepath.Join(t.TempDir(), "run.html")
	fail(t, exitFailed, price("--optimizer", "sgd", "--lr", "1e6", "--epochs", "3", "--report", file), "diverged")
	text := page(t, file)
	holds(t, text, "The run failed after ", "training has diverged", "<h2>Learning</h2>", "<h2>Layers</h2>")
	if strings.Contains(text, "<dt>time</dt>") {
		t.Error("a failed run has a time")
	}
	fail(t, exitFailed, price("--optimizer", "sgd", "--lr", "1e38", "--epochs", "3", "--report", file), "diverged")
	holds(t, page(t, file), "The run failed after 1 step")
	// What is no run leaves the earlier report.
	before := page(t, file)
	fail(t, exitFailed, []string{"train", "--data", houses, "--target", "price", "--model", "cnn", "--report", file}, "images")
	if page(t, file) != before {
		t.Error("a run that never began has replaced the report")
	}
}

// TestReportOfNothingWrong has a run whose losses fall to exactly 0, of which an
// axis of logarithms shows nothing.
func TestReportOfNothingWrong(t *testing.T) {
	data, dir := "far,sort\n", t.TempDir()
	for i := range 60 {
		data += fmt.Sprintf("%d,%s\n", i%2, []string{"left", "right"}[i%2])
	}
	file, model := filepath.Join(dir, "run.html"), filepath.Join(dir, "m.safetensors")
	args := []string{"train", "--data", write(t, "easy.csv", data), "--target", "sort", "--optimizer", "sgd", "--lr", "1e3", "--plot", "--report", file}
	succeed(t, append(args, "--save", model, "--epochs", "3")...)
	holds(t, page(t, file), "100.00 % of the ", "<h2>Learning</h2>")
	out := succeed(t, append(args, "--resume", model, "--epochs", "9")...)
	holds(t, page(t, file), "Loss: nothing above 0")
	if n := charts(page(t, file)); n != 3+1 || strings.Contains(page(t, file), "<h2>Layers</h2>") || !strings.Contains(out, "\nloss over the steps: nothing to draw\n") {
		t.Errorf("%d charts, and it prints %s", n, out)
	}
}

func TestReportNotWritten(t *testing.T) {
	folder := t.TempDir()
	absent := filepath.Join(folder, "absent", "run.html")
	if out := fail(t, exitFailed, price("--report", absent), "--report: "+absent); out != "" {
		t.Errorf("training began: %s", out)
	}
	fail(t, exitUsage, price("--report", folder), "ends in .html")
	fail(t, exitUsage, price("--report", "run.pdf"), "--report run.pdf: expected the name of a file that ends in .html")
	fail(t, exitUsage, price("--report="), "ends in .html")
	fail(t, exitUsage, price("--report", "a.html", "--save", "a.html"), "name the same file")
	fail(t, exitUsage, price("--plot", "--json"), "give one of --plot and --json")
	long := filepath.Join(folder, strings.Repeat("x", 300)+".html") // shows at the renaming
	out := fail(t, exitFailed, price("--epochs", "1", "--report", long), "--report: ", "not written")
	if !strings.Contains(out, "\ntest RMSE ") || strings.Contains(out, "\nreport ") {
		t.Errorf("it prints %s", out)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestPlot(t *testing.T) {
	out := succeed(t, price("--epochs", "20", "--plot")...)
	for _, want := range []string{"root mean squared error of price over the steps: ─ training, • test\n", "•", "╰", "\n\ntest RMSE "} {
		if !strings.Contains(out, want) {
			t.Errorf("train --plot prints no %q:\n%s", want, out)
		}
	}
	if n := strings.Count(out, "•"); n < 10 {
		t.Errorf("%d dots of the test:\n%s", n, out)
	}
	out = succeed(t, "train", "--data", houses, "--target", "garden", "--epochs", "2", "--plot", "--quiet")
	for _, want := range []string{"loss over the steps: ─ training, • test\n", "accuracy, % over the steps"} {
		if !strings.Contains(out, want) {
			t.Errorf("train --plot prints no %q:\n%s", want, out)
		}
	}
	if out := succeed(t, price("--epochs", "1", "--batch", "200", "--plot", "--quiet")...); !strings.HasPrefix(out, "test RMSE ") {
		t.Errorf("of one step it plots %s", out)
	}
}

func TestShellCommand(t *testing.T) {
	got := shellCommand([]string{"train", "--set", "a=1", "--data", "my file", "it's", "", "$HOME", "-a/b.c:d,e+f%g@h"})
	want := `descent train --set a=1 --data 'my file' 'it'\''s' '' '$HOME' -a/b.c:d,e+f%g@h`
	if got != want {
		t.Errorf("%s, expected %s", got, want)
	}
}

// TestGraphTested is between two measurements on the line from one to the other.
func TestGraphTested(t *testing.T) {
	g := graph{History: &train.History{Tests: []train.TestFigures{{Step: 10, TestLoss: 3}, {Step: 20, TestLoss: 1}}}}
	loss := func(t train.TestFigures) float64 { return t.TestLoss }
	for at, want := range map[float64]float64{5: math.NaN(), 10: math.NaN(), 15: 2, 20: 1, 21: math.NaN()} {
		if got := g.tested(at, loss); got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Errorf("at step %v: %v, expected %v", at, got, want)
		}
	}
}

// TestUntrained has figures of the tests alone, as a server has them whose workers
// are elsewhere.
func TestUntrained(t *testing.T) {
	nan := math.NaN()
	h := &train.History{Settings: train.Settings{Epochs: 3}, Tests: []train.TestFigures{{Step: 1, TestLoss: 3}, {Step: 2, TestLoss: 2}, {Step: 3, TestLoss: 1}}}
	for range 3 {
		h.Steps = append(h.Steps, train.StepFigures{Loss: nan, Accuracy: nan, LR: 0.1})
	}
	graphs := (&display{}).graphs(h, graphHeight)
	if len(graphs) != 2 || !strings.Contains(graphs[0], "loss over the steps: • test") || strings.Count(graphs[0], "•") < 20 {
		t.Errorf("drawn %s", strings.Join(graphs, "\n"))
	}
	r := &runReport{History: h}
	if s := r.learning(); r.err != nil || len(s.Charts) != 3 || !strings.Contains(s.Text, "not known here") {
		t.Errorf("%v, %+v", r.err, s)
	}
	h.Tests = h.Tests[:1]
	if graphs := (&display{}).graphs(h, graphHeight); !strings.HasSuffix(graphs[1], "nothing to draw") {
		t.Errorf("drawn %s", graphs[1])
	}
}

func TestLogarithms(t *testing.T) {
	values := []float64{100, 0, math.Inf(1)}
	if logarithms(values); values[0] != 2 || !math.IsNaN(values[1]) || !math.IsNaN(values[2]) {
		t.Errorf("logarithms %v", values)
	}
}

func TestPairs(t *testing.T) {
	table := pairs([][]int{{9, 1, 0}, {3, 9, 1}, {0, 0, 9}}, []string{"a", "b", "c"})
	if got := fmt.Sprint(table.Rows); got != "[[b a 3] [a b 1] [b c 1]]" {
		t.Errorf("pairs %s", got)
	}
	if a, b := shorten("fourteen ö ö ö"), shorten("fourteen ö ö öö"); a != "fourteen ö ö ö" || b != "fourteen ö ö …" {
		t.Errorf("shortened: %s, %s", a, b)
	}
}

func TestPercent(t *testing.T) {
	for p, want := range map[float64]string{0.99999: "100 %", 0.974: "97 %", 0.00058: "0.058 %", 5.8e-12: "5.8e−10 %", 0: "0 %"} {
		if got := percent(p); got != want {
			t.Errorf("%v is %s, expected %s", p, got, want)
		}
	}
}
