package compat_test

import (
	"math"
	"testing"
)

// TestMXNetNadamRests: the product of momenta counts every update, those too of
// parameters that all rest in the next step.
func TestMXNetNadamRests(t *testing.T) {
	const lr, beta1, beta2, decay = 0.1, 0.5, 0.75, 1.0
	w, m, v, n, product := []float64{1, -2}, []float64{0, 0}, []float64{0, 0}, []float64{0, 0}, 1.0
	momentum := func(n float64) float64 { return beta1 * (1 - 0.5*math.Pow(0.96, n*decay)) }
	var steps []object
	for step := range 8 {
		k := step / 2 % 2
		g := gradient(step, k)
		n[k]++
		mu, next := momentum(n[k]), momentum(n[k]+1)
		product *= mu
		m[k], v[k] = beta1*m[k]+(1-beta1)*g, beta2*v[k]+(1-beta2)*g*g
		mean := (1-mu)*g/(1-product) + next*m[k]/(1-product*next)
		w[k] -= lr * mean / (math.Sqrt(v[k]/(1-math.Pow(beta2, n[k]))) + 1e-8)
		grads := [][]float64{nil, nil}
		grads[k] = []float64{g}
		steps = append(steps, object{"grads": grads, "values": [][]float64{{w[0]}, {w[1]}}})
	}
	passes(t, record(t, object{"peer": "mxnet", "optimizer": "nadam", "steps": steps,
		"options": object{"learning_rate": lr, "beta1": beta1, "beta2": beta2, "schedule_decay": decay},
		"params":  []object{{"name": "a", "shape": []int{1}, "value": []float64{1}}, {"name": "b", "shape": []int{1}, "value": []float64{-2}}}}), nil)
}
