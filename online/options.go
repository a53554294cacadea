package online

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// Options shape a learner. The zero value is what Vowpal Wabbit does unless
// told otherwise.
type Options struct {
	// Bits: there are 2^Bits weights, and features whose hashes agree in that
	// many lower bits share one. 1 to 31; 0 is 18.
	Bits int
	// Loss is what is made small; nil is Squared.
	Loss Loss
	// Link turns sums into predictions.
	Link Link
	// Features says what becomes of an example's features.
	Features Features
	// Classes, where it is above 0, makes as many models, one for each class
	// against all others. Labels are then 1 to Classes, or 0 to Classes-1 once a
	// label 0 has been seen.
	Classes int
	// Binary makes predictions -1 or 1, and the loss 1 where that is wrong.
	Binary bool
	// MinPrediction and MaxPrediction limit predictions. Where both are nil the
	// limits are the smallest and the largest label seen, and 0, for the
	// logistic and the poisson loss also -50 and 50. One that is nil beside one
	// that is not is 0, for those losses -50 or 50.
	MinPrediction, MaxPrediction *float32
	// InitialWeight is what every weight starts as, where the rule keeps that.
	InitialWeight float32
	// RandomWeights starts the weights between -0.5 and 0.5, by Vowpal Wabbit's
	// generator from RandomSeed on.
	RandomWeights bool
	RandomSeed    uint64
	// Constant is what the weight of the constant feature starts as, for VW; other
	// rules make of their weights what their states say.
	Constant float32
	// Names keeps the names of features, where the reader has them.
	Names bool
	// HashAll and HashSeed say how the readers of the learner's examples are to
	// hash names, and are kept with the model: --hash all and --hash_seed.
	HashAll  bool
	HashSeed uint32
}

// check fills in what is not given.
func (o *Options) check() error {
	if o.Bits == 0 {
		o.Bits = 18
	}
	if o.Loss == nil {
		o.Loss = Squared
	}
	if _, err := LossByName(o.Loss.Name(), o.Loss.Parameter()); err != nil {
		return err
	}
	switch {
	case o.Bits < 1 || o.Bits > 31:
		return fmt.Errorf("online: %d bits: expected 1 to 31", o.Bits)
	case o.Classes < 0 || int64(o.Classes) > 1<<o.Bits:
		return fmt.Errorf("online: %d classes: expected 1 to 2^%d, the number of weights", o.Classes, o.Bits)
	case o.Classes > 0 && o.Binary:
		return errors.New("online: binary predictions and several classes: choose one")
	case o.Link < Identity || o.Link > Glf1:
		return fmt.Errorf("online: %v: expected Identity, LogisticLink, PoissonLink or Glf1", o.Link)
	}
	for _, p := range []*float32{o.MinPrediction, o.MaxPrediction} {
		if p != nil && *p != *p {
			return errors.New("online: a limit of predictions is no number")
		}
	}
	if o.MinPrediction != nil && o.MaxPrediction != nil && *o.MinPrediction > *o.MaxPrediction {
		return fmt.Errorf("online: predictions from %g to %g: the smallest is above the largest", *o.MinPrediction, *o.MaxPrediction)
	}
	if err := o.fits(1); err != nil {
		return fmt.Errorf("online: %w", err)
	}
	return nil
}

// fits reports that there cannot be memory for weights of so many values.
func (o *Options) fits(width int) error {
	if uint(width) > math.MaxUint/4>>o.Bits {
		return fmt.Errorf("2^%d weights of %d values are more than a program of %d bits can hold", o.Bits, width, bits.UintSize)
	}
	return nil
}

// limits is the range of predictions at the start.
func (o *Options) limits() bounds {
	b := bounds{Fixed: o.MinPrediction != nil || o.MaxPrediction != nil}
	if name := o.Loss.Name(); !b.Fixed && (name == "logistic" || name == "poisson") {
		b.Min, b.Max = -50, 50
	}
	if o.MinPrediction != nil {
		b.Min = *o.MinPrediction
	}
	if o.MaxPrediction != nil {
		b.Max = *o.MaxPrediction
	}
	return b
}

// New makes a learner whose weights are moved by a rule: one of package optim
// that is a formula for each weight by itself, with options for its
// hyperparameters, or VW, Coin or Pistol, which have none here.
func New(rule optim.Rule, o Options, hypers ...descent.Option) (*Learner, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	l := &Learner{o: o, rule: rule, labels: o.limits()}
	var err error
	if l.e, err = newExpander(o.Features, l.spread(), l.mask()); err != nil {
		return nil, err
	}
	if own, ok := rule.(ownRule); !ok {
		l.u, err = newRuled(rule, &l.o, hypers)
	} else if len(hypers) > 0 {
		err = fmt.Errorf("%s has no hyperparameters to set: they are its fields", rule.Name())
	} else {
		l.u, err = own.update(&l.o)
		l.seen = own.start()
	}
	if err != nil {
		return nil, fmt.Errorf("online: %w", err)
	}
	if o.Names {
		l.names = map[uint32]string{}
	}
	l.initial()
	return l, nil
}

// ownRule is a rule that is Go of this package.
type ownRule interface {
	optim.Rule
	update(o *Options) (update, error)
	start() float64 // the importance of examples that count as seen
	hypers() map[string]float64
}

// initial gives weights what they start as.
func (l *Learner) initial() {
	values, width := l.u.values(), l.u.width()
	l.touched = newBlocks(l.o.Bits)
	if w := l.o.InitialWeight; w != 0 {
		l.touched.all()
		for i := 0; i < len(values); i += width {
			values[i] = w
		}
	}
	if l.o.RandomWeights {
		l.touched.all()
		state := l.o.RandomSeed
		for i := 0; i < len(values); i += width {
			values[i] = random(&state) - 0.5
		}
	}
	l.begin = slices.Clone(values[:width]) // where they start at random, all others are saved
	if _, ok := l.u.(*descend); !ok {
		l.o.Constant = 0
	}
	if c := l.o.Constant; c != 0 {
		l.touched.mark([]uint32{l.constant()})
		values[int(l.constant())*width] = c
	}
}

// random is Vowpal Wabbit's generator, uniform in [0, 1).
func random(state *uint64) float32 {
	*state = 0xeece66d5deece66d**state + 2147483647
	return math.Float32frombits(uint32(*state>>25)&0x7fffff|127<<23) - 1
}

// constant is the weight that Options.Constant sets: that of the constant
// feature where there is one class, and Vowpal Wabbit's choice where there are
// several.
func (l *Learner) constant() uint32 { return constant & l.mask() }

// spread is the distance between the weights of two features whose hashes follow
// each other: a power of two, in which every class has one.
func (l *Learner) spread() uint32 { return 1 << bits.Len32(uint32(max(l.o.Classes, 1)-1)) }

// mask has the bits of a weight's number.
func (l *Learner) mask() uint32 { return 1<<l.o.Bits - 1 }
