package distributed

import "fmt"

// block is how many bytes of each rank's part go in one exchange: while the next
// is on its way the last is added up.
const block = 1 << 20

// ReduceScatter sets own to this rank's part of what op makes of all ranks' x.
// The part of rank r begins at starts[r] and ends where the next begins; own may
// be that part of x. The others are left as they are.
func ReduceScatter[T Number](c Collective, own, x []T, starts []int, op Op) error {
	p, err := newParts(c, len(x), starts, sizeOf[T]())
	if err != nil {
		return err
	}
	if len(own) != p.to(p.rank)-p.from(p.rank) {
		return fmt.Errorf("distributed: rank %d: memory for %d numbers, expected %d, its part of %d", p.rank, len(own), p.to(p.rank)-p.from(p.rank), len(x))
	}
	s := newScatter(p, x)
	return pipeline(c, p.blocks, s.start, func(k int) error {
		from, to := p.block(p.rank, k)
		begin := p.from(p.rank)
		s.fold(own[from-begin:to-begin], k, op)
		return nil
	})
}

// AllGather gives every rank the parts of all: each brings its own, in place.
// Parts are as those of [ReduceScatter].
func AllGather[T Data](c Collective, x []T, starts []int) error {
	p, err := newParts(c, len(x), starts, sizeOf[T]())
	if err != nil {
		return err
	}
	return pipeline(c, p.blocks, func(k int) (send, recv [][]byte) { return gatherBlock(p, x, k) }, func(int) error { return nil })
}

// AllReduce sets x to what op makes of all ranks' x, the same on each.
func AllReduce[T Number](c Collective, x []T, op Op) error {
	p, err := newParts(c, len(x), even(len(x), c.Size())[:c.Size()], sizeOf[T]())
	if err != nil || p.size == 1 {
		return err
	}
	s := newScatter(p, x)
	var gathers []Pending
	err = pipeline(c, p.blocks, s.start, func(k int) error {
		from, to := p.block(p.rank, k)
		s.fold(x[from:to], k, op)
		gathers = append(gathers, c.Start(gatherBlock(p, x, k)))
		return nil
	})
	for _, g := range gathers {
		if e := g.Wait(); err == nil {
			err = e
		}
	}
	return err
}

// Broadcast gives every rank the x of one.
func Broadcast[T Data](c Collective, x []T, root int) error {
	size := c.Size()
	if root < 0 || root >= size {
		return fmt.Errorf("distributed: a broadcast from rank %d of %d", root, size)
	}
	// The root cuts x and gives every rank a part; then all give each other theirs.
	ends, send, recv := even(len(x), size), make([][]byte, size), make([][]byte, size)
	part := func(r int) []byte { return bytesOf(x[ends[r]:ends[r+1]]) }
	for r := range send {
		if c.Rank() == root && r != root {
			send[r] = part(r)
		}
	}
	if c.Rank() != root {
		recv[root] = part(c.Rank())
	}
	if err := c.Start(send, recv).Wait(); err != nil {
		return err
	}
	return AllGather(c, x, ends[:size])
}

// Barrier returns when all ranks have called it.
func Barrier(c Collective) error {
	send, recv := make([][]byte, c.Size()), make([][]byte, c.Size())
	for r := range send {
		send[r], recv[r] = make([]byte, 1), make([]byte, 1)
	}
	return c.Start(send, recv).Wait()
}

// pipeline makes n exchanges: while one is on its way, done deals with what the
// one before has brought.
func pipeline(c Collective, n int, start func(k int) (send, recv [][]byte), done func(k int) error) error {
	var last Pending
	for k := range n + 1 {
		var next Pending
		if k < n {
			next = c.Start(start(k))
		}
		if last != nil {
			err := last.Wait()
			if err == nil {
				if err = done(k - 1); err != nil {
					c.Abort(err) // the others would wait for what comes next
					err = &RankError{c.Rank(), err}
				}
			}
			if err != nil {
				if next != nil {
					next.Wait() // the memory is the exchange's until then; it fails too
				}
				return err
			}
		}
		last = next
	}
	return nil
}

