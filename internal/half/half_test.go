package half

import (
	"math"
	"testing"
)

// nearest16 finds the nearest of all numbers of float16 by looking at its neighbours.
func nearest16(x float64) float64 {
	if x >= 65520 {
		return math.Inf(1)
	}
	unit := math.Max(math.Exp2(math.Floor(math.Log2(x))-10), 0x1p-24)
	return math.RoundToEven(x/unit) * unit
}

func TestFloat16(t *testing.T) {
	for h := range 1 << 16 {
		x := Float16(h).Float32()
		if back := ToFloat16(x); back != Float16(h) && (x == x || back&0x7fff <= 0x7c00) {
			t.Fatalf("%#04x is %v, which is %#04x", h, x, back)
		}
		if h >= 0x7bff {
			continue
		}
		next := Float16(h + 1).Float32()
		for _, part := range []float32{0.25, 0.5, 0.5000001, 0.75} { // between two neighbours
			y := x + (next-x)*part
			if got := float64(ToFloat16(y).Float32()); y > 0 && got != nearest16(float64(y)) {
				t.Fatalf("%v becomes %v, expected %v", y, got, nearest16(float64(y)))
			}
		}
	}
	for x, want := range map[float32]Float16{1: 0x3c00, -2: 0xc000, 65504: 0x7bff, 65519.996: 0x7bff, 65520: 0x7c00, 1e9: 0x7c00, 0x1p-25: 0, 0x1.000002p-25: 1, 0x1p-24: 1} {
		if got := ToFloat16(x); got != want {
			t.Errorf("%v is %#04x, expected %#04x", x, got, want)
		}
	}
}

func TestBFloat16(t *testing.T) {
	for h := range 1 << 16 {
		x := BFloat16(h).Float32()
		if back := ToBFloat16(x); back != BFloat16(h) && x == x {
			t.Fatalf("%#04x is %v, which is %#04x", h, x, back)
		}
		up := math.Float32frombits(uint32(h)<<16 | 0x8000) // half way: to even
		if got, want := ToBFloat16(up), BFloat16(h+h&1); got != want && x == x && up == up {
			t.Fatalf("%v becomes %#04x, expected %#04x", up, got, want)
		}
	}
	if x := ToBFloat16(float32(math.NaN())).Float32(); x == x {
		t.Errorf("NaN becomes %v", x)
	}
}
