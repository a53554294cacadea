package distributed

import "fmt"

// encode starts the exchange of the k-th bucket's gradients in the form of the
// wire. What that loses waits for the next gradient; where signs vote, as in
// signSGD, nothing does.
//
// Seide et al., "1-Bit Stochastic Gradient Descent", Interspeech 2014; Karimireddy
// et al., "Error Feedback Fixes SignSGD", ICML 2019; Bernstein et al., "signSGD",
// ICML 2018.
func (o *Optimizer) encode(k int) (send, recv [][]byte) {
	b, l, wire := o.gradients[k], o.lane(k), o.options.Wire
	o.await(b)
	mine := wire.Size(b[o.c.Rank()].size())
	for r, p := range b {
		x := o.floats(0, p.size())
		o.take(p, x)
		l.packed[r] = grow(l.packed[r], wire.Size(len(x)))
		l.send[r] = l.packed[r]
		wire.Encode(l.send[r], x)
		o.keep(p, x)
		l.came[r] = grow(l.came[r], mine)
	}
	return l.exchange(o.c.Rank())
}

// take sets x to the gradients of a piece with what was lost of those before. What is
// frozen has none: whatever its memory holds would crowd out others.
func (o *Optimizer) take(p piece, x []float32) {
	for _, s := range p {
		n := s.to - s.from
		frozen := o.opt.Frozen(s.name)
		if clear(x[:n]); !frozen {
			read(x[:n], s.grad, s.from)
		}
		if s.residual != nil && !frozen {
			add(x[:n], x[:n], s.residual[s.from:s.to])
		}
		x = x[n:]
	}
}

// keep keeps what was lost.
func (o *Optimizer) keep(p piece, x []float32) {
	for _, s := range p {
		if s.residual != nil && !o.opt.Frozen(s.name) {
			copy(s.residual[s.from:s.to], x)
		}
		x = x[s.to-s.from:]
	}
}

// floats is scratch memory, one for every number of ranks.
func (o *Optimizer) floats(i, n int) []float32 {
	for len(o.scratch) <= i {
		o.scratch = append(o.scratch, nil)
	}
	if cap(o.scratch[i]) < n {
		o.scratch[i] = make([]float32, n)
	}
	return o.scratch[i][:n]
}

// decode averages what has come for the k-th bucket.
func (o *Optimizer) decode(k int) error {
	rank := o.c.Rank()
	p := o.gradients[k][rank]
	ranks := make([][]float32, o.c.Size())
	for r, data := range o.lane(k).all(rank) {
		ranks[r] = o.floats(1+r, p.size())
		if err := o.options.Wire.Decode(ranks[r], data); err != nil {
			return fmt.Errorf("the gradient of rank %d: %w", r, err)
		}
	}
	x := ranks[0]
	fold(x, ranks, Mean)
	if o.options.Wire.Vote() {
		signs(x)
	}
	for _, s := range p {
		write(s.mean, s.from-s.first, x[:s.to-s.from])
		x = x[s.to-s.from:]
	}
	return nil
}

// signs sets numbers to 1, -1, or 0 where the votes are even; NaN stays.
func signs(x []float32) {
	for i, v := range x {
		switch {
		case v > 0:
			x[i] = 1
		case v < 0:
			x[i] = -1
		}
	}
}
