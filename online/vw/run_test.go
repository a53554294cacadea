package vw_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/descent-go/descent/online/vw"
)

// What Vowpal Wabbit 9.11.9 prints for three lines.
func TestTable(t *testing.T) {
	in := "1 2 'first|a x:0.5 y\n| z\n0 second|b z\n\n1 |a x\n"
	r, s := run(t, in, "-p", "-", "--passes", "1")
	if want := "0 first\n0\n0.103209 second\n0.661733\n"; s.out.String() != want {
		t.Errorf("predictions\n%sexpected\n%s", s.out.String(), want)
	}
	contains(t, s.log.String(), "Num weight bits = 18\nlearning rate = 0.5\ninitial_t = 0\npower_t = 0.5\nEnabled learners: gd, scorer-identity, count_label\n",
		"average  since         example        example        current        current  current\n"+
			"loss     last          counter         weight          label        predict features\n")
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
	_, s = run(t, "1 |x a\n3 |x a\n2 'me|x b\n", "--oaa", "3", "-p", "-", "--probabilities", "--loss_function", "logistic")
	contains(t, s.out.String(), "1:0.333333 2:0.333333 3:0.333333\n")
	contains(t, s.log.String(), "Output pred = SCALARS\n", "1(33%)")
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

// drip gives a line at a time and then waits for an answer.
type drip struct {
	lines []string
	asked chan int
}

func (d *drip) Read(p []byte) (int, error) {
	d.asked <- len(d.lines)
	if len(d.lines) == 0 {
		return 0, io.EOF
	}
	n := copy(p, d.lines[0])
	d.lines = d.lines[1:]
	return n, nil
}

// One who writes a line into a pipe and waits for the prediction gets it.
func TestTalk(t *testing.T) {
	c, err := vw.Parse("-p", "-", "--quiet")
	if err != nil {
		t.Fatal(err)
	}
	in := &drip{[]string{"1 |a x\n", "1 |a x\n1 |a y\n", "1 |a z\n"}, make(chan int)}
	from, to := io.Pipe()
	go func() {
		_, err := c.Run(context.Background(), vw.Streams{In: in, Out: to})
		to.CloseWithError(err)
	}()
	answers := make(chan string)
	go func() {
		buf := make([]byte, 1<<10)
		for {
			n, err := from.Read(buf)
			if err != nil {
				close(answers)
				return
			}
			answers <- string(buf[:n])
		}
	}()
	<-in.asked // to find out the format
	got := ""
	for len(got) < len("0\n") {
		select {
		case <-in.asked:
		case text := <-answers:
			got += text
		case <-time.After(10 * time.Second):
			t.Fatal("no answer")
		}
		if len(in.lines) == 0 {
			break
		}
	}
	if got == "" {
		t.Error("nothing was answered before the last line was given")
	}
	go func() {
		for range in.asked {
		}
	}()
	for text := range answers {
		got += text
	}
	if strings.Count(got, "\n") != 4 {
		t.Errorf("answers %q", got)
	}
}

// A run that is interrupted saves what was learned, whole.
func TestInterrupt(t *testing.T) {
	model := file(t, "model")
	c, err := vw.Parse("-f", model)
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
	from.Close()
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
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}
