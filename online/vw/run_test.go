package vw_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"math/bits"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/descent-go/descent/online/vw"
)

// What Vowpal Wabbit 9.11.9 prints for three lines.
func TestTable(t *testing.T) {
	in := "1 2 'first|a x:0.5 y\n| z\n0 second|b z\n\n1 |a x\n"
	r, s := run(t, in, "-p", "-", "--passes", "1")
	if want := "0 first\n0.235389\n0.235389 second\n0.680272\n"; s.out.String() != want {
		t.Errorf("predictions\n%sexpected\n%s", s.out.String(), want)
	}
	contains(t, s.log.String(), "Num weight bits = 18\nlearning rate = 0.5\ninitial_t = 0\npower_t = 0.5\nEnabled learners: gd, scorer-identity, count_label\n",
		"average  since         example        example        current        current  current\n"+
			"loss     last          counter         weight          label        predict features\n"+
			"1.000000 1.000000            1            2.0         1.0000         0.0000        3\n"+
			"0.685136 0.055408            3            4.0         0.0000         0.2354        2\n")
	contains(t, r.String(), "\nfinished run\nnumber of examples = 4\nweighted example sum = 5.000000\nweighted label sum = 3.000000\n"+
		"average loss = 0.539408\nbest constant = 0.750000\nbest constant's loss = 0.187500\ntotal feature number = 9\n")
	if r.Examples != 4 || r.WeightedExamples != 5 || r.WeightedLabels != 3 || r.Features != 9 {
		t.Errorf("the result is %+v", r)
	}
}

func TestNumbers(t *testing.T) {
	in := "1 |x a\n1 |x a\n1 |x a\n"
	_, s := run(t, in, "-p", "stdout", "-r", file(t, "raw"), "--binary", "--quiet")
	if want := "-1\n1\n1\n"; s.out.String() != want {
		t.Errorf("predictions %q, expected %q", s.out.String(), want)
	}
	if s.log.Len()+s.warn.Len() > 0 {
		t.Errorf("--quiet printed %s%s", &s.log, &s.warn)
	}
	_, s = run(t, "1 |x a\n3 |x a\n2 'me|x b\n", "--oaa", "3", "-p", "-", "--scores")
	contains(t, s.out.String(), "1:0 2:0 3:0\n", " me\n")
	r, s := run(t, "1 |x a\n3 |x a\n2 'me|x b\n", "--oaa", "3", "-p", "-", "--probabilities", "--loss_function", "logistic")
	contains(t, s.out.String(), "1:0.333333 2:0.333333 3:0.333333\n")
	contains(t, s.log.String(), "Output pred = SCALARS\n", "1(33%)")
	near(t, "the log loss of classes", r.MultiLogLoss, 1.241066)
}

// Learning A and then, from the model, B is learning A and B.
func TestGoOn(t *testing.T) {
	lines := strings.SplitAfter(clicks(300), "\n")
	for _, args := range [][]string{
		nil, {"--ftrl", "--l1", "0.01"}, {"--coin"}, {"--pistol"}, {"--sgd", "--l1", "1e-3", "--l2", "1e-3"},
		{"--loss_function", "logistic", "--link", "logistic", "-q", "ab", "-b", "8"}, {"--adaptive", "--power_t", "0.3", "--hash", "all"},
	} {
		whole, half, rest := file(t, "whole"), file(t, "half"), file(t, "rest")
		_, all := run(t, strings.Join(lines, ""), append([]string{"-f", whole, "-p", "-"}, args...)...)
		_, a := run(t, strings.Join(lines[:100], ""), append([]string{"-f", half, "-p", "-"}, args...)...)
		_, b := run(t, strings.Join(lines[100:], ""), "-i", half, "-f", rest, "-p", "-")
		if a.out.String()+b.out.String() != all.out.String() {
			t.Errorf("%q: the predictions differ", args)
		}
		if read(t, whole) != read(t, rest) {
			t.Errorf("%q: the models differ", args)
		}
	}
}

// What comes out does not depend on threads, on how examples come in batches or
// on where they come from.
func TestThreads(t *testing.T) {
	in := clicks(3000)
	data := write(t, "data.vw", in)
	args := []string{"-p", "-", "-f", "", "-q", "ab", "--loss_function", "logistic"}
	var want string
	for i, threads := range []int{1, 2, 4} {
		args[3] = file(t, "model")
		old := runtime.GOMAXPROCS(threads)
		_, piped := run(t, in, args...)
		model := read(t, args[3])
		_, named := run(t, "", append(args, data)...)
		runtime.GOMAXPROCS(old)
		if i == 0 {
			want = piped.out.String() + model
		}
		if piped.out.String()+model != want || named.out.String()+read(t, args[3]) != want {
			t.Errorf("with %d threads predictions or models differ", threads)
		}
	}
}

// One who writes a line into a pipe and waits for the prediction gets it.
func TestTalk(t *testing.T) {
	c, err := vw.Parse("-p", "-", "--quiet")
	if err != nil {
		t.Fatal(err)
	}
	questions, ask := io.Pipe()
	answer, answers := io.Pipe()
	go func() {
		_, err := c.Run(context.Background(), vw.Streams{In: questions, Out: answers})
		answers.CloseWithError(err)
	}()
	replies := bufio.NewReader(answer)
	for i, want := range []string{"0\n", "0.506931\n"} {
		if _, err := io.WriteString(ask, "1 |a x\n"); err != nil {
			t.Fatal(err)
		}
		if got, err := replies.ReadString('\n'); got != want || err != nil {
			t.Errorf("answer %d is %q, %v, expected %q", i, got, err, want)
		}
	}
	ask.Close()
	if rest, err := io.ReadAll(replies); len(rest) > 0 || err != nil {
		t.Errorf("more answers: %q, %v", rest, err)
	}
}

