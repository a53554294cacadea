package journal

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// segment is a file of count records, and where each begins.
func segment(count uint64) (content []byte, begins []int) {
	for n := range count {
		begins = append(begins, len(content))
		content = appendFrame(content, n, []*call{{records: [][]byte{record(n)}}})
	}
	return content, append(begins, len(content))
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestTorn cuts the file at every byte, and puts zeros behind as some file systems do:
// the records that are whole are there, and the log goes on behind them.
func TestTorn(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, segmentName(0))
	content, begins := segment(4)
	for cut := range len(content) + 1 {
		for _, zeros := range []int{0, 20, 5000} {
			write(t, path, append(bytes.Clone(content[:cut]), make([]byte, zeros)...))
			whole := uint64(0)
			for begins[whole] < cut && begins[whole+1] <= cut {
				whole++
			}
			torn := cut + zeros - begins[whole]
			l := open(t, dir, Options{})
			want := fmt.Sprintf("%s: the last %d bytes, from byte %d on, were not written whole", path, torn, begins[whole])
			if notes := strings.Join(l.Notes(), "\n"); torn > 0 && !strings.HasPrefix(notes, want) || torn == 0 && notes != "" {
				t.Fatalf("cut at %d, %d zeros: notes %q", cut, zeros, l.Notes())
			}
			check(t, l, 0, whole)
			add(t, l, 1)
			closeLog(t, l)
			l = open(t, dir, Options{})
			check(t, l, 0, whole+1)
			if len(l.Notes()) > 0 {
				t.Fatalf("cut at %d: again notes %q", cut, l.Notes())
			}
			closeLog(t, l)
		}
	}
}

// TestFlipped flips every bit of the last file, and of one before it.
func TestFlipped(t *testing.T) {
	flips(t, func(dir string) error {
		l, err := Open(dir, Options{})
		if err == nil {
			closeLog(t, l)
		}
		return err
	})

	var l *Log
	flips(t, func(dir string) error {
		if l == nil {
			write(t, filepath.Join(dir, segmentName(5)), nil)
			l = open(t, dir, Options{})
		}
		return l.Replay(0, func(n uint64, r []byte) error {
			if !bytes.Equal(r, record(n)) {
				t.Errorf("record %d is %q", n, r)
			}
			return nil
		})
	})
}

// flips wants an error of read for every bit of the first file that is flipped.
func flips(t *testing.T, read func(dir string) error) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, segmentName(0))
	content, begins := segment(5)
	at := 0
	for i := range content {
		if i == begins[at+1] {
			at++
		}
		for bit := range 8 {
			content[i] ^= 1 << bit
			write(t, path, content)
			content[i] ^= 1 << bit
			want := fmt.Sprintf("journal: %s is damaged at byte %d, record %d: ", path, begins[at], at)
			if err := read(dir); err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Fatalf("bit %d of byte %d: error %v, want %s", bit, i, err, want)
			}
		}
	}
}

// TestDamage spoils more than a bit.
func TestDamage(t *testing.T) {
	content, begins := segment(20)
	zeros := func(from, to int) []byte {
		spoiled := bytes.Clone(content)
		clear(spoiled[from:to])
		return spoiled
	}
	for name, spoiled := range map[string][]byte{
		"zeros in the middle":      zeros(begins[5], begins[8]),
		"zeros at the begin":       zeros(0, begins[19]),
		"a record twice":           append(bytes.Clone(content[:begins[6]]), content[begins[5]:]...),
		"a record missing":         append(bytes.Clone(content[:begins[5]]), content[begins[6]:]...),
		"something behind":         append(bytes.Clone(content), "something behind it"...),
		"text":                     []byte("this is no log, it is a text"),
		"lengths do not add up":    appendRaw(content, 20, []byte{9, 'a', '\n'}, 1),
		"too many for their count": appendRaw(content, 20, []byte{1, 'a', 1, 'b', '\n'}, 1),
		"a length without end":     appendRaw(content, 20, []byte{0x80, 0x80}, 1),
		"no mark at the end":       appendRaw(content, 20, []byte{1, 'a', 'b'}, 1),
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, segmentName(0))
		write(t, path, spoiled)
		if _, err := Open(dir, Options{}); err == nil || !strings.HasPrefix(err.Error(), "journal: "+path+" is damaged at byte ") {
			t.Errorf("%s: error %v", name, err)
		}
		if left, err := os.ReadFile(path); err != nil || !bytes.Equal(left, spoiled) {
			t.Errorf("%s: the file was changed", name)
		}
	}
}

// TestMissing takes files away.
func TestMissing(t *testing.T) {
	o := Options{SegmentBytes: 1}
	five := func() string {
		dir := t.TempDir()
		l := open(t, dir, o)
		add(t, l, 5)
		closeLog(t, l)
		return dir
	}
	remove := func(dir string, first uint64) {
		if err := os.Remove(filepath.Join(dir, segmentName(first))); err != nil {
			t.Fatal(err)
		}
	}

	dir := five()
	remove(dir, 2)
	err := open(t, dir, o).Replay(0, func(uint64, []byte) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "misses the records from 2 to 2") {
		t.Errorf("error %v", err)
	}

	dir = five()
	remove(dir, 0)
	if _, err := Open(dir, o); err == nil || !strings.Contains(err.Error(), "begins with record 1, and there is no whole snapshot") {
		t.Errorf("error %v", err)
	}

	dir = five()
	path := filepath.Join(dir, segmentName(1))
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, content[:len(content)-1])
	err = open(t, dir, o).Replay(0, func(uint64, []byte) error { return nil })
	if err == nil || !strings.Contains(err.Error(), path+" is damaged at byte 0, record 1: the file ends within it") {
		t.Errorf("error %v", err)
	}
}
