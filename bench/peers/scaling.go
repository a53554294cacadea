package main

import "slices"

// sizes are the numbers of weights at which the cost of a weight is measured.
var sizes = []int{
	1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000,
	16_000_000, 32_000_000, 64_000_000, 128_000_000, 256_000_000, 512_000_000, 1_000_000_000,
}

// adamBytes is what a weight of adam takes: itself, its gradient and two states.
const adamBytes = 16

// scaling is the case of a size.
func scaling(n int) Case {
	return Case{Name: "adam, growing", Rule: "adam", Weights: n, Tensors: 1}
}

// grow measures adam from small sizes to limit: all entrants together while memory
// allows, one after the other where it allows but one.
func (p plan) grow(limit int, entrants []entrant) []Result {
	var results []Result
	for _, n := range sizes {
		if n > limit {
			break
		}
		free, known := available()
		need := int64(n) * adamBytes
		switch {
		case !known || need*int64(len(entrants)) < free*9/10:
			results = append(results, p.measure(scaling(n), entrants)...)
		case need < free*9/10:
			p.say("%d weights: one peer after the other, for want of memory", n)
			for e := range slices.Chunk(entrants, 1) {
				results = append(results, p.measure(scaling(n), e)...)
			}
		default:
			p.say("%d weights take %d MB, of which %d MB are free: left out", n, need>>20, free>>20)
		}
	}
	return results
}

// growth are the entrants of scaling.
func growth(all []entrant) []entrant {
	return slices.DeleteFunc(slices.Clone(all), func(e entrant) bool { return e.key != "descent" && e.key != "c" })
}
