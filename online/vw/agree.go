package vw

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/descent-go/descent/online"
)

// shaping are the options that a model is made with; its learning rate may be
// given anew.
var shaping = []string{
	"sgd", "adaptive", "normalized", "invariant", "ftrl", "pistol", "coin", "ftrl_alpha", "ftrl_beta",
	"power_t", "initial_t", "decay_learning_rate", "l1", "l2", "initial_weight", "random_weights", "random_seed",
	"loss_function", "quantile_tau", "expectile_q", "link", "min_prediction", "max_prediction", "oaa", "binary",
	"bit_precision", "hash", "hash_seed", "noconstant", "constant", "quadratic", "cubic", "interactions", "permutations",
	"leave_duplicate_interactions", "ignore", "ignore_linear", "keep", "ngram", "skips", "feature_limit",
}

// noteKey is where a model keeps the options that it was made with.
const noteKey = "descent learn"

// remember keeps the options in the model.
func (c *Config) remember(l *online.Learner) error {
	options := map[string]string{}
	for _, name := range shaping {
		if c.given.flags != nil {
			options[name] = c.given.flags.Lookup(name).Value.String()
		}
	}
	text, err := json.Marshal(options)
	if l.Note == nil {
		l.Note = map[string]string{}
	}
	l.Note[noteKey] = string(text)
	return err
}

// agree says which option does not agree with the model that was read.
func (c *Config) agree(l *online.Learner) error {
	made := map[string]string{}
	if text, ok := l.Note[noteKey]; ok {
		if err := json.Unmarshal([]byte(text), &made); err != nil {
			return err
		}
	}
	if l.Frozen() && !c.TestOnly {
		return errors.New("the model was made with --predict_only_model and cannot learn: add -t, or go on from one made without")
	}
	if c.Rule != nil {
		return fmt.Errorf("the model has its optimizer, %s; leave the other out", l.Rule().Name())
	}
	for _, name := range shaping {
		if !c.given.has(name) {
			continue
		}
		now := c.given.flags.Lookup(name).Value.String()
		switch was, known := made[name]; {
		case !known:
			return fmt.Errorf("the model was made otherwise than by descent learn and has its options: leave --%s out", name)
		case was != now:
			return fmt.Errorf("the model was made with --%s %s, not %s: leave the option out, or make a new model without -i", name, orNothing(was), orNothing(now))
		}
	}
	return nil
}

func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}
