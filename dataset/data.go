package dataset

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
)

// maxValues bounds the values of Data.X, 2 GiB of them: beyond it a file is
// refused with an error rather than the machine brought to its knees.
const maxValues = 1 << 29

// Data is a table of examples.
type Data struct {
	// Name is the base name of the file, or "MNIST".
	Name string
	// X holds the examples one after the other, N*Features() finite values.
	X []float32
	// N is the number of examples, at least 1.
	N int
	// Shape is the shape of one example: [features] of a table, or [channels
	// height width] of images. Its product is Features().
	Shape []int
	// Y holds one target per example: the index of its class in
	// Schema.Target.Classes, or the standardised number (Target.Value gives it
	// back in its own units). It is nil when the data has no target.
	Y []float32
	// Schema says how the data was read; Schema.Open reads more of the kind.
	Schema Schema
	// Notes say in plain English what was recognised, filled and ignored.
	Notes []string
}

// Features is the number of values in one example.
func (d *Data) Features() int { return product(d.Shape) }

// Classification reports whether the target is a class rather than a number.
func (d *Data) Classification() bool { return d.Schema.Target.Task == Classification }

// Classes are the names of the classes, in the order of their indices in Y. It
// is nil for regression.
func (d *Data) Classes() []string { return d.Schema.Target.Classes }

// Split shuffles the examples and holds a part of them, a fraction between 0
// and 1, back for testing. The same data and seed give the same split on every
// machine. Both parts are copies and get at least one example; it is an error
// if there are not two, or if held is not between 0 and 1. The schema stays that
// of all examples; [OpenSplit] has it decided without those held back.
func (d *Data) Split(held float64, seed uint64) (train, test *Data, err error) {
	if !(held > 0 && held < 1) {
		return nil, nil, errHeld(held)
	}
	if d.N < 2 {
		return nil, nil, errors.New("split: two examples are needed, one to train and one to test")
	}
	order := shuffled(d.N, seed)
	n := heldCount(d.N, held)
	return d.pick(order[n:]), d.pick(order[:n]), nil
}

func errHeld(held float64) error {
	return fmt.Errorf("split: the part held back is %v, it must be between 0 and 1", held)
}

// heldCount is how many of n examples are held back.
func heldCount(n int, held float64) int {
	return min(max(int(math.Round(held*float64(n))), 1), n-1)
}

// heldBack says which of n examples Split holds back, none if there are not two.
func heldBack(n int, held float64, seed uint64) []bool {
	out := make([]bool, n)
	if n < 2 {
		return out
	}
	for _, i := range shuffled(n, seed)[:heldCount(n, held)] {
		out[i] = true
	}
	return out
}

// pick copies the examples with the given indices.
func (d *Data) pick(index []int) *Data {
	p := *d
	f := d.Features()
	p.N = len(index)
	p.X = make([]float32, 0, len(index)*f)
	for _, i := range index {
		p.X = append(p.X, d.X[i*f:(i+1)*f]...)
	}
	if d.Y == nil {
		return &p
	}
	p.Y = make([]float32, 0, len(index))
	for _, i := range index {
		p.Y = append(p.Y, d.Y[i])
	}
	return &p
}

// shuffled returns the numbers below n in an order set by the seed. It draws
// from the generator's words alone, whose sequence is fixed for ever, where
// rand.Perm may change. (The bias of the remainder is below n/2^64.)
func shuffled(n int, seed uint64) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	words := rand.NewPCG(seed, 0)
	for i := n - 1; i > 0; i-- {
		j := int(words.Uint64() % uint64(i+1))
		order[i], order[j] = order[j], order[i]
	}
	return order
}

// checkSize says whether n examples of so many features may be held in memory.
func checkSize(path string, n, features int) error {
	if int64(n) <= maxValues/int64(features) {
		return nil
	}
	return fmt.Errorf("%s: %d examples of %d features would take more than 2 GiB of memory; use fewer of either", path, n, features)
}

func product(shape []int) int {
	p := 1
	for _, n := range shape {
		p *= n
	}
	return p
}
