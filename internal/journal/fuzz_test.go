package journal

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// FuzzSegment reads any bytes as a segment. What is whole of it, which is where Open
// cuts a torn one, reads the same again and can be written behind.
func FuzzSegment(f *testing.F) {
	content, begins := segment(4)
	f.Add(content)
	f.Add(content[:len(content)-3])
	f.Add(append(bytes.Clone(content[:begins[2]+5]), make([]byte, 30)...))
	f.Add(appendFrame(content[:begins[1]], 1, []*call{{records: [][]byte{nil, []byte("two")}}, {records: [][]byte{make([]byte, 200)}}}))
	f.Add(appendRaw(content, 4, []byte{9, 'a', '\n'}, 1))
	f.Add(appendRaw(nil, 0, []byte("\n"), 0))
	f.Fuzz(func(t *testing.T, content []byte) {
		records, r, err := readAll(content)
		if err != nil && !errors.Is(err, errTorn) && !strings.Contains(err.Error(), "x is damaged at byte ") {
			t.Fatalf("error %v", err)
		}
		if r.offset > int64(len(content)) || (err == nil) != (r.offset == int64(len(content))) {
			t.Fatalf("read to byte %d of %d, %v", r.offset, len(content), err)
		}
		whole := content[:r.offset:r.offset]
		whole = appendFrame(whole, r.next, []*call{{records: [][]byte{content}}})
		again, _, err := readAll(whole)
		if err != nil || len(again) != len(records)+1 || !bytes.Equal(again[len(records)], content) {
			t.Fatalf("read %d records, then %d, %v", len(records), len(again), err)
		}
		for i, record := range records {
			if !bytes.Equal(record, again[i]) {
				t.Fatalf("record %d is %q, then %q", i, record, again[i])
			}
		}
	})
}

// readAll reads the records of the whole frames of a segment.
func readAll(content []byte) (records [][]byte, r *reader, err error) {
	r = newReader("x", bytes.NewReader(content), int64(len(content)), 0)
	var frames [][]byte
	before := r.offset
	err = r.each(0, func(_ uint64, record []byte) error {
		if r.offset != before {
			records, frames, before = append(records, frames...), nil, r.offset
		}
		frames = append(frames, bytes.Clone(record))
		return nil
	})
	if r.offset != before {
		records = append(records, frames...)
	}
	return records, r, err
}
