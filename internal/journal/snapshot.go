package journal

import (
	"bufio"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// temporary is the file that becomes a snapshot.
const temporary = "snapshot.tmp"

// A snapshot is a file with the state after the records before n. Its name has the
// CRC-32C of what is in it.
type snapshot struct {
	n   uint64
	sum uint32
}

func (s snapshot) name() string { return fmt.Sprintf("%020d-%08x.snapshot", s.n, s.sum) }

// parseSnapshot gives the snapshot of a file's name.
func parseSnapshot(name string) (s snapshot, ok bool) {
	_, err := fmt.Sscanf(name, "%d-%x.snapshot", &s.n, &s.sum)
	return s, err == nil && name == s.name()
}

// Latest returns the newest snapshot that was whole when the log was opened: the number
// of the first record that it does not know, which is where Replay goes on, and its
// file, in which is what was written by the function given to Snapshot and nothing
// else. ok is false, and n is 0, if there is none.
func (l *Log) Latest() (n uint64, path string, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.snapshots) == 0 {
		return 0, "", false
	}
	s := l.snapshots[len(l.snapshots)-1]
	return s.n, filepath.Join(l.dir, s.name()), true
}

// Snapshot keeps the state that the records before n have led to, which write writes.
// The snapshot is there whole, on disk, or not at all. Then the files of the log that
// hold no record since the snapshot before this one are removed, and all snapshots but
// these two: should the newest be damaged one day, the one before leads to the same
// state. Appends go on meanwhile; another Snapshot waits.
func (l *Log) Snapshot(n uint64, write func(io.Writer) error) error {
	l.snapshotting.Lock()
	defer l.snapshotting.Unlock()
	newest, _, ok := l.Latest()
	switch {
	case l.closed():
		return fmt.Errorf("journal: %w", errClosed)
	case n > l.Next():
		return fmt.Errorf("journal: snapshot of the records before %d: the log ends before record %d", n, l.Next())
	case ok && n < newest:
		return fmt.Errorf("journal: snapshot of the records before %d: there is a newer one, of those before %d", n, newest)
	case ok && n == newest:
		return nil
	}
	s, err := l.writeSnapshot(n, write)
	if err == nil {
		err = l.keep(s)
	}
	if err != nil {
		return fmt.Errorf("journal: snapshot of the records before %d: %w", n, full(err))
	}
	return nil
}

func (l *Log) closed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lock == nil
}

// writeSnapshot makes the file of a snapshot, on disk.
func (l *Log) writeSnapshot(n uint64, write func(io.Writer) error) (snapshot, error) {
	path := filepath.Join(l.dir, temporary)
	file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return snapshot{}, err
	}
	sum := crc32.New(castagnoli)
	out := bufio.NewWriterSize(io.MultiWriter(file, sum), 1<<16)
	if err = write(out); err == nil {
		err = out.Flush()
	}
	if err == nil {
		err = file.Sync()
	}
	err = errors.Join(err, file.Close())
	s := snapshot{n, sum.Sum32()}
	if err == nil {
		err = os.Rename(path, filepath.Join(l.dir, s.name()))
	}
	if err != nil {
		return s, errors.Join(err, os.Remove(path))
	}
	return s, syncDir(l.dir)
}

// keep makes s the newest snapshot and removes what is not needed any more.
func (l *Log) keep(s snapshot) error {
	l.mu.Lock()
	l.snapshots = append(l.snapshots, s)
	if len(l.snapshots) > 2 {
		l.snapshots = slices.Delete(l.snapshots, 0, len(l.snapshots)-2)
	}
	kept := slices.Clone(l.snapshots)
	needed := uint64(0) // the first record that is
	if len(kept) == 2 {
		needed = kept[0].n
	}
	gone := 0
	for gone+1 < len(l.segments) && l.segments[gone+1] <= needed {
		gone++
	}
	old := slices.Clone(l.segments[:gone])
	l.segments = slices.Delete(l.segments, 0, gone)
	l.mu.Unlock()

	for _, first := range old {
		if err := os.Remove(filepath.Join(l.dir, segmentName(first))); err != nil {
			return err
		}
	}
	return l.removeSnapshots(kept)
}

// removeSnapshots removes all snapshots but those to be kept.
func (l *Log) removeSnapshots(kept []snapshot) error {
	entries, err := os.ReadDir(l.dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		s, ok := parseSnapshot(entry.Name())
		if !ok || slices.Contains(kept, s) {
			continue
		}
		if err := os.Remove(filepath.Join(l.dir, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}

// loadSnapshots finds the newest snapshot that is whole and those before it.
func (l *Log) loadSnapshots(entries []fs.DirEntry) error {
	for _, entry := range entries {
		if s, ok := parseSnapshot(entry.Name()); ok {
			l.snapshots = append(l.snapshots, s)
		}
	}
	for len(l.snapshots) > 0 {
		last := len(l.snapshots) - 1
		whole, err := l.whole(l.snapshots[last])
		if err != nil {
			return err
		}
		if whole {
			break
		}
		l.notes = append(l.notes, fmt.Sprintf("%s is damaged and passed over", filepath.Join(l.dir, l.snapshots[last].name())))
		l.snapshots = l.snapshots[:last]
	}
	if err := os.Remove(filepath.Join(l.dir, temporary)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// whole says whether what is in a snapshot is what was written.
func (l *Log) whole(s snapshot) (bool, error) {
	file, err := os.Open(filepath.Join(l.dir, s.name()))
	if err != nil {
		return false, err
	}
	defer func() { _ = file.Close() }()
	sum := crc32.New(castagnoli)
	_, err = io.Copy(sum, file)
	return sum.Sum32() == s.sum, err
}
