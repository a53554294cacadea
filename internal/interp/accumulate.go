package interp

import "github.com/descent-go/descent/internal/plan"

// Accumulators have lanes, to which weights go by their place in the run: a
// block starts at lane 0.

func accumulate(acc *plan.Acc, a []float64) {
	i := 0
	for ; i < len(a)-3; i += unroll {
		l := acc[i%plan.Lanes:][:unroll]
		l[0] += a[i]
		l[1] += a[i+1]
		l[2] += a[i+2]
		l[3] += a[i+3]
	}
	for ; i < len(a); i++ {
		acc[i%plan.Lanes] += a[i]
	}
}

func accumulateProducts[T lane](acc *plan.Acc, a, b []T) {
	b = b[:len(a)]
	i := 0
	for ; i < len(a)-3; i += unroll {
		l := acc[i%plan.Lanes:][:unroll]
		l[0] += float64(float64(a[i]) * float64(b[i]))
		l[1] += float64(float64(a[i+1]) * float64(b[i+1]))
		l[2] += float64(float64(a[i+2]) * float64(b[i+2]))
		l[3] += float64(float64(a[i+3]) * float64(b[i+3]))
	}
	for ; i < len(a); i++ {
		acc[i%plan.Lanes] += float64(float64(a[i]) * float64(b[i]))
	}
}

func accumulateMax(acc *plan.Acc, a []float64) {
	for i, x := range a {
		acc[i%plan.Lanes] = plan.Combine(true, acc[i%plan.Lanes], x)
	}
}
