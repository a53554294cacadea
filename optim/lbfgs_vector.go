package optim

import "math"

// vector is numbers for the weights of all parameters, one slice a parameter.
type vector [][]float64

func (v vector) len() int {
	n := 0
	for _, part := range v {
		n += len(part)
	}
	return n
}

func (v vector) clone() vector { return v.scaled(1) }

func (v vector) copy(from vector) {
	for i, part := range v {
		copy(part, from[i])
	}
}

// scaled is c times v, in memory of its own.
func (v vector) scaled(c float64) vector {
	out := make(vector, len(v))
	for i, part := range v {
		out[i] = make([]float64, len(part))
		for k, x := range part {
			out[i][k] = c * x
		}
	}
	return out
}

// add adds c times x.
func (v vector) add(c float64, x vector) {
	for i, part := range v {
		for k := range part {
			part[k] += float64(c * x[i][k])
		}
	}
}

func (v vector) dot(x vector) float64 {
	sum := 0.0
	for i, part := range v {
		for k := range part {
			sum += float64(part[k] * x[i][k])
		}
	}
	return sum
}

func (v vector) sumAbs() float64 {
	sum := 0.0
	for _, part := range v {
		for _, x := range part {
			sum += math.Abs(x)
		}
	}
	return sum
}

func (v vector) maxAbs() float64 {
	most := 0.0
	for _, part := range v {
		for _, x := range part {
			most = max(most, math.Abs(x))
		}
	}
	return most
}
