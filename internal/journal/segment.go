package journal

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// errTorn is that of a segment whose last frame was not written whole.
var errTorn = errors.New("the last records were not written whole")

// segmentName is the file of the records from first on.
func segmentName(first uint64) string { return fmt.Sprintf("%020d.log", first) }

// A reader reads the frames of a segment.
type reader struct {
	path   string
	file   io.ReaderAt
	size   int64 // of the file, in bytes
	offset int64 // of the next frame
	next   uint64
	in     *bufio.Reader
	body   []byte
}

func newReader(path string, file io.ReaderAt, size int64, first uint64) *reader {
	in := bufio.NewReaderSize(io.NewSectionReader(file, 0, size), 1<<16)
	return &reader{path: path, file: file, size: size, next: first, in: in}
}

// each calls f with every record from the given number on. It returns nil at the end
// of the file, f's error as it is, and errTorn where the last frame is torn; r.offset
// and r.next are then behind the last whole one.
func (r *reader) each(from uint64, f func(n uint64, record []byte) error) error {
	for r.offset < r.size {
		count, err := r.frame()
		if err != nil {
			return err
		}
		ok, err := unpack(r.body, r.next, count, func(n uint64, record []byte) error {
			if n < from {
				return nil
			}
			return f(n, record)
		})
		if err != nil {
			return err
		}
		if !ok {
			return r.damaged("the lengths of its records do not add up")
		}
		r.offset += headerBytes + int64(len(r.body))
		r.next += uint64(count)
	}
	return nil
}

// frame reads the next frame into r.body and returns the number of its records.
func (r *reader) frame() (count uint32, err error) {
	var header [headerBytes]byte
	if r.size-r.offset < headerBytes {
		return 0, errTorn
	}
	if _, err := io.ReadFull(r.in, header[:]); err != nil {
		return 0, fmt.Errorf("%s: %w", r.path, err)
	}
	if binary.LittleEndian.Uint32(header[12:]) != headerSum(header[:], r.next) {
		return 0, r.tornOr(headerBytes, "the checksum of its header does not match")
	}
	length := int64(binary.LittleEndian.Uint32(header[:]))
	if length > r.size-r.offset-headerBytes {
		return 0, errTorn
	}
	if int64(cap(r.body)) < length {
		r.body = make([]byte, length)
	}
	r.body = r.body[:length]
	if _, err := io.ReadFull(r.in, r.body); err != nil {
		return 0, fmt.Errorf("%s: %w", r.path, err)
	}
	if binary.LittleEndian.Uint32(header[8:]) != crc32.Checksum(r.body, castagnoli) {
		return 0, r.tornOr(headerBytes+length, "its checksum does not match")
	}
	return binary.LittleEndian.Uint32(header[4:]), nil
}

// tornOr tells a frame of that many bytes that was not written whole from a damaged
// one: a crash leaves less of it than there should be, or zeros in place of its end.
func (r *reader) tornOr(bytes int64, why string) error {
	in := bufio.NewReaderSize(io.NewSectionReader(r.file, r.offset, r.size-r.offset), 1<<16)
	written := int64(0)
	for i := int64(1); ; i++ {
		b, err := in.ReadByte()
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("%s: %w", r.path, err)
		}
		if b != 0 {
			written = i
		}
	}
	if written < bytes {
		return errTorn
	}
	return r.damaged(why)
}

// damaged is the error of the next frame.
func (r *reader) damaged(why string) error {
	return fmt.Errorf("%s is damaged at byte %d, record %d: %s; "+
		"put the file back from a copy, or begin a new folder with the newest snapshot of this one", r.path, r.offset, r.next, why)
}
