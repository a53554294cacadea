package train

import (
	"math"
)

// referenceLoss computes the loss of the network with params in float64, by
// plain loops over one example after the other.
func referenceLoss(s Spec, params [][]float64, shapes [][]int, x, y []float32) float64 {
	features, _ := product(s.Input...)
	n := len(x) / features
	sum := 0.0
	for i := range n {
		h := make([]float64, features)
		for j := range h {
			h[j] = float64(x[i*features+j])
		}
		size := s.Input
		for l := 0; l < len(params); l += 2 {
			if len(shapes[l]) == 4 {
				h, size = referenceConv(h, size, params[l], params[l+1], shapes[l])
			} else {
				h = referenceDense(h, params[l], params[l+1])
			}
			if l < len(params)-2 {
				for j := range h {
					h[j] = max(h[j], 0)
				}
			}
		}
		sum += referenceExample(s, h, y[i*len(y)/n:]) / float64(n)
	}
	return sum
}

func referenceExample(s Spec, z []float64, y []float32) float64 {
	if !s.Regression {
		sum := 0.0
		for _, v := range z {
			sum += math.Exp(v)
		}
		return math.Log(sum) - z[int(y[0])]
	}
	sum := 0.0
	for j, v := range z {
		sum += (v - float64(y[j])) * (v - float64(y[j])) / float64(len(z))
	}
	return sum
}

func referenceDense(h, w, b []float64) []float64 {
	out := make([]float64, len(b))
	for j := range out {
		out[j] = b[j]
		for i := range h {
			out[j] += h[i] * w[i*len(b)+j]
		}
	}
	return out
}

func referenceConv(h []float64, size []int, w, b []float64, shape []int) ([]float64, []int) {
	height, width := (size[1]+1)/2, (size[2]+1)/2
	var out []float64
	for o := range shape[0] {
		for row := range height {
			for col := range width {
				sum := b[o]
				for c := range size[0] {
					for i := range 5 {
						for j := range 5 {
							y, x := 2*row+i-2, 2*col+j-2
							if y >= 0 && y < size[1] && x >= 0 && x < size[2] {
								sum += h[(c*size[1]+y)*size[2]+x] * w[((o*size[0]+c)*5+i)*5+j]
							}
						}
					}
				}
				out = append(out, sum)
			}
		}
	}
	return out, []int{shape[0], height, width}
}
