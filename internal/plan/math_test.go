package plan

import (
	"math"
	"math/big"
	"math/rand"
	"testing"
)

const precision = 220 // bits of the exact values

const piDigits = "3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534211706798214808651"

func exact(x float64) *big.Float { return new(big.Float).SetPrec(precision).SetFloat64(x) }

func zero() *big.Float { return new(big.Float).SetPrec(precision) }

// exactExp is e^x by Taylor's series of x/2^k, squared k times.
func exactExp(x *big.Float) *big.Float {
	const k = 30
	r := zero().SetMantExp(x, -k)
	sum, term := exact(1), exact(1)
	for n := 1; n < 30; n++ {
		term.Mul(term, r)
		term.Quo(term, exact(float64(n)))
		sum.Add(sum, term)
	}
	for range k {
		sum.Mul(sum, sum)
	}
	return sum
}

// exactLog is log(x) by Halley's iteration on e^y = x.
func exactLog(x *big.Float) *big.Float {
	m := zero()
	e := x.MantExp(m)
	f, _ := m.Float64()
	y := exact(math.Log(f))
	for range 4 {
		p := exactExp(y)
		step := zero().Quo(zero().Sub(m, p), zero().Add(m, p))
		y.Add(y, step.Mul(step, exact(2)))
	}
	two := exact(math.Ln2)
	for range 4 {
		p := exactExp(two)
		step := zero().Quo(zero().Sub(exact(2), p), zero().Add(exact(2), p))
		two.Add(two, step.Mul(step, exact(2)))
	}
	return y.Add(y, two.Mul(two, exact(float64(e))))
}

// exactSin is sin(x), or cos(x), by Taylor's series after reduction by 2 pi.
func exactSin(x *big.Float, cos bool) *big.Float {
	pi, _ := zero().SetString(piDigits)
	if cos {
		x = zero().Add(x, zero().Quo(pi, exact(2)))
	}
	turn := zero().Mul(pi, exact(2))
	n, _ := zero().Quo(x, turn).Int(nil)
	r := zero().Sub(x, zero().Mul(turn, zero().SetInt(n)))
	sum, term := zero().Set(r), zero().Set(r)
	square := zero().Mul(r, r)
	for k := 2; k < 100; k += 2 {
		term.Mul(term, square)
		term.Quo(term, exact(-float64(k*(k+1))))
		sum.Add(sum, term)
	}
	return sum
}

// ulps is the error of got in units in the last place of the exact value.
func ulps(got float64, want *big.Float) float64 {
	w, _ := want.Float64()
	unit := math.Nextafter(math.Abs(w), math.Inf(1)) - math.Abs(w)
	if math.IsInf(w, 0) || math.IsInf(got, 0) {
		if got == w {
			return 0
		}
		return math.Inf(1)
	}
	d, _ := zero().Sub(exact(got), want).Float64()
	return math.Abs(d) / unit
}

// accuracy compares a function with exact values at many points and reports the largest error.
func accuracy(t *testing.T, name string, f func(float64) float64, want func(*big.Float) *big.Float, bound float64, points []float64) {
	t.Helper()
	worst, at := 0.0, 0.0
	for _, x := range points {
		if e := ulps(f(x), want(exact(x))); !(e <= worst) {
			worst, at = e, x
		}
	}
	t.Logf("%s: at most %.3f ulp, at %v", name, worst, at)
	if !(worst <= bound) {
		t.Errorf("%s(%v) is %.3f ulp off, expected at most %v: %v", name, at, worst, bound, f(at))
	}
}

func uniform(r *rand.Rand, n int, lo, hi float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = lo + (hi-lo)*r.Float64()
	}
	return x
}

// logarithmic are numbers of all magnitudes from 2^lo to 2^hi.
func logarithmic(r *rand.Rand, n int, lo, hi float64) []float64 {
	x := uniform(r, n, lo, hi)
	for i := range x {
		x[i] = math.Exp2(x[i])
	}
	return x
}

func negated(x []float64) []float64 {
	y := make([]float64, len(x))
	for i := range x {
		y[i] = -x[i]
	}
	return y
}

