package vw

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/online"
	"github.com/descent-go/descent/optim"
)

// Finish takes the arguments without a flag that a command line has, and says
// what does not go together.
func (c *Config) Finish(args []string) error {
	rest := c.given.spread(args)
	if len(rest) > 0 && c.Data == "" {
		c.Data, rest = rest[0], rest[1:]
	}
	if len(rest) > 0 {
		return fmt.Errorf("one file of data is expected, got %q beside %q; zcat and cat join several", rest[0], c.Data)
	}
	return c.check()
}

// check says what does not go together.
func (c *Config) check() error {
	for _, check := range []func() error{c.checkInput, c.checkPasses, c.checkUpdate, c.checkLoss, c.classWeights, c.checkFeatures, c.checkFiles, c.checkLearner} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// stdin reports whether the data are standard input.
func (c *Config) stdin() bool { return c.Data == "" || c.Data == "-" }

func (c *Config) checkInput() error {
	n := 0
	for _, chosen := range []bool{c.Format != "auto", c.JSON, c.CSV} {
		if chosen {
			n++
		}
	}
	switch {
	case n > 1:
		return errors.New("two formats of the data: give one of --format, --json and --csv")
	case c.Cache && c.CacheFile == "" && c.stdin():
		return errors.New("--cache of standard input has no name: give --cache_file FILE")
	case c.NoStdin && c.stdin() && c.CacheFile == "":
		return errors.New("--no_stdin: no data to read; name a file with --data")
	case c.Initial == "-" && c.stdin():
		return errors.New("-i - and the data cannot both be standard input: name a file with --data")
	case c.Examples < -1:
		return fmt.Errorf("--examples %d: expected -1 for all, or how many", c.Examples)
	}
	return nil
}

func (c *Config) checkPasses() error {
	every, err := strconv.ParseFloat(c.Progress, 32)
	switch {
	case err != nil || !(every > 0):
		return fmt.Errorf("--progress %s: expected a number of examples, as 1000, or with a point a factor, as 2.0", c.Progress)
	case c.Passes < 1:
		return errors.New("--passes 0: expected 1 or more")
	case c.HoldoutPeriod < 1:
		return errors.New("--holdout_period 0: expected 1 or more")
	case c.Passes > 1 && c.cacheName() == "":
		return errors.New("several passes need a cache: add --cache, or --cache_file FILE")
	}
	return nil
}

// cacheName is the file of the cache, "" for none.
func (c *Config) cacheName() string {
	switch {
	case c.CacheFile != "":
		return c.CacheFile
	case c.Cache:
		return c.Data + ".cache"
	}
	return ""
}

func (c *Config) checkUpdate() error {
	var own []string
	for _, u := range []struct {
		name   string
		chosen bool
	}{{"--ftrl", c.FTRL}, {"--pistol", c.Pistol}, {"--coin", c.Coin}} {
		if u.chosen {
			own = append(own, u.name)
		}
	}
	switch {
	case len(own) > 1:
		return fmt.Errorf("one of --ftrl, --pistol and --coin is expected, got %d", len(own))
	case len(own) > 0 && c.Rule != nil:
		return fmt.Errorf("%s and an optimizer: give one", own[0])
	}
	if own == nil && c.Rule != nil {
		own = []string{"an optimizer of descent"}
	}
	for _, part := range []struct {
		name   string
		chosen bool
	}{{"sgd", c.SGD}, {"adaptive", c.Adaptive}, {"normalized", c.Normalized}, {"invariant", c.Invariant}} {
		if own != nil && part.chosen {
			return fmt.Errorf("--%s does not go with %s", part.name, own[0])
		}
	}
	if (c.Alpha != nil || c.Beta != nil) && !c.FTRL && !c.Pistol && !c.Coin && c.Initial == "" {
		return errors.New("--ftrl_alpha and --ftrl_beta are of --ftrl, --pistol and --coin: add one of them")
	}
	for _, number := range []struct {
		name  string
		value float64
	}{
		{"learning_rate", or(c.LearningRate, 0)}, {"initial_t", or(c.InitialT, 0)}, {"power_t", float64(c.PowerT)},
		{"decay_learning_rate", float64(c.DecayLearningRate)}, {"l1", float64(c.L1)}, {"l2", float64(c.L2)},
	} {
		if !(number.value >= 0) || math.IsInf(number.value, 0) {
			return fmt.Errorf("--%s %g: expected 0 or more", number.name, number.value)
		}
	}
	return c.checkRule()
}

// checkRule says which option is none of an optimizer of descent.
func (c *Config) checkRule() error {
	if c.Rule == nil {
		return nil
	}
	for _, of := range []struct{ name, instead string }{
		{"learning_rate", "--lr"}, {"l1", "--set l1="}, {"l2", "--set l2="},
		{"power_t", "--set"}, {"initial_t", "--set"}, {"decay_learning_rate", "--set"},
	} {
		if c.given.has(of.name) {
			return fmt.Errorf("--%s is of Vowpal Wabbit's updates; an optimizer takes %s", of.name, of.instead)
		}
	}
	return nil
}

func (c *Config) checkLoss() error {
	switch {
	case c.given.has("quantile_tau") && c.Loss != "quantile" && c.Initial == "":
		return fmt.Errorf("--quantile_tau is of --loss_function quantile, not %s", c.Loss)
	case c.given.has("expectile_q") && c.Loss != "expectile" && c.Initial == "":
		return fmt.Errorf("--expectile_q is of --loss_function expectile, not %s", c.Loss)
	case c.Loss == "expectile" && !(c.ExpectileQ > 0 && c.ExpectileQ <= 0.5) && c.Initial == "":
		return errors.New("--loss_function expectile needs --expectile_q, above 0 and up to 0.5")
	case (c.Probabilities || c.Scores) && c.OAA == 0 && c.Initial == "":
		return errors.New("--probabilities and --scores are of --oaa")
	case c.OAA < 1 && c.given.has("oaa"):
		return errors.New("--oaa 0: expected 1 class or more")
	}
	return nil
}

// classWeights reads --classweight.
func (c *Config) classWeights() error {
	if len(c.ClassWeight) == 0 {
		return nil
	}
	c.weights = map[int]float32{}
	for item := range strings.SplitSeq(strings.Join(c.ClassWeight, ","), ",") {
		label, factor, ok := strings.Cut(item, ":")
		class, err := strconv.ParseInt(label, 10, 32)
		weight, wrong := strconv.ParseFloat(factor, 32)
		if !ok || err != nil || wrong != nil {
			return fmt.Errorf("--classweight %s: expected label:factor, as 1:2.5", item)
		}
		c.weights[int(class)] = float32(weight)
	}
	return nil
}

// checkLearner makes a learner of few weights, to see whether one can be made of
// the options.
func (c *Config) checkLearner() error {
	if c.Initial != "" {
		return nil
	}
	if c.Bits < 1 || c.Bits > 31 {
		return fmt.Errorf("--bit_precision %d: expected 1 to 31", c.Bits)
	}
	if int64(c.OAA) > 1<<c.Bits {
		return fmt.Errorf("--oaa %d: expected at most 2^%d classes, one for each weight", c.OAA, c.Bits)
	}
	o, err := c.options()
	if err == nil {
		var rule optim.Rule
		var hypers []descent.Option
		o.Bits, o.Classes = 1, min(o.Classes, 2)
		if rule, hypers, err = c.rule(); err == nil {
			_, err = online.New(rule, o, hypers...)
		}
	}
	if err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), "online: "))
	}
	return nil
}

func (c *Config) checkFeatures() error {
	for _, in := range []struct {
		name  string
		sets  []string
		words string
		fits  func(n int) bool
	}{
		{"quadratic", c.Quadratic, "two", func(n int) bool { return n == 2 }},
		{"cubic", c.Cubic, "three", func(n int) bool { return n == 3 }},
		{"interactions", c.Interactions, "two or more", func(n int) bool { return n >= 2 }},
	} {
		for _, s := range in.sets {
			if !in.fits(len(unescape(s))) {
				return fmt.Errorf("--%s %s: expected %s first letters of namespaces", in.name, s, in.words)
			}
		}
	}
	if len(c.Skips) > 0 && len(c.Ngram) == 0 && c.Initial == "" {
		return errors.New("--skips is of --ngram: add it")
	}
	return nil
}
