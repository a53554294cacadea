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
	return c.stepper(&stepper{name: "sm3", states: sm3States, step: sm3Step},
		c.lr(), c.set("momentum", "momentum", 0.9))
}

func sm3States(shape []int) []optim.StateSize {
	states := []optim.StateSize{{Name: "m", Len: weights(shape)}}
	for i, n := range sm3Shape(shape) {
		states = append(states, optim.StateSize{Name: sm3Sum(i), Len: n})
	}
	return states
}

// sm3Shape has at least one dimension: a single number, of which optax's sm3
// can make nothing, is a vector of one.
func sm3Shape(shape []int) []int {
	if len(shape) == 0 {
		return []int{1}
	}
	return shape
}

func sm3Sum(axis int) string { return "sum" + strconv.Itoa(axis) }

func sm3Step(t *optim.Tensor) error {
	lr, momentum, m := t.Hyper["lr"], t.Hyper["momentum"], t.State["m"]
	var axes []optaxAxis
	var sums, next [][]float64
	for d, n := range sm3Shape(t.Shape) {
		axes = append(axes, optaxAxisOf(sm3Shape(t.Shape), d))
		sums = append(sums, t.State[sm3Sum(d)])
		next = append(next, make([]float64, n))
	}
	for i, g := range t.Grad {
		least := math.Inf(1)
		for d, a := range axes {
			least = min(least, sums[d][a.at(i)])
		}
		sum := float64(g*g) + least
		u := 0.0
		if sum > 0 {
			u = g / math.Sqrt(sum+1e-8)
		}
		m[i] = float64(momentum*m[i]) + float64((1-momentum)*u)
		t.Step[i] = lr * m[i]
		for d, a := range axes {
			next[d][a.at(i)] = max(next[d][a.at(i)], sum)
		}
	}
	for d := range next {
		copy(sums[d], next[d])
	}
	return nil
}
