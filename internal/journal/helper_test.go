package journal

import (
	"encoding/binary"
	"hash/crc32"
)

// appendRaw appends a frame with any body, its checksums right.
func appendRaw(content []byte, first uint64, body []byte, count uint32) []byte {
	header := make([]byte, headerBytes)
	binary.LittleEndian.PutUint32(header, uint32(len(body)))
	binary.LittleEndian.PutUint32(header[4:], count)
	binary.LittleEndian.PutUint32(header[8:], crc32.Checksum(body, castagnoli))
	binary.LittleEndian.PutUint32(header[12:], headerSum(header, first))
	return append(append(append([]byte{}, content...), header...), body...)
}
