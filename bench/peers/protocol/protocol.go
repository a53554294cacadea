// Package protocol is how the programs of bench/peers talk: the conductor
// writes a line to a peer's standard input and reads a line of its standard
// output.
//
//	prepare adam 1000 3 2   a rule, weights a tensor, tensors, threads; answer: ok
//	run 5                   steps; answer: ns 81234567, the time of all of them
//	scale -0.5              multiplies the gradients; answer: ok
//	moved                   answer: moved 0.0123, the mean of |weight - start|
//	drop                    gives the memory back; answer: ok
//
// What a peer cannot do it answers with "no" and the reason.
package protocol

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// ErrNoRule is what a peer answers that has not the rule it shall prepare.
var ErrNoRule = errors.New("no such rule")

// Work is what a peer prepares: so many tensors of so many weights each.
type Work struct {
	Rule             string
	Weights, Tensors int
	Threads          int
}

// All is the number of weights of all tensors.
func (w Work) All() int { return w.Weights * w.Tensors }

// Peer is an implementation of optimizers to measure.
type Peer interface {
	// Prepare makes weights and gradients, those of Start and Gradient.
	Prepare(Work) error
	// Run makes steps and gives the time of all of them.
	Run(steps int) (time.Duration, error)
	// Scale multiplies the gradients.
	Scale(factor float32) error
	// Moved is the mean distance of the weights from where they started.
	Moved() (float64, error)
	// Drop gives back what Prepare made.
	Drop() error
}

// Start is the i-th weight before the first step, counted over all tensors.
func Start(i int) float32 { return float32(float64(i*7919%1013-506) / 1013) }

// Gradient is the gradient of the i-th weight: 0.1 to 1.1, one in three below 0.
func Gradient(i int) float32 {
	g := float32(0.1 + float64(i*7907%1009)/1009)
	if i%3 == 0 {
		return -g
	}
	return g
}

// Fill makes the weights and gradients of all tensors, one after the other.
func Fill(n int) (weights, grads []float32) {
	weights, grads = make([]float32, n), make([]float32, n)
	for i := range weights {
		weights[i], grads[i] = Start(i), Gradient(i)
	}
	return weights, grads
}

// Distance is the mean distance of weights from Start.
func Distance(weights []float32) float64 {
	sum := 0.0
	for i, w := range weights {
		sum += math.Abs(float64(w) - float64(Start(i)))
	}
	return sum / float64(len(weights))
}

func (w Work) String() string {
	return fmt.Sprintf("%s %d %d %d", w.Rule, w.Weights, w.Tensors, w.Threads)
}
