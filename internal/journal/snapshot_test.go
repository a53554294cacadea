package journal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// keep makes a snapshot that says of how many records it is.
func keep(t *testing.T, l *Log, n uint64) {
	t.Helper()
	if err := l.Snapshot(n, state(n)); err != nil {
		t.Fatal(err)
	}
	latest(t, l, n)
}

func state(n uint64) func(io.Writer) error {
	return func(w io.Writer) error { _, err := fmt.Fprintf(w, "the state after %d records", n); return err }
}

// latest wants the newest snapshot to be that of the records before want.
func latest(t *testing.T, l *Log, want uint64) {
	t.Helper()
	n, path, ok := l.Latest()
	content, err := os.ReadFile(path)
	if err != nil || !ok || n != want || string(content) != fmt.Sprintf("the state after %d records", n) {
		t.Fatalf("snapshot %d, %v, in it %q, %v; want %d", n, ok, content, err, want)
	}
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		if entry.Name() != "lock" {
			names = append(names, entry.Name()[10:])
		}
	}
	return names
}

func TestSnapshot(t *testing.T) {
	dir := t.TempDir()
	o := Options{SegmentBytes: 1}
	l := open(t, dir, o)
	if n, path, ok := l.Latest(); n != 0 || path != "" || ok {
		t.Errorf("snapshot %d, %q, %v", n, path, ok)
	}
	for _, step := range []struct {
		n     uint64
		files []string
	}{
		{3, []string{"0000000000.log", "0000000001.log", "0000000002.log", "0000000003-98f023ed.snapshot", "0000000003.log"}},
		{7, nil},
		{8, nil},
	} {
		add(t, l, int(step.n+1-l.Next()))
		keep(t, l, step.n)
		keep(t, l, step.n) // changes nothing
		if got := names(t, dir); step.files != nil && !slices.Equal(got, step.files) {
			t.Errorf("files %q", got)
		}
	}
	var got []string
	for _, name := range names(t, dir) {
		got = append(got, name[:10]+filepath.Ext(name))
	}
	if want := []string{"0000000007.snapshot", "0000000007.log", "0000000008.snapshot", "0000000008.log"}; !slices.Equal(got, want) {
		t.Errorf("files %q, want %q", got, want)
	}
	check(t, l, 7, 9)
	if err := l.Replay(6, nil); err == nil || !strings.Contains(err.Error(), "begins with record 7") {
		t.Errorf("error %v", err)
	}
	closeLog(t, l)
	l = open(t, dir, o)
	latest(t, l, 8)
	check(t, l, 8, 9)
	add(t, l, 1)

	for n, want := range map[uint64]string{11: "the log ends before record 10", 7: "there is a newer one, of those before 8"} {
		if err := l.Snapshot(n, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// TestSnapshotFails has the state fail to be written, and the process end in the middle.
func TestSnapshotFails(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, Options{SegmentBytes: 1})
	add(t, l, 5)
	keep(t, l, 2)
	keep(t, l, 3)
	before := names(t, dir)
	failure := errors.New("cannot be told")
	err := l.Snapshot(5, func(w io.Writer) error { return errors.Join(state(5)(w), failure) })
	if !errors.Is(err, failure) || !strings.HasPrefix(err.Error(), "journal: snapshot of the records before 5: ") {
		t.Errorf("error %v", err)
	}
	if after := names(t, dir); !slices.Equal(after, before) {
		t.Errorf("files %q, before %q", after, before)
	}
	latest(t, l, 3)
	closeLog(t, l)

	write(t, filepath.Join(dir, temporary), []byte("the state af"))
	l = open(t, dir, Options{})
	latest(t, l, 3)
	check(t, l, 3, 5)
	if after := names(t, dir); !slices.Equal(after, before) {
		t.Errorf("files %q, before %q", after, before)
	}
	keep(t, l, 5)
}

// TestSnapshotDamaged spoils the newest snapshot: the one before it is taken, and
// everything since then is still in the log, also after further snapshots.
func TestSnapshotDamaged(t *testing.T) {
	dir := t.TempDir()
	o := Options{SegmentBytes: 1}
	l := open(t, dir, o)
	add(t, l, 4)
	keep(t, l, 2)
	for end := uint64(4); end < 8; end++ {
		keep(t, l, end)
		_, path, _ := l.Latest()
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		closeLog(t, l)
		content[len(content)/2] ^= 1
		write(t, path, content)
		l = open(t, dir, o)
		if notes := l.Notes(); len(notes) != 1 || !strings.Contains(notes[0], path+" is damaged") {
			t.Errorf("notes %q", notes)
		}
		latest(t, l, 2)
		check(t, l, 2, end)
		add(t, l, 1)
	}
}

// TestSnapshotWithoutLog takes files away that a snapshot needs.
func TestSnapshotWithoutLog(t *testing.T) {
	o := Options{SegmentBytes: 1}
	for first, want := range map[uint64]string{
		0: "no log beside it", 4: "ends before record 4", 7: "begins with record 7, but",
	} {
		dir := t.TempDir()
		l := open(t, dir, o)
		add(t, l, 6)
		keep(t, l, 6)
		add(t, l, 2)
		closeLog(t, l)
		for n := range uint64(8) {
			if first < 7 && n >= first || first == 7 && n < first {
				if err := os.Remove(filepath.Join(dir, segmentName(n))); err != nil {
					t.Fatal(err)
				}
			}
		}
		if _, err := Open(dir, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
