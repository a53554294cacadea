package optim

import "math"

// reflection is the matrix I - b v v' that takes a vector to its first direction.
type reflection struct {
	v []float64
	b float64 // 0 where the vector is there already
}

// reflect finds the reflection of x, and what the first element becomes.
// Golub & Van Loan, "Matrix Computations", 4th edition, 2013, Algorithm 5.1.1.
func reflect(x []float64) (r reflection, first float64) {
	scale, sum := 0.0, 0.0
	for _, v := range x[1:] {
		scale = max(scale, math.Abs(v))
	}
	if scale == 0 {
		return reflection{}, x[0]
	}
	scale = max(scale, math.Abs(x[0]))
	r.v = make([]float64, len(x))
	for i, v := range x {
		r.v[i] = v / scale
		sum += float64(r.v[i] * r.v[i])
	}
	size := math.Copysign(math.Sqrt(sum), x[0])
	r.v[0] += size
	r.b = 1 / (size * r.v[0])
	return r, -size * scale
}

// apply reflects the last rows of x, as many as the reflection is long.
func (r reflection) apply(x matrix) {
	if r.b == 0 {
		return
	}
	last := matrix{len(r.v), x.columns, x.data[(x.rows-len(r.v))*x.columns:]}
	sums := matrix{len(r.v), 1, r.v}.product(last)
	for i, v := range r.v {
		addRow(last.row(i), -(r.b * v), sums.data)
	}
}

// applyBothSides reflects the last rows and columns of a symmetric x.
func (r reflection) applyBothSides(x matrix) {
	if r.b == 0 {
		return
	}
	start := x.rows - len(r.v)
	last := func(i int) []float64 { return x.row(start + i)[start:] }
	w := make([]float64, len(r.v))
	for i := range w {
		w[i] = r.b * dot(last(i), r.v)
	}
	addRow(w, -(r.b * dot(w, r.v) / 2), r.v)
	for i, v := range r.v {
		addRow(last(i), -v, w)
		addRow(last(i), -w[i], r.v)
	}
}

func dot(x, y []float64) float64 {
	sum := 0.0
	for i, v := range x {
		sum += float64(v * y[i])
	}
	return sum
}

// orthogonal is the orthogonal factor Q of a square x = Q R.
func (x matrix) orthogonal() matrix {
	x, q := x.clone(), identity(x.rows)
	for k := range x.rows {
		r, _ := reflect(x.tail(k, k))
		r.apply(x)
		r.apply(q)
	}
	return q.transposed()
}

func (x matrix) clone() matrix {
	return matrix{x.rows, x.columns, append([]float64(nil), x.data...)}
}

// tail is the elements of a column from a row on.
func (x matrix) tail(row, column int) []float64 {
	out := make([]float64, 0, x.rows-row)
	for i := row; i < x.rows; i++ {
		out = append(out, x.row(i)[column])
	}
	return out
}
