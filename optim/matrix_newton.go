package optim

// NewtonSchulz makes the singular values of a matrix, given row by row, about
// 1 and leaves its singular vectors, by an iteration of Newton and Schulz in
// place. For each of the coefficients a, b and c it computes
//
//	x = a*x + (b*(x*x') + c*(x*x')^2)*x
//
// None of the singular values may be larger than 1 to begin with; dividing a
// matrix by its norm makes sure of that. Where round is not nil it is given
// every matrix that is computed, to round it to a type of fewer bits.
func NewtonSchulz(x []float64, rows, columns int, coefficients [][3]float64, round func([]float64)) {
	if round == nil {
		round = func([]float64) {}
	}
	m := matrix{rows, columns, x}
	if rows < columns {
		m = m.transposed() // the smaller of x*x' and x'*x will do
	}
	for _, c := range coefficients {
		gram := m.product(m)
		round(gram.data)
		p := gram.product(gram) // which is symmetric
		combine(p.data, c[2], gram.data, c[1])
		round(p.data)
		next := m.transposed().product(p)
		combine(next.data, 1, m.data, c[0])
		round(next.data)
		m = next
	}
	if rows < columns {
		m = m.transposed()
	}
	copy(x, m.data)
}

// combine makes x p*x + q*y.
func combine(x []float64, p float64, y []float64, q float64) {
	for i := range x {
		x[i] = float64(p*x[i]) + float64(q*y[i])
	}
}

func scale(x []float64, c float64) {
	for i := range x {
		x[i] *= c
	}
}
