package formula

import (
	"math"

	"github.com/descent-go/descent/internal/half"
)

// applyScalar computes an operator in float64.
func applyScalar(op Op, a, b float64) float64 {
	switch op {
	case Neg:
		return -a
	case Add:
		return a + b
	case Sub:
		return a - b
	case Mul:
		return a * b
	case Div:
		return a / b
	case Pow:
		return math.Pow(a, b)
	case Lt:
		return truth(a < b)
	case Le:
		return truth(a <= b)
	case Gt:
		return truth(a > b)
	case Ge:
		return truth(a >= b)
	case Eq:
		return truth(a == b)
	}
	return truth(a != b)
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// applyFunction computes an elementwise function in float64.
func applyFunction(name string, a []float64) float64 {
	switch name {
	case "sqrt":
		return math.Sqrt(a[0])
	case "abs":
		return math.Abs(a[0])
	case "sign":
		if a[0] == 0 || math.IsNaN(a[0]) {
			return a[0]
		}
		return math.Copysign(1, a[0])
	case "exp":
		return math.Exp(a[0])
	case "log":
		return math.Log(a[0])
	case "sin":
		return math.Sin(a[0])
	case "cos":
		return math.Cos(a[0])
	case "floor":
		return math.Floor(a[0])
	case "float16":
		return float64(half.ToFloat16(float32(a[0])).Float32())
	case "bfloat16":
		return float64(half.ToBFloat16(float32(a[0])).Float32())
	case "min":
		return math.Min(a[0], a[1])
	case "max":
		return math.Max(a[0], a[1])
	case "mod":
		return a[0] - a[1]*math.Floor(a[0]/a[1])
	case "clip":
		if a[0] < a[1] {
			return a[1]
		}
		if a[0] > a[2] {
			return a[2]
		}
		return a[0]
	}
	if a[0] != 0 { // where
		return a[1]
	}
	return a[2]
}

// reduce folds one reduction's float64 values.
func reduce(name string, x, y []float64) float64 {
	sum, top := 0.0, math.Inf(-1)
	for i, v := range x {
		switch name {
		case "norm":
			sum += v * v
		case "dot":
			sum += v * y[i]
		case "max":
			top = math.Max(top, v)
		default:
			sum += v
		}
	}
	switch name {
	case "norm":
		return math.Sqrt(sum)
	case "max":
		return top
	case "mean":
		return sum / float64(max(len(x), 1)) // of none it is 0
	}
	return sum
}
