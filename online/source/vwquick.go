package source

import (
	"encoding/binary"
	"math/bits"
	"unsafe"

	"github.com/descent-go/descent/online"
)

// What is nearly every byte of large files is read eight bytes at a time:
// features whose name is a word or a number of up to seven digits and whose
// value is a plain decimal number, if they have one. feature reads all others,
// and would read these the same.

const (
	zeros  = 0x3030303030303030 // eight digits 0
	reach  = 0x7676767676767676 // sets the top bit of all but 0 to 9
	topBit = 0x8080808080808080
)

// load returns the eight bytes at p. The line feed behind a line ends all that
// is read here, and no load goes further than padding behind it; checking every
// one would make reading a fifth slower.
func load(b *byte, p int) uint64 {
	return binary.LittleEndian.Uint64((*[8]byte)(unsafe.Add(unsafe.Pointer(b), p))[:])
}

// others takes eight bytes less '0' and sets the top bit of the first one that
// is no digit.
func others(w uint64) uint64 { return ((w + reach) | w) & topBit }

// digits takes eight bytes less '0' and returns eight times the number of
// digits that they begin with.
func digits(w uint64) int { return bits.TrailingZeros64(others(w)) &^ 7 }

// value returns the number that eight digits less '0' are, the first one in the
// lowest byte.
func value(w uint64) uint64 {
	w = w * (10<<8 + 1) >> 8                                // pairs, in every second byte
	w = (w & 0x00ff00ff00ff00ff) * (100<<16 + 1) >> 16      // fours
	return (w & 0x0000ffff0000ffff) * (10000<<32 + 1) >> 32 // all
}

// quickly reads features from the blank at p on, up to one that feature has to
// read. It returns where that one's blank is.
func (v *VW) quickly(p int) int {
	for {
		q := v.words(v.numbers(p))
		if q == p {
			return p
		}
		p = q
	}
}

// numbers reads features whose name and value are plain numbers, up to any
// other. It returns where that one's blank is.
func (v *VW) numbers(p int) int {
	p = v.exponentials(p)
	for v.b[p] == ' ' {
		w := load(&v.b[0], p+1) ^ zeros
		k := digits(w)
		if k == 0 || k == 64 || byte(w>>k)^'0' != ':' {
			return p
		}
		q := p + 2 + k>>3
		f, size := plain(v.b, q)
		if f = float32(f * v.weight); size == 0 || f-f != 0 {
			return p
		}
		v.add(uint32(value(w<<(64-k)))+v.seed, f)
		p = v.exponentials(q + size)
	}
	return p
}

// words reads features whose name does not begin with a digit and whose value
// is a plain number, or that have no value, up to any other. It returns where
// that one's blank is.
func (v *VW) words(p int) int {
	for v.b[p] == ' ' {
		q := nameEnd(v.b, p+1)
		w := load(&v.b[0], p+1) ^ zeros
		k := digits(w)
		f, next := v.weight, q
		switch {
		case q == p+1 || k > 0 && (v.b[q] == ':' || k == 64 || q != p+1+k>>3):
			return p
		case v.b[q] == ':':
			number, size := plain(v.b, q+1)
			if f = float32(f * number); size == 0 || f-f != 0 {
				return p
			}
			next = q + 1 + size
		case v.b[q] != ' ' && v.b[q] != '\n' && v.b[q] != '|':
			return p
		}
		hash := uint32(value(w<<(64-k))) + v.seed
		if k == 0 {
			hash = online.HashAll(v.b[p+1:q], v.seed)
		}
		v.add(hash, f)
		p = next
	}
	return p
}

// add adds a feature, unless its value is 0.
func (v *VW) add(hash uint32, f float32) {
	if f != 0 {
		v.x.Hashes[v.n], v.x.Values[v.n] = hash, f
		v.n++
	}
}

// nameEnd returns where the first of a colon, a bar, a blank and a control
// character is.
func nameEnd(b []byte, p int) int {
	const ones = 0x0101010101010101
	for ; ; p += 8 {
		w := load(&b[0], p)
		colon, bar := w^ones*':', w^ones*'|'
		// The first byte that sets its top bit is one; those behind it may not be.
		if t := ((w-ones*'!')&^w | (colon-ones)&^colon | (bar-ones)&^bar) & topBit; t != 0 {
			return p + bits.TrailingZeros64(t)>>3
		}
	}
}

