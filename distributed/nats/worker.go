package nats

import (
	"context"
	"sync"
	"time"
)

// worker is what is remembered of a worker: its last pull and its last push.
type worker struct {
	name       string
	pull, push *task

	mu      sync.Mutex
	used    time.Time
	waiting int  // questions that wait for an answer
	leaves  bool // it has said that it knows that all work is done, or that it leaves
}

// mostWaiting is how many questions of a worker wait at once; more of the same
// are not looked at.
const mostWaiting = 8

// task is a pull or a push at work. A question that comes again finds it.
type task struct {
	seq    uint64
	silent *time.Timer   // ends a task that nobody waits for
	over   chan struct{} // closed when there is an answer
	answer message
}

// finished reports whether there is an answer.
func (t *task) finished() bool {
	select {
	case <-t.over:
		return true
	default:
		return false
	}
}

// worker finds a worker, or nil where there are too many.
func (s *service) worker(name string) *worker {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.workers[name]
	if w == nil && len(s.workers) < mostWorkers {
		w = &worker{name: name}
		s.workers[name] = w
	}
	if w != nil {
		w.mu.Lock()
		w.used = time.Now()
		w.mu.Unlock()
	}
	return w
}

// leave remembers that a worker will not ask any more, unless it comes again: then
// it counts anew.
func (w *worker) leave() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.leaves, w.pull, w.push = true, nil, nil
}

// deserted reports whether every worker knows that all is done, or has left, or
// has not been heard of for so long. A server that has been started again knows no
// workers at first, and gives them as long to come back.
func (s *service) deserted(silent time.Duration) bool {
	if s.again && time.Since(s.began) < silent {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.workers {
		w.mu.Lock()
		here := !w.leaves && time.Since(w.used) < silent
		w.mu.Unlock()
		if here {
			return false
		}
	}
	return true
}

// forgetIdle forgets workers that are not heard of. The parameter server knows
// what it has to know.
func (s *service) forgetIdle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, w := range s.workers {
		w.mu.Lock()
		if time.Since(w.used) > forget && w.waiting == 0 {
			delete(s.workers, name)
		}
		w.mu.Unlock()
	}
}

// start has a task done, unless it is or has been, and answers when it is, or
// that it is not yet.
func (s *service) start(slot **task, w *worker, to string, m *message, work func(context.Context) message) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := *slot
	if t != nil && t.seq > m.id {
		s.reply(to, refuse(m, w.name, "%v %d comes after %d: has another worker the same name?", m.kind, m.id, t.seq))
		return
	}
	if w.waiting == mostWaiting {
		return
	}
	if t == nil || t.seq < m.id || t.finished() && s.stale(&t.answer) {
		if t != nil && t.finished() {
			s.blobs.free(t.answer.at) // nobody wants the weights of a pull before
		}
		t = s.do(m.id, work)
		*slot = t
	}
	t.silent.Reset(silence)
	w.waiting++
	if !m.early() {
		w.leaves = false
	}
	s.tasks.Go(func() {
		a := s.await(t, m)
		if m.early() && a.status == ok {
			s.blobs.serve(s.conn, to, message{id: a.at, at: m.at, size: m.size})
		} else {
			s.reply(to, a)
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		w.waiting--
	})
}

// do begins a task.
func (s *service) do(seq uint64, work func(context.Context) message) *task {
	ctx, cancel := context.WithCancel(s.ctx)
	t := &task{seq: seq, over: make(chan struct{}), silent: time.AfterFunc(silence, cancel)}
	s.tasks.Go(func() {
		defer cancel()
		t.answer = work(ctx)
		close(t.over)
	})
	return t
}

// await is the answer of a task, or that it is not there yet.
func (s *service) await(t *task, m *message) *message {
	timer := time.NewTimer(hold)
	defer timer.Stop()
	select {
	case <-t.over:
		return &t.answer
	case <-timer.C:
	case <-s.ctx.Done():
	}
	return &message{kind: m.kind, status: wait, id: m.id}
}

// stale reports whether an answer is of no use to one who asks again: it failed,
// or the weights that it tells of are gone.
func (s *service) stale(a *message) bool {
	return a.status == failed || a.status == full || a.kind == askPull && a.status == ok && len(a.data) == 0 && a.size > 0 && !s.blobs.has(a.at)
}
