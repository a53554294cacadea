package nats

import (
	"fmt"

	"github.com/descent-go/descent/distributed/wire"
)

// feedback is what the encoding of a worker's gradients for a server has lost,
// by tensor. It is added to the next gradient.
type feedback struct {
	lost map[string][]float32
	seq  uint64 // of the push that is under way, 0 is none
	data []byte // that push, encoded
	next map[string][]float32
}

// encode gives a share of a gradient as it travels, and what is to be called
// when it has been applied. A push that is tried again travels as it did before.
func (c *Client) encode(s *share, worker string, seq uint64) (memory, func()) {
	if c.codec == wire.Float32 {
		return s.data(), func() {}
	}
	key := fmt.Sprint(s.place.Index, " ", worker)
	c.mu.Lock()
	f := c.feedback[key]
	if f == nil {
		f = &feedback{lost: map[string][]float32{}}
		c.feedback[key] = f
	}
	c.mu.Unlock()
	if f.seq != seq {
		f.begin(c.codec, s, seq)
	}
	return bytesOf(f.data), f.settle
}

// begin encodes a gradient with what was lost before.
func (f *feedback) begin(codec wire.Codec, s *share, seq uint64) {
	size := 0
	for _, t := range s.tensors {
		size += codec.Size(len(t.Data))
	}
	f.seq, f.data, f.next = seq, make([]byte, size), map[string][]float32{}
	data := f.data
	for _, t := range s.tensors {
		x := append([]float32(nil), t.Data...)
		for i, v := range f.lost[t.Name] {
			x[i] += v
		}
		n := codec.Size(len(x))
		codec.Encode(data[:n], x)
		f.next[t.Name], data = x, data[n:]
	}
}

// settle counts the push under way as applied.
func (f *feedback) settle() {
	for name, x := range f.next {
		f.lost[name] = x
	}
	f.seq, f.data, f.next = 0, nil, nil
}
