package source

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/descent-go/descent/online"
)

// What an example in a cache has, in its first number.
const (
	hasWeight = 1 << iota // other than 1
	hasBase               // other than 0
	hasNames
	blankLine
	allOnes // its values are, and not written
)

// appendExample appends an example's form in a cache. Hashes and values are
// whole words, which are read fastest.
func appendExample(b []byte, x *online.Example) []byte {
	flags := flagsOf(x)
	b = binary.AppendUvarint(b, flags)
	b = binary.AppendUvarint(b, uint64(x.Line))
	b = appendFloat(b, x.Label)
	if flags&hasWeight != 0 {
		b = appendFloat(b, x.Weight)
	}
	if flags&hasBase != 0 {
		b = appendFloat(b, x.Base)
	}
	b = append(binary.AppendUvarint(b, uint64(len(x.Tag))), x.Tag...)
	b = binary.AppendUvarint(b, uint64(len(x.Hashes)))
	for _, h := range x.Hashes {
		b = binary.LittleEndian.AppendUint32(b, h)
	}
	if flags&allOnes == 0 {
		for _, v := range x.Values {
			b = appendFloat(b, v)
		}
	}
	b = binary.AppendUvarint(b, uint64(len(x.Groups)))
	for _, g := range x.Groups {
		b = binary.AppendUvarint(append(b, g.Name), uint64(g.From))
		b = binary.AppendUvarint(b, uint64(g.To))
	}
	for _, name := range x.Names {
		b = append(binary.AppendUvarint(b, uint64(len(name))), name...)
	}
	return b
}

func flagsOf(x *online.Example) (flags uint64) {
	for flag, is := range [...]bool{x.Weight != 1, x.Base != 0, len(x.Names) > 0, x.Blank, !slices.ContainsFunc(x.Values, func(v float32) bool { return v != 1 })} {
		if is {
			flags |= 1 << flag
		}
	}
	return flags
}

func appendFloat(b []byte, v float32) []byte {
	return binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
}

// A decoder takes numbers off a block.
type decoder struct {
	b   []byte
	bad bool // there were too few bytes
}

// take returns the next n bytes.
func (d *decoder) take(n uint64) []byte {
	if n > uint64(len(d.b)) {
		d.b, d.bad = nil, true
		return nil
	}
	p := d.b[:n]
	d.b = d.b[n:]
	return p
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.b, d.bad = nil, true
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) float() float32 {
	p := d.take(4)
	if d.bad {
		return 0
	}
	return math.Float32frombits(binary.LittleEndian.Uint32(p))
}

func (d *decoder) example(x *online.Example) {
	x.Reset()
	flags := d.uvarint()
	x.Line = int(d.uvarint())
	x.Label = d.float()
	if flags&hasWeight != 0 {
		x.Weight = d.float()
	}
	if flags&hasBase != 0 {
		x.Base = d.float()
	}
	x.Tag = append(x.Tag, d.take(d.uvarint())...)
	x.Blank = flags&blankLine != 0
	n := d.uvarint()
	d.features(x, n, flags&allOnes != 0)
	for range d.uvarint() {
		name := d.take(1)
		from, to := d.uvarint(), d.uvarint()
		if d.bad || from > to || to > n {
			d.bad = true
			return
		}
		x.Groups = append(x.Groups, online.Group{Name: name[0], From: int(from), To: int(to)})
	}
	if flags&hasNames != 0 {
		for range n {
			if x.Names = append(x.Names, string(d.take(d.uvarint()))); d.bad {
				return
			}
		}
	}
}

// features takes n hashes, and n values where they are not all 1.
func (d *decoder) features(x *online.Example, n uint64, ones bool) {
	if n > uint64(len(d.b)) {
		d.bad = true
		return
	}
	hashes := d.take(4 * n)
	if d.bad {
		return
	}
	x.Hashes = grow(x.Hashes, int(n))
	for i := range x.Hashes {
		x.Hashes[i] = binary.LittleEndian.Uint32(hashes)
		hashes = hashes[4:]
	}
	x.Values = grow(x.Values, int(n))
	if ones {
		for i := range x.Values {
			x.Values[i] = 1
		}
		return
	}
	values := d.take(4 * n)
	if d.bad {
		return
	}
	for i := range x.Values {
		x.Values[i] = math.Float32frombits(binary.LittleEndian.Uint32(values))
		values = values[4:]
	}
}

func grow[T any](s []T, n int) []T { return slices.Grow(s[:0], n)[:n] }
