package journal

import (
	"bufio"
	"encoding/binary"
	"hash/crc32"
	"io"
)

// A frame holds the records of one write:
//
//	0   the length of the body in bytes, uint32
//	4   the number of its records, uint32
//	8   the checksum of the body, uint32
//	12  the checksum of the above and of the number of the first record, uint32
//	16  the body: the records, each behind its length as an unsigned varint, and endMark
//
// Numbers are little-endian, checksums CRC-32C. Frames follow each other without gaps.
const headerBytes = 16

// endMark ends every frame. It is not 0 and does not become 0 by the flip of a bit, so
// a frame that a crash has left with zeros at its end was not written whole.
const endMark = '\n'

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// frames writes frames. Short records are gathered in the buffer; those that do not
// fit into it are written from where they are.
type frames struct{ buf *bufio.Writer }

func newFrames() frames { return frames{bufio.NewWriterSize(nil, 1<<16)} }

// write writes the records of calls as a frame and says how many bytes that takes. It
// goes through them twice, since their checksum comes before them.
func (f frames) write(out io.Writer, first uint64, calls []*call) (bytes int64, err error) {
	body, count := &summer{}, 0
	if err := f.body(body, nil, calls); err != nil {
		return 0, err
	}
	for _, c := range calls {
		count += c.count()
	}
	header := make([]byte, headerBytes)
	binary.LittleEndian.PutUint32(header, uint32(body.bytes))
	binary.LittleEndian.PutUint32(header[4:], uint32(count))
	binary.LittleEndian.PutUint32(header[8:], body.sum)
	binary.LittleEndian.PutUint32(header[12:], headerSum(header, first))
	return headerBytes + body.bytes, f.body(out, header, calls)
}

// body writes a header and the body behind it.
func (f frames) body(out io.Writer, header []byte, calls []*call) error {
	f.buf.Reset(out)
	_, _ = f.buf.Write(header) // Flush tells an error
	for _, c := range calls {
		if c.joined {
			f.record(c.records...)
			continue
		}
		for _, record := range c.records {
			f.record(record)
		}
	}
	_ = f.buf.WriteByte(endMark)
	return f.buf.Flush()
}

// record writes a record, given in parts, behind its length.
func (f frames) record(parts ...[]byte) {
	n := 0
	for _, part := range parts {
		n += len(part)
	}
	_, _ = f.buf.Write(binary.AppendUvarint(f.buf.AvailableBuffer(), uint64(n)))
	for _, part := range parts {
		_, _ = f.buf.Write(part)
	}
}

// summer counts what is written to it and has its checksum.
type summer struct {
	bytes int64
	sum   uint32
}

func (s *summer) Write(p []byte) (int, error) {
	s.bytes, s.sum = s.bytes+int64(len(p)), crc32.Update(s.sum, castagnoli, p)
	return len(p), nil
}

// headerSum is the checksum of a header of which the first record has that number.
func headerSum(header []byte, first uint64) uint32 {
	var number [8]byte
	binary.LittleEndian.PutUint64(number[:], first)
	return crc32.Update(crc32.Checksum(header[:12], castagnoli), castagnoli, number[:])
}

// unpack calls f with each record of a body, counted from first, and says whether the
// body is one of count records.
func unpack(body []byte, first uint64, count uint32, f func(n uint64, record []byte) error) (ok bool, err error) {
	for i := range uint64(count) {
		length, n := binary.Uvarint(body)
		if n <= 0 || length > uint64(len(body)-n) {
			return false, nil
		}
		if err := f(first+i, body[n:n+int(length):n+int(length)]); err != nil {
			return true, err
		}
		body = body[n+int(length):]
	}
	return len(body) == 1 && body[0] == endMark, nil
}
