package wire

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
)

// TopK sends the largest numbers only, by their absolute values, and feeds the
// others back: of n it sends the share, rounded up, each with its place. Of equal
// ones the first are sent. Infinite numbers and NaN are larger than all others.
// (Stich et al., "Sparsified SGD with Memory", NeurIPS 2018.)
func TopK(share float64) (Codec, error) {
	if !(share > 0 && share <= 1) {
		return nil, fmt.Errorf("wire: topk: the share is %v; it must be more than 0 and at most 1", share)
	}
	return &topK{share}, nil
}

// topK writes for each number that is sent, in order of their places, the place
// as uint32 and the number.
type topK struct{ share float64 }

func (c *topK) Name() string   { return "topk:" + strconv.FormatFloat(c.share, 'g', -1, 64) }
func (c *topK) Size(n int) int { return 8 * c.count(n) }
func (*topK) Vote() bool       { return false }

// count is how many of n numbers are sent.
func (c *topK) count(n int) int { return min(n, int(math.Ceil(c.share*float64(n)))) }

func (c *topK) Encode(data []byte, x []float32) {
	k := c.count(len(x))
	if k == 0 {
		return
	}
	least, equals := kth(x, k)
	for i, v := range x {
		size := magnitude(v)
		if size < least || size == least && equals == 0 {
			x[i] = lost(v, 0)
			continue
		}
		if size == least {
			equals--
		}
		binary.LittleEndian.PutUint32(data, uint32(i))
		binary.LittleEndian.PutUint32(data[4:], math.Float32bits(v))
		data = data[8:]
		x[i] = 0
	}
}

// kth finds the magnitude of the k-th largest number, and how many of those that
// have it are among the k largest. It finds its bits from above, 11 and 10 and 10,
// by counting the numbers that share those found before.
func kth(x []float32, k int) (size uint32, equals int) {
	found := uint32(0) // the bits above shift
	shift := 31
	for _, digits := range [...]int{11, 10, 10} {
		var counts [1 << 11]uint32
		above := shift
		shift -= digits
		mask := uint32(1)<<digits - 1
		for _, v := range x {
			if m := magnitude(v); m>>above == found {
				counts[m>>shift&mask]++
			}
		}
		digit := mask
		for k > int(counts[digit]) {
			k -= int(counts[digit])
			digit--
		}
		found = found<<digits | digit
	}
	return found, k
}

func (c *topK) Decode(x []float32, data []byte) error {
	if err := checkLength(c, len(x), data); err != nil {
		return err
	}
	next := 0 // the least that the next place can be
	for at := 0; at < len(data); at += 8 {
		place := uint64(binary.LittleEndian.Uint32(data[at:]))
		if place < uint64(next) || place >= uint64(len(x)) {
			return fmt.Errorf("wire: %s: place %d of a number, expected one from %d to %d", c.Name(), place, next, len(x)-1)
		}
		next = int(place) + 1
	}
	clear(x)
	for ; len(data) > 0; data = data[8:] {
		x[binary.LittleEndian.Uint32(data)] = math.Float32frombits(binary.LittleEndian.Uint32(data[4:]))
	}
	return nil
}
