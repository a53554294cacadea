package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/descent-go/descent/internal/measure"
)

// quick are the arguments of a bench that takes no time.
func quick(args ...string) []string {
	return append([]string{"bench", "--rounds", "1", "--threads", "1"}, args...)
}

func TestBenchTable(t *testing.T) {
	out := succeed(t, quick("sgd:momentum=0.9", "lbfgs", "--size", "2k", "--tensors", "3x50", "--type", "float32,bfloat16")...)
	_, table, ok := strings.Cut(out, "\n\n")
	if !ok {
		t.Fatalf("no line between the machine and the table:\n%s", out)
	}
	want := [][]string{
		{"rule", "size", "type", "threads", "ns/weight", "spread", "GB/s", "of", "bandwidth", "ns/tensor"},
		{"sgd:momentum=0.9", "2k", "float32", "1"},
		{"lbfgs", "2k", "float32", "1"},
		nil,
		{"sgd:momentum=0.9", "2k", "bfloat16", "1"},
		{"lbfgs", "2k", "bfloat16", "1"},
		nil,
		{"sgd:momentum=0.9", "3x50", "float32", "1"},
		{"lbfgs", "3x50", "float32", "1"},
		nil,
		{"sgd:momentum=0.9", "3x50", "bfloat16", "1"},
		{"lbfgs", "3x50", "bfloat16", "1"},
	}
	lines := strings.Split(strings.TrimSuffix(table, "\n"), "\n")
	if len(lines) != len(want) {
		t.Fatalf("%d lines, expected %d:\n%s", len(lines), len(want), table)
	}
	for i, line := range lines {
		fields := strings.Fields(line)
		if len(fields) < len(want[i]) || !slices.Equal(fields[:len(want[i])], want[i]) {
			t.Errorf("line %d is %q, expected it to begin with %q", i+1, line, want[i])
			continue
		}
		if unknown := strings.HasPrefix(line, "lbfgs"); unknown != strings.Contains(line, " -  ") {
			t.Errorf("line %d: %q", i+1, line)
		}
	}
}

func TestBenchJSON(t *testing.T) {
	file := write(t, "mine.rule", mine)
	out := succeed(t, quick("adam", "torch/AdamW:betas=0.9,0.95", "centralize+sgd", "--formula", file, "--size", "1e2,0.2k", "--json", "--set", "lr=0.5")...)
	var got benchJSON
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got.Machine.OS == "" || got.Machine.Backend == "" || got.Version == "" || got.Interrupted || len(got.Rows) != 8 {
		t.Errorf("got %+v", got)
	}
	names := []string{"adam", "torch/AdamW:betas=0.9,0.95", "centralize+sgd", file}
	bytes := []float64{28, 28, 12, 28} // mine keeps m, and r, which has a number a row
	for i, r := range got.Rows {
		if r.Rule != names[i%4] || r.BytesPerWeight != bytes[i%4] {
			t.Errorf("row %d is %+v, expected %s with %v bytes a weight", i, r, names[i%4], bytes[i%4])
		}
		if r.Weights != 100*(1+i/4) || r.Size != r.Weights || r.Tensors != 1 || r.Type != measure.Float32 || r.Threads != 1 || r.Rounds != 1 {
			t.Errorf("row %d is %+v", i, r)
		}
		if near := func(a, b float64) bool { return math.Abs(a-b) < 1e-9*b }; !(r.NSPerWeight > 0) ||
			!near(r.NSPerStep, r.NSPerWeight*float64(r.Weights)) || !near(r.GBPerSecond, r.BytesPerWeight/r.NSPerWeight) ||
			!near(r.BandwidthShare, r.GBPerSecond/r.LoopGBPerSecond) {
			t.Errorf("row %d does not agree with itself: %+v", i, r)
		}
	}
}

