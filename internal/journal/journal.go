// Package journal keeps what a learning service was told, on disk, before the service
// says that it knows it.
//
// A [Log] is a folder with numbered records, from 0 on, in a few files. What
// [Log.Append] acknowledges is on disk: neither the end of the process, however it
// comes, nor of the machine's power loses it. Calls from many goroutines share one
// fsync, and what they want done with their records is done in the order of the log.
// [Log.Snapshot] keeps the state that the records up to a number have led to, and then
// removes the files of records that are not needed any more. A service starts with
// [Log.Latest] and [Log.Replay].
//
// Every write has its length and a checksum. When the process or the machine ends in
// the middle of one, its records are torn: they were never acknowledged, and Open drops
// them. Anything else that does not match its checksum is damage, which Open and Replay
// report and leave as it is.
package journal

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Options say how a log is kept.
type Options struct {
	// SegmentBytes is the size in bytes at which a file of the log is full and the next
	// is begun; 64 MiB if it is 0. Snapshots remove whole files.
	SegmentBytes int64

	// Synced, unless it is nil, is told of every write that is on disk: its records, its
	// bytes and the time that its fsync took. Records wait while it runs, and it must not
	// call the log.
	Synced func(records, bytes int, fsync time.Duration)
}

// ErrFull is wrapped by the error of an Append or Snapshot for which the disk has no
// space. The log goes on when there is space again.
var ErrFull = errors.New("the disk is full")

// errClosed is that of a log after Close.
var errClosed = errors.New("the log is closed")

// A Log is a folder that this process alone has open. Its methods may be called from
// any goroutine.
type Log struct {
	dir     string
	options Options
	lock    *os.File
	notes   []string

	queue   sync.Mutex // guards waiting
	waiting []*call    // of Append, in the order in which they came

	turn chan struct{} // holds one value while a call writes for those that wait

	mu       sync.Mutex // held while records are written and applied; guards what follows
	file     file       // the last segment
	size     int64      // of what is acknowledged in it, in bytes
	dirty    bool       // whether a failed write left something behind it
	segments []uint64   // the numbers of their first records, ascending
	out      frames
	err      error // why nothing can be appended any more

	next      atomic.Uint64 // written under mu
	snapshots []snapshot    // at most two, the older first; written under mu and snapshotting

	snapshotting sync.Mutex // held while a snapshot is made
}

// Open opens the log in a folder, which it makes if there is none. The error is that of
// another process that has it open, of a damaged file, which it names, or of records
// that are missing.
func Open(dir string, o Options) (*Log, error) {
	if o.SegmentBytes < 0 {
		return nil, fmt.Errorf("journal: SegmentBytes is %d, want 0 or more", o.SegmentBytes)
	}
	if o.SegmentBytes == 0 {
		o.SegmentBytes = 64 << 20
	}
	if err := makeDir(dir); err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	lock, err := lockDir(dir)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	l := &Log{dir: dir, options: o, lock: lock, turn: make(chan struct{}, 1), out: newFrames()}
	if err := l.load(); err != nil {
		if l.file != nil {
			err = errors.Join(err, l.file.Close())
		}
		return nil, fmt.Errorf("journal: %w", errors.Join(err, lock.Close()))
	}
	return l, nil
}

// Notes tells what Open found and mended, a sentence each: records torn by a crash,
// which it dropped, and snapshots that are damaged, which it passed over.
func (l *Log) Notes() []string { return l.notes }

// Next returns the number that the next record will have, which is that of all records
// that were ever acknowledged.
func (l *Log) Next() uint64 { return l.next.Load() }

// Close lets other processes open the log. Appends under way are finished first; later
// ones fail.
func (l *Log) Close() error {
	l.snapshotting.Lock()
	defer l.snapshotting.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lock == nil {
		return fmt.Errorf("journal: %w", errClosed)
	}
	err := errors.Join(l.file.Close(), l.lock.Close())
	l.lock, l.err = nil, errClosed
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	return nil
}
