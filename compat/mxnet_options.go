package compat

import (
	"fmt"
	"maps"
	"math"
	"strings"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/optim"
)

// mxnetOptions turns the options of an optimizer of MXNet into a rule and its
// settings, while its class reads what it has.
type mxnetOptions struct {
	*reader
	made
	class    *mxnetClass
	loops    bool        // computed by Python's loops, for which a clip_gradient of 0 leaves nothing of the gradient
	begin    int         // begin_num_update
	rates    *mxnetRates // of a scheduler, nil without one
	recorded bool        // these stand in a recording's steps
	hypers   []formula.Hyper
	lrMult   float64
	unfused  bool // use_fused_step False, of MXNet 2
}

// newMXNetOptions reads what every class has.
func newMXNetOptions(c *mxnetClass, options map[string]any) *mxnetOptions {
	options = maps.Clone(options)
	for _, name := range []string{"learning_rate", "aggregate_num"} { // which may be None
		if v, ok := options[name]; ok && v == nil {
			delete(options, name)
		}
	}
	o := &mxnetOptions{reader: newReader(options), class: c, loops: c.loops}
	o.text("updater_call", "list", "list", "single", "op")
	o.rowSparse()
	o.float16()
	if c.op {
		return o
	}
	if !o.flag("multi_precision", false) { // which is of float16 weights only
		o.made.options = append(o.made.options, descent.NoMasterWeights())
	}
	o.begin = o.whole("begin_num_update", 0, wholes)
	o.lrMult = o.number("lr_mult", 1, notNegative)
	o.flag("lars_skip", false)
	o.take("param_idx2name") // which mxnetNames reads
	o.unsupported("sym", "param_dict")
	if c.two {
		o.whole("aggregate_num", 1, countable)
		o.fusing()
	}
	return o
}

// fusing reads MXNet 2's use_fused_step.
func (o *mxnetOptions) fusing() {
	fused := o.flag("use_fused_step", !o.loops || o.class.both)
	if fused && o.loops && !o.class.both {
		o.fail("option use_fused_step: %s has no fused step: leave it out", o.class.name)
	}
	o.unfused = !fused
	o.loops = o.loops || o.unfused
}

// use takes a rule of optim.
func (o *mxnetOptions) use(rule optim.Rule) {
	info, err := rule.Info()
	if err != nil {
		o.fail("%w", err)
	}
	o.rule, o.hypers = rule, info.Hypers
}

// variant takes a rule as MXNet computes it.
func (o *mxnetOptions) variant(v mxnetVariant) {
	f, err := v()
	if err != nil {
		o.fail("%w", err)
	}
	o.use(f)
}

// set reads the option that a hyperparameter of the rule is set to.
func (o *mxnetOptions) set(hyper, option string, def float64) float64 {
	v := o.number(option, def)
	o.add(hyper, option, v)
	return v
}

// single reads an option that operators take as a float32: one of which 1 is
// the difference to what counts.
func (o *mxnetOptions) single(hyper, option string, def float64) {
	v := o.number(option, def)
	if !o.loops {
		v = float64(float32(v))
	}
	o.add(hyper, option, v)
}

// add sets a hyperparameter of the rule to what an option has made of it.
func (o *mxnetOptions) add(hyper, option string, v float64) {
	for _, h := range o.hypers {
		if h.Name == hyper {
			if err := h.Check(v); err != nil {
				o.fail("option %s: %w", option, err)
			}
		}
	}
	o.settings = append(o.settings, setting{hyper, v})
}

// momentum reads a momentum that operators take for 0 where it is below.
func (o *mxnetOptions) momentum(def float64) {
	v := o.number("momentum", def)
	if !o.loops {
		v = max(v, 0)
	}
	o.add("momentum", "momentum", v)
}

// limit reads clip_gradient: infinity for none.
func (o *mxnetOptions) limit() float64 {
	c, ok := o.optional("clip_gradient")
	switch {
	case !ok, !o.loops && c <= 0:
		return math.Inf(1)
	case c < 0:
		o.fail("option clip_gradient: expected a value in [0,inf), found %v", c)
	}
	return c
}

