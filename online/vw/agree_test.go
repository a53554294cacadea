package vw_test

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/descent-go/descent/online"
	"github.com/descent-go/descent/online/vw"
	"github.com/descent-go/descent/optim"
)

// What a model was made with holds.
func TestAgree(t *testing.T) {
	model, data := file(t, "model"), write(t, "data", clicks(20))
	run(t, "", data, "-f", model, "--ftrl", "-q", "ab", "-b", "10", "--loss_function", "logistic")
	for _, args := range [][]string{nil, {"--ftrl"}, {"-b", "10"}, {"-q", "ab"}, {"--loss_function", "logistic"}, {"-l", "0.25"}} {
		if _, s := run(t, "", append([]string{data, "-i", model}, args...)...); !strings.Contains(s.log.String(), "Num weight bits = 10\n") {
			t.Errorf("%q: %s", args, s.log.String())
		}
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"-b", "18"}, "made with --bit_precision 10, not 18: leave the option out"},
		{[]string{"--coin"}, "--coin false, not true"},
		{[]string{"-q", "bb"}, "--quadratic ab, not bb"},
		{[]string{"--cubic", "abc"}, "--cubic nothing, not abc"},
		{[]string{"--loss_function", "hinge"}, "--loss_function logistic, not hinge"},
	} {
		refuse(t, "", append([]string{data, "-i", model}, c.args...), model, c.want)
	}
	c, err := vw.Parse(data, "-i", model)
	if err != nil {
		t.Fatal(err)
	}
	c.Rule = optim.FTML
	if _, err := c.Run(t.Context(), vw.Streams{}); err == nil || !strings.Contains(err.Error(), "has its optimizer, ftrl; leave the other out") {
		t.Errorf("another optimizer: error %v", err)
	}
}

// What is said of a model is what it has.
func TestAnnounced(t *testing.T) {
	model := file(t, "model")
	run(t, clicks(10), "-f", model, "--ftrl", "--ftrl_alpha", "0.25")
	_, s := run(t, clicks(10), "-i", model, "--ftrl")
	contains(t, s.log.String(), "ftrl_alpha = 0.25\nftrl_beta = 1\n")
	run(t, clicks(10), "-f", model)
	_, s = run(t, clicks(10), "-i", model, "-l", "0.125")
	contains(t, s.log.String(), "learning rate = 0.125\n")
}

// What a model has not got cannot be had.
func TestFit(t *testing.T) {
	plain, classes := file(t, "plain"), file(t, "classes")
	run(t, clicks(10), "-f", plain)
	run(t, "1 |a x\n", "-f", classes, "--oaa", "2", "--link", "logistic")
	refuse(t, "", []string{"-t", "-i", plain, "--scores"}, "the model has no classes")
	refuse(t, "", []string{"-t", "-i", classes, "--probabilities"}, "--link identity, not logistic")
	refuse(t, "", []string{"-t", "-i", plain, "--invert_hash", file(t, "text")}, "learn it with --names")
}

// The learning rate of a model can be given anew.
func TestRateAnew(t *testing.T) {
	model, data := file(t, "model"), write(t, "data", clicks(20))
	run(t, "", data, "-f", model)
	_, same := run(t, "", data, "-i", model, "-p", "-", "-l", "0.5")
	_, other := run(t, "", data, "-i", model, "-p", "-", "-l", "5")
	_, kept := run(t, "", data, "-i", model, "-p", "-")
	if same.out.String() != kept.out.String() || same.out.String() == other.out.String() {
		t.Errorf("predictions\n%s\n%s\n%s", &kept.out, &same.out, &other.out)
	}
}

