package journal

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// maxGroup is the number of bytes from which on no more calls join a write. One call
// may be longer.
const maxGroup = 4 << 20

// A file is the part of *os.File that a segment is written through.
type file interface {
	WriteAt(p []byte, offset int64) (int, error)
	Truncate(size int64) error
	Sync() error
	Close() error
}

// openFile opens a segment to be written. Tests replace it by one whose disk is full.
var openFile = func(path string, flag int) (file, error) { return os.OpenFile(path, flag, 0o600) }

// errApply is that of a log whose learner is not in the state of its records.
var errApply = errors.New("a function that Append was given to apply has panicked; open the log anew")

// A call is one of Append or AppendParts.
type call struct {
	records [][]byte
	joined  bool // they are the parts of one record
	apply   func(first uint64)
	first   uint64
	err     error
	done    chan struct{} // closed when first and err are set
}

// Append puts records at the end of the log and returns the number of the first of
// them; the others follow it. It returns when they are on disk, all or, after an error,
// none. Calls that come while others are being written share one write and one fsync.
// The records must not change meanwhile.
//
// Once its records are on disk, and before Append returns, apply is called with the
// number of the first, unless it is nil: one call at a time, in the order of the log.
// So the state of a learner that learns in there is always that of the records before
// some number. Append without records writes nothing; its apply sees the state that the
// records before first have led to, as a snapshot needs it. apply must not call the
// log and must not panic.
//
// An error that wraps [ErrFull] leaves the log as it was, ready for other records.
// After an fsync that failed nobody knows what is on disk: nothing can be appended
// until the log is opened anew, which may find the records of the failed call there.
func (l *Log) Append(records [][]byte, apply func(first uint64)) (first uint64, err error) {
	return l.append(&call{records: records, apply: apply, done: make(chan struct{})})
}

// AppendParts is Append of one record, whose parts, which need not lie together in
// memory, are given in order. Long ones are written from where they are.
func (l *Log) AppendParts(parts [][]byte, apply func(first uint64)) (first uint64, err error) {
	return l.append(&call{records: parts, joined: true, apply: apply, done: make(chan struct{})})
}

func (l *Log) append(c *call) (first uint64, err error) {
	if c.bytes() > math.MaxInt32 {
		return 0, fmt.Errorf("journal: %d records take %d bytes together, at most %d can be appended at once", c.count(), c.bytes(), math.MaxInt32)
	}
	l.queue.Lock()
	l.waiting = append(l.waiting, c)
	l.queue.Unlock()

	select {
	case <-c.done: // by another call
	case l.turn <- struct{}{}:
		l.lead(c)
	}
	if c.err != nil {
		return 0, fmt.Errorf("journal: %w", c.err)
	}
	return c.first, nil
}

// lead writes what waits, until c is done.
func (l *Log) lead(c *call) {
	defer func() { <-l.turn }()
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		select {
		case <-c.done:
			return
		default:
			l.commit(l.group())
		}
	}
}

// count is the number of the records.
func (c *call) count() int {
	if c.joined {
		return 1
	}
	return len(c.records)
}

// bytes is what the records take in a frame, or a little more. (In an int of 32 bits
// it would overflow.)
func (c *call) bytes() int64 {
	n := int64(0)
	for _, record := range c.records {
		n += int64(len(record)) + 5
	}
	return n
}

// group takes those calls that are written next out of the queue.
func (l *Log) group() []*call {
	l.queue.Lock()
	defer l.queue.Unlock()
	n, bytes := 0, int64(0)
	for n < len(l.waiting) && (n == 0 || bytes+l.waiting[n].bytes() <= maxGroup) {
		bytes += l.waiting[n].bytes()
		n++
	}
	calls := slices.Clone(l.waiting[:n])
	l.waiting = slices.Delete(l.waiting, 0, n)
	return calls
}

// commit brings the records of calls to disk and applies them.
func (l *Log) commit(calls []*call) {
	defer func() {
		for _, c := range calls {
			close(c.done)
		}
	}()
	first := l.next.Load()
	err := l.write(first, calls)
	for _, c := range calls {
		c.first, c.err = first, cmp.Or(err, errApply)
		first += uint64(c.count())
	}
	if err != nil {
		return
	}
	l.err = errApply // unless all return
	for _, c := range calls {
		if c.apply != nil {
			c.apply(c.first)
		}
		c.err = nil
	}
	l.err = nil
}

// write brings the records of calls to disk, all or none.
func (l *Log) write(first uint64, calls []*call) error {
	count := 0
	for _, c := range calls {
		count += c.count()
	}
	if l.err != nil || count == 0 {
		return l.err
	}
	if err := l.ready(first); err != nil {
		return full(err)
	}
	bytes, err := l.out.write(io.NewOffsetWriter(l.file, l.size), first, calls)
	if err != nil {
		l.dirty = true
		return full(errors.Join(err, l.clean()))
	}
	start := time.Now()
	if err := l.file.Sync(); err != nil {
		l.dirty = true
		return l.fail(errors.Join(err, l.clean()))
	}
	l.size += bytes
	l.next.Store(first + uint64(count))
	if l.options.Synced != nil {
		l.options.Synced(count, int(bytes), time.Since(start))
	}
	return nil
}

// ready makes the last segment one that can be written.
func (l *Log) ready(first uint64) error {
	if err := l.clean(); err != nil {
		return err
	}
	if l.size < l.options.SegmentBytes {
		return nil
	}
	return l.begin(first)
}

// clean takes away what a failed write left behind.
func (l *Log) clean() error {
	if !l.dirty {
		return nil
	}
	err := l.file.Truncate(l.size)
	l.dirty = err != nil
	return err
}

// begin makes the segment of the records from first on.
func (l *Log) begin(first uint64) error {
	next, err := openFile(filepath.Join(l.dir, segmentName(first)), os.O_CREATE|os.O_EXCL|os.O_WRONLY)
	if err != nil {
		return err
	}
	if err := syncDir(l.dir); err != nil {
		return errors.Join(l.fail(err), next.Close())
	}
	if l.file != nil {
		_ = l.file.Close() // all of it is on disk
	}
	l.file, l.size = next, 0
	l.segments = append(l.segments, first)
	return nil
}

// fail ends appending after an fsync that failed: the system may have forgotten what
// it did not write, and says so only once. The error is none of a full disk, after
// which the log goes on.
func (l *Log) fail(err error) error {
	l.err = fmt.Errorf("records could not be brought to disk: %v; nothing more is acknowledged before the log is opened anew", err)
	return l.err
}

// full adds ErrFull to the errors of a full disk.
func full(err error) error {
	if isFull(err) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}