// The elementary functions against exact values, as vector and as scalar code.
func TestAccuracy(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	small := logarithmic(r, 200, -60, 0)
	exps := append(uniform(r, 800, -708, 709.78), uniform(r, 400, -1, 1)...)
	exps = append(append(exps, small...), negated(small)...)
	exps = append(exps, 0, 1, -1, 709.782712893384, -708.3964185322641)
	logs := append(logarithmic(r, 500, -1022, 1023.99), uniform(r, 700, 0.5, 2)...)
	logs = append(logs, math.Nextafter(1, 2), math.Nextafter(1, 0), math.Sqrt2, 2, math.MaxFloat64, 0x1p-1022, 5e-324, 1e-310, 3e-320)
	angles := append(uniform(r, 500, -10, 10), uniform(r, 300, -1e6, 1e6)...)
	angles = append(append(angles, small...), negated(small)...)
	for k := range 200 {
		angles = append(angles, float64(k*k)*math.Pi/2, float64(k)*math.Pi/4) // where the value is near 0
	}
	sin := func(x *big.Float) *big.Float { return exactSin(x, false) }
	cos := func(x *big.Float) *big.Float { return exactSin(x, true) }
	for _, c := range []struct {
		name   string
		want   func(*big.Float) *big.Float
		bound  float64
		points []float64
	}{{"exp", exactExp, 1.2, exps}, {"log", exactLog, 1, logs}, {"sin", sin, 1.5, angles}, {"cos", cos, 1.5, angles}} {
		vector, scalar := function(t, c.name+"(w)"), scalarFunction(t, c.name+"(a)")
		accuracy(t, c.name, func(x float64) float64 { return vector(x, 0) }, c.want, c.bound, c.points)
		for _, x := range c.points {
			if v, s := vector(x, 0), scalar(x, 0); v != s {
				t.Fatalf("%s(%v) is %v as a vector and %v as a scalar", c.name, x, v, s)
			}
		}
	}
}

// The results of exp below the normal range are right to one unit.
func TestExpDenormal(t *testing.T) {
	f := function(t, "exp(w)")
	for _, x := range append(uniform(rand.New(rand.NewSource(2)), 200, -745.1, -708.4), -745.13) {
		if e := ulps(f(x, 0), exactExp(exact(x))); !(e <= 1) {
			t.Errorf("exp(%v) is %v ulp off", x, e)
		}
	}
}

func TestPowAccuracy(t *testing.T) {
	r := rand.New(rand.NewSource(3))
	f := function(t, "w^g")
	for range 1000 {
		x, y := math.Exp2(r.NormFloat64()*20), r.NormFloat64()*8
		want := exactExp(zero().Mul(exact(y), exactLog(exact(x))))
		size, _ := want.Float64()
		if math.IsInf(size, 0) || size < 0x1p-1022 {
			continue
		}
		if e := ulps(f(x, y), want); !(e <= 2+1.5*math.Abs(y*math.Log(x))) {
			t.Errorf("%v^%v is %v ulp off", x, y, e)
		}
	}
}

// What the functions make of NaN, infinities, zeros and what overflows.
func TestSpecials(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		text    string
		x, want float64
	}{
		{"exp(w)", inf, inf}, {"exp(w)", -inf, 0}, {"exp(w)", nan, nan}, {"exp(w)", 709.79, inf}, {"exp(w)", 1e300, inf},
		{"exp(w)", -745.14, 0}, {"exp(w)", -1e300, 0}, {"exp(w)", math.Copysign(0, -1), 1}, {"exp(w)", 5e-324, 1},
		{"log(w)", 0, -inf}, {"log(w)", math.Copysign(0, -1), -inf}, {"log(w)", -1, nan}, {"log(w)", -inf, nan}, {"log(w)", inf, inf}, {"log(w)", nan, nan}, {"log(w)", 1, 0},
		{"sin(w)", inf, nan}, {"sin(w)", nan, nan}, {"sin(w)", 0, 0}, {"cos(w)", -inf, nan}, {"cos(w)", nan, nan}, {"cos(w)", 0, 1},
		{"sqrt(w)", -1, nan}, {"sqrt(w)", inf, inf}, {"floor(w)", -0.5, -1}, {"floor(w)", -inf, -inf}, {"floor(w)", 1e300, 1e300},
		{"sign(w)", nan, nan}, {"sign(w)", -inf, -1}, {"sign(w)", 5e-324, 1}, {"sign(w)", 0, 0},
		{"min(w, 1)", nan, nan}, {"max(1, w)", nan, nan}, {"min(w, 1)", -inf, -inf}, {"max(w, 1)", -inf, 1}, {"clip(w, -1, 1)", nan, nan}, {"clip(w, -1, 1)", inf, 1},
		{"mod(w, 3)", -1, 2}, {"mod(w, -3)", 1, -2}, {"mod(w, 3)", 6, 0}, {"mod(w, 0.1)", 0.3, 0.09999999999999998}, {"mod(w, 3)", inf, nan},
		{"where(w, 1, 2)", nan, 1}, {"where(w, 1, 2)", 0, 2}, {"where(w > 0, 1, 0/w)", 1, 1},
	} {
		if got := function(t, c.text)(c.x, 0); got != c.want && (got == got || c.want == c.want) {
			t.Errorf("%s of %v is %v, expected %v", c.text, c.x, got, c.want)
		}
	}
	for _, x := range []float64{1e7, -1e15, 1e17, 1e300, math.MaxFloat64} {
		for _, name := range []string{"sin(w)", "cos(w)"} {
			if y := function(t, name)(x, 0); !(math.Abs(y) <= 1) {
				t.Errorf("%s of %v is %v, expected a number between -1 and 1", name, x, y)
			}
		}
	}
}