// With states in bfloat16 beside, each rule has a row more, of fewer bytes.
func TestBenchStateType(t *testing.T) {
	out := succeed(t, quick("adam", "sgd", "--size", "100", "--state-type", "bf16", "--json")...)
	var got benchJSON
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if r := got.Rows; len(r) != 4 || r[0].BytesPerWeight != 28 || r[1].Rule != "adam" || r[0].StateType != "" || r[1].StateType != "bfloat16" || r[1].BytesPerWeight != 20 || r[3].BytesPerWeight != 12 {
		t.Errorf("got %+v", r)
	}
	fail(t, exitUsage, []string{"bench", "--state-type", "f16"}, "--state-type f16: unknown; there is bfloat16")
	fail(t, exitUsage, []string{"bench", "soap", "--state-type", "bf16"}, "soap is no formula", "StateType")
}

// chartTexts draws a chart and gives what is written in it.
func chartTexts(t *testing.T, args ...string) []string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bench.svg")
	succeed(t, quick(append(args, "--plot", path)...)...)
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var texts []string
	for d := xml.NewDecoder(file); ; {
		token, err := d.Token()
		if err == io.EOF {
			return texts
		} else if err != nil {
			t.Fatal(err)
		}
		if text, ok := token.(xml.CharData); ok && strings.TrimSpace(string(text)) != "" {
			texts = append(texts, string(text))
		}
	}
}

func TestBenchPlot(t *testing.T) {
	tests := []struct{ args, want []string }{
		{[]string{"adam", "sgd", "--size", "100,1k", "--tensors", "2x9"}, []string{"adam", "sgd", "weights", "ns per weight", "100", "1k", "one tensor", "tensors of 9", "Time of a step, float32, 1 thread"}},
		{[]string{"sgd", "--size", "100,1k"}, []string{"sgd", "100", "1k", "Time of a step, float32, 1 thread"}},
		{[]string{"adam", "sgd", "--size", "100", "--type", "float64,float16"}, []string{"adam", "sgd", "ns per weight", "float64", "float16", "Time of a step, 100 weights, 1 thread"}},
	}
	for _, test := range tests {
		texts := chartTexts(t, test.args...)
		for _, want := range test.want {
			if !slices.Contains(texts, want) {
				t.Errorf("the chart of %q does not say %q: %q", test.args, want, texts)
			}
		}
	}
	path := filepath.Join(t.TempDir(), "bars.PNG")
	succeed(t, quick("sgd", "--size", "100", "--plot", path)...)
	image, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer image.Close()
	if _, err := png.Decode(image); err != nil {
		t.Error(err)
	}
}

func TestBenchInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer
	root := newRoot()
	root.SetOut(&out)
	root.SetArgs(quick("sgd", "--size", "100", "--json"))
	err := root.ExecuteContext(ctx)
	var interrupted interruptedError
	if !errors.As(err, &interrupted) || err.Error() != "interrupted, with 0 rows measured" {
		t.Errorf("the error is %v", err)
	}
	var got benchJSON
	if err := json.Unmarshal(out.Bytes(), &got); err != nil || !got.Interrupted || got.Rows == nil {
		t.Errorf("printed %s (%v)", &out, err)
	}
}

func TestBenchSizes(t *testing.T) {
	tests := []struct {
		text  string
		want  int
		short string
	}{
		{"1", 1, "1"}, {"64", 64, "64"}, {"10k", 10_000, "10k"}, {"1e4", 10_000, "10k"}, {"1.1K", 1100, "1.1k"}, {"2.5M", 2_500_000, "2.5M"},
		{"0.25m", 250_000, "250k"}, {"1234", 1234, "1234"}, {"1230", 1230, "1.23k"}, {"1G", 1e9, "1G"}, {" 7 ", 7, "7"},
		{"", 0, ""}, {"0", 0, ""}, {"-1", 0, ""}, {"1.5", 0, ""}, {"k", 0, ""}, {"1kk", 0, ""}, {"nan", 0, ""}, {"inf", 0, ""}, {"1e13", 0, ""}, {"10 k x", 0, ""},
	}
	for _, test := range tests {
		got, ok := readSize(test.text)
		if got != test.want || ok != (test.want > 0) {
			t.Errorf("%q is %d (%v), expected %d", test.text, got, ok, test.want)
		}
		if ok && short(got) != test.short {
			t.Errorf("%d in short is %s, expected %s", got, short(got), test.short)
		}
	}
}

