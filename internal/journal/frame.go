package journal

import (
	"encoding/binary"
	"hash/crc32"
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

// appendFrame appends the records of calls as a frame to buf.
func appendFrame(buf []byte, first uint64, calls []*call) []byte {
	start := len(buf)
	buf = append(buf, make([]byte, headerBytes)...)
	count := 0
	for _, c := range calls {
		for _, record := range c.records {
			buf = binary.AppendUvarint(buf, uint64(len(record)))
			buf = append(buf, record...)
		}
		count += len(c.records)
	}
	buf = append(buf, endMark)
	header, body := buf[start:start+headerBytes], buf[start+headerBytes:]
	binary.LittleEndian.PutUint32(header, uint32(len(body)))
	binary.LittleEndian.PutUint32(header[4:], uint32(count))
	binary.LittleEndian.PutUint32(header[8:], crc32.Checksum(body, castagnoli))
	binary.LittleEndian.PutUint32(header[12:], headerSum(header, first))
	return buf
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
