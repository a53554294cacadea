package descent

import "fmt"

// Option sets something of an optimizer. Where two set the same, the later wins.
type Option func(*settings)

// Value is what a hyperparameter can be set to: a number, the name of a
// choice, or a bool for 1 and 0.
type Value interface {
	int | float64 | bool | string
}

// Set sets any hyperparameter of the rule by its name. One the rule has not is
// an error of New that lists those it has; so is a value out of range. In a
// chain names are link.name; name alone will do where only one link has it.
//
//	descent.Set("lambda", 0.04), descent.Set("warmup", "sqrt"), descent.Set("lookahead.k", 6)
func Set[V Value](name string, value V) Option {
	return func(s *settings) { s.hyper = append(s.hyper, assignment{name, fmt.Sprint(value)}) }
}

func set(name string, value float64) Option { return Set(name, value) }

// LR sets the learning rate. Range [0, inf), of rules that divide by it (ftrl,
// ftml) (0, inf). The default is the rule's.
func LR(v float64) Option { return set("lr", v) }

// Momentum sets the share of the velocity that a step keeps, in [0, 1). The
// default is the rule's: 0 for sgd, 0.9 for nag and signum.
func Momentum(v float64) Option { return set("momentum", v) }

// WeightDecay sets the factor with which the weights are added to the gradient
// or, by rules that decouple it (adamw, lion), to what lr multiplies. Range
// [0, inf); default 0, for adamw 0.01.
func WeightDecay(v float64) Option { return set("wd", v) }

// Beta1 sets the decay of the average of gradients, in [0, 1). Default 0.9 in
// most rules.
func Beta1(v float64) Option { return set("beta1", v) }

// Beta2 sets the decay of the average of squared gradients, in [0, 1). Default
// 0.999 in most rules.
func Beta2(v float64) Option { return set("beta2", v) }

// Eps sets the number that keeps a division from being by 0. Range [0, inf).
// Default 1e-8 in most rules; where it stands, the rule's formula says.
func Eps(v float64) Option { return set("eps", v) }

// LRMult multiplies the learning rate, after its schedule: 0.1 inside
// For("backbone.*", ...) trains the backbone at a tenth of the rate. Several
// that apply to a parameter multiply each other.
func LRMult(factor float64) Option { return mult("lr", factor) }

// WeightDecayMult multiplies the weight decay, as LRMult the learning rate.
func WeightDecayMult(factor float64) Option { return mult("wd", factor) }

func mult(name string, factor float64) Option {
	return func(s *settings) { s.mult = append(s.mult, multiplier{name, factor}) }
}

// Live says that hyperparameters will be changed by Optimizer.Set, so that one
// whose value is 0 keeps its term and states. lr, and what has a schedule, is
// always live.
func Live(names ...string) Option {
	return func(s *settings) { s.live = append(s.live, names...) }
}

// For gives options to the parameters whose names match the pattern, in which
// * stands for any characters, dots and slashes too, and ? for one; all others,
// brackets too, stand for themselves. They come after those outside of For;
// where several For match, later ones win. Only options that set or multiply
// hyperparameters, and Lazy, can differ between parameters: others are an error
// of New. A pattern that matches no parameter waits for one to be added.
func For(pattern string, options ...Option) Option {
	return func(s *settings) {
		g := &settings{pattern: pattern}
		for _, o := range options {
			if o == nil {
				g.missing = true
				continue
			}
			o(g)
		}
		s.groups = append(s.groups, g)
	}
}

// Scheduler gives the factor of a hyperparameter for the number of updates made
// so far: the first step uses At(0). Package schedule has the usual ones. One
// that has a method Err() error is asked for it by New.
type Scheduler interface {
	At(step int) float64
}

// Schedule multiplies the learning rate by s at every step. Several multiply
// each other.
func Schedule(s Scheduler) Option { return ScheduleOf("lr", s) }

// ScheduleOf multiplies any hyperparameter by s at every step. A value out of
// the hyperparameter's range is an error of the step.
func ScheduleOf(name string, s Scheduler) Option {
	return func(set *settings) { set.schedules = append(set.schedules, scheduled{name, s}) }
}

// Rescale multiplies every gradient by a factor before anything else: 1/64
// for a sum over a batch of 64. Any finite number; default 1. It is a link
// before the rule, whose hyperparameter is rescale.factor.
func Rescale(factor float64) Option { return func(s *settings) { s.rescale = &factor } }

