package serve

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/descent-go/descent/internal/journal"
	"github.com/descent-go/descent/online"
)

// Service is a learner with its store. Its methods may be called from any
// goroutine.
type Service struct {
	o       Options
	log     logbook
	origin  string // the hash of the model that the store began with
	learner *online.Learner

	// model guards the learner. It is held for writing while one example is
	// learned.
	model sync.RWMutex
	sums  sums // guarded by model

	// still is held for reading by what learns, and for writing by what needs
	// the model to stand still for longer, while predictions go on.
	still sync.RWMutex

	batches  sync.Pool
	queued   atomic.Int64 // bytes of what waits to be learned
	trouble  atomic.Pointer[error]
	fresh    fresh // since the last snapshot
	weights  strongest
	history  history
	metrics  *metrics
	started  time.Time
	snapshot chan struct{} // asks for one
	retry    time.Duration // after which a snapshot that failed is tried again: learning waits meanwhile
	stop     chan struct{}
	stopped  sync.WaitGroup
	closing  sync.Once
	closed   error
}

// logbook is what the service needs of a journal.Log.
type logbook interface {
	Append(records [][]byte, apply func(first uint64)) (first uint64, err error)
	Replay(from uint64, f func(n uint64, record []byte) error) error
	Snapshot(n uint64, write writing) error
	Latest() (n uint64, path string, ok bool)
	Next() uint64
	Close() error
}

// sums are what has been learned, in the order of the log.
type sums struct{ loss, weight float64 }

// average is the progressive loss; NaN before the first example.
func (s sums) average() float64 { return s.loss / s.weight }

// snapshotRetry is usually Service.retry.
const snapshotRetry = 30 * time.Second

// fresh counts what a snapshot would spare the next start.
type fresh struct{ examples, bytes atomic.Int64 }

// Open starts a service with the store in a folder. An empty one begins with
// the learner given; otherwise the learner may be nil, and must else be as the
// one that the store began with. The service alone may use the learner from
// then on. The errors are those of a store that another process uses, is
// damaged or of another model.
func Open(dir string, start *online.Learner, o Options) (*Service, error) {
	if err := o.fill(); err != nil {
		return nil, err
	}
	if _, err := os.Stat(dir); start == nil && errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("serve: the store %s is empty: give the model that it is to begin with", dir)
	}
	s := &Service{o: o, started: time.Now(), snapshot: make(chan struct{}, 1), retry: snapshotRetry, stop: make(chan struct{})}
	s.metrics = newMetrics(s)
	log, err := journal.Open(dir, journal.Options{Synced: s.metrics.synced})
	if err != nil {
		return nil, fmt.Errorf("serve: %w", err)
	}
	for _, note := range log.Notes() {
		o.Log.Warn(note)
	}
	s.log = log
	if err := s.restore(dir, start); err != nil {
		return nil, fmt.Errorf("serve: %w", errors.Join(err, log.Close()))
	}
	s.batches.New = func() any { return newBatch(s.learner, &s.o) }
	s.history.record(s.look())
	s.stopped.Add(2)
	go s.snapshots()
	go s.watch()
	return s, nil
}

// Close makes a last snapshot and gives the store back. Learning is over then;
// the caller sees to it that no request is under way. Where the snapshot fails
// the log has all that was learned, and the next start takes longer.
func (s *Service) Close() error {
	s.closing.Do(func() {
		close(s.stop)
		s.stopped.Wait()
		err := s.keep()
		if err != nil {
			err = fmt.Errorf("no last snapshot was made, the log has all that was learned: %w", err)
		}
		if err = errors.Join(err, s.log.Close()); err != nil {
			s.closed = fmt.Errorf("serve: %w", err)
		}
	})
	return s.closed
}

// snapshots makes snapshots when they are asked for or due, until Close.
func (s *Service) snapshots() {
	defer s.stopped.Done()
	due := time.NewTicker(s.o.SnapshotTime)
	defer due.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-s.snapshot:
		case <-due.C:
		}
		if err := s.keep(); err != nil {
			s.o.Log.Error("no snapshot was made; the log keeps all", "error", err, "again_in", s.retry)
			select {
			case <-s.stop:
				return
			case <-time.After(s.retry):
			}
		}
	}
}

// learned counts what was learned, and asks for a snapshot where it is much.
func (s *Service) learned(examples, bytes int) {
	all, text := s.fresh.examples.Add(int64(examples)), s.fresh.bytes.Add(int64(bytes))
	if all < int64(s.o.SnapshotExamples) && text < int64(s.o.SnapshotBytes) {
		return
	}
	select {
	case s.snapshot <- struct{}{}:
	default: // one is asked for
	}
}