// Powers of special numbers are those of math.Pow, which follows IEEE 754, in
// vector and scalar code.
func TestPowSpecials(t *testing.T) {
	zero := math.Copysign(0, -1)
	bases := []float64{0, zero, 1, -1, 0.5, -0.5, 2, -2, 3, -3, 1e300, -1e300, 1e-300, math.Inf(1), math.Inf(-1), math.NaN()}
	exponents := []float64{0, zero, 1, -1, 2, -2, 3, -3, 0.75, -0.75, 1.5, 7, 65, -65, 66, 1e10, 1e10 + 1, 1e300, -1e300, math.Inf(1), math.Inf(-1), math.NaN()}
	vector, scalar := function(t, "w^g"), scalarFunction(t, "a^b")
	for _, x := range bases {
		for _, y := range exponents {
			want := math.Pow(x, y)
			for name, got := range map[string]float64{"vector": vector(x, y), "scalar": scalar(x, y)} {
				close := math.Abs(got-want) <= 1e-12*math.Abs(want) && math.Signbit(got) == math.Signbit(want)
				if !close && got != want && (got == got || want == want) || want == 0 && math.Signbit(got) != math.Signbit(want) {
					t.Errorf("%v^%v in %s code is %v, math.Pow gives %v", x, y, name, got, want)
				}
			}
		}
	}
}

// A constant exponent is a few multiplications or a root.
func TestConstantPowers(t *testing.T) {
	for text, want := range map[string]float64{"w^2": 9, "w^3": 27, "w^0": 1, "w^-2": 1. / 9, "w^7": 2187, "w^10": 59049, "w^0.5": math.Sqrt(3), "w^-0.5": 1 / math.Sqrt(3)} {
		if got := function(t, text)(3, 0); got != want {
			t.Errorf("%s of 3 is %v, expected %v", text, got, want)
		}
	}
	for text, ops := range map[string]int{"w^2": 1, "w^3": 2, "w^8": 3, "w^15": 6} {
		if n := count(build(t, "w = "+text, Options{Type: F32}))[Mul]; n != ops {
			t.Errorf("%s takes %d multiplications, expected %d", text, n, ops)
		}
	}
}

func TestPowInt(t *testing.T) {
	for _, c := range [][3]float64{
		{0.9, 3, 0.9 * 0.9 * 0.9}, {2, 10, 1024}, {2, -1074, 5e-324}, {2, -1080, 0}, {2, 1024, math.Inf(1)}, {-2, 3, -8}, {-2, -3, -0.125},
		{-1, 1<<53 + 2, 1}, {-1, math.Inf(-1), 1}, {0.5, math.Inf(1), 0}, {2, math.Inf(-1), 0}, {0, -1, math.Inf(1)}, {math.Inf(-1), 3, math.Inf(-1)}, {1, 1e300, 1},
	} {
		if got := powInt(c[0], c[1]); math.Abs(got-c[2]) > 1e-15*math.Abs(c[2]) && got != c[2] {
			t.Errorf("%v^%v = %v, expected %v", c[0], c[1], got, c[2])
		}
	}
	if got := powInt(0.999, 1_000_000); math.Abs(got/math.Pow(0.999, 1_000_000)-1) > 1e-9 {
		t.Errorf("0.999^1e6 = %v", got)
	}
}
