package optim_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

func init() {
	hands["muon"] = handMuon
	handCases["muon"] = []hp{{"momentum": 0, "lr": 0.1}, {"wd": 0.5}, {"adam_lr_ratio": 1, "beta1": 0.5, "beta2": 0.5, "eps": 0.1, "wd": 0.5}}
}

// handMuon is Muon of a matrix with two rows. What Newton and Schulz's
// iteration does to a matrix it does to each singular value.
func handMuon(h hp) algorithm {
	var m []float64
	return func(t int, w []float64, grad func([]float64) []float64) []float64 {
		if t == 1 {
			m = make([]float64, len(w))
		}
		u := mat.NewDense(2, len(w)/2, nil)
		for i, g := range grad(w) {
			m[i] = h["momentum"]*m[i] + g
			u.RawMatrix().Data[i] = g + h["momentum"]*m[i]
		}
		u.Scale(1/(mat.Norm(u, 2)+1e-7), u)
		step := orthogonalised(u)
		out := make([]float64, len(w))
		for i := range w {
			out[i] = w[i] - h["lr"]*(step[i]+h["wd"]*w[i])
		}
		return out
	}
}

// orthogonalised is x with p(p(p(p(p(s))))) for each singular value s.
func orthogonalised(x *mat.Dense) []float64 {
	var svd mat.SVD
	svd.Factorize(x, mat.SVDThin)
	var left, right, out mat.Dense
	svd.UTo(&left)
	svd.VTo(&right)
	values := svd.Values(nil)
	for i, s := range values {
		for range 5 {
			s = 3.4445*s - 4.775*s*s*s + 2.0315*s*s*s*s*s
		}
		values[i] = s
	}
	left.Apply(func(_, j int, v float64) float64 { return v * values[j] }, &left)
	out.Mul(&left, right.T())
	return out.RawMatrix().Data
}

// muonStep is what one step subtracts from weights of 0.
func muonStep(t *testing.T, g []float64, shape []int, options ...descent.Option) []float64 {
	t.Helper()
	w := make([]float64, len(g))
	opt, err := descent.New(optim.Muon, []descent.Param{descent.NewParam("w", w, g, shape...)}, options...)
	if err != nil {
		t.Fatal(err)
	}
	step(t, opt, func() {})
	for i := range w {
		w[i] = -w[i]
	}
	return w
}

// TestMuonShapes: a step of lr = 1 has singular values near sqrt(max(1,
// rows/columns)), whatever the shape and the size of the gradient.
func TestMuonShapes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, shape := range [][]int{{1, 5}, {5, 1}, {4, 4}, {12, 3}, {3, 12}, {6, 2, 1, 5}, {12, 2, 2}} {
		rows, n := shape[0], 1
		for _, d := range shape {
			n *= d
		}
		for _, size := range []float64{1e-3, 1, 1e6} {
			g := randomMatrix(r, rows, n/rows)
			g.Scale(size, g)
			u := mat.NewDense(rows, n/rows, muonStep(t, g.RawMatrix().Data, shape, descent.LR(1)))
			var svd mat.SVD
			if !svd.Factorize(u, mat.SVDNone) {
				t.Fatal("no singular values")
			}
			want := math.Sqrt(max(1, float64(rows*rows)/float64(n)))
			for _, s := range svd.Values(nil) {
				if s < 0.5*want || s > 1.3*want {
					t.Errorf("%v: singular value %v of a step, expected about %v", shape, s, want)
				}
			}
		}
	}
}

// TestMuonAdam: what is no matrix has AdamW with a learning rate of its own.
func TestMuonAdam(t *testing.T) {
	g := []float64{1, -2, 0, 1e-3}
	w, v := []float64{1, 2, 3, 4}, []float64{1, 2, 3, 4}
	muon := one(t, optim.Muon, w, g, descent.WeightDecay(0.5), descent.LR(0.1))
	adam := one(t, optim.AdamW, v, slices.Clone(g), descent.WeightDecay(0.5), descent.LR(0.1*0.015), descent.Beta2(0.95), descent.Eps(1e-10))
	for range 5 {
		step(t, muon, func() {})
		step(t, adam, func() {})
	}
	for i := range w {
		if math.Abs(w[i]-v[i]) > 1e-14 {
			t.Errorf("element %d: %v, adamw gives %v", i, w[i], v[i])
		}
	}
}