// A run that is interrupted saves what was learned, whole.
func TestInterrupt(t *testing.T) {
	model := file(t, "model")
	cache := file(t, "cache")
	c, err := vw.Parse("-f", model, "--cache_file", cache)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	from, to := io.Pipe()
	go func() {
		io.WriteString(to, clicks(2000))
		cancel() // nothing follows, and no end either
	}()
	r, err := c.Run(ctx, vw.Streams{In: from, Out: io.Discard, Log: io.Discard, Warn: io.Discard})
	if !errors.Is(err, vw.ErrInterrupted) || r == nil {
		t.Fatalf("result %v, error %v", r, err)
	}
	if again, _ := run(t, "", "-t", "-i", model, "-d", write(t, "data", clicks(10))); again.Examples != 10 {
		t.Errorf("the model was tested on %d examples", again.Examples)
	}
	if left, err := os.ReadDir(filepath.Dir(cache)); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
	from.Close()
}

// A stream may go on after a run was interrupted.
func TestInterruptedStream(t *testing.T) {
	for i := range 50 {
		c, err := vw.Parse("--quiet")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		from, to := io.Pipe()
		go func() {
			defer to.Close()
			for n := range 10 + i + i%2*90 {
				if n == 9+i {
					cancel()
				}
				io.WriteString(to, clicks(7))
			}
		}()
		if _, err := c.Run(ctx, vw.Streams{In: from}); err != nil && !errors.Is(err, vw.ErrInterrupted) {
			t.Fatal(err)
		}
		from.Close()
	}
}

// failing cannot be written to.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("it is full") }

func TestOutputFails(t *testing.T) {
	c, err := vw.Parse("-p", "-")
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	if _, err = c.Run(context.Background(), vw.Streams{In: strings.NewReader(clicks(10)), Out: failing{}, Log: &log, Warn: &log}); err == nil {
		t.Fatal("no error")
	}
	contains(t, err.Error(), "standard output: it is full")
}

func TestFilesFail(t *testing.T) {
	data, folder := write(t, "data", clicks(10)), t.TempDir()
	refuse(t, "", []string{"-d", file(t, "none")}, "none", "no such file")
	refuse(t, "", []string{"-d", folder}, "directory")
	refuse(t, "", []string{"-d", data, "-p", data}, "would be written over")
	refuse(t, "", []string{"-d", data, "-f", folder}, "cannot be written: it is a directory")
	refuse(t, "", []string{"-d", data, "-f", folder + "/none/model"}, "cannot be written", "no such file")
	refuse(t, "", []string{"-d", data, "-p", folder + "/none/preds"}, "no such file")
	refuse(t, "", []string{"-d", data, "-i", file(t, "none")}, "no such file")
	refuse(t, "", []string{"-d", data, "-i", data}, "no model that descent")
	refuse(t, "", []string{"-d", data, "-b", "40"}, "expected 1 to 31")
	if bits.UintSize == 32 {
		refuse(t, "", []string{"-d", data, "-b", "31"}, "2^31 weights", "more than a program of 32 bits can hold")
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// What is asked for in Go is what is asked for on a command line.
func TestConfig(t *testing.T) {
	in, alpha := clicks(50), float32(0.1)
	c := vw.New()
	c.FTRL, c.Alpha, c.Predictions, c.Quiet = true, &alpha, "-", true
	var out strings.Builder
	if _, err := c.Run(context.Background(), vw.Streams{In: strings.NewReader(in), Out: &out}); err != nil {
		t.Fatal(err)
	}
	if _, s := run(t, in, "--ftrl", "--ftrl_alpha", "0.1", "-p", "-"); out.String() != s.out.String() {
		t.Error("predictions differ")
	}
	c.Coin = true
	if _, err := c.Run(context.Background(), vw.Streams{}); err == nil || !strings.Contains(err.Error(), "one of --ftrl") {
		t.Errorf("two updates: %v", err)
	}
}

// What is no text is refused, long lines are read, and a model that is cut off
// is none.
func TestWrongData(t *testing.T) {
	refuse(t, "", []string{"-d", write(t, "binary", "\x00\x01\x02\xff")}, "binary data")
	long := "1 |a" + strings.Repeat(" x:0.5", 1<<20/6) + "\n"
	if r, _ := run(t, long+long); r.Examples != 2 {
		t.Errorf("%d long examples", r.Examples)
	}
	model := file(t, "model")
	run(t, clicks(100), "-f", model)
	text := read(t, model)
	refuse(t, "", []string{"-i", write(t, "cut", text[:len(text)-7])}, "cut")
	refuse(t, "", []string{"-i", write(t, "bent", text[:len(text)/2]+"x"+text[len(text)/2+1:])}, "bent")
}

// Labels that are not finite are not learned from.
func TestNotFinite(t *testing.T) {
	r, s := run(t, "nan |a x\ninf |a x\n1e40 |a x\n1 |a x\n1 |a y:nan z:inf\n", "-p", "-")
	if strings.Contains(s.out.String(), "n") || math.IsNaN(r.AverageLoss) || r.Faults < 5 {
		t.Errorf("%d faults, average loss %g, predictions\n%s%s", r.Faults, r.AverageLoss, &s.out, &s.warn)
	}
}
