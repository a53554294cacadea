package vw

import (
	"io"
	"os"
	"sync"

	"github.com/descent-go/descent/online"
	"github.com/descent-go/descent/online/source"
)

const (
	batches       = 4       // in flight between the goroutines
	batchExamples = 64      // at most in one: what they take stays in the caches on its way
	batchFeatures = 1 << 15 // with more it is full too
	maxFaults     = 10      // told of
)

// batch is examples on their way from the goroutine that reads to the one that
// learns, in order. Batches go round, so that nothing is allocated once they
// have grown.
type batch struct {
	x   []*online.Example
	n   int
	end bool  // of a pass, after the examples
	err error // ended reading, after the examples; io.EOF is the end of all passes

	faults []source.Fault // of the lines read, the first of them
	wrong  int            // how many there are
}

// feed reads examples ahead.
type feed struct {
	done       <-chan struct{} // nobody takes examples any more
	full, free chan *batch

	live     bool       // a stream may ask for a flush, from goroutines of its own
	mu       sync.Mutex // held where it may
	pending  *batch     // is being filled
	features int        // in it
}

func newFeed(done <-chan struct{}, live bool) *feed {
	f := &feed{done: done, live: live, full: make(chan *batch, batches), free: make(chan *batch, batches)}
	for range batches {
		b := &batch{x: make([]*online.Example, batchExamples)}
		for i := range b.x {
			b.x[i] = new(online.Example)
		}
		f.free <- b
	}
	return f
}

// run reads all passes; open gives the reader of the next one, or io.EOF, and
// prepare is called for every example.
func (f *feed) run(open func() (online.Reader, error), prepare func(*online.Example)) {
	f.mu.Lock()
	more := f.renew()
	f.mu.Unlock()
	for more {
		r, err := open()
		if err == nil {
			more, err = f.pass(r, prepare)
		}
		if err != nil {
			f.send(false, err)
			return
		}
		more = more && f.send(true, nil)
	}
}

// pass reads to the end of one pass, or as long as examples are taken.
func (f *feed) pass(r online.Reader, prepare func(*online.Example)) (more bool, err error) {
	for x := f.slot(); x != nil; {
		if err := r.Read(x); err != nil {
			if err == io.EOF {
				err = nil
			}
			return true, err
		}
		prepare(x)
		x = f.keep(x)
	}
	return false, nil
}

// lock keeps others from the batch that is being filled, where there are any.
func (f *feed) lock() *feed {
	if f.live {
		f.mu.Lock()
	}
	return f
}

func (f *feed) unlock() {
	if f.live {
		f.mu.Unlock()
	}
}

// slot is the example to fill.
func (f *feed) slot() *online.Example {
	defer f.lock().unlock()
	return f.pending.x[f.pending.n]
}

// keep counts an example that is complete and gives the next to fill, nil where
// none is wanted.
func (f *feed) keep(x *online.Example) *online.Example {
	defer f.lock().unlock()
	if f.pending == nil { // a flush found so
		return nil
	}
	f.pending.n++
	f.features += len(x.Hashes)
	if f.pending.n == batchExamples || f.features >= batchFeatures {
		f.full <- f.pending
		if !f.renew() {
			return nil
		}
	}
	return f.pending.x[f.pending.n]
}

// fault sends a fault along.
func (f *feed) fault(fault source.Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.pending == nil {
		return
	}
	if len(f.pending.faults) < maxFaults {
		f.pending.faults = append(f.pending.faults, fault)
	}
	f.pending.wrong++
}

// renew begins a batch. It reports false where no more are wanted.
func (f *feed) renew() bool {
	f.pending = nil
	select {
	case f.pending = <-f.free:
	case <-f.done:
		return false
	}
	f.pending.n, f.pending.end, f.pending.err, f.pending.faults, f.features = 0, false, nil, f.pending.faults[:0], 0
	f.pending.wrong = 0
	return true
}

// send sends what is there, the end of a pass or an error after it.
func (f *feed) send(end bool, err error) (more bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.pending == nil {
		return false
	}
	f.pending.end, f.pending.err = end, err
	f.full <- f.pending
	return f.renew()
}

// flush sends the examples that are complete. The one that is being filled
// moves to the next batch.
func (f *feed) flush() {
	f.mu.Lock()
	defer f.mu.Unlock()
	b := f.pending
	if b == nil || b.n == 0 {
		return
	}
	if f.renew() {
		f.pending.x[0], b.x[b.n] = b.x[b.n], f.pending.x[0]
	}
	f.full <- b
}

// eager is a stream whose examples are learned before more of it is waited for:
// those who talk with the program through pipes need it.
type eager struct {
	io.Reader
	f *feed
}

// Read reads on, after what was read before has been sent.
func (e eager) Read(p []byte) (int, error) {
	e.f.flush()
	return e.Reader.Read(p)
}

// regular reports whether a stream is a file on a disk.
func regular(r io.Reader) bool {
	f, ok := r.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode().IsRegular()
}