const (
	// 3.9656971e-02 is these, digits as 0, and a blank.
	head = '0' | '.'<<8 | zeros&^0xffff
	tail = '0' | 'e'<<8 | '-'<<16 | '0'<<24 | '0'<<32 | ' '<<40
)

// exponentials reads features whose name is a number of up to seven digits and
// whose value is as C prints it with %.7e, positive and with a negative
// exponent, up to any other. It returns where that one's blank is.
func (v *VW) exponentials(p int) int {
	if v.b[p] != ' ' || v.weight > 1e37 || v.weight < -1e37 || v.weight == 0 {
		return p
	}
	b, n, seed, weight := &v.b[0], uint(v.n), v.seed, v.weight
	values := v.x.Values
	hashes := v.x.Hashes[:len(values)]
	for n < uint(len(values)) {
		w := load(b, p+1) ^ zeros
		t := others(w)
		if t == 0 || t&0x80 != 0 {
			break
		}
		k := bits.TrailingZeros64(t)
		q := p + k>>3
		a, z := load(b, q+2)^head, load(b, q+10)^tail
		if ((a+reach&^0xff00)|a)&(topBit|0xff00)|((z+0x7676000076)|z)&0xff8080ffff80 != 0 || byteAt(b, q+1) != ':' {
			break
		}
		f := float32(weight * float32(added(value(a&0xff|a>>8|z<<56))*powers[uint8(z>>24|z>>28)]))
		if f == 0 {
			break
		}
		hashes[n], values[n] = uint32(value(w<<8<<(^k&63)))+seed, f
		n++
		p = q + 15
	}
	v.n = int(n)
	return p
}

func byteAt(b *byte, p int) byte { return *(*byte)(unsafe.Add(unsafe.Pointer(b), p)) }

// powers has 10 to the power of -7-10*j-i at 16*i+j, where i and j are digits.
var powers = func() (t [256]float32) {
	for i := range 10 {
		for j := range 10 {
			t[16*i+j] = tenths[7+10*j+i]
		}
	}
	return t
}()

// added is what eight digits, the last behind the point, add up to in float32,
// as parseFloat has it: seven digits are exact.
func added(m uint64) float32 {
	return float32(float32(m/10)*10) + float32(m%10)
}

// plain reads a decimal number of up to eight digits that count, and without a
// positive exponent, behind which there is a blank or the line's end. It returns
// the bytes taken, 0 where this is another.
func plain(b []byte, p int) (float32, int) {
	q, sign := p, float32(1)
	if b[q] == '-' {
		q, sign = q+1, -1
	}
	w := load(&b[0], q) ^ zeros
	k := digits(w)
	m, n := value(w<<(64-k)), k>>3
	q += n
	exp, point := 0, 0
	if b[q] == '.' {
		for q++; ; {
			w = load(&b[0], q) ^ zeros
			k = digits(w)
			m = m*shift[k>>3] + value(w<<(64-k))
			q, exp, n = q+k>>3, exp+k>>3, n+k>>3
			if k < 64 || n > 18 {
				break
			}
		}
	}
	if point = exp; n == 0 || n > 18 || k == 64 {
		return 0, 0
	}
	if b[q]|0x20 == 'e' {
		if b[q+1] != '-' {
			return 0, 0
		}
		w = load(&b[0], q+2) ^ zeros
		if k = digits(w); k == 0 || k > 16 {
			return 0, 0
		}
		q, exp = q+2+k>>3, exp+int(value(w<<(64-k)))
	}
	if c := b[q]; c != ' ' && c != '\n' && c != '\t' {
		return 0, 0
	}
	if m >= 1e8 || m > 1<<24-64 && point == 0 {
		return 0, 0
	}
	return sign * float32(added(m)*tenths[exp]), q - p
}

// shift makes room for so many digits.
var shift = [9]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8}
