package engine

import (
	"sync"
	"sync/atomic"
)

// task is work that goroutines share by taking the numbers of its items.
type task struct {
	next, end atomic.Int64
	run       func(worker, item int)
	limit     int // of workers

	mu     sync.Mutex
	idle   *sync.Cond
	active int // goroutines of the pool that are at it
	joined int // workers of this round
}

// pool is the goroutines that serve every optimizer of the process. They
// sleep while there is nothing to do.
var pool = struct {
	sync.Mutex
	size  int
	tasks chan *task
}{tasks: make(chan *task, 256)}

func newTask(run func(worker, item int)) *task {
	t := &task{run: run}
	t.idle = sync.NewCond(&t.mu)
	return t
}

// parallel runs items 0 to n-1 on the caller and up to threads-1 goroutines of
// the pool, and returns when all are done. A goroutine that comes late finds
// nothing left, or helps with a later round.
func (t *task) parallel(n, threads int) {
	t.mu.Lock()
	t.limit, t.joined = threads, 1
	t.end.Store(int64(n))
	t.next.Store(0) // both under the lock, or a goroutine that comes late would see one of them
	t.mu.Unlock()
	helpers := min(threads, n) - 1
	if helpers > 0 {
		wake(t, helpers)
	}
	t.work(0)
	t.mu.Lock()
	for t.active > 0 {
		t.idle.Wait()
	}
	t.mu.Unlock()
}

func (t *task) work(worker int) {
	for {
		i := t.next.Add(1) - 1
		if i >= t.end.Load() {
			return
		}
		t.run(worker, int(i))
	}
}

// help is what a goroutine of the pool does with a task.
func (t *task) help() {
	t.mu.Lock()
	worker := t.joined
	if worker >= t.limit || t.next.Load() >= t.end.Load() {
		t.mu.Unlock()
		return
	}
	t.joined++
	t.active++
	t.mu.Unlock()
	t.work(worker)
	t.mu.Lock()
	if t.active--; t.active == 0 {
		t.idle.Signal()
	}
	t.mu.Unlock()
}

// wake asks n goroutines of the pool for help, starting those it lacks.
func wake(t *task, n int) {
	pool.Lock()
	for ; pool.size < n; pool.size++ {
		go func() {
			for t := range pool.tasks {
				t.help()
			}
		}()
	}
	pool.Unlock()
	for range n {
		select {
		case pool.tasks <- t:
		default: // many optimizers are asking; the caller works alone
		}
	}
}