// A model that was made in Go has its options.
func TestForeignModel(t *testing.T) {
	l, err := online.New(online.Coin{Alpha: 4, Beta: 1}, online.Options{HashAll: true, HashSeed: 7, Names: true})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := l.Save(&b); err != nil {
		t.Fatal(err)
	}
	model := file(t, "model")
	if err := os.WriteFile(model, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	run(t, clicks(10), "-i", model)
	refuse(t, clicks(10), []string{"-i", model, "--coin"}, "made otherwise than by descent learn", "leave --coin out")
	if o := vw.Reading(l); o.Seed != 7 || o.Hash == nil || !o.Names {
		t.Errorf("read with %+v", o)
	}
}

// Malformed lines are told of, or end the run.
func TestFaults(t *testing.T) {
	in := "1 |a x\n1 |a x:1:2\nmuch |a y\n1 |a z\n"
	r, s := run(t, in)
	if r.Faults != 2 || r.Examples != 4 {
		t.Errorf("%d faults, %d examples\n%s", r.Faults, r.Examples, s.warn.String())
	}
	contains(t, s.warn.String(), "line 2, column 9: ", "line 3, column 1: ")
	contains(t, r.String(), "malformed lines = 2\n")
	refuse(t, in, []string{"--strict"}, "line 2, column ")
	r, s = run(t, strings.Repeat("much |a x\n", 1000))
	if n := strings.Count(s.warn.String(), "\n"); n > 20 || r.Faults != 1000 {
		t.Errorf("%d warnings of %d faults", n, r.Faults)
	}
}

// A label that the loss does not take is told of once and counted, or ends the
// run; so are a 0 for the logistic loss, and what is too large.
func TestMisfits(t *testing.T) {
	in := "1 |a x\n0 |a y\n7 |a z\n0 |a y\n8 |a z\n1 1e30 |a x\n-1 |a x:1e30\n"
	r, s := run(t, in, "--loss_function", "logistic", "--ftrl")
	if got := s.warn.String(); strings.Count(got, "\n") != 3 || r.Misfits != 2 || r.Skipped != 2 || r.Learner.Learned() != 5 {
		t.Errorf("%d misfits, %d skipped, warnings: %s", r.Misfits, r.Skipped, got)
	}
	contains(t, s.warn.String(), "warning: line 3: online: label 7: the logistic loss expects", "warning: line 2: label 0 is halfway", "warning: line 6: numbers so large")
	contains(t, r.String(), "labels out of the loss's range = 2\n", "too large to be learned = 2\n")
	_, s = run(t, in, "-t")
	contains(t, s.warn.String(), "no model to test")
	refuse(t, in, []string{"--loss_function", "logistic", "--strict"}, "line 3: online: label 7")
	refuse(t, "5 |a x\n", []string{"--oaa", "3", "--strict"}, "line 1: online: label 5: expected a class, a whole number from 0 to 3")
}

func TestReadable(t *testing.T) {
	text := file(t, "text")
	run(t, "1 |a x:0.5 y\n", "--invert_hash", text)
	if want := "bits:18\n:0\na^y:42847:0.193127\na^x:55432:0.386253\nConstant:116060:0.193127\n"; read(t, text) != want {
		t.Errorf("got\n%sexpected\n%s", read(t, text), want)
	}
	run(t, "1 |a x:0.5 y\n", "--readable_model", text)
	if want := "bits:18\n:0\n42847:0.193127\n55432:0.386253\n116060:0.193127\n"; read(t, text) != want {
		t.Errorf("got\n%sexpected\n%s", read(t, text), want)
	}
}

// An empty stream is no error.
func TestNothing(t *testing.T) {
	r, s := run(t, "")
	contains(t, s.warn.String(), "warning: there was no example\n")
	if r.Examples != 0 || r.Labelled {
		t.Errorf("the result is %+v", r)
	}
	contains(t, r.String(), "number of examples = 0\n", "average loss = n.a.\n")
}

// A model made to predict only predicts the same as a whole one, and refuses to
// learn.
func TestPredictOnly(t *testing.T) {
	whole, small, data := file(t, "whole"), file(t, "small"), write(t, "data", clicks(200))
	run(t, "", data, "--ftrl", "--l1", "0.1", "-f", whole)
	run(t, "", data, "--ftrl", "--l1", "0.1", "-f", small, "--predict_only_model")
	_, a := run(t, "", data, "-t", "-i", whole, "-p", "-")
	_, b := run(t, "", data, "-t", "-i", small, "-p", "-")
	if a.out.String() != b.out.String() || a.out.Len() == 0 {
		t.Errorf("the small model predicts\n%s, the whole one\n%s", b.out.String(), a.out.String())
	}
	c, err := vw.Parse(data, "-i", small)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Run(t.Context(), vw.Streams{Out: io.Discard, Log: io.Discard}); err == nil || !strings.Contains(err.Error(), "add -t") {
		t.Errorf("learning on: error %v", err)
	}
}
