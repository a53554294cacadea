package compat_test

import (
	"fmt"
	"hash/fnv"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/compat"
)

// Here optimizers are written out once more as loops over weights, by what their
// frameworks document and not through formulas, and compared on options drawn
// at random.

// loop is an optimizer's update number t of all weights. It knows the options
// by drawn, which gives a default where an option was not drawn. The states
// start at 0.
type loop func(drawn func(option string, def float64) float64, t float64, w, g []float64, s *loopStates)

// loopStates are what a loop keeps from step to step: for each weight, and one number.
type loopStates struct {
	a, b, c []float64
	x       float64
}

// loopCase is an optimizer with the values from which options are drawn: half of
// the options each time, and always those that have but one value. A nil among
// the values is none.
type loopCase struct {
	peer, optimizer string
	options         map[string][]any
	loop            loop
}

const loopRuns, loopSteps = 50, 12

// testLoops runs every case on loopRuns sets of options.
func testLoops(t *testing.T, cases []loopCase) {
	for i, c := range cases {
		t.Run(fmt.Sprint(i, "-", c.optimizer), func(t *testing.T) {
			h := fnv.New64()
			fmt.Fprint(h, c.peer, c.optimizer, i)
			for run := range uint64(loopRuns) {
				testLoop(t, c, rand.New(rand.NewPCG(h.Sum64(), run)))
			}
		})
	}
}

func testLoop(t *testing.T, c loopCase, rng *rand.Rand) {
	options := object{}
	for _, name := range slices.Sorted(maps.Keys(c.options)) {
		values := c.options[name]
		if v := values[rng.IntN(len(values))]; v != nil && (len(values) == 1 || rng.IntN(2) == 0) {
			options[name] = v
		}
	}
	drawn := func(option string, def float64) float64 {
		switch v := options[option].(type) {
		case float64:
			return v
		case bool:
			return map[bool]float64{true: 1}[v]
		}
		return def
	}
	rule, settings, err := compat.New(c.peer, c.optimizer, options)
	if err != nil {
		t.Fatalf("%v: %v", options, err)
	}
	shape := [][]int{{}, {5}, {1, 7}, {3, 4}, {6, 1}, {2, 3, 2}, {2, 1, 3, 2}}[rng.IntN(7)]
	n := 1
	for _, d := range shape {
		n *= d
	}
	w, g := make([]float64, n), make([]float64, n)
	for i := range w {
		w[i] = rng.NormFloat64()
	}
	want := slices.Clone(w)
	opt, err := descent.New(rule, []descent.Param{descent.NewParam("w", w, g, shape...)}, settings...)
	if err != nil {
		t.Fatalf("%v: %v", options, err)
	}
	defer opt.Close()
	s := &loopStates{a: make([]float64, n), b: make([]float64, n), c: make([]float64, n)}
	for step := 1; step <= loopSteps; step++ {
		for i := range g {
			g[i] = rng.NormFloat64() * []float64{1, 1, 1, 30, 1e-6}[rng.IntN(5)]
		}
		if err := opt.Step(); err != nil {
			t.Fatal(err)
		}
		c.loop(drawn, float64(step), want, slices.Clone(g), s)
		for i := range w {
			if !(math.Abs(w[i]-want[i]) <= 1e-12*(1+math.Abs(want[i]))) {
				t.Fatalf("%v, shape %v: step %d, element %d: %v, the loop has %v", options, shape, step, i, w[i], want[i])
			}
		}
	}
}

// limited cuts x to [-c, c].
func limited(x, c float64) float64 { return max(min(x, c), -c) }

func single(x float64) float64 { return float64(float32(x)) }

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}
