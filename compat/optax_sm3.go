package compat

import (
	"math"
	"strconv"

	"github.com/descent-go/descent/optim"
)

// optaxSM3 keeps one sum of squares for every index of every dimension: what a
// weight divides by is the least of its dimensions' sums.
func optaxSM3(r *reader) made {
	c := &optaxChain{reader: r}
	return c.stepper(&optaxStepper{name: "sm3", states: sm3States, step: sm3Step},
		c.lr(), c.set("momentum", "momentum", 0.9))
}

func sm3States(shape []int) []optim.StateSize {
	states := []optim.StateSize{{Name: "m", Len: weights(shape)}}
	for i, n := range shape {
		states = append(states, optim.StateSize{Name: sm3Sum(i), Len: n})
	}
	return states
}

func sm3Sum(axis int) string { return "sum" + strconv.Itoa(axis) }

func sm3Step(t *optim.Tensor) {
	lr, momentum, m := t.Hyper["lr"], t.Hyper["momentum"], t.State["m"]
	next := make([][]float64, len(t.Shape))
	for d, n := range t.Shape {
		next[d] = make([]float64, n)
	}
	for i, g := range t.Grad {
		least := math.Inf(1)
		for d := range t.Shape {
			least = min(least, t.State[sm3Sum(d)][optaxAxisOf(t.Shape, d).at(i)])
		}
		sum := float64(g*g) + least
		u := 0.0
		if sum > 0 {
			u = g / math.Sqrt(sum+1e-8)
		}
		m[i] = float64(momentum*m[i]) + float64((1-momentum)*u)
		t.Step[i] = lr * m[i]
		for d := range t.Shape {
			at := optaxAxisOf(t.Shape, d).at(i)
			next[d][at] = max(next[d][at], sum)
		}
	}
	for d := range next {
		copy(t.State[sm3Sum(d)], next[d])
	}
}