func TestBenchUsage(t *testing.T) {
	absent := filepath.Join(t.TempDir(), "absent", "x.svg")
	tests := []struct{ line, want string }{
		{"adma", `unknown optimizer "adma"; did you mean adam`},
		{"centralize", "chain it with one, as in descent bench centralize+adam"},
		{"adam sgd --momentum 0.9", "adam has no hyperparameter momentum: it has lr, beta1, beta2, eps, wd; flags such as --momentum are for every optimizer"},
		{"adam:momentum=0.9", "adam has no hyperparameter momentum"},
		{"adam:", "adam:: expected name=value behind the colon"},
		{"adam:0.9", "expected name=value behind the colon"},
		{"adam:lr=", "expected name=value behind the colon"},
		{"torch/Adm", "did you mean Adam"},
		{"torch/Adam:betas=0.9", "option betas: expected 2 numbers"},
		{"--formula=", "--formula is empty"},
		{"--size 10q", "--size 10q: expected a number of weights from 1 to " + short(int(maxWeights)) + ", as in 5000, 10k, 25M or 1e6"},
		{"--size=", "--size is empty"},
		{"--tensors 100", "--tensors 100: expected a number of tensors, x, and the weights of each, as in 10000x64"},
		{"--tensors 1Mx1G", "not more than " + short(int(maxWeights)) + " together"},
		{"--type bfloat", "--type bfloat: unknown; did you mean bfloat16"},
		{"--type=", "--type is empty"},
		{"--threads 0", "--threads 0: expected numbers of 1 or more, or all"},
		{"--threads 1,x", "--threads x: expected numbers of 1 or more, or all"},
		{"--threads 100000", "--threads 100000: only "},
		{"--threads=", "--threads is empty"},
		{"--rounds 0", "--rounds 0: expected at least 1"},
		{"--plot bench.gif", "--plot bench.gif: expected the name of a file that ends in .svg or .png"},
		{"--plot=", "expected the name of a file that ends in .svg or .png"},
	}
	for _, test := range tests {
		if out := fail(t, exitUsage, append([]string{"bench"}, strings.Fields(test.line)...), test.want); out != "" {
			t.Errorf("descent bench %s prints %s", test.line, out)
		}
	}
	fail(t, exitFailed, quick("sgd", "--plot", absent), "--plot: "+absent+" cannot be written")
	fail(t, exitFailed, quick("sgd", "--formula", absent), absent)
	fail(t, exitFailed, quick("sgd", "--formula", write(t, "bad.rule", "w = w - q\n")), "bad.rule:1:")
}

func TestBenchHelp(t *testing.T) {
	if help := succeed(t, "bench", "--help"); !strings.Contains(help, "Examples:\n  descent bench") {
		t.Errorf("bench --help has no example:\n%s", help)
	}
	tests := []struct{ args, want []string }{
		{[]string{""}, []string{"adam\t", "torch/\t"}},
		{[]string{"adam", "sgd:"}, []string{"sgd:momentum=\t"}},
		{[]string{"sgd:lr=1,"}, []string{"sgd:lr=1,wd=\t"}},
		{[]string{"torch/AdamW:"}, []string{"torch/AdamW:betas=\t"}},
		{[]string{"sgd", "ftrl:lr=1", "--set", ""}, []string{"beta=\t"}},
		{[]string{"--type", ""}, []string{"float32\n", "bfloat16\n"}},
		{[]string{"--plot", ""}, []string{"svg\n", "png\n"}},
	}
	for _, test := range tests {
		out, _, _ := run(t, append([]string{"__complete", "bench"}, test.args...)...)
		for _, want := range test.want {
			if !strings.Contains("\n"+out, "\n"+want) {
				t.Errorf("completing %q: expected %q among\n%s", test.args, want, out)
			}
		}
	}
}
