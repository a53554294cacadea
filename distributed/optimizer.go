package distributed

import (
	"errors"
	"fmt"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/distributed/wire"
	"github.com/descent-go/descent/optim"
)

// Options are how gradients travel. The zero value is a good choice.
type Options struct {
	// Wire is the form in which gradients travel; nil as they are, so that the
	// result is that of one optimizer to the bit. What another form loses is added to
	// the next gradient, but for one that votes. Forms are of float32. One rank by
	// itself loses the same, so that a training can go on with any number of ranks.
	Wire wire.Codec
	// BucketBytes is how many bytes of gradients travel at a time; 0 is 4 MiB.
	BucketBytes int
	// Overlap lets gradients travel while the function of StepFunc computes others:
	// it announces by [Optimizer.Ready] those that are final, the last parameter's
	// first if possible. Without it they travel when the function has returned, which
	// keeps all ranks busy evenly.
	Overlap bool
	// Meta is compared at the start, before rule, options and parameters: what else
	// must be the same on all ranks, a line each.
	Meta string
}

// defaultBucket is the bytes of gradients that travel at a time.
const defaultBucket = 4 << 20

// Optimizer moves the weights of a model that every rank has, by the mean of the
// ranks' gradients. All ranks call the same methods in the same order. It is used
// by one goroutine at a time, which alone uses the Collective meanwhile.
//
// An error of a rank's gradient fails the step on every rank, nothing has changed
// (but what a Wire has lost of the gradient), and all can go on. An error of the
// Collective ends the use of the optimizer.
type Optimizer struct {
	c       Collective
	opt     *descent.Optimizer
	options Options
	tensors []*tensor
	byName  map[string]*tensor
	alone   bool // there is one rank, and nothing is lost: opt does everything
	whole   bool // the rule is not split: every rank moves all weights

	gradients []bucket // in the order in which they are averaged
	weights   []bucket // and weights given to all
	lanes     [2]lane  // of a bucket that comes, and one that is averaged
	peers     *peers
	signal    *signal

	f        func() (float64, error) // of StepFunc
	stepping bool                    // a step is under way
	made     int                     // updates before it
	swapped  bool                    // weights to evaluate with are in place
	failed   error                   // of the Collective: nothing works any more
	scratch  [][]float32             // see compress.go
}

