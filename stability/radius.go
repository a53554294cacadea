package stability

import (
	"math"
	"math/cmplx"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Matrix is what multiplies the weight and the states of a linear rule in a step.
type Matrix struct {
	Names []string    // w and the states that it depends on
	Rows  [][]float64 // Rows[i][j] is the share of Names[j] in the next Names[i]
}

// Matrix reads the matrix off the formula. ok is false where a step is not
// linear in the weight and the states that it depends on, or not the same each
// time.
func (s *System) Matrix() (m Matrix, ok bool) {
	names := []string{"w"}
	for _, st := range s.program.States {
		names = append(names, st.Name)
	}
	rows := s.step(names)
	used := []int{0}
	for k := 0; k < len(used); k++ {
		row := rows[used[k]]
		if !row.known || row.number != 0 {
			return Matrix{}, false
		}
		for j, share := range row.of {
			if share != 0 && !slices.Contains(used, j) {
				used = append(used, j)
			}
		}
	}
	slices.Sort(used)
	for _, i := range used {
		row := make([]float64, len(used))
		for k, j := range used {
			if rows[i].of != nil {
				row[k] = rows[i].of[j]
			}
		}
		m.Names, m.Rows = append(m.Names, names[i]), append(m.Rows, row)
	}
	return m, true
}

// step is what the names, those of the weight and the states, are after a step.
func (s *System) step(names []string) []value {
	k := walk{s, map[string]value{}}
	for name, v := range s.values {
		k.vars[name] = number(v)
	}
	for i, name := range names {
		of := make([]float64, len(names))
		of[i] = 1
		k.vars[name] = value{known: true, of: of}
	}
	k.vars["seen"] = k.vars["w"]
	k.vars["g"] = k.vars["w"].times(s.curvature)
	for _, st := range s.program.Body {
		k.vars[st.Name] = k.expr(st.X)
	}
	var rows []value
	for _, name := range names {
		rows = append(rows, k.vars[name])
	}
	return rows
}

// Radius is the spectral radius of the matrix: the factor by which, step by
// step, the distance from the minimum shrinks or grows in the long run. ok is
// false where there is no matrix.
func (s *System) Radius() (radius float64, ok bool) {
	m, ok := s.Matrix()
	if !ok {
		return math.NaN(), false
	}
	n := len(m.Rows)
	a := mat.NewDense(n, n, slices.Concat(m.Rows...))
	for _, v := range a.RawMatrix().Data {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return math.Inf(1), true
		}
	}
	var eigen mat.Eigen
	if !eigen.Factorize(a, mat.EigenNone) {
		return math.NaN(), false
	}
	for _, v := range eigen.Values(nil) {
		radius = max(radius, cmplx.Abs(v))
	}
	return radius, true
}
