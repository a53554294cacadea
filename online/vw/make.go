package vw

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/online"
	"github.com/descent-go/descent/optim"
)

// learner makes the learner that the options ask for, or reads it; in is
// standard input.
func (c *Config) learner(in io.Reader) (*online.Learner, error) {
	switch c.Initial {
	case "":
		return c.make()
	case "-":
		return c.load(in, "standard input")
	}
	f, err := os.Open(c.Initial)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return c.load(f, c.Initial)
}

// make makes a new learner.
func (c *Config) make() (*online.Learner, error) {
	o, err := c.options()
	if err != nil {
		return nil, err
	}
	rule, hypers, err := c.rule()
	if err != nil {
		return nil, err
	}
	l, err := online.New(rule, o, hypers...)
	if err != nil {
		return nil, err
	}
	return l, c.remember(l)
}

// load reads the model to go on from.
func (c *Config) load(from io.Reader, name string) (*online.Learner, error) {
	l, err := online.Load(from)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := c.agree(l); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if c.LearningRate != nil && *c.LearningRate != 0 {
		return l, l.SetLR(float64(*c.LearningRate))
	}
	return l, nil
}

// fit says what output the learner has not got.
func (c *Config) fit(o online.Options) error {
	switch {
	case (c.Probabilities || c.Scores) && o.Classes == 0:
		return errors.New("--probabilities and --scores are of --oaa, and the model has no classes")
	case c.Probabilities && o.Link != online.Identity:
		return fmt.Errorf("--probabilities needs a model with --link identity, not %v", o.Link)
	case (c.Names || c.InvertHash != "") && !o.Names:
		return errors.New("the model keeps no names of features: learn it with --names from the start")
	}
	return nil
}

// options are the learner's.
func (c *Config) options() (online.Options, error) {
	parameter := c.QuantileTau
	if c.Loss == "expectile" {
		parameter = c.ExpectileQ
	}
	loss, err := online.LossByName(c.Loss, parameter)
	if err != nil {
		return online.Options{}, err
	}
	link, err := online.LinkByName(c.Link)
	if err != nil {
		return online.Options{}, err
	}
	if c.Probabilities {
		link = online.Identity // Vowpal Wabbit's too
	}
	o := online.Options{
		Bits: c.Bits, Loss: loss, Link: link, Classes: c.OAA, Binary: c.Binary,
		InitialWeight: c.InitialWeight, RandomWeights: c.RandomWeights, RandomSeed: c.RandomSeed, Names: c.Names || c.InvertHash != "",
		MinPrediction: c.MinPrediction, MaxPrediction: c.MaxPrediction,
		HashAll: c.Hash == "all", HashSeed: c.HashSeed,
		Features: c.featureOptions(),
	}
	if c.Bits == 0 {
		return o, errors.New("--bit_precision 0: expected 1 to 31")
	}
	if !c.FTRL && !c.Pistol && !c.Coin { // there Vowpal Wabbit has no use for it
		o.Constant = c.Constant
	}
	return o, nil
}

func (c *Config) featureOptions() online.Features {
	return online.Features{
		NoConstant:   c.NoConstant,
		Interactions: bytesOf(slices.Concat(c.Quadratic, c.Cubic, c.Interactions)),
		Permutations: c.Permutations, KeepDuplicates: c.LeaveDuplicates,
		Ignore: joined(c.Ignore), IgnoreLinear: joined(c.IgnoreLinear), Keep: joined(c.Keep),
		Ngrams: bytesOf(c.Ngram), Skips: bytesOf(c.Skips), Limits: bytesOf(c.FeatureLimit),
	}
}

// escape is a byte in hexadecimal digits, as Vowpal Wabbit takes it for the
// first letter of a namespace.
var escape = regexp.MustCompile(`\\x[0-9a-fA-F]{2}`)

// unescape replaces the bytes in hexadecimal digits.
func unescape(word string) string {
	return escape.ReplaceAllStringFunc(word, func(digits string) string {
		b, _ := strconv.ParseUint(digits[2:], 16, 8) // two digits always are a byte
		return string([]byte{byte(b)})
	})
}

func bytesOf(words []string) []string {
	var out []string
	for _, w := range words {
		out = append(out, unescape(w))
	}
	return out
}

func joined(words []string) string { return strings.Join(bytesOf(words), "") }

// rule moves the weights.
func (c *Config) rule() (optim.Rule, []descent.Option, error) {
	switch {
	case c.Rule != nil:
		return c.Rule, c.Hypers, nil
	case c.FTRL:
		alpha, beta := c.leader(0.5, 1)
		return optim.FTRL, []descent.Option{
			descent.LR(alpha), descent.Set("beta", beta), descent.Set("l1", float64(c.L1)), descent.Set("l2", float64(c.L2)),
		}, nil
	case c.Pistol:
		alpha, beta := c.leader(1, 0.5)
		return online.Pistol{Alpha: alpha, Beta: beta}, nil, nil
	case c.Coin:
		alpha, beta := c.leader(4, 1)
		return online.Coin{Alpha: alpha, Beta: beta}, nil, nil
	}
	return c.gradient(), nil, nil
}

// leader is the parameters of --ftrl and its kin.
func (c *Config) leader(alpha, beta float64) (float64, float64) {
	return or(c.Alpha, alpha), or(c.Beta, beta)
}

// or is the number, or what stands for none.
func or(number *float32, none float64) float64 {
	if number == nil {
		return none
	}
	return float64(*number)
}

// gradient is Vowpal Wabbit's usual update, or the parts of it that are asked for.
func (c *Config) gradient() online.VW {
	v := online.DefaultVW()
	v.PowerT, v.DecayLR = float64(c.PowerT), float64(c.DecayLearningRate)
	v.L1, v.L2 = float64(c.L1), float64(c.L2)
	if c.SGD || c.Adaptive || c.Normalized || c.Invariant {
		v.Adaptive, v.Normalized, v.Invariant = c.Adaptive, c.Normalized, c.Invariant
		if !v.Adaptive || !v.Normalized {
			v.LR = 10
		}
		if !v.Adaptive && !v.Normalized {
			v.InitialT = 1
		}
	}
	v.LR, v.InitialT = or(c.LearningRate, v.LR), or(c.InitialT, v.InitialT)
	return v
}
