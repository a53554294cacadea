package journal

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestGroups has many goroutines append: each finds its records at its number, and all
// are applied in order, each once they are on disk.
func TestGroups(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, Options{SegmentBytes: 1000})
	applied := uint64(0) // guarded by the log
	var all [][]byte
	var wait sync.WaitGroup
	for g := range 16 {
		wait.Go(func() {
			for i := range 50 {
				batch := [][]byte{fmt.Appendf(nil, "%d %d a", g, i), fmt.Appendf(nil, "%d %d b", g, i)}[:i%3]
				var told uint64
				first, err := l.Append(batch, func(first uint64) {
					told = first
					if first != applied || l.Next() < first+uint64(len(batch)) {
						t.Errorf("applied record %d after %d, with %d on disk", first, applied, l.Next())
					}
					applied += uint64(len(batch))
					all = append(all, batch...)
				})
				if err != nil || told != first {
					t.Errorf("%v, number %d, told %d", err, first, told)
				}
			}
		})
	}
	wait.Wait()
	if l.Next() != 16*(17*1+16*2) || len(all) != int(l.Next()) {
		t.Errorf("%d records", l.Next())
	}
	err := l.Replay(0, func(n uint64, r []byte) error {
		if !bytes.Equal(r, all[n]) {
			t.Errorf("record %d is %q, %q was applied", n, r, all[n])
		}
		all[n] = nil
		return nil
	})
	if err != nil || slices.ContainsFunc(all, func(r []byte) bool { return r != nil }) {
		t.Errorf("%v, not all replayed", err)
	}
}

// together has count goroutines call f, which appends, so that one call writes for all.
func together(l *Log, count int, f func()) {
	l.mu.Lock() // as if others were being written
	var wait sync.WaitGroup
	for range count {
		wait.Go(f)
	}
	for waiting := 0; waiting < count; {
		runtime.Gosched()
		l.queue.Lock()
		waiting = len(l.waiting)
		l.queue.Unlock()
	}
	l.mu.Unlock()
	wait.Wait()
}

// TestShared sees that calls which wait are brought to disk together.
func TestShared(t *testing.T) {
	dir := t.TempDir()
	var writes []string
	told := func(records, bytes int, fsync time.Duration) {
		writes = append(writes, fmt.Sprint(records, bytes, fsync > 0))
	}
	l := open(t, dir, Options{Synced: told})
	together(l, 100, func() {
		if _, err := l.Append([][]byte{{1}}, nil); err != nil {
			t.Error(err)
		}
	})
	if _, err := l.Append(nil, nil); err != nil { // writes nothing
		t.Error(err)
	}
	info, err := os.Stat(filepath.Join(dir, segmentName(0)))
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{fmt.Sprint(100, info.Size(), true)}; !slices.Equal(writes, want) {
		t.Errorf("writes %q, want %q", writes, want)
	}
}

func TestLong(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, Options{})
	long := bytes.Repeat([]byte("long"), maxGroup)
	var wait sync.WaitGroup
	for range 3 {
		wait.Go(func() {
			if _, err := l.Append([][]byte{long, nil, long}, nil); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	closeLog(t, l)
	l = open(t, dir, Options{})
	err := l.Replay(0, func(n uint64, r []byte) error {
		if want := n%3 != 1; want != bytes.Equal(r, long) || !want && len(r) != 0 {
			t.Errorf("record %d has %d bytes", n, len(r))
		}
		return nil
	})
	if err != nil || l.Next() != 9 {
		t.Errorf("%v, %d records", err, l.Next())
	}
}

func TestTooLong(t *testing.T) {
	l := open(t, t.TempDir(), Options{})
	long := make([]byte, 64<<20)
	if _, err := l.Append(slices.Repeat([][]byte{long}, 32), nil); err == nil || !strings.Contains(err.Error(), "at most 2147483647 can be appended at once") {
		t.Errorf("error %v", err)
	}
	add(t, l, 1)
}

// TestPanic has functions given to Append panic: nothing is learned after a record that
// was not, and nobody waits for ever.
func TestPanic(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, Options{})
	var panics, refused atomic.Int32
	together(l, 3, func() {
		defer func() {
			if recover() != nil {
				panics.Add(1)
			}
		}()
		if _, err := l.Append([][]byte{{1}}, func(uint64) { panic("learner") }); err != nil {
			refused.Add(1)
		}
	})
	if panics.Load() != 1 || refused.Load() != 2 {
		t.Errorf("%d panicked, %d refused", panics.Load(), refused.Load())
	}
	if _, err := l.Append([][]byte{{1}}, func(uint64) { t.Error("applied") }); err == nil || !strings.Contains(err.Error(), "panicked") {
		t.Errorf("error %v", err)
	}
	closeLog(t, l)
	if l := open(t, dir, Options{}); l.Next() != 3 {
		t.Errorf("%d records", l.Next())
	}
}
