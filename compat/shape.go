package compat

import "math"

// weights is the number of weights of a shape.
func weights(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// rms is the root of the mean of squares.
func rms(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += float64(v * v)
	}
	return math.Sqrt(sum / float64(len(x)))
}
