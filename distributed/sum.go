package distributed

import "math"

// Number is what is added up over ranks.
type Number interface{ float32 | float64 }

// Op is what is made of the numbers of all ranks.
type Op int

// Sums and means are taken in order of the ranks, with the arithmetic of
// descent.Accumulate: running sums in the type of the numbers, the last addition
// and the division of a mean in float64. Max and Min of a NaN are NaN.
const (
	Sum Op = iota
	Mean
	Max
	Min
)

// tile is how many numbers are folded at a time, so that they stay in cache.
const tile = 2048

// fold sets dst to what op makes of the ranks' numbers. dst may be the memory of one of them.
func fold[T Number](dst []T, ranks [][]T, op Op) {
	var acc [tile]T
	last := len(ranks) - 1
	for from := 0; from < len(dst); from += tile {
		to := min(from+tile, len(dst))
		part := func(r int) []T { return ranks[r][from:to] }
		sum := part(0)
		for r := 1; r < last; r++ {
			merge(acc[:to-from], sum, part(r), op)
			sum = acc[:to-from]
		}
		switch {
		case last == 0:
			copy(dst[from:to], sum)
		case op == Mean:
			mean(dst[from:to], sum, part(last), float64(len(ranks)))
		default:
			merge(dst[from:to], sum, part(last), op)
		}
	}
}

// merge sets dst to what op makes of two; a mean's division comes later.
func merge[T Number](dst, a, b []T, op Op) {
	switch op {
	case Max:
		for i := range dst {
			dst[i] = max(a[i], b[i])
		}
	case Min:
		for i := range dst {
			dst[i] = min(a[i], b[i])
		}
	default:
		add(dst, a, b)
	}
}

// add sets dst to a + b, eight at a time.
func add[T Number](dst, a, b []T) {
	for len(dst) >= 8 {
		d, x, y := (*[8]T)(dst), (*[8]T)(a), (*[8]T)(b)
		d[0], d[1], d[2], d[3] = x[0]+y[0], x[1]+y[1], x[2]+y[2], x[3]+y[3]
		d[4], d[5], d[6], d[7] = x[4]+y[4], x[5]+y[5], x[6]+y[6], x[7]+y[7]
		dst, a, b = dst[8:], a[8:], b[8:]
	}
	for i := range dst {
		dst[i] = a[i] + b[i]
	}
}

// mean sets dst to (a + b)/n. Where n is a power of two its reciprocal is exact,
// and a product is as good as the quotient.
func mean[T Number](dst, a, b []T, n float64) {
	a, b = a[:len(dst)], b[:len(dst)]
	if frac, _ := math.Frexp(n); frac == 0.5 {
		r := 1 / n
		for i := range dst {
			dst[i] = T((float64(a[i]) + float64(b[i])) * r)
		}
		return
	}
	for i := range dst {
		dst[i] = T((float64(a[i]) + float64(b[i])) / n)
	}
}

// foldNarrow is the mean of gradients in float64 for weights in float32: as
// descent.Accumulate does, the running sums are in float32.
func foldNarrow(dst []float32, ranks [][]float64) {
	last := len(ranks) - 1
	for i := range dst {
		if last == 0 {
			dst[i] = float32(ranks[0][i])
			continue
		}
		sum := float32(ranks[0][i])
		for r := 1; r < last; r++ {
			sum = float32(float64(sum) + ranks[r][i])
		}
		dst[i] = float32((float64(sum) + ranks[last][i]) / float64(len(ranks)))
	}
}
