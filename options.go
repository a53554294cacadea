package descent

import "fmt"

// Option sets something of an optimizer.
type Option func(*settings)

// Value is what a hyperparameter can be set to: a number, the name of a
// choice, or a bool for 1 and 0.
type Value interface {
	int | float64 | bool | string
}

// Set sets any hyperparameter of the rule by its name. One the rule has not is
// an error of New that lists those it has. In a chain names are link.name;
// name alone will do where only one link has it.
func Set[V Value](name string, value V) Option {
	return func(s *settings) { s.hyper = append(s.hyper, assignment{name, fmt.Sprint(value)}) }
}

func set(name string, value float64) Option { return Set(name, value) }

// LR sets the learning rate. Range [0, inf), for ftrl and ftml (0, inf).
func LR(v float64) Option { return set("lr", v) }

// Momentum sets the share of the velocity that a step keeps, in [0, 1).
func Momentum(v float64) Option { return set("momentum", v) }

// WeightDecay sets the factor of the weights that is added to the gradient or,
// for rules that decouple it (adamw), to the step. Range [0, inf).
func WeightDecay(v float64) Option { return set("wd", v) }

// Beta1 sets the decay of the average of gradients, in [0, 1).
func Beta1(v float64) Option { return set("beta1", v) }

// Beta2 sets the decay of the average of squared gradients, in [0, 1).
func Beta2(v float64) Option { return set("beta2", v) }

// Eps sets the number that keeps a division from being by 0. Range [0, inf).
func Eps(v float64) Option { return set("eps", v) }

// LRMult multiplies the learning rate, after its schedule: 0.1 inside
// For("backbone.*", ...) trains the backbone at a tenth of the rate.
func LRMult(factor float64) Option { return mult("lr", factor) }

// WeightDecayMult multiplies the weight decay.
func WeightDecayMult(factor float64) Option { return mult("wd", factor) }

func mult(name string, factor float64) Option {
	return func(s *settings) { s.mult = append(s.mult, multiplier{name, factor}) }
}

// Live says that hyperparameters will be changed by Optimizer.Set, so that one
// whose value is 0 keeps its term and states. lr is always live.
func Live(names ...string) Option {
	return func(s *settings) { s.live = append(s.live, names...) }
}

// For gives options to the parameters whose names match the pattern, in which
// * stands for any characters and ? for one. Later ones win. Only options that
// set or multiply hyperparameters can differ between parameters.
func For(pattern string, options ...Option) Option {
	return func(s *settings) {
		g := &settings{pattern: pattern}
		for _, o := range options {
			o(g)
		}
		s.groups = append(s.groups, g)
	}
}

// Scheduler gives the factor of a hyperparameter for the number of updates made
// so far: the first step uses At(0). Package schedule has the usual ones.
type Scheduler interface {
	At(step int) float64
}

// Schedule multiplies the learning rate by s.
func Schedule(s Scheduler) Option { return ScheduleOf("lr", s) }

// ScheduleOf multiplies any hyperparameter by s.
func ScheduleOf(name string, s Scheduler) Option {
	return func(set *settings) { set.schedules = append(set.schedules, scheduled{name, s}) }
}

// Rescale multiplies every gradient by a factor before anything else: 1/64
// for a sum over a batch of 64.
func Rescale(factor float64) Option { return func(s *settings) { s.rescale = &factor } }

// ClipValue limits every element of the gradients to [-limit, limit], after
// rescaling.
func ClipValue(limit float64) Option { return func(s *settings) { s.clipValue = &limit } }

// ClipNorm limits the norm of all gradients together, after rescaling and
// ClipValue.
func ClipNorm(limit float64) Option { return func(s *settings) { s.clipNorm = &limit } }

// Accumulate averages the gradients of n calls of Step for one update. The
// calls before the last change nothing but the sums.
func Accumulate(n int) Option { return func(s *settings) { s.accumulate = &n } }

// CheckFinite makes a NaN or an infinity among the gradients an error that
// names parameter and element; nothing has changed then.
func CheckFinite() Option { return func(s *settings) { s.checkFinite = true } }

// Seed sets the seed of rules that draw random numbers. Default 0.
func Seed(seed uint64) Option { return func(s *settings) { s.seed = &seed } }

// Threads limits the goroutines that a step uses. The result does not depend
// on it. Default: runtime.GOMAXPROCS(0).
func Threads(n int) Option { return func(s *settings) { s.threads = &n } }
