package descent

import (
	"cmp"
	"slices"
	"unsafe"

	"github.com/descent-go/descent/internal/plan"
)

// span is the addresses of a slice.
type span struct {
	lo, hi uintptr
	what   string
}

// spanOf is the addresses of a vector; an empty one has none.
func spanOf(v plan.Vector, what string) span {
	var lo uintptr
	if len(v.F32) > 0 {
		lo = uintptr(unsafe.Pointer(unsafe.SliceData(v.F32)))
	}
	if len(v.F64) > 0 {
		lo = uintptr(unsafe.Pointer(unsafe.SliceData(v.F64)))
	}
	if len(v.F16) > 0 {
		lo = uintptr(unsafe.Pointer(unsafe.SliceData(v.F16)))
	}
	if len(v.BF16) > 0 {
		lo = uintptr(unsafe.Pointer(unsafe.SliceData(v.BF16)))
	}
	return span{lo, lo + uintptr(v.Len()*v.Type().Size()), what}
}

// sortSpans orders spans by address and leaves out empty ones.
func sortSpans(spans []span) []span {
	spans = slices.DeleteFunc(spans, func(s span) bool { return s.lo == s.hi })
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.lo, b.lo) })
	return spans
}

// overlap names the one of sorted spans that shares memory with a vector,
// empty where none does.
func overlap(spans []span, v plan.Vector) string {
	s := spanOf(v, "")
	i, _ := slices.BinarySearchFunc(spans, s.lo, func(have span, lo uintptr) int {
		if have.hi <= lo {
			return -1
		}
		return 1
	})
	if i < len(spans) && spans[i].lo < s.hi {
		return spans[i].what
	}
	return ""
}
