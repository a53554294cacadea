package descent

import (
	"unsafe"

	"github.com/descent-go/descent/internal/plan"
)

// span is the addresses of a slice.
type span struct {
	lo, hi uintptr
	what   string
}

// appendSpan adds the addresses of a vector that is not empty.
func appendSpan(spans []span, v plan.Vector, what string) []span {
	var lo uintptr
	switch {
	case len(v.F32) > 0:
		lo = uintptr(unsafe.Pointer(unsafe.SliceData(v.F32)))
	case len(v.F64) > 0:
		lo = uintptr(unsafe.Pointer(unsafe.SliceData(v.F64)))
	default:
		return spans
	}
	return append(spans, span{lo, lo + uintptr(v.Len()*v.Type().Size()), what})
}
