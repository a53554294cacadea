package vw

import (
	"fmt"
	"io"
	"strings"

	"github.com/descent-go/descent/online"
)

func (r *run) say(text string) { io.WriteString(r.s.Log, text) }

func (r *run) sayf(format string, args ...any) { fmt.Fprintf(r.s.Log, format, args...) }

func (r *run) warn(format string, args ...any) {
	fmt.Fprintf(r.s.Warn, "warning: "+format+"\n", args...)
}

// announce says what was asked for, in Vowpal Wabbit's words.
func (c *Config) announce(test bool) string {
	var b strings.Builder
	line := func(said bool, format string, args ...any) {
		if said {
			fmt.Fprintf(&b, format+"\n", args...)
		}
	}
	line(len(c.Quadratic) > 0, "creating quadratic features for pairs: %s", strings.Join(c.Quadratic, " "))
	line(len(c.Cubic) > 0, "creating cubic features for triples: %s", strings.Join(c.Cubic, " "))
	line(len(c.Interactions) > 0, "creating features for following interactions: %s", strings.Join(c.Interactions, " "))
	line(len(c.Ignore) > 0, "ignoring namespaces beginning with: %s", joined(c.Ignore))
	line(len(c.IgnoreLinear) > 0, "ignoring linear terms for namespaces beginning with: %s", joined(c.IgnoreLinear))
	line(len(c.Keep) > 0, "using namespaces beginning with: %s", joined(c.Keep))
	line(test, "only testing")
	line(c.L1 > 0, "using l1 regularization = %.6g", c.L1)
	line(c.L2 > 0, "using l2 regularization = %.6g", c.L2)
	line(c.Model != "", "final_regressor = %s", c.Model)
	line(c.Predictions != "", "predictions = %s", c.Predictions)
	line(c.Raw != "", "raw predictions = %s", c.Raw)
	return b.String()
}

// announceLearner says what learns.
func (r *run) announceLearner() {
	r.sayf("num sources = 1\nNum weight bits = %d\n", r.o.Bits)
	base := r.l.Rule().Name()
	switch v := r.l.Rule().(type) {
	case online.VW:
		base = "gd"
		r.sayf("learning rate = %.6g\ninitial_t = %.6g\npower_t = %.6g\n", v.LR, v.InitialT, v.PowerT)
		if r.c.Passes > 1 {
			r.sayf("decay_learning_rate = %.6g\n", v.DecayLR)
		}
	case online.Coin:
		base = "ftrl-Coin Betting"
		r.sayf("ftrl_alpha = %.6g\nftrl_beta = %.6g\n", v.Alpha, v.Beta)
	case online.Pistol:
		base = "ftrl-PiSTOL"
		r.sayf("ftrl_alpha = %.6g\nftrl_beta = %.6g\n", v.Alpha, v.Beta)
	default:
		if r.c.FTRL {
			hypers := r.l.Hypers()
			base = "ftrl-Proximal-FTRL"
			r.sayf("ftrl_alpha = %.6g\nftrl_beta = %.6g\n", hypers["lr"], hypers["beta"])
		}
	}
	r.sayf("Enabled learners: %s\n", strings.Join(r.reductions(base), ", "))
	input, output := "SIMPLE", "SCALAR"
	if r.o.Classes > 0 {
		input, output = "MULTICLASS", "MULTICLASS"
		if r.c.Probabilities || r.c.Scores {
			output = "SCALARS"
		}
	}
	r.sayf("Input label = %s\nOutput pred = %s\n", input, output)
}

// reductions are what Vowpal Wabbit calls the parts of a learner.
func (r *run) reductions(base string) []string {
	list := []string{base}
	if strings.Contains(strings.Join(r.o.Features.Interactions, ""), ":") {
		list = append(list, "generate_interactions")
	}
	list = append(list, "scorer-"+r.o.Link.String())
	switch {
	case r.o.Classes > 0 && r.c.Probabilities:
		return append(list, "oaa-prob")
	case r.o.Classes > 0 && r.c.Scores:
		return append(list, "oaa-scores")
	case r.o.Classes > 0 && r.c.Raw != "":
		return append(list, "oaa-raw")
	case r.o.Classes > 0:
		return append(list, "oaa")
	case r.o.Binary:
		list = append(list, "binary")
	}
	return append(list, "count_label")
}
