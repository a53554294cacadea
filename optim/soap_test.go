package optim_test

import (
	"maps"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

func init() {
	maps.Copy(hands, map[string]func(h hp) algorithm{"soap": handSOAP})
	maps.Copy(handCases, map[string][]hp{"soap": {{"frequency": 1}, {"frequency": 2, "wd": 0.1, "eps": 0.5}, {"shampoo_beta": 0.5}}})
}

// handSOAP is SOAP of a matrix with two rows: singular vectors begin, and Gram
// and Schmidt renew, the bases.
func handSOAP(h hp) algorithm {
	var left, right, l, r, m, v mat.Dense
	return func(t int, w []float64, grad func([]float64) []float64) []float64 {
		g, keep := mat.NewDense(2, len(w)/2, grad(w)), h["shampoo_beta"]
		if keep < 0 {
			keep = h["beta2"]
		}
		if t == 1 {
			m.Scale(0, g)
			v.Scale(0, g)
			mix(&l, g, g.T(), keep)
			mix(&r, g.T(), g, keep)
			var svd mat.SVD
			svd.Factorize(g, mat.SVDFull)
			svd.UTo(&left)
			svd.VTo(&right)
			return w
		}
		n, rotated, mean := float64(t-1), sandwich(left.T(), g, &right), mat.NewDense(2, len(w)/2, nil)
		m.Apply(func(i, j int, x float64) float64 { return h["beta1"]*x + (1-h["beta1"])*g.At(i, j) }, &m)
		v.Apply(func(i, j int, x float64) float64 {
			return h["beta2"]*x + (1-h["beta2"])*rotated.At(i, j)*rotated.At(i, j)
		}, &v)
		mean.Apply(func(i, j int, x float64) float64 { return x / (math.Sqrt(v.At(i, j)) + h["eps"]) }, sandwich(left.T(), &m, &right))
		u, rate := sandwich(&left, mean, right.T()).RawMatrix().Data, h["lr"]*math.Sqrt(1-math.Pow(h["beta2"], n))/(1-math.Pow(h["beta1"], n))
		out := make([]float64, len(w))
		for i := range out {
			out[i] = (w[i] - rate*u[i]) * (1 - h["lr"]*h["wd"])
		}
		mix(&l, g, g.T(), keep)
		mix(&r, g.T(), g, keep)
		if math.Mod(n, h["frequency"]) == 0 {
			v = *mat.DenseCopyOf(renewed(&right, &r, renewed(&left, &l, &v).T()).T())
		}
		return out
	}
}

// mix averages a product.
func mix(mean *mat.Dense, a, b mat.Matrix, keep float64) {
	var product mat.Dense
	product.Mul(a, b)
	product.Scale(1-keep, &product)
	if !mean.IsEmpty() {
		mean.Scale(keep, mean)
		product.Add(&product, mean)
	}
	mean.CloneFrom(&product)
}

func sandwich(a, x, b mat.Matrix) *mat.Dense {
	var out mat.Dense
	out.Mul(a, x)
	out.Mul(&out, b)
	return &out
}

// renewed makes the columns of q those of c*q, orthogonal and the largest
// first, and gives v with its rows in their order.
func renewed(q, c *mat.Dense, v mat.Matrix) *mat.Dense {
	n, width := v.Dims()
	out, old, taken := mat.NewDense(n, width, nil), mat.DenseCopyOf(q), make([]bool, n)
	var product mat.Dense
	product.Mul(c, old)
	for j := range n {
		best := -1
		for i := range n {
			size := func(k int) float64 { return mat.Dot(old.ColView(k), product.ColView(k)) }
			if !taken[i] && (best < 0 || size(i) > size(best)) {
				best = i
			}
		}
		taken[best] = true
		column := mat.VecDenseCopyOf(product.ColView(best))
		for range 2 { // once more for accuracy
			for k := range j {
				column.AddScaledVec(column, -mat.Dot(column, q.ColView(k)), q.ColView(k))
			}
			column.ScaleVec(1/mat.Norm(column, 2), column)
		}
		q.SetCol(j, column.RawVector().Data)
		out.SetRow(j, mat.Row(nil, best, v))
	}
	return out
}

// soapRun trains a matrix on given gradients.
func soapRun(t *testing.T, rule optim.Rule, start *mat.Dense, grads []*mat.Dense, options ...descent.Option) *mat.Dense {
	t.Helper()
	rows, columns := start.Dims()
	w, g := mat.DenseCopyOf(start), mat.NewDense(rows, columns, nil)
	opt, err := descent.New(rule, []descent.Param{descent.NewParam("w", w.RawMatrix().Data, g.RawMatrix().Data, rows, columns)}, options...)
	if err != nil {
		t.Fatal(err)
	}
	defer opt.Close()
	for _, x := range grads {
		g.Copy(x)
		if err := opt.Step(); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func randomMatrix(r *rand.Rand, rows, columns int) *mat.Dense {
	x := mat.NewDense(rows, columns, nil)
	x.Apply(func(int, int, float64) float64 { return r.NormFloat64() }, x)
	return x
}

// rotation is a random orthogonal matrix.
func rotation(r *rand.Rand, n int) *mat.Dense {
	var qr mat.QR
	qr.Factorize(randomMatrix(r, n, n))
	var q mat.Dense
	qr.QTo(&q)
	return &q
}

// TestSOAPRotates: whoever turns weights and gradients gets the trajectory
// turned, from both sides. Adam in the weights' own directions has not that.
func TestSOAPRotates(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	left, right := rotation(r, 4), rotation(r, 3)
	turn := func(x *mat.Dense) *mat.Dense {
		var out mat.Dense
		out.Mul(left, x)
		out.Mul(&out, right)
		return &out
	}
	start := randomMatrix(r, 4, 3)
	var grads, turned []*mat.Dense
	for range 12 {
		g := randomMatrix(r, 4, 3)
		grads, turned = append(grads, g), append(turned, turn(g))
	}
	for _, frequency := range []float64{1, 5} {
		options := []descent.Option{descent.LR(0.1), descent.Set("frequency", frequency)}
		got := soapRun(t, optim.SOAP, turn(start), turned, options...)
		want := turn(soapRun(t, optim.SOAP, start, grads, options...))
		if !mat.EqualApprox(got, want, 1e-8) {
			t.Errorf("with bases renewed every %v steps: got\n%v\nexpected\n%v", frequency, mat.Formatted(got), mat.Formatted(want))
		}
	}
}

// TestSOAPIsAdam: where gradients are diagonal the bases are the weights' own,
// and SOAP is Adam that has not seen the first gradient.
func TestSOAPIsAdam(t *testing.T) {
	start := mat.NewDense(2, 2, []float64{1, 0, 0, -1})
	var grads []*mat.Dense
	m, v, w := [2]float64{}, [2]float64{}, [2]float64{1, -1}
	for step := range 9 {
		g := [2]float64{3 + math.Sin(float64(step)), math.Cos(float64(step))}
		grads = append(grads, mat.NewDense(2, 2, []float64{g[0], 0, 0, g[1]}))
		for i := range w {
			if n := float64(step); step > 0 { // with wd = 0.01
				m[i] = 0.9*m[i] + (1-0.9)*g[i]
				v[i] = 0.8*v[i] + (1-0.8)*g[i]*g[i]
				w[i] -= 0.1 / (1 - math.Pow(0.9, n)) * m[i] * math.Sqrt(1-math.Pow(0.8, n)) / (math.Sqrt(v[i]) + 1e-8)
				w[i] *= 1 - 0.1*0.01
			}
		}
	}
	got := soapRun(t, optim.SOAP, start, grads, descent.LR(0.1), descent.Beta1(0.9), descent.Beta2(0.8), descent.WeightDecay(0.01))
	want := mat.NewDense(2, 2, []float64{w[0], 0, 0, w[1]})
	if !mat.EqualApprox(got, want, 1e-12) {
		t.Errorf("got\n%v\nexpected\n%v", mat.Formatted(got), mat.Formatted(want))
	}
}

func TestSOAPMistakes(t *testing.T) {
	for _, c := range []struct {
		options optim.SOAPOptions
		g       float64
		want    string
	}{
		{optim.SOAPOptions{MaxDim: -1}, 1, "expected at least 1"},
		{optim.SOAPOptions{Merge: true}, 1, "parameter w: its shape [2 2] has at most 10000 weights"},
		{optim.SOAPOptions{}, math.Inf(1), "parameter w: the gradient is not finite"},
	} {
		w := []float64{1, 2, 3, 4}
		opt, err := descent.New(optim.NewSOAP(c.options), []descent.Param{descent.NewParam("w", w, []float64{c.g, 1, 1, 1}, 2, 2)})
		if err == nil {
			err = opt.Step()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || w[0] != 1 {
			t.Errorf("%+v: error %v, expected %q; the weights are %v", c.options, err, c.want, w)
		}
	}
}
