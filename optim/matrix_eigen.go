package optim

import (
	"math"
	"slices"
)

// eigenvectors gives those of a symmetric x as columns, those of the largest
// eigenvalues first. It fails where x is not finite.
// Golub & Van Loan, "Matrix Computations", 4th edition, 2013, Algorithms 8.3.1
// to 8.3.3.
func (x matrix) eigenvectors() (vectors matrix, ok bool) {
	n, largest := x.rows, 0.0
	for _, v := range x.data {
		largest = max(largest, math.Abs(v))
	}
	if largest == 0 {
		return identity(n), true
	}
	x = x.clone()
	for i := range x.data {
		x.data[i] /= largest
	}
	t := newTridiagonal(x)
	if !t.diagonalise() {
		return matrix{}, false
	}
	vectors = newMatrix(n, n)
	for i, from := range descending(t.diagonal) {
		copy(vectors.row(i), t.turned.row(from))
	}
	return vectors.transposed(), true
}

// descending is the places of values, those of the largest first.
func descending(values []float64) []int {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case values[a] > values[b]:
			return -1
		case values[a] < values[b]:
			return 1
		}
		return 0
	})
	return order
}

// tridiagonal is a symmetric matrix A as Q' T Q, of which T has a diagonal and
// the elements beside it, and Q is turned.
type tridiagonal struct {
	diagonal, beside []float64
	turned           matrix
}

// newTridiagonal reflects x, which it overwrites, until it is tridiagonal.
func newTridiagonal(x matrix) *tridiagonal {
	n := x.rows
	t := &tridiagonal{make([]float64, n), make([]float64, n-1), identity(n)}
	for k := range n {
		t.diagonal[k] = x.row(k)[k]
		if k == n-1 {
			break
		}
		var r reflection
		r, t.beside[k] = reflect(x.tail(k+1, k))
		r.applyBothSides(x)
		r.apply(t.turned)
	}
	return t
}

// diagonalise rotates until nothing is left beside the diagonal.
func (t *tridiagonal) diagonalise() bool {
	left := 30 * len(t.diagonal)
	for end := len(t.diagonal) - 1; end > 0; {
		start := t.block(end)
		if start == end {
			end--
			continue
		}
		if left == 0 {
			return false
		}
		left--
		t.chase(start, end)
	}
	return true
}

// block is where the block that ends there starts: it has nothing small beside
// the diagonal.
func (t *tridiagonal) block(end int) int {
	const negligible, nothing = 0x1p-53, 1e-100
	start := end
	for ; start > 0; start-- {
		size := math.Abs(t.beside[start-1])
		if size < nothing || size <= negligible*(math.Abs(t.diagonal[start-1])+math.Abs(t.diagonal[start])) {
			break
		}
	}
	return start
}

// chase is a QR step with Wilkinson's shift in the block from start to end.
func (t *tridiagonal) chase(start, end int) {
	d, e := t.diagonal, t.beside
	half, last := (d[end-1]-d[end])/2, e[end-1]
	shift := d[end] - float64(last*last)/(half+math.Copysign(length(half, last), half))
	x, z := d[start]-shift, e[start]
	for k := start; k < end; k++ {
		c, s := 1.0, 0.0
		r := length(x, z)
		if r > 0 {
			c, s = x/r, z/r
		}
		if k > start {
			e[k-1] = r
		}
		a, b, m := d[k], d[k+1], e[k]
		cc, ss, cs := float64(c*c), float64(s*s), float64(c*s)
		d[k] = float64(cc*a) + float64(ss*b) + float64(2*cs*m)
		d[k+1] = float64(ss*a) + float64(cc*b) - float64(2*cs*m)
		e[k] = float64((cc-ss)*m) + float64(cs*(b-a))
		if k+1 < end {
			x, z = e[k], float64(s*e[k+1])
			e[k+1] *= c
		}
		rotate(t.turned.row(k), t.turned.row(k+1), c, s)
	}
}

// length is that of the vector (x, y), neither of which is very large or small.
func length(x, y float64) float64 { return math.Sqrt(float64(x*x) + float64(y*y)) }

// rotate turns two rows.
func rotate(x, y []float64, c, s float64) {
	for i, v := range x {
		x[i] = float64(c*v) + float64(s*y[i])
		y[i] = float64(c*y[i]) - float64(s*v)
	}
}
