package optim

import (
	"runtime"
	"sync"
)

// matrix is rows of numbers, one behind the other. What it computes has the
// same bits on every processor: a product is rounded before it is added, as
// float64(x*y) makes sure, and sums are in order.
type matrix struct {
	rows, columns int
	data          []float64
}

func newMatrix(rows, columns int) matrix {
	return matrix{rows, columns, make([]float64, rows*columns)}
}

// identity is the square matrix with 1 on the diagonal.
func identity(n int) matrix {
	x := newMatrix(n, n)
	for i := range n {
		x.row(i)[i] = 1
	}
	return x
}

func (x matrix) row(i int) []float64 { return x.data[i*x.columns:][:x.columns] }

// transposed is x with its rows as columns, in memory of its own.
func (x matrix) transposed() matrix {
	out := newMatrix(x.columns, x.rows)
	for i := range x.rows {
		for j, v := range x.row(i) {
			out.data[j*x.rows+i] = v
		}
	}
	return out
}

// product is the transposed x times y.
func (x matrix) product(y matrix) matrix {
	out := newMatrix(x.columns, y.columns)
	const heavy = 1 << 16 // operations that are worth a goroutine
	parts := min(runtime.GOMAXPROCS(0), out.rows, 1+x.rows*len(out.data)/heavy)
	var wait sync.WaitGroup
	for i := range parts {
		wait.Go(func() { x.addProduct(out, y, i*out.rows/parts, (i+1)*out.rows/parts) })
	}
	wait.Wait()
	return out
}

// addProduct adds to some rows of out. It takes a few rows of y at a time, so
// that they are still near for the next row of out.
func (x matrix) addProduct(out, y matrix, from, to int) {
	const near = 64
	for start := 0; start < x.rows; start += near {
		end := min(start+near, x.rows)
		for i := from; i < to; i++ {
			sum, k := out.row(i), start
			for ; k+4 <= end; k += 4 {
				at := func(k int) float64 { return x.data[k*x.columns+i] }
				addFour(sum, y.data[k*y.columns:], at(k), at(k+1), at(k+2), at(k+3))
			}
			for ; k < end; k++ {
				addRow(sum, x.data[k*x.columns+i], y.row(k))
			}
		}
	}
}

// addRow adds c times y to sum.
func addRow(sum []float64, c float64, y []float64) {
	for j, v := range y {
		sum[j] += float64(c * v)
	}
}

// addFour adds the next four rows to sum, one after the other.
func addFour(sum, rows []float64, c0, c1, c2, c3 float64) {
	n := len(sum)
	y0, y1, y2, y3 := rows[:n], rows[n:][:n], rows[2*n:][:n], rows[3*n:][:n]
	for j, s := range sum {
		s += float64(c0 * y0[j])
		s += float64(c1 * y1[j])
		s += float64(c2 * y2[j])
		sum[j] = s + float64(c3*y3[j])
	}
}
