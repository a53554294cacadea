package journal

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
)

// appendFrame appends the records of calls as a frame.
func appendFrame(content []byte, first uint64, calls []*call) []byte {
	out := bytes.NewBuffer(bytes.Clone(content))
	if _, err := newFrames().write(out, first, calls); err != nil {
		panic(err) // a Buffer has no errors
	}
	return out.Bytes()
}

// appendRaw appends a frame with any body, its checksums right.
func appendRaw(content []byte, first uint64, body []byte, count uint32) []byte {
	header := make([]byte, headerBytes)
	binary.LittleEndian.PutUint32(header, uint32(len(body)))
	binary.LittleEndian.PutUint32(header[4:], count)
	binary.LittleEndian.PutUint32(header[8:], crc32.Checksum(body, castagnoli))
	binary.LittleEndian.PutUint32(header[12:], headerSum(header, first))
	return append(append(append([]byte{}, content...), header...), body...)
}
