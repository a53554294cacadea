package journal

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// record is the content of the record of that number: 0 to 39 bytes.
func record(n uint64) []byte {
	return bytes.Repeat([]byte{byte(n), 0}, int(n*7)%20)
}

func open(t *testing.T, dir string, o Options) *Log {
	t.Helper()
	l, err := Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil && !errors.Is(err, errClosed) {
			t.Error(err)
		}
	})
	return l
}

func closeLog(t *testing.T, l *Log) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

// add appends count records, each on its own.
func add(t *testing.T, l *Log, count int) {
	t.Helper()
	for range count {
		want := l.Next()
		n, err := l.Append([][]byte{record(want)}, nil)
		if err != nil || n != want {
			t.Fatalf("record %d, %v; want %d", n, err, want)
		}
	}
}

// check replays and wants the records from the given number to end.
func check(t *testing.T, l *Log, from, end uint64) {
	t.Helper()
	next := from
	err := l.Replay(from, func(n uint64, r []byte) error {
		if n != next || !bytes.Equal(r, record(n)) {
			t.Fatalf("record %d is %q, want %d, %q", n, r, next, record(next))
		}
		next++
		return nil
	})
	if err != nil || next != end || l.Next() != end {
		t.Fatalf("replayed to record %d, %v, next is %d; want %d", next, err, l.Next(), end)
	}
}

func TestReopen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "log")
	for i := range uint64(5) {
		l := open(t, dir, Options{})
		check(t, l, 0, i*10)
		add(t, l, 10)
		check(t, l, i*3, i*10+10)
		if len(l.Notes()) > 0 {
			t.Errorf("notes %q", l.Notes())
		}
		closeLog(t, l)
	}
}

func TestSegments(t *testing.T) {
	dir := t.TempDir()
	o := Options{SegmentBytes: 100}
	l := open(t, dir, o)
	for i := range uint64(20) { // batches, an empty one among them
		var batch [][]byte
		for j := range i % 4 {
			batch = append(batch, record(l.Next()+j))
		}
		if _, err := l.Append(batch, nil); err != nil {
			t.Fatal(err)
		}
	}
	if len(l.segments) < 5 {
		t.Fatalf("%d segments", len(l.segments))
	}
	for from := range l.Next() {
		check(t, l, from, 30)
	}
	closeLog(t, l)
	l = open(t, dir, o)
	check(t, l, 0, 30)
	add(t, l, 10)
	check(t, l, 5, 40)
	if err := l.Replay(41, func(uint64, []byte) error { return errors.New("called") }); err != nil {
		t.Error(err)
	}
	stop := errors.New("stop")
	if err := l.Replay(7, func(n uint64, _ []byte) error { return stop }); err != stop {
		t.Error(err)
	}
}

func TestLocked(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, Options{})
	if _, err := Open(dir, Options{}); err == nil || !strings.Contains(err.Error(), dir+" is in use by another process") {
		t.Errorf("error %v", err)
	}
	closeLog(t, l)
	open(t, dir, Options{})
}

func TestClosed(t *testing.T) {
	l := open(t, t.TempDir(), Options{})
	closeLog(t, l)
	_, appended := l.Append([][]byte{{1}}, func(uint64) { t.Error("applied") })
	replayed := l.Replay(0, nil)
	kept := l.Snapshot(0, func(io.Writer) error { return nil })
	for _, err := range []error{appended, replayed, kept, l.Close()} {
		if err == nil || !strings.Contains(err.Error(), "the log is closed") {
			t.Errorf("error %v", err)
		}
	}
}

func TestOptions(t *testing.T) {
	if _, err := Open(t.TempDir(), Options{SegmentBytes: -1}); err == nil || !strings.Contains(err.Error(), "SegmentBytes is -1") {
		t.Errorf("error %v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(file, Options{}); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("error %v", err)
	}
}
