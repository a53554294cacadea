package online

// blocks says in which blocks of weights learning has been, so that those who
// look at all weights need not look where there are none: of 2^28 weights a
// model may have a thousand.
type blocks []bool

// blockBits: a block has so many bits of weights.
const blockBits = 12

func newBlocks(bits int) blocks { return make(blocks, 1<<max(bits-blockBits, 0)) }

// mark says that weights are learned.
func (b blocks) mark(at []uint32) {
	for _, a := range at {
		b[a>>blockBits] = true
	}
}

// all marks every block.
func (b blocks) all() {
	for i := range b {
		b[i] = true
	}
}

// indexes gives, in order, the weights of a table of so many that are in marked
// blocks.
func (b blocks) indexes(n int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for k, marked := range b {
			if !marked {
				continue
			}
			for i := k << blockBits; i < min((k+1)<<blockBits, n); i++ {
				if !yield(i) {
					return
				}
			}
		}
	}
}
