package lab

import (
	"encoding/base64"
	"encoding/binary"
	"math"
	"strconv"
)

// Number is a number that is null in JSON where it is not finite.
type Number float64

// MarshalJSON writes all digits.
func (n Number) MarshalJSON() ([]byte, error) { return appendNumber(nil, float64(n), -1), nil }

// Numbers are numbers for pictures: seven digits of them go to the page.
type Numbers []float64

// MarshalJSON writes an array, null for what is not finite.
func (n Numbers) MarshalJSON() ([]byte, error) {
	b := append(make([]byte, 0, 2+10*len(n)), '[')
	for i, v := range n {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendNumber(b, v, 7)
	}
	return append(b, ']'), nil
}

func appendNumber(b []byte, v float64, digits int) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(b, "null"...)
	}
	return strconv.AppendFloat(b, v, 'g', digits, 64)
}

// packed is values as base64 of little-endian float32, which a page reads
// without parsing numbers.
func packed(values []float64) string {
	b := make([]byte, 0, 4*len(values))
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(v)))
	}
	return base64.StdEncoding.EncodeToString(b)
}
