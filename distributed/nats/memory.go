package nats

import (
	"sort"

	"github.com/descent-go/descent/internal/littleendian"
)

// memory is what one side has and the other fetches by parts: pieces laid end to
// end. Numbers travel in little endian; where that is the machine's own order,
// their memory is shown as bytes and nothing is converted.
type memory struct {
	pieces  [][]byte
	ends    []uint64 // where each piece ends
	numbers bool     // the pieces are float32
}

// numbersOf are numbers as memory.
func numbersOf(tensors ...[]float32) memory {
	m := memory{numbers: true}
	for _, x := range tensors {
		m.add(littleendian.Memory(x))
	}
	return m
}

// bytesOf are bytes as memory.
func bytesOf(b []byte) (m memory) {
	m.add(b)
	return m
}

func (m *memory) add(piece []byte) {
	m.pieces, m.ends = append(m.pieces, piece), append(m.ends, m.size()+uint64(len(piece)))
}

func (m *memory) size() uint64 {
	if len(m.ends) == 0 {
		return 0
	}
	return m.ends[len(m.ends)-1]
}

// read copies what begins at a place into b. Both lie within the memory.
func (m *memory) read(at uint64, b []byte) {
	m.walk(at, len(b), func(piece []byte) {
		copy(b, piece)
		b = b[len(piece):]
	})
}

// write is the reverse of read.
func (m *memory) write(at uint64, b []byte) {
	m.walk(at, len(b), func(piece []byte) {
		copy(piece, b)
		b = b[len(piece):]
	})
}

// put writes what has come over the net.
func (m *memory) put(at uint64, b []byte) {
	m.walk(at, len(b), func(piece []byte) {
		copy(piece, b)
		m.swap(piece)
		b = b[len(piece):]
	})
}

// view shows n bytes that begin at a place as they travel: the memory itself
// where it can be, else a copy.
func (m *memory) view(at uint64, n int) (b []byte) {
	whole := !m.numbers || littleendian.Native
	m.walk(at, n, func(piece []byte) {
		if len(piece) == n && whole {
			b = piece
		} else {
			b = append(b, piece...)
		}
	})
	if !whole {
		m.swap(b)
	}
	return b
}

// walk calls f with the n bytes that begin at a place, piece by piece.
func (m *memory) walk(at uint64, n int, f func([]byte)) {
	i := sort.Search(len(m.ends), func(i int) bool { return m.ends[i] > at })
	for ; n > 0; i++ {
		piece := m.pieces[i][uint64(len(m.pieces[i]))-(m.ends[i]-at):]
		piece = piece[:min(n, len(piece))]
		f(piece)
		at, n = at+uint64(len(piece)), n-len(piece)
	}
}

// swap turns numbers from the machine's order to little endian, or back.
func (m *memory) swap(b []byte) {
	if m.numbers && !littleendian.Native {
		littleendian.Swap(b, 4)
	}
}
