package server

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/internal/littleendian"
)

// recordVersion begins every record of the log, which is a push.
const recordVersion = 1

// record is a push, with what its pull was given.
type record struct {
	worker  string
	seq     uint64
	version uint64 // updates made when the weights were pulled
	unit    int
	grads   []distributed.Tensor
}

// recordOf writes the push of a worker, in parts: its gradients are not copied.
// Tensors are known by their place.
func (c *Core) recordOf(w *worker, grads []distributed.Tensor) (parts [][]byte) {
	b := binary.AppendUvarint([]byte{recordVersion}, uint64(len(w.name)))
	b = append(b, w.name...)
	b = binary.AppendUvarint(b, w.seq)
	b = binary.AppendUvarint(b, w.version)
	b = binary.AppendVarint(b, int64(w.unit))
	b = binary.AppendUvarint(b, uint64(len(grads)))
	for _, g := range grads {
		b = binary.AppendUvarint(b, uint64(c.byName[g.Name]))
		parts, b = append(parts, b, littleendian.Bytes(g.Data)), nil
	}
	return append(parts, b) // where there are no gradients
}

// errRecord is that of a record that no server has written.
var errRecord = errors.New("a record of the log is no push of this model")

// readRecord reads a record: its gradients into room, which has memory for each
// tensor or gets it, or not at all where room is nil.
func (c *Core) readRecord(b []byte, room [][]float32) (r record, err error) {
	if len(b) == 0 || b[0] != recordVersion {
		return r, fmt.Errorf("%w: it is of another version", errRecord)
	}
	in := reader{b[1:]}
	r.worker = string(in.bytes(in.uvarint()))
	r.seq, r.version, r.unit = in.uvarint(), in.uvarint(), int(in.varint())
	for n := in.uvarint(); room != nil && n > 0 && in.b != nil; n-- {
		at := in.uvarint()
		if at >= uint64(len(c.tensors)) {
			return r, errRecord
		}
		g := c.tensors[at].Tensor
		raw := in.bytes(4 * uint64(len(g.Data)))
		if in.b == nil {
			return r, errRecord
		}
		if room[at] == nil {
			room[at] = make([]float32, len(g.Data))
		}
		g.Data = room[at]
		for i := range g.Data {
			g.Data[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		}
		r.grads = append(r.grads, g)
	}
	if in.b == nil || room != nil && len(in.b) > 0 {
		return r, errRecord
	}
	return r, nil
}

// reader reads a record from its begin; b is nil after what is not there.
type reader struct{ b []byte }

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	r.skip(n)
	return v
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.b)
	r.skip(n)
	return v
}

func (r *reader) skip(n int) {
	if n <= 0 {
		r.b = nil
		return
	}
	r.b = r.b[n:]
}

func (r *reader) bytes(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.b = nil
		return nil
	}
	part := r.b[:n]
	r.b = r.b[n:]
	return part
}
