package schedule

import "math"

// The functions here use only operations that every processor rounds alike.
// math.Pow, math.Exp and math.Cos differ in the last bit between processors, and
// a product that is converted before it is added cannot be fused into the sum.

// pow returns x^p for x >= 0 and p >= 0: the whole part of p by repeated
// squaring, its binary digits behind the point by repeated square roots.
func pow(x, p float64) float64 {
	whole, rest := math.Modf(p)
	y := 1.0
	for square := x; whole >= 1; square *= square {
		half := math.Floor(whole / 2)
		if 2*half != whole { // odd
			y *= square
		}
		whole = half
	}
	for rest > 0 {
		x = math.Sqrt(x)
		rest *= 2
		if rest >= 1 {
			y *= x
			rest--
		}
	}
	return y
}

// decay returns gamma^n, finite also where a gamma above 1 would overflow.
func decay(gamma float64, n int) float64 {
	return min(pow(gamma, float64(n)), math.MaxFloat64)
}

// halfCosine returns (1+cos(pi*x))/2 for x from 0 to 1: exactly 1 and 0 at the
// ends. It is the square of cos(pi*x/2), which is sin(pi*(1-x)/2).
func halfCosine(x float64) float64 {
	if x > 0.5 {
		s := sine(math.Pi / 2 * (1 - x))
		return s * s
	}
	s := sine(math.Pi / 2 * x)
	return 1 - float64(s*s)
}

// sine returns sin(a) for a from 0 to pi/4 by its Taylor series, whose next term
// would be below the last bit.
func sine(a float64) float64 {
	sum, square := 1.0, a*a
	for k := 17.0; k > 1; k -= 2 {
		sum = 1 - float64(sum*square)/(k*(k-1))
	}
	return a * sum
}

// between returns a where part is 1, b where it is 0, and a straight line between.
func between(a, b, part float64) float64 {
	return float64(a*part) + float64(b*(1-part))
}
