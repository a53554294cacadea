package plan

import (
	"math"
	"testing"
)

// The first number that is none is found wherever it is.
func TestNotFinite(t *testing.T) {
	for _, typ := range []Type{F32, F64, F16, BF16} {
		for n := range 40 {
			v := Make(typ, n)
			for i := range n {
				v.Set(i, []float64{1, -60000, 0, 6e-8}[i%4])
			}
			if at := v.NotFinite(); at != -1 {
				t.Errorf("type %d, %d values: %v is finite", typ, n, v.At(at))
			}
			for i := n - 1; i >= 0; i-- {
				v.Set(i, []float64{math.NaN(), math.Inf(1), math.Inf(-1)}[i%3])
				if at := v.NotFinite(); at != i {
					t.Errorf("type %d, %d values: %d, expected %d", typ, n, at, i)
				}
			}
		}
	}
}
