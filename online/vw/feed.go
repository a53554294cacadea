package vw

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"

	"github.com/descent-go/descent/online"
)

const (
	batches       = 4       // in flight between the goroutines
	batchExamples = 256     // at most in one
	batchFeatures = 1 << 15 // beyond so many it is full too
)

// batch is examples on their way from the goroutine that reads to the one that
// learns, in order. Batches go round, so that nothing is allocated once they
// have grown.
type batch struct {
	x   []online.Example
	n   int
	end bool  // of a pass, after the examples
	err error // ended reading, after the examples
}

// feed reads examples ahead.
type feed struct {
	ctx        context.Context
	full, free chan *batch

	mu      sync.Mutex
	pending *batch // is being filled
}

func newFeed(ctx context.Context) *feed {
	f := &feed{ctx: ctx, full: make(chan *batch, batches), free: make(chan *batch, batches)}
	for range batches {
		f.free <- &batch{x: make([]online.Example, batchExamples)}
	}
	return f
}

// run reads all passes; open gives the reader of the next one, or io.EOF, and
// prepare is called for every example.
func (f *feed) run(open func() (online.Reader, error), prepare func(*online.Example)) {
	defer close(f.full)
	for {
		r, err := open()
		if err == nil {
			err = f.pass(r, prepare)
		}
		switch {
		case err == io.EOF:
			f.send(func(b *batch) { b.err = io.EOF })
			return
		case err != nil:
			f.send(func(b *batch) { b.err = err })
			return
		}
	}
}

// pass reads to the end of one pass.
func (f *feed) pass(r online.Reader, prepare func(*online.Example)) error {
	features := 0
	for {
		x := f.next()
		if x == nil {
			return f.ctx.Err()
		}
		switch err := r.Read(x); {
		case err == io.EOF:
			f.send(func(b *batch) { b.end = true })
			return nil
		case err != nil:
			return err
		}
		prepare(x)
		features += len(x.Hashes)
		if full := f.keep(features); full {
			features = 0
		}
	}
}

// next is the example to fill, nil where the run has ended.
func (f *feed) next() *online.Example {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.pending == nil {
		select {
		case f.pending = <-f.free:
		case <-f.ctx.Done():
			return nil
		}
		f.pending.n, f.pending.end, f.pending.err = 0, false, nil
	}
	return &f.pending.x[f.pending.n]
}

// keep counts the example that was filled, and sends the batch when it is full.
func (f *feed) keep(features int) (full bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pending.n++
	if f.pending.n < batchExamples && features < batchFeatures {
		return false
	}
	f.full <- f.pending
	f.pending = nil
	return true
}

// send sends what is there with a last word.
func (f *feed) send(say func(*batch)) {
	if f.next() == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	say(f.pending)
	f.full <- f.pending
	f.pending = nil
}

// eager is a stream whose examples are learned before more of it is waited for,
// as those who talk with the program through pipes need it.
type eager struct {
	io.Reader
	f *feed
}

// Read reads, after what was read before has been sent on.
func (e eager) Read(p []byte) (int, error) {
	e.f.flush()
	return e.Reader.Read(p)
}

// flush sends what is complete of the batch that is being filled.
func (f *feed) flush() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.pending == nil || f.pending.n == 0 {
		return
	}
}

// isRegular reports whether a stream is a file on a disk.
func isRegular(r io.Reader) bool {
	f, ok := r.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode().IsRegular()
}

var errStop = errors.New("stopped")
