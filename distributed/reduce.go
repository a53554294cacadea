package distributed

import (
	"errors"
	"slices"
	"sync"
)

// lane is the memory of a bucket on its way.
type lane struct {
	send   [][]byte // what this rank adds to the pieces of each
	packed [][]byte // where that is put together
	came   [][]byte // what the others add to this rank's piece
}

// signal says which gradients are final.
type signal struct {
	mu     sync.Mutex
	change sync.Cond
	all    bool     // f has returned
	names  []string // that Ready was given and no parameter has
}

func newSignal() *signal {
	s := &signal{}
	s.change.L = &s.mu
	return s
}

// Ready says, within the function of StepFunc, that the gradients of these
// parameters are final, so that they can travel while it computes others. It may
// be called from any goroutine. Without Options.Overlap it does nothing.
func (o *Optimizer) Ready(names ...string) {
	if o.alone || !o.options.Overlap {
		return
	}
	o.signal.mu.Lock()
	defer o.signal.mu.Unlock()
	for _, name := range names {
		if t := o.byName[name]; t != nil {
			t.ready = true
		} else {
			o.signal.names = append(o.signal.names, name)
		}
	}
	o.signal.change.Broadcast()
}

// begin says that no gradient is final.
func (s *signal) begin(tensors []*tensor) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all, s.names = false, nil
	for _, t := range tensors {
		t.ready = false
	}
}

// finish says that all gradients are final.
func (s *signal) finish() {
	s.mu.Lock()
	s.all = true
	s.mu.Unlock()
	s.change.Broadcast()
}

// unknown is the names that Ready was given and no parameter has.
func (s *signal) unknown() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.names
}

// await returns when the gradients of a bucket are final.
func (o *Optimizer) await(b bucket) {
	s := o.signal
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range b {
		for _, sp := range p {
			for !sp.ready && !s.all {
				s.change.Wait()
			}
		}
	}
}

// average averages the gradients of all ranks; own is an error of this rank's
// function, with which it goes through the exchanges all the same.
func (o *Optimizer) average() (loss float64, own, err error) {
	o.signal.begin(o.tensors)
	var averaged chan error
	if o.options.Overlap {
		averaged = make(chan error, 1)
		go func() { averaged <- o.reduce() }()
	}
	returned := false
	defer func() {
		if returned {
			return
		}
		o.c.Abort(errors.New("the function of StepFunc has panicked"))
		if o.signal.finish(); averaged != nil {
			<-averaged
		}
	}()
	loss, own = o.local()
	returned = true
	o.signal.finish()
	if averaged != nil {
		return loss, own, <-averaged
	}
	return loss, own, o.reduce()
}

// reduce sends every bucket's gradients to the ranks that have its weights, which average them.
func (o *Optimizer) reduce() error {
	if o.lossy() {
		return pipeline(o.c, len(o.gradients), o.encode, o.decode)
	}
	return pipeline(o.c, len(o.gradients), o.send, o.fold)
}

// lane gives the memory of the k-th bucket.
func (o *Optimizer) lane(k int) *lane {
	l := &o.lanes[k%2]
	if l.send == nil {
		n := o.c.Size()
		l.send, l.packed, l.came = make([][]byte, n), make([][]byte, n), make([][]byte, n)
	}
	return l
}

// exchange is the parts of an exchange. What this rank adds to its own piece stays here.
func (l *lane) exchange(rank int) (send, recv [][]byte) {
	send, recv = slices.Clone(l.send), slices.Clone(l.came)
	send[rank], recv[rank] = nil, nil
	return send, recv
}

// all is what all ranks add to this rank's piece.
func (l *lane) all(rank int) [][]byte {
	all := slices.Clone(l.came)
	all[rank] = l.send[rank]
	return all
}

// send starts the exchange of the k-th bucket.
func (o *Optimizer) send(k int) (send, recv [][]byte) {
	b, l := o.gradients[k], o.lane(k)
	o.await(b)
	mine := b[o.c.Rank()].bytes(wireWidth)
	for r, p := range b {
		l.send[r] = p.gradient(&l.packed[r])
		l.came[r] = grow(l.came[r], mine)
	}
	return l.exchange(o.c.Rank())
}

// gradient is the gradient of a piece as it travels: the memory itself if it can
// be, else a copy.
func (p piece) gradient(copied *[]byte) []byte {
	if len(p) == 1 && p[0].grad.width() == wireWidth(p[0].tensor) && !p[0].grad.missing() {
		return p[0].grad.bytes(p[0].from, p[0].to)
	}
	*copied = grow(*copied, p.bytes(wireWidth))
	p.each(*copied, wireWidth, func(s span, data []byte) {
		if s.wide {
			read(numbersIn[float64](data), s.grad, s.from)
		} else {
			read(numbersIn[float32](data), s.grad, s.from)
		}
	})
	return *copied
}

// fold averages the gradients of the k-th bucket that have come.
func (o *Optimizer) fold(k int) error {
	l, rank := o.lane(k), o.c.Rank()
	came := l.all(rank)
	end := 0
	for _, s := range o.gradients[k][rank] {
		at := place(end)
		end = at + (s.to-s.from)*wireWidth(s.tensor)
		s.fold(came, at, end)
	}
	return nil
}

// fold averages what all ranks have sent for a span, which is at the same place of each.
func (s span) fold(came [][]byte, at, end int) {
	from, to := s.from-s.first, s.to-s.first
	if !s.wide {
		fold(s.mean.f32[from:to], views[float32](came, at, end), Mean)
		return
	}
	ranks := views[float64](came, at, end)
	if s.mean.f64 != nil {
		fold(s.mean.f64[from:to], ranks, Mean)
	} else {
		foldNarrow(s.mean.f32[from:to], ranks)
	}
}

func views[T Number](came [][]byte, at, end int) [][]T {
	ranks := make([][]T, len(came))
	for r := range came {
		ranks[r] = numbersIn[T](came[r][at:end])
	}
	return ranks
}
