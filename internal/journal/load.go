package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// load finds out what is in the folder and makes it ready to be appended to.
func (l *Log) load() error {
	entries, err := os.ReadDir(l.dir) // sorted, so by number
	if err != nil {
		return err
	}
	for _, entry := range entries {
		var first uint64
		if _, err := fmt.Sscanf(entry.Name(), "%d.log", &first); err == nil && entry.Name() == segmentName(first) {
			l.segments = append(l.segments, first)
		}
	}
	if err := l.loadSnapshots(entries); err != nil {
		return err
	}
	_, snapshot, ok := l.Latest()
	switch {
	case len(l.segments) == 0 && ok:
		err = fmt.Errorf("there is %s, but no log beside it: files are missing; put them back from a copy, or begin a new folder with that snapshot", snapshot)
	case len(l.segments) == 0:
		err = l.begin(0)
	default:
		err = l.loadLast()
	}
	if err != nil {
		return err
	}
	return l.complete()
}

// loadLast reads the last segment, cuts off what is torn and brings the rest to disk: a
// process that was killed may not have come to that.
func (l *Log) loadLast() error {
	first := l.segments[len(l.segments)-1]
	path := filepath.Join(l.dir, segmentName(first))
	r, err := l.read(first, -1, first, nil, func(uint64, []byte) error { return nil })
	torn := errors.Is(err, errTorn)
	if err != nil && !torn {
		return err
	}
	l.size = r.offset
	l.next.Store(r.next)
	file, err := openFile(path, os.O_WRONLY)
	if err != nil {
		return err
	}
	l.file = file
	if torn {
		l.notes = append(l.notes, fmt.Sprintf("%s: the last %d bytes, from byte %d on, were not written whole and are dropped: they were not acknowledged", path, r.size-r.offset, r.offset))
		err = l.file.Truncate(l.size)
	}
	return errors.Join(err, l.file.Sync(), syncDir(l.dir))
}

// complete says whether the snapshots and the segments that are there fit together.
func (l *Log) complete() error {
	newest, path, ok := l.Latest()
	switch {
	case ok && newest > l.Next():
		return fmt.Errorf("the log in %s ends before record %d, but %s was made before record %d: files of the log are missing; put them back from a copy, or begin a new folder with that snapshot", l.dir, l.Next(), path, newest)
	case l.segments[0] > newest && ok:
		return fmt.Errorf("the log in %s begins with record %d, but its newest snapshot that is whole was made before record %d: the records between are missing; put the files back from a copy, or begin a new folder with that snapshot", l.dir, l.segments[0], newest)
	case l.segments[0] > newest:
		return fmt.Errorf("the log in %s begins with record %d, and there is no whole snapshot of what was before: files are missing; put them back from a copy", l.dir, l.segments[0])
	}
	return nil
}

// Replay calls f with every record from the given number on, in order. It stops at the
// first error of f, which it returns as it is, or at damage. A record may be used until
// f returns. Appends wait meanwhile, so f must not call the log.
func (l *Log) Replay(from uint64, f func(n uint64, record []byte) error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var stopped error
	err := l.replay(from, func(n uint64, record []byte) error {
		stopped = f(n, record)
		return stopped
	})
	if err != nil && stopped == nil {
		return fmt.Errorf("journal: %w", err)
	}
	return stopped
}

func (l *Log) replay(from uint64, f func(n uint64, record []byte) error) error {
	if l.lock == nil {
		return errClosed
	}
	if from < l.segments[0] {
		return fmt.Errorf("replay from record %d: the log in %s begins with record %d", from, l.dir, l.segments[0])
	}
	i, found := slices.BinarySearch(l.segments, from)
	if !found {
		i--
	}
	next, body := l.segments[i], []byte(nil)
	for ; i < len(l.segments); i++ {
		if l.segments[i] != next {
			return fmt.Errorf("the log in %s misses the records from %d to %d: put its files back from a copy", l.dir, next, l.segments[i]-1)
		}
		end := int64(-1)
		if i == len(l.segments)-1 {
			end = l.size
		}
		r, err := l.read(l.segments[i], end, from, body, f)
		if errors.Is(err, errTorn) {
			err = r.damaged("the file ends within it")
		}
		if err != nil {
			return err
		}
		next, body = r.next, r.body
	}
	return nil
}

// read calls f with the records from the given number on of a segment, up to its byte
// end or, if that is negative, to the end of the file. The reader is then behind them.
// It reads into body, or what it has made longer.
func (l *Log) read(first uint64, end int64, from uint64, body []byte, f func(n uint64, record []byte) error) (*reader, error) {
	path := filepath.Join(l.dir, segmentName(first))
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	if end < 0 {
		info, err := file.Stat()
		if err != nil {
			return nil, err
		}
		end = info.Size()
	}
	r := newReader(path, file, end, first)
	r.body = body
	return r, r.each(from, f)
}

// makeDir makes a folder, and those that it is in, and brings their names to disk.
func makeDir(dir string) error {
	err := os.Mkdir(dir, 0o700)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeDir(filepath.Dir(dir)); err != nil {
			return err
		}
		err = os.Mkdir(dir, 0o700)
	}
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return syncDir(filepath.Dir(dir))
}

// lockDir keeps other processes from opening the log in a folder, until the file that
// it returns is closed. The file stays: it is its lock that counts.
func lockDir(dir string) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	held, err := lockFile(file)
	if err == nil {
		return file, nil
	}
	_ = file.Close()
	if held {
		return nil, fmt.Errorf("%s is in use by another process: end it, or take another folder", dir)
	}
	return nil, fmt.Errorf("%s cannot be locked: %w", dir, err)
}
