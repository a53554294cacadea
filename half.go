package descent

import "github.com/descent-go/descent/internal/half"

// Float16 is IEEE 754's number of 16 bits, in its bits: 11 binary digits, up to
// 65504. Memory of any other type made of uint16 with the same bits can be
// shown as this one by unsafe.Slice.
//
// Weights of half precision have a master copy in float32, which the steps
// move and of which they are the rounded ones; see NoMasterWeights.
type Float16 = half.Float16

// BFloat16 is the upper half of a float32, in its bits: 8 binary digits and
// the range of float32. What is said of Float16 holds for it too.
type BFloat16 = half.BFloat16

// ToFloat16 rounds a number to the nearest Float16, to even where two are as
// near; beyond the range it is infinite.
func ToFloat16(x float32) Float16 { return half.ToFloat16(x) }

// ToBFloat16 rounds a number to the nearest BFloat16, to even where two are as near.
func ToBFloat16(x float32) BFloat16 { return half.ToBFloat16(x) }
