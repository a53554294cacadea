package vw_test

import (
	"errors"
	"reflect"
	"testing"

	"github.com/spf13/pflag"

	"github.com/descent-go/descent/online/vw"
)

func TestParse(t *testing.T) {
	c, err := vw.Parse("-qab", "cd", "--cubic=abc", "-b10", "-l", "0.1", "data.vw", "--ngram", "2", "f3", "--ignore", "x", "--noconstant",
		"--min_prediction", "-5", "-P", "100", "--loss_function=logistic", "-b", "10")
	if !errors.Is(err, nil) {
		t.Fatal(err)
	}
	if want := []string{"ab", "cd"}; !reflect.DeepEqual(c.Quadratic, want) {
		t.Errorf("pairs %q, expected %q", c.Quadratic, want)
	}
	if want := []string{"2", "f3"}; !reflect.DeepEqual(c.Ngram, want) {
		t.Errorf("n-grams %q, expected %q", c.Ngram, want)
	}
	if c.Data != "data.vw" || c.Bits != 10 || *c.LearningRate != 0.1 || !c.NoConstant || *c.MinPrediction != -5 || c.Progress != "100" || c.Loss != "logistic" {
		t.Errorf("read as %+v", c)
	}
}

// Flags of others between a list and the data do not make the data one of the
// list.
func TestForeignFlags(t *testing.T) {
	f := pflag.NewFlagSet("test", pflag.ContinueOnError)
	name := f.String("optimizer", "", "")
	c := vw.New()
	c.Flags(f)
	if err := f.Parse([]string{"-q", "ab", "--optimizer", "adam", "data.vw"}); err != nil {
		t.Fatal(err)
	}
	if err := c.Finish(f.Args()); err != nil {
		t.Fatal(err)
	}
	if *name != "adam" || c.Data != "data.vw" || !reflect.DeepEqual(c.Quadratic, []string{"ab"}) {
		t.Errorf("optimizer %q, data %q, pairs %q", *name, c.Data, c.Quadratic)
	}
}

func TestNotSupported(t *testing.T) {
	for _, args := range [][]string{{"--bfgs"}, {"--nn", "5"}, {"--lda=3"}, {"-a"}, {"--cb_explore", "2", "-d", "x"}, {"--daemon"}} {
		_, err := vw.Parse(args...)
		var refused vw.NotSupportedError
		if !errors.As(err, &refused) {
			t.Errorf("%q: %v", args, err)
		}
	}
}

// Every flag is in a group, so that help shows it.
func TestGroups(t *testing.T) {
	f := pflag.NewFlagSet("test", pflag.ContinueOnError)
	vw.New().Flags(f)
	known := map[string]bool{}
	for _, g := range vw.Groups {
		known[g] = true
	}
	f.VisitAll(func(f *pflag.Flag) {
		if g := f.Annotations[vw.GroupAnnotation]; len(g) != 1 || !f.Hidden && !known[g[0]] {
			t.Errorf("--%s is in groups %q", f.Name, g)
		}
	})
}

func TestWrongCommandLines(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"-b", "18", "-b", "20"}, `"18" was given before`},
		{[]string{"-l", "1", "-l", "2"}, "1 was given before"},
		{[]string{"--l1", "much"}, "expected a number"},
		{[]string{"--passes", "-1"}, "expected a whole number, 0 or more"},
		{[]string{"--loss_function", "foo"}, "expected one of squared, classic"},
		{[]string{"-f", ""}, "it is empty"},
		{[]string{"a", "b"}, `one file of data is expected, got "b" beside "a"`},
		{[]string{"-d", "a", "b"}, `one file of data is expected`},
		{[]string{"--json", "--csv"}, "two formats"},
		{[]string{"-c"}, "--cache_file FILE"},
		{[]string{"-d", "x", "--passes", "2"}, "several passes need a cache: add --cache"},
		{[]string{"--no_stdin"}, "no data to read"},
		{[]string{"--examples", "-2"}, "expected -1 for all"},
		{[]string{"-P", "often"}, "expected a number of examples"},
		{[]string{"--holdout_period", "0"}, "expected 1 or more"},
		{[]string{"--ftrl", "--coin"}, "one of --ftrl, --pistol and --coin"},
		{[]string{"--ftrl", "--sgd"}, "--sgd does not go with --ftrl"},
		{[]string{"--ftrl_alpha", "1"}, "add one of them"},
		{[]string{"--quantile_tau", "0.3"}, "of --loss_function quantile, not squared"},
		{[]string{"--expectile_q", "0.3"}, "of --loss_function expectile, not squared"},
		{[]string{"--loss_function", "expectile"}, "needs --expectile_q"},
		{[]string{"--probabilities"}, "are of --oaa"},
		{[]string{"--oaa", "0"}, "expected 1 class or more"},
		{[]string{"-q", "abc"}, "--quadratic abc: expected two"},
		{[]string{"--cubic", "ab"}, "expected three"},
		{[]string{"--interactions", "a"}, "expected two or more"},
		{[]string{"--skips", "1"}, "--skips is of --ngram"},
		{[]string{"--classweight", "1:2:3"}, "expected label:factor"},
		{[]string{"--hash_seed", "-1"}, "from 0 to 2^32-1"},
		{[]string{"-l", "-1"}, "--learning_rate -1: expected 0 or more"},
		{[]string{"--l1", "nan"}, "--l1 NaN: expected 0 or more"},
		{[]string{"--sgd=perhaps"}, "expected true or false"},
	} {
		if _, err := vw.Parse(c.args...); err == nil {
			t.Errorf("%q: no error, expected %q", c.args, c.want)
		} else {
			contains(t, err.Error(), c.want)
		}
	}
}
