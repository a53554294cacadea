package distributed

import "github.com/descent-go/descent"

// tensor is a parameter as it travels.
type tensor struct {
	name        string
	shape       []int
	value, grad memory
	gradType    string // the type of grad, on all ranks
	wide        bool   // gradients travel as float64, because they or the weights are
	ready       bool   // within f: the gradient is final

	// The averaged gradients of this rank's share, which begins at first: float64
	// where the weights are, else float32.
	mean     memory
	first    int
	residual []float32 // what a wire has lost so far
}

// span is a run of numbers of a tensor.
type span struct {
	*tensor
	from, to int
}

// piece is numbers of a rank's share that travel together, one span after the other.
type piece []span

// bucket is what one exchange moves: of each rank's share a piece, which may be empty.
type bucket []piece

// size is how many numbers there are.
func (p piece) size() int {
	n := 0
	for _, s := range p {
		n += s.to - s.from
	}
	return n
}

// place is where the next span begins: numbers are aligned.
func place(at int) int { return (at + 7) &^ 7 }

// bytes is the memory that the piece takes, with so many bytes for a number.
func (p piece) bytes(width func(*tensor) int) int {
	end := 0
	for _, s := range p {
		end = place(end) + (s.to-s.from)*width(s.tensor)
	}
	return end
}

// each calls f for every span with its memory within data.
func (p piece) each(data []byte, width func(*tensor) int, f func(s span, data []byte)) {
	end := 0
	for _, s := range p {
		at := place(end)
		end = at + (s.to-s.from)*width(s.tensor)
		f(s, data[at:end])
	}
}

// cut cuts a share into pieces of at most so many bytes of gradients.
func cut(share []span, limit int) []piece {
	var pieces []piece
	room := 0
	for _, s := range share {
		for s.from < s.to {
			width := wireWidth(s.tensor)
			if room < width {
				pieces, room = append(pieces, nil), max(limit, 8)
			}
			part := span{s.tensor, s.from, min(s.to, s.from+room/width)}
			last := &pieces[len(pieces)-1]
			*last = append(*last, part)
			room -= (part.to - part.from) * width
			s.from = part.to
		}
	}
	return pieces
}

// wireWidth is the bytes of a number of the gradient on its way.
func wireWidth(t *tensor) int {
	if t.wide {
		return 8
	}
	return 4
}

// level makes buckets in which every rank has a piece, so that all are at work.
func level(shares [][]span, limit int) []bucket {
	var buckets []bucket
	for r, share := range shares {
		for k, p := range cut(share, limit/len(shares)) {
			if k == len(buckets) {
				buckets = append(buckets, make(bucket, len(shares)))
			}
			buckets[k][r] = p
		}
	}
	return buckets
}

// backwards makes buckets in the order in which a model computes its gradients,
// from the last parameter to the first; each belongs to one rank.
func backwards(shares [][]span, limit int) []bucket {
	var buckets []bucket
	for r := len(shares) - 1; r >= 0; r-- {
		pieces := cut(shares[r], limit)
		for k := len(pieces) - 1; k >= 0; k-- {
			b := make(bucket, len(shares))
			b[r] = pieces[k]
			buckets = append(buckets, b)
		}
	}
	return buckets
}

// sharesOf is the shares of the ranks as spans. Where a rule is not split, every
// rank has all: the ranks then average a part each, and give it to the others.
func (o *Optimizer) sharesOf(ranges [][]descent.Range) [][]span {
	shares := make([][]span, len(ranges))
	for r, list := range ranges {
		for _, g := range list {
			shares[r] = append(shares[r], span{o.byName[g.Param], g.From, g.To})
		}
	}
	if !o.whole {
		return shares
	}
	all := shares[0]
	ends := even(piece(all).size(), len(shares))
	for r := range shares {
		shares[r] = nil
		begin, end, at := ends[r], ends[r+1], 0
		for _, s := range all {
			from, to := max(begin, at), min(end, at+s.to)
			if from < to {
				shares[r] = append(shares[r], span{s.tensor, from - at, to - at})
			}
			at += s.to
		}
	}
	return shares
}