// New makes the optimizer of this rank. Parameters are as those of descent.New,
// with the same values on all ranks. The ranks compare model, rule and options,
// and refuse what differs. The Collective stays the caller's, to close after the
// optimizer: a rank that gives up must call its Close or Abort, or the others
// wait for it.
func New(c Collective, rule optim.Rule, params []descent.Param, o Options, options ...descent.Option) (*Optimizer, error) {
	if o.BucketBytes == 0 {
		o.BucketBytes = defaultBucket
	}
	if o.Wire != nil && o.Wire.Name() == wire.Float32.Name() {
		o.Wire = nil
	}
	d := &Optimizer{c: c, options: o, byName: map[string]*tensor{}, signal: newSignal()}
	d.alone = c.Size() == 1 && !d.lossy()
	d.peers = &peers{c: c, fail: d.end}
	if !d.alone {
		options = append(options[:len(options):len(options)], descent.Shard(d.peers))
	}
	opt, err := descent.New(rule, params, options...)
	d.opt = opt
	if o.BucketBytes < 0 {
		err = fmt.Errorf("distributed: buckets of %d bytes: expected at least 1, or 0 for %d", o.BucketBytes, defaultBucket)
	}
	if !d.alone {
		err = d.compare(params, err)
	}
	if err == nil && !d.alone {
		err = d.layOut(params)
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

// layOut finds out what travels where.
func (o *Optimizer) layOut(params []descent.Param) error {
	for _, p := range params {
		t := &tensor{name: p.Name(), shape: p.Shape(), value: valueOf(p), grad: gradOf(p), gradType: gradType(p)}
		t.wide = t.value.f64 != nil || t.gradType == "float64"
		if t.grad.len() == 0 {
			t.grad = memory{}
		}
		o.tensors, o.byName[t.name] = append(o.tensors, t), t
	}
	ranges := o.opt.Shares()
	o.whole = isWhole(ranges, o.tensors)
	shares := o.sharesOf(ranges)
	o.weights = level(shares, o.options.BucketBytes)
	if o.gradients = o.weights; o.options.Overlap {
		o.gradients = backwards(shares, o.options.BucketBytes)
	}
	for _, g := range ranges[o.c.Rank()] {
		t := o.byName[g.Param]
		t.first, t.mean = g.From, memory{f32: make([]float32, g.To-g.From)}
		if t.value.f64 != nil {
			t.mean = memory{f64: make([]float64, g.To-g.From)}
		}
	}
	for _, t := range o.tensors {
		if o.lossy() && !o.options.Wire.Vote() && t.value.len() > 0 {
			t.residual = make([]float32, t.value.len())
		}
		if err := t.hand(o.opt); err != nil {
			return err
		}
	}
	return nil
}

// hand gives the optimizer the memory of the averaged gradients.
func (t *tensor) hand(opt *descent.Optimizer) error {
	if t.mean.f64 != nil {
		return descent.SetGrad(opt, t.name, t.mean.f64)
	}
	return descent.SetGrad(opt, t.name, t.mean.f32)
}

// gradType is the type of a parameter's gradient or, where it is given later,
// what is expected: float64 for weights in float64, else float32.
func gradType(p descent.Param) string {
	if g := gradOf(p); !g.missing() {
		return g.typeName()
	}
	if valueOf(p).f64 != nil {
		return "float64"
	}
	return "float32"
}

// isWhole reports whether every rank has all weights.
func isWhole(ranges [][]descent.Range, tensors []*tensor) bool {
	total := 0
	for _, t := range tensors {
		total += t.value.len()
	}
	for _, list := range ranges {
		n := 0
		for _, g := range list {
			n += g.To - g.From
		}
		if n != total {
			return false
		}
	}
	return true
}

// lossy reports whether gradients travel in another form.
func (o *Optimizer) lossy() bool { return o.options.Wire != nil }

// Step makes one update from the ranks' gradients as they are.
func (o *Optimizer) Step() error {
	if o.alone || o.opt.NeedsFunc() {
		return o.opt.Step()
	}
	_, err := o.step(nil)
	return err
}

// StepFunc makes one update with gradients that f computes on this rank's part
// of the batch, as descent.Optimizer.StepFunc does. The loss is the mean of all
// ranks'; with an error of f, on all ranks a [RankError], it is that rank's. In a
// batch of n examples rank r of N should take those from r*n/N to below
// (r+1)*n/N, and divide the sum of its losses by n/N.
func (o *Optimizer) StepFunc(f func() (float64, error)) (loss float64, err error) {
	if o.alone || f == nil {
		return o.opt.StepFunc(f)
	}
	return o.step(f)
}

func (o *Optimizer) step(f func() (float64, error)) (loss float64, err error) {
	if err := o.usable(); err != nil {
		return 0, err
	}
	o.f, o.stepping, o.made = f, true, o.opt.Updates()
	defer func() { o.f, o.stepping = nil, false }()
	loss, err = o.opt.StepFunc(o.gradient)
	o.stepping = false
	if o.failed != nil {
		return loss, o.failed
	}
	if err == nil && o.opt.Waiting() == 0 || o.opt.NeedsFunc() { // points of the rule's own have been in the weights
		if e := o.share(); e != nil {
			return loss, e
		}
	}
	var rank *RankError
	if errors.As(err, &rank) {
		return loss, rank
	}
	return loss, o.blame(err)
}

// usable reports why ranks cannot exchange anything now.
func (o *Optimizer) usable() error {
	if o.stepping {
		return errors.New("distributed: a step is under way: the function of StepFunc may compute gradients and call Ready and SetGrad, no more")
	}
	return o.failed
}

// share gives every rank the weights of all.
func (o *Optimizer) share() error {
	if o.whole {
		return nil
	}
	return o.end(o.gather(func(t *tensor) memory { return t.value }))
}

// end keeps an error of the Collective, which ends everything.
func (o *Optimizer) end(err error) error {
	if o.failed == nil {
		o.failed = err
	}
	return err
}

// gradient takes this rank's gradient and averages it with the others'.
func (o *Optimizer) gradient() (loss float64, err error) {
	if o.opt.NeedsFunc() {
		if err := o.share(); err != nil {
			return 0, err
		}
	}
	loss, own, err := o.average()
	if err != nil {
		return 0, o.end(err)
	}
	loss, err = o.agree(loss, own)
	if err != nil || !o.whole {
		return loss, err
	}
	return loss, o.end(o.gather(func(t *tensor) memory { return t.mean }))
}

// local computes this rank's gradient.
func (o *Optimizer) local() (loss float64, err error) {
	if o.f != nil {
		loss, err = o.f()
	}
	if names := o.signal.unknown(); err == nil && len(names) > 0 {
		err = fmt.Errorf("Ready was told of %q: no parameters", names)
	}
	for _, t := range o.tensors {
		if err == nil && t.lacks() && !o.opt.Frozen(t.name) {
			err = errNoGradient(t.name)
		}
	}
	return loss, err
}

// lacks reports whether the gradient is missing.
func (t *tensor) lacks() bool { return t.grad.missing() && t.value.len() > 0 }

func errNoGradient(name string) error {
	return fmt.Errorf("parameter %s has no gradient: give one to NewParam or SetGrad, or Freeze it", name)
}