// rescale multiplies gradients before the rule.
func (o *mxnetOptions) rescale() {
	v := o.number("rescale_grad", 1)
	o.settings = append(o.settings, setting{"rescale.factor", v})
	o.made.options = append(o.made.options, descent.Rescale(v))
}

// gradient rescales and clips before the rule.
func (o *mxnetOptions) gradient() {
	o.rescale()
	if c := o.limit(); !math.IsInf(c, 1) {
		o.settings = append(o.settings, setting{"clip-value.limit", c})
		o.made.options = append(o.made.options, descent.ClipValue(c))
	}
}

// gradientOfSum rescales before the rule, which clips: in MXNet 1.9 the sum of
// gradient and decay. MXNet 2 clips the gradient alone.
func (o *mxnetOptions) gradientOfSum() {
	if o.class.two {
		o.gradient()
		return
	}
	o.rescale()
	o.clipWithin()
}

// clipWithin has the rule clip.
func (o *mxnetOptions) clipWithin() { o.add("limit", "clip_gradient", o.limit()) }

// decay reads the weight decay.
func (o *mxnetOptions) decay() {
	o.set("wd", "wd", 0)
	o.settings = append(o.settings, setting{"wd_mult", multiplier(o.number("wd_mult", 1, notNegative))})
}

// noDecay is for classes that have none; in MXNet they take the option.
func (o *mxnetOptions) noDecay() { o.meaningless("wd", "wd_mult") }

// rate reads the learning rate.
func (o *mxnetOptions) rate() { o.rateEach(1) }

// rateEach reads the learning rate of a class that counts steps as so many updates.
func (o *mxnetOptions) rateEach(each int) {
	lr := o.number("learning_rate", o.class.lr)
	if o.scheduler(); o.rates != nil {
		if o.rates.open && (o.given("learning_rate") || !o.class.keeps) {
			o.rates.base = lr
		}
		if !o.recorded {
			o.made.options = append(o.made.options, descent.Schedule(o.rates.shifted(o.begin+each, each)))
			lr = 1
		}
	}
	o.add("lr", "learning_rate", lr)
	o.settings = append(o.settings, setting{"lr_mult", multiplier(o.lrMult)})
}

// noRate is for classes without a learning rate; in MXNet they take the option.
func (o *mxnetOptions) noRate() {
	o.number("learning_rate", 0)
	o.scheduler()
}

// lazy has rows rest that a gradient does not name.
func (o *mxnetOptions) lazy(lazy bool) {
	o.settings = append(o.settings, setting{"lazy", laziness(lazy)})
}

// counting has the rule count updates from begin_num_update.
func (o *mxnetOptions) counting() { o.add("begin_num_update", "begin_num_update", float64(o.begin)) }

// scheduler reads lr_scheduler: the class of the scheduler and its options.
func (o *mxnetOptions) scheduler() {
	o.recorded = o.flag("rates_recorded", false)
	value, ok := o.take("lr_scheduler")
	if !ok || value == nil {
		return
	}
	options, _ := value.(map[string]any)
	class, _ := options["class"].(string)
	if mxnetRules[class] == nil {
		o.fail("option lr_scheduler: expected options with a class among them, which is one of %s, found %s", strings.Join(Schedules("mxnet"), ", "), show(value))
		return
	}
	options = maps.Clone(options)
	delete(options, "class")
	r := newReader(options)
	o.rates = newMXNetRates(class, r)
	if err := r.done(); err != nil {
		o.fail("option lr_scheduler: %w", err)
	}
}

// mxnetNames reads param_idx2name in the order of the indices, which may be
// numbers written as text.
func mxnetNames(options map[string]any) (map[string]int, error) {
	value := options["param_idx2name"]
	out := map[string]int{}
	switch m := value.(type) {
	case nil:
	case map[string]any:
		for index, v := range m {
			name, isText := v.(string)
			var i int
			if _, err := fmt.Sscan(index, &i); err != nil || !isText {
				return nil, fmt.Errorf("option param_idx2name: expected names of parameters by their numbers, found %s: %s", index, show(v))
			}
			out[name] = i
		}
	case map[int]string:
		for i, name := range m {
			out[name] = i
		}
	default:
		return nil, fmt.Errorf("option param_idx2name: expected names of parameters by their numbers, found %s", show(value))
	}
	return out, nil
}
