package online

import "math"

// The elementary functions, with every operation rounded by itself, so that all
// platforms give the same bits: those of package math do not. Errors stay below
// two units in the last place of float64.

const (
	ln2hi = 6.93147180369123816490e-01
	ln2lo = 1.90821492927058770002e-10
)

// exp is e^x = 2^k e^r with |r| <= ln(2)/2, e^r by a rational function, as
// Sun's fdlibm has it.
func exp(x float64) float64 {
	switch {
	case x != x || x > 709.79:
		return x * math.Inf(1)
	case x < -745.2:
		return 0
	}
	k := math.Floor(float64(x*math.Log2E) + 0.5)
	high, low := x-float64(k*ln2hi), float64(k*ln2lo)
	r := high - low
	z := r * r
	p := float64(z*4.13813679705723846039e-08) - 1.65339022054652515390e-06
	p = float64(z*p) + 6.61375632143793436117e-05
	p = float64(z*p) - 2.77777777770155933842e-03
	p = float64(z*p) + 1.66666666666666019037e-01
	c := r - float64(z*p)
	return power2(1-((low-float64(r*c)/(2-c))-high), int(k))
}

// power2 is x times 2^k, x being about 1.
func power2(x float64, k int) float64 {
	if k > -1022 && k < 1023 {
		return x * math.Float64frombits(uint64(k+1023)<<52)
	}
	return math.Ldexp(x, k)
}

// taylor is e^x-1 by its series, for |x| below a half.
func taylor(x float64) float64 {
	p := 0.0
	for n := 14.0; n > 0; n-- {
		p = (float64(p*x) + x) / n
	}
	return p
}

// expm1 is e^x-1, right for small x too.
func expm1(x float64) float64 {
	if math.Abs(x) < 0.35 {
		return taylor(x)
	}
	return exp(x) - 1
}

// log is k ln(2) + log(1+f) with 1+f in [sqrt(1/2), sqrt(2)); the polynomial is
// that of Sun's fdlibm.
func log(x float64) float64 {
	switch {
	case x != x || x > math.MaxFloat64:
		return x
	case x < 0:
		return math.NaN()
	case x == 0:
		return math.Inf(-1)
	}
	m, k := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m, k = 2*m, k-1
	}
	f := m - 1
	s := f / (f + 2)
	z := s * s
	r := 1.479819860511658591e-01
	for _, c := range [...]float64{1.531383769920937332e-01, 1.818357216161805012e-01, 2.222219843214978396e-01,
		2.857142874366239149e-01, 3.999999999940941908e-01, 6.666666666666735130e-01} {
		r = float64(r*z) + c
	}
	half := float64(f*f) * 0.5
	low := float64(s*(half+float64(z*r))) + float64(float64(k)*ln2lo)
	return float64(float64(k)*ln2hi) - ((half - low) - f)
}

// log1p is log(1+x), right for small x too.
func log1p(x float64) float64 {
	u := 1 + x
	if u > math.MaxFloat64 || u <= 0 {
		return log(u)
	}
	return log(u) - ((u-1)-x)/u
}

// pow is x^y for x that is not negative.
func pow(x, y float64) float64 {
	if y == 0 {
		return 1
	}
	return exp(y * log(x))
}

// exp32 is e^x in float32.
func exp32(x float32) float32 { return float32(exp(float64(x))) }

// pow32 is x^y in float32, for x that is not negative.
func pow32(x, y float32) float32 { return float32(pow(float64(x), float64(y))) }

// abs is the absolute value.
func abs(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) }

// root is the square root, rounded to float32 as one operation.
func root(x float32) float32 { return float32(math.Sqrt(float64(x))) }
