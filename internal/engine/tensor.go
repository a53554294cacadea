package engine

import (
	"hash/fnv"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/internal/plan"
)

// Group is the parameters whose hyperparameters have the same values.
type Group struct {
	Fixed map[string]float64 // those that shape the program
	Hyper map[string]float64 // all present values, read at every step
	Used  map[string]bool    // those of Fixed that did shape it

	program *formula.Program // the flat program, specialised
}

// Tensor is a parameter.
type Tensor struct {
	Name   string
	Shape  []int
	W, G   plan.Vector
	Low    plan.Vector // the weights in half precision, of which W is the master copy; else empty
	Seen   plan.Vector // where empty, W
	Rows   []int       // where not nil, G holds these rows only, in order, and no others move
	Group  *Group
	Frozen bool // takes no part in steps
	States []State
	Sum    plan.Vector          // of the gradients accumulated so far
	Own    map[string][]float64 // the states of a rule that is no formula

	clock  *clock  // nil before the first update
	sparse *sparse // the gradient, where it was given for some rows

	// Where weights are split, W and what else has a value for each are this rank's.
	first int // of all the tensor's weights, the one with which they begin
	other int // weights of the tensor that other ranks have
	start int // where the tensor begins among all weights of the model

	mean plan.Vector // of the gradients accumulated for this step
	step plan.Vector // what that rule subtracts
	key  uint64      // of the name and the seed
	kept plan.Vector
}

// State is a state of a parameter: a vector, or a scalar in a vector of length 1.
type State struct {
	Name string
	Kind plan.StateKind
	BF16 bool // V is of bfloat16, whatever the weights are
	V    plan.Vector
}

// value is the parameter's own memory.
func (t *Tensor) value() plan.Vector {
	if t.Low.Len() > 0 {
		return t.Low
	}
	return t.W
}

// options says in which types a plan for the tensor computes.
func (t *Tensor) options(o plan.Options) plan.Options {
	o.Type, o.RowIsElem = single(t.W.Type()), t.RowLength() <= 1
	if t.W.Type().Half() {
		o.Round = t.W.Type()
	}
	o.Low = t.Low.Type()
	return o
}

// RowLength is the number of weights of a row.
func (t *Tensor) RowLength() int {
	if len(t.Shape) == 0 || t.Shape[0] == 0 {
		return t.size()
	}
	return t.size() / t.Shape[0]
}

// RowCount is the number of rows on all ranks, 0 where there are no weights.
func (t *Tensor) RowCount() int { return t.rows(t.size()) }

// rows is how many rows so many weights are.
func (t *Tensor) rows(weights int) int {
	if weights == 0 {
		return 0
	}
	return weights / t.RowLength()
}

// nameKey hashes seed and name to the key of the tensor's normal draws.
func nameKey(seed uint64, name string) uint64 {
	h := fnv.New64a()
	for i := range 8 {
		h.Write([]byte{byte(seed >> (8 * i))})
	}
	h.Write([]byte(name))
	k := h.Sum64()
	for range 2 { // fnv mixes its last bytes little; the murmur3 finaliser does
		k = (k ^ k>>33) * 0xff51afd7ed558ccd
		k = (k ^ k>>33) * 0xc4ceb9fe1a85ec53
	}
	return k ^ k>>33
}
