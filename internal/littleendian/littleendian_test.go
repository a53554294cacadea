package littleendian

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/descent-go/descent/internal/half"
)

func TestBytes(t *testing.T) {
	check(t, []float32{1, -2.5})
	check(t, []float64{1, -2.5, 1e-300})
	check(t, []half.Float16{0x3c00, 0x8001})
	check(t, []half.BFloat16{})
}

// check compares with what encoding/binary writes. The numbers stay as they are.
func check[T Number](t *testing.T, x []T) {
	t.Helper()
	before := bytes.Clone(Memory(x))
	want, err := binary.Append(nil, binary.LittleEndian, x)
	if got := Bytes(x); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%v: % x, %v; expected % x", x, got, err, want)
	}
	if !bytes.Equal(Memory(x), before) {
		t.Errorf("%v: its memory was % x", x, before)
	}
}

func TestSwap(t *testing.T) {
	b := []byte{1, 2, 3, 4, 5, 6, 7, 8}
	if Swap(b, 4); !bytes.Equal(b, []byte{4, 3, 2, 1, 8, 7, 6, 5}) {
		t.Error(b)
	}
}