// ClipValue limits every element of the gradients to [-limit, limit], after
// rescaling. Range [0, inf]; without it there is no limit. It is a link before
// the rule, whose hyperparameter is clip-value.limit.
func ClipValue(limit float64) Option { return func(s *settings) { s.clipValue = &limit } }

// ClipNorm limits the norm of all gradients together, the root of the sum of
// squares over every parameter that is not frozen, after rescaling and
// ClipValue: where it is larger all gradients are multiplied by limit/norm.
// Range [0, inf]; without it there is no limit. It is a link before the rule,
// whose hyperparameter is clip-norm.limit.
func ClipNorm(limit float64) Option { return func(s *settings) { s.clipNorm = &limit } }

// Accumulate averages the gradients of n calls of Step, at least 1, for one
// update. The calls before the last change nothing but the sums. Rules that ask
// for gradients at points of their own cannot accumulate: an error of New.
func Accumulate(n int) Option { return func(s *settings) { s.accumulate = &n } }

// CheckFinite makes a NaN or an infinity among the gradients an error of the
// step, a *NotFiniteError that names parameter and element; nothing has changed
// then. Without it they go where the rule takes them.
func CheckFinite() Option { return func(s *settings) { s.checkFinite = true } }

// Lazy lets the rows of a parameter rest that its gradient by SetRows does not
// name: neither they nor their states move, as wide embeddings want it and as
// MXNet and torch.optim.SparseAdam do. t counts for all. Reductions are over
// the rows that take part. Without it a row that is not named has the gradient
// 0. It can stand in For. Rules that are no formula, and those that ask for
// several gradients, cannot be lazy, nor can it go with Accumulate: the step
// with such a gradient is an error.
func Lazy() Option { return func(s *settings) { s.lazy = true } }

// NoMasterWeights lets weights of half precision do without a master copy in
// float32, and keeps the states in half precision too: 6 bytes a weight for
// Adam instead of 14. Every operation's result is rounded, so small steps are
// lost. Rules that are no formula round their results only.
func NoMasterWeights() Option { return func(s *settings) { s.noMaster = true } }

// Type is a type of numbers in which states can be kept.
type Type int

// The types of states. AsComputed is the default: the type in which steps
// compute, float32 or, for parameters in float64, that; with NoMasterWeights
// the weights'. BF16 is BFloat16.
const (
	AsComputed Type = iota
	BF16
)

// String is the type's name on command lines and in files: bfloat16; AsComputed
// has none.
func (t Type) String() string {
	if t == BF16 {
		return "bfloat16"
	}
	return ""
}

// ParseType finds a type by its name, which may be empty, or short: bf16.
func ParseType(name string) (Type, error) {
	if name == "bf16" {
		return BF16, nil
	}
	for _, t := range []Type{AsComputed, BF16} {
		if t.String() == name {
			return t, nil
		}
	}
	return 0, fmt.Errorf("descent: no states of type %q: there is bfloat16", name)
}

// StateType keeps the states that a rule has for every weight in another type:
// with BF16, Adam needs 20 bytes a weight in place of 28 to read and write, and
// 4 in place of 8 to keep. From some millions of weights on, where memory is
// what limits several threads, steps are faster for it; below they take about
// twice the time, in portable Go five times. What is stored is rounded up or down by chance, the
// nearer number being the likelier, so that an average of small changes is
// right where rounding to the nearest would never move it; the draws depend on
// Seed, the parameter's name, the element and t, so the result is the same
// each time. States that are single numbers, or one for each row, and those that
// start as the weights (dog's start, the slow weights of lookahead), stay as they
// are. Rules that make the weights anew from such states, as ftrl does, have
// weights no more precise than these. A rule that is no formula keeps its states in float64: an error of New.
func StateType(t Type) Option { return func(s *settings) { s.stateType = t } }

// Seed sets the seed of rules that draw random numbers, such as optim.SGLD.
// Draws depend on it, on the parameter's name, the element and t. Default 0.
func Seed(seed uint64) Option { return func(s *settings) { s.seed = &seed } }

// Threads limits the goroutines that a step uses, at least 1. The result does
// not depend on it. Default: runtime.GOMAXPROCS(0) when New is called.
func Threads(n int) Option { return func(s *settings) { s.threads = &n } }
