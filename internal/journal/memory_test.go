package journal

import (
	"bytes"
	"runtime"
	"slices"
	"testing"
)

// TestMemory appends and replays records that are long: their bytes are not copied,
// and memory for one is enough to read all.
func TestMemory(t *testing.T) {
	l := open(t, t.TempDir(), Options{SegmentBytes: 1}) // a file for each
	parts := [][]byte{[]byte("a "), bytes.Repeat([]byte("long"), 1<<20), nil, []byte(" record")}
	whole := slices.Concat(parts...)
	appended := allocated(func() {
		for range 4 {
			if _, err := l.AppendParts(parts, nil); err != nil {
				t.Fatal(err)
			}
			if _, err := l.Append([][]byte{whole, whole}, nil); err != nil {
				t.Fatal(err)
			}
		}
	})
	if appended > len(whole)/2 {
		t.Errorf("appending records of %d bytes has taken memory for %d", len(whole), appended)
	}
	count := 0
	replayed := allocated(func() {
		err := l.Replay(0, func(n uint64, record []byte) error {
			if count++; !bytes.Equal(record, whole) {
				t.Errorf("record %d has %d bytes, expected %d", n, len(record), len(whole))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	if count != 12 || replayed > 6*len(whole) { // two of them are in a frame
		t.Errorf("replaying %d records of %d bytes has taken memory for %d", count, len(whole), replayed)
	}
}

// allocated is how many bytes a function takes from the heap in all.
func allocated(f func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}