// even is where even parts of n numbers begin, one for each rank, and the last ends.
func even(n, ranks int) []int {
	ends := make([]int, ranks+1)
	for r := range ends {
		ends[r] = n/ranks*r + n%ranks*r/ranks // r*n/ranks, which could overflow
	}
	return ends
}

// parts is an array of which each rank has a part, in blocks.
type parts struct {
	rank, size, blocks int
	ends               []int // where the parts begin, and the last ends
	step               int   // numbers a block
}

func newParts(c Collective, n int, starts []int, width int) (*parts, error) {
	p := &parts{rank: c.Rank(), size: c.Size(), step: block / width}
	if len(starts) != p.size {
		return nil, fmt.Errorf("distributed: rank %d: %d parts, expected one for each of %d ranks", p.rank, len(starts), p.size)
	}
	p.ends = append(append(p.ends, starts...), n)
	for r := range starts {
		if p.from(r) > p.to(r) || r == 0 && p.from(r) != 0 {
			return nil, fmt.Errorf("distributed: rank %d: the part of rank %d is from %d to %d of %d: expected parts one after the other from 0 on", p.rank, r, p.from(r), p.to(r), n)
		}
		p.blocks = max(p.blocks, (p.to(r)-p.from(r)+p.step-1)/p.step)
	}
	return p, nil
}

func (p *parts) from(rank int) int { return p.ends[rank] }
func (p *parts) to(rank int) int   { return p.ends[rank+1] }

// block is the k-th block of a rank's part, empty after the last.
func (p *parts) block(rank, k int) (from, to int) {
	from = min(p.from(rank)+k*p.step, p.to(rank))
	return from, min(from+p.step, p.to(rank))
}

// gatherBlock is the exchange that brings every rank the k-th blocks of all.
func gatherBlock[T Data](p *parts, x []T, k int) (send, recv [][]byte) {
	send, recv = make([][]byte, p.size), make([][]byte, p.size)
	for r := range send {
		if r != p.rank {
			from, to := p.block(p.rank, k)
			send[r] = bytesOf(x[from:to])
			from, to = p.block(r, k)
			recv[r] = bytesOf(x[from:to])
		}
	}
	return send, recv
}

// scatter brings each rank the others' numbers for its part. There is memory for
// two blocks: one that comes and one that is added up.
type scatter[T Number] struct {
	*parts
	x     []T
	came  [2][][]T
	ranks [][]T
}

func newScatter[T Number](p *parts, x []T) *scatter[T] {
	s := &scatter[T]{parts: p, x: x, ranks: make([][]T, p.size)}
	for i := range s.came {
		s.came[i] = make([][]T, p.size)
		for r := range s.came[i] {
			if r != p.rank && i < p.blocks {
				s.came[i][r] = make([]T, min(p.step, p.to(p.rank)-p.from(p.rank)))
			}
		}
	}
	return s
}

// start is the exchange of the k-th blocks.
func (s *scatter[T]) start(k int) (send, recv [][]byte) {
	send, recv = make([][]byte, s.size), make([][]byte, s.size)
	for r := range send {
		if r != s.rank {
			from, to := s.block(r, k)
			send[r] = bytesOf(s.x[from:to])
			from, to = s.block(s.rank, k)
			recv[r] = bytesOf(s.came[k%2][r][:to-from])
		}
	}
	return send, recv
}

// fold makes the k-th block of this rank's part.
func (s *scatter[T]) fold(dst []T, k int, op Op) {
	from, to := s.block(s.rank, k)
	for r := range s.ranks {
		if s.ranks[r] = s.came[k%2][r]; r == s.rank {
			s.ranks[r] = s.x[from:to]
		}
	}
	fold(dst, s.ranks, op)
}
