package optim

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

func random(r *rand.Rand, rows, columns int) matrix {
	x := newMatrix(rows, columns)
	for i := range x.data {
		x.data[i] = r.NormFloat64()
	}
	return x
}

// far is the largest difference of two matrices.
func far(x, y matrix) float64 {
	most := 0.0
	for i, v := range x.data {
		most = max(most, math.Abs(v-y.data[i]))
	}
	return most
}

func TestProduct(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range [][3]int{{1, 1, 1}, {3, 2, 5}, {7, 1, 4}, {150, 70, 90}} { // the last is for several goroutines
		x, y := random(r, c[0], c[1]), random(r, c[0], c[2])
		want := newMatrix(c[1], c[2])
		for i := range want.rows {
			for j := range want.columns {
				want.row(i)[j] = dot(x.tail(0, i), y.tail(0, j))
			}
		}
		if got := x.product(y); far(got, want) != 0 { // in the same order, to the last bit
			t.Errorf("%v: %v off", c, far(got, want))
		}
	}
}

// symmetric are matrices without and with directions of the same eigenvalue.
func symmetric(r *rand.Rand, n int) map[string]matrix {
	full, thin, graded := random(r, n, n), random(r, (n+2)/3, n), random(r, n, n)
	for i := range n {
		for j, v := range graded.row(i) {
			graded.row(i)[j] = v * math.Pow(10, -float64(2*j))
		}
	}
	out := map[string]matrix{
		"full": full.product(full), "thin": thin.product(thin), "graded": graded.product(graded),
		"zero": newMatrix(n, n), "identity": identity(n), "large": full.product(full), "small": full.product(full),
	}
	for i := range n * n {
		out["large"].data[i] *= 1e300
		out["small"].data[i] *= 1e-300
	}
	return out
}

func TestEigenvectors(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{1, 2, 3, 8, 60} {
		for name, x := range symmetric(r, n) {
			t.Run(fmt.Sprint(name, n), func(t *testing.T) {
				q, ok := x.eigenvectors()
				if !ok {
					t.Fatal("not found")
				}
				if off := far(q.product(q), identity(n)); !(off < 1e-13) {
					t.Errorf("%v from orthogonal", off)
				}
				turned, largest := x.product(q).product(q), far(x, newMatrix(n, n)) // q' x q
				before := math.Inf(1)
				for i := range n {
					if at := &turned.row(i)[i]; *at > before+1e-13*largest {
						t.Fatalf("eigenvalue %d is %v, the one before %v", i, *at, before)
					} else {
						before, *at = *at, 0
					}
				}
				if off := far(turned, newMatrix(n, n)); !(off <= 1e-13*float64(n)*largest) {
					t.Errorf("%v beside the diagonal, of %v", off, largest)
				}
			})
		}
	}
	for _, v := range []float64{math.NaN(), math.Inf(1)} {
		x := identity(4)
		x.row(1)[2], x.row(2)[1] = v, v
		if _, ok := x.eigenvectors(); ok {
			t.Errorf("a matrix with %v has eigenvectors", v)
		}
	}
}

func TestOrthogonal(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{1, 2, 3, 8, 60} {
		for name, x := range symmetric(r, n) {
			q, largest := x.orthogonal(), far(x, newMatrix(n, n))
			if off := far(q.product(q), identity(n)); !(off < 1e-13) {
				t.Errorf("%s%d: %v from orthogonal", name, n, off)
			}
			triangle := q.product(x)
			for i := range n {
				for j, v := range triangle.row(i)[:i] {
					if !(math.Abs(v) <= 1e-13*float64(n)*largest) {
						t.Errorf("%s%d: %v in row %d and column %d, expected 0", name, n, v, i, j)
					}
				}
			}
		}
	}
}
