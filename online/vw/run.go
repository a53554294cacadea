package vw

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/descent-go/descent/online"
	"github.com/descent-go/descent/online/source"
)

// Streams are what a run reads and writes beside files. Nil is nothing to read,
// and what is written to nil is thrown away.
type Streams struct {
	In   io.Reader // standard input
	Out  io.Writer // predictions to standard output
	Log  io.Writer // header and table
	Warn io.Writer // warnings

	// Progress, where it is not nil, is told some ten times a second how far a
	// run is, by the goroutine that learns.
	Progress func(Progress)
}

// Progress is how far a run is.
type Progress struct {
	Examples     int64 // learned from or tested on
	Pass, Passes int   // the one that is going on, from 1
	Done, Total  int64 // bytes of this pass; Total is 0 where that is not known
	Elapsed      time.Duration
}

// ErrInterrupted says that the context ended a run. What was learned till then
// is saved.
var ErrInterrupted = errors.New("vw: interrupted")

// run is one run.
type run struct {
	c        *Config
	s        Streams
	l        *online.Learner
	o        online.Options
	stats    stats
	table    *table
	preds    *output
	raw      *output
	holdout  bool
	test     bool // nothing is learned
	kept     bool // the model of an earlier pass is the one to keep
	pass     int  // from 0
	count    int  // of examples in this pass
	scores   []float32
	began    time.Time
	quality  quality
	history  *history  // nil: nobody wants it
	told     time.Time // of the progress
	logistic bool      // the loss
	wrong    int       // faults
	misfits  int       // labels that the loss does not take
	skipped  int       // examples too large to be learned
	half     bool      // a label 0 of the logistic loss was told of
}

// Run learns, or only predicts, as the options say. The result is there, too,
// where the error says that the run ended early.
func (c *Config) Run(ctx context.Context, s Streams) (*Result, error) {
	r := &run{c: c, s: s.complete(), stats: newStats()}
	if c.Quiet || c.OutputOff {
		r.s.Log = io.Discard
	}
	if c.Quiet {
		r.s.Warn = io.Discard
	}
	err := r.prepare()
	if err == nil {
		err = r.learn(ctx)
	}
	err = and(err, errors.Join(r.preds.close(), r.raw.close()))
	if r.l == nil || r.began.IsZero() {
		return nil, err
	}
	return r.finish(err)
}

// complete has something for nil.
func (s Streams) complete() Streams {
	if s.In == nil {
		s.In = strings.NewReader("")
	}
	for _, w := range []*io.Writer{&s.Out, &s.Log, &s.Warn} {
		if *w == nil {
			*w = io.Discard
		}
	}
	return s
}

// and is both errors, of which each may be none.
func and(err, more error) error {
	switch {
	case err == nil:
		return more
	case more == nil:
		return err
	}
	return errors.Join(err, more)
}

// prepare makes the learner and sees whether its files can be written.
func (r *run) prepare() (err error) {
	c := r.c
	if err := c.check(); err != nil {
		return err
	}
	r.holdout = (c.Passes > 1 || c.HoldoutAfter > 0) && !c.HoldoutOff
	r.test = c.TestOnly || c.LearningRate != nil && *c.LearningRate == 0
	if r.l, err = c.learner(r.s.In); err != nil {
		return err
	}
	r.o = r.l.Options()
	if err := c.fit(r.o); err != nil {
		return err
	}
	if r.test && c.Initial == "" {
		r.warn("no model to test: weights are what they start as; add -i MODEL")
	}
	r.logistic = r.o.Loss.Name() == "logistic"
	return c.writable()
}

// outputs opens the files of predictions, which empties earlier ones.
func (r *run) outputs() (err error) {
	if r.preds, err = newOutput(r.c.Predictions, r.s.Out); err != nil {
		return err
	}
	r.raw, err = newOutput(r.c.Raw, r.s.Out)
	return err
}

// learn feeds the learner.
func (r *run) learn(ctx context.Context) error {
	stop, cancel := context.WithCancel(ctx)
	defer cancel()
	f := newFeed(stop.Done(), r.c.stdin())
	in := &input{c: r.c, in: r.s.In, f: f, opts: r.reading(f), warn: r.warn}
	r.say(r.c.announce(r.test))
	if err := in.start(r.sayf); err != nil {
		return err
	}
	if err := r.outputs(); err != nil {
		return and(err, in.close())
	}
	r.announceLearner()
	r.table = newTable(r.s.Log, r.c, r.holdout)
	r.table.header()
	r.began = time.Now()
	r.startHistory()
	read := make(chan error, 1)
	go func() {
		f.run(in.open, r.ready)
		read <- in.close()
	}()
	err := r.take(ctx, f, in)
	cancel()
	select {
	case closed := <-read:
		return and(err, closed)
	case <-time.After(time.Second):
		return and(err, in.abandon()) // the reader waits for a stream on which nothing comes
	}
}

// ready makes an example ready to be learned; it runs where examples are read.
// Interactions and n-grams are made there too: without them reading is what
// takes longer, and Learn prepares.
func (r *run) ready(x *online.Example) {
	if r.o.Classes > 0 {
		multiclass(x)
	}
	if f := &r.o.Features; len(f.Interactions)+len(f.Ngrams) > 0 {
		r.l.Prepare(x)
	}
}

// Reading is how the examples of a learner are read: with its hashes.
func Reading(l *online.Learner) source.Options {
	o := l.Options()
	r := source.Options{Seed: o.HashSeed, Names: o.Names}
	if o.HashAll {
		r.Hash = online.HashAll
	}
	return r
}

// reading is Reading with what the run asks for.
func (r *run) reading(f *feed) source.Options {
	o := Reading(r.l)
	o.Strict, o.Report = r.c.Strict, f.fault
	return o
}

// take takes batches until there are no more.
func (r *run) take(ctx context.Context, f *feed, in *input) error {
	for {
		b, err := r.await(ctx, f)
		if err != nil {
			return err
		}
		r.faults(b)
		for _, x := range b.x[:b.n] {
			if err := r.example(x); err != nil {
				return err
			}
		}
		switch {
		case b.err == io.EOF:
			return nil
		case b.err != nil:
			return b.err
		case b.end:
			if more, err := r.endPass(); err != nil || !more {
				return err
			}
		}
		f.free <- b
		r.tell(in)
	}
}

// tell tells how far the run is.
func (r *run) tell(in *input) {
	if r.s.Progress == nil || time.Since(r.told) < 100*time.Millisecond {
		return
	}
	r.told = time.Now()
	p := Progress{Examples: r.stats.Examples, Pass: r.pass + 1, Passes: max(1, r.c.Passes), Elapsed: time.Since(r.began)}
	p.Done, p.Total = in.progress()
	r.s.Progress(p)
}

// await waits for a batch; while it waits nothing is held back.
func (r *run) await(ctx context.Context, f *feed) (*batch, error) {
	if ctx.Err() != nil {
		return nil, ErrInterrupted
	}
	select {
	case b := <-f.full:
		return b, nil
	default:
	}
	if err := errors.Join(r.preds.flush(), r.raw.flush()); err != nil {
		return nil, err
	}
	select {
	case b := <-f.full:
		return b, nil
	case <-ctx.Done():
		return nil, ErrInterrupted
	}
}
