package journal

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// TestFullDisk fills a real file system in memory, where one may be mounted.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("no small file system can be mounted: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	hog := filepath.Join(dir, "hog")
	if err := os.WriteFile(hog, make([]byte, 128<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	l := open(t, dir, Options{SegmentBytes: 10_000})
	fill := func() {
		for {
			_, err := l.Append([][]byte{record(l.Next())}, nil)
			if err != nil {
				if !errors.Is(err, ErrFull) || !errors.Is(err, unix.ENOSPC) {
					t.Errorf("error %v", err)
				}
				return
			}
		}
	}
	fill()
	full := l.Next()
	check(t, l, 0, full)
	if err := l.Snapshot(full, func(w io.Writer) error { _, err := w.Write(make([]byte, 1<<20)); return err }); !errors.Is(err, ErrFull) {
		t.Errorf("error %v", err)
	}
	if err := os.Remove(hog); err != nil {
		t.Fatal(err)
	}
	add(t, l, 100)
	fill()
	closeLog(t, l)
	l = open(t, dir, Options{})
	if l.Next() <= full+100 || len(l.Notes()) > 0 {
		t.Errorf("%d records, notes %q", l.Next(), l.Notes())
	}
	check(t, l, 0, l.Next())
	closeLog(t, l)
}
