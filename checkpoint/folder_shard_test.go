package checkpoint

import (
	"errors"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// peer is one of some ranks that have nothing to tell each other.
type peer struct{ rank, size int }

func (p peer) Rank() int { return p.rank }
func (p peer) Size() int { return p.size }
func (p peer) Gather([]float64, []int) ([]float64, error) {
	return nil, errors.New("adam has no sums")
}

// sharded is one of the ranks of a training.
type sharded struct {
	peer
	weights []Tensor
	grads   [][]float32
	opt     *descent.Optimizer
}

// newSharded makes ranks that split a model; one rank has all of it.
func newSharded(t *testing.T, size int) []*sharded {
	t.Helper()
	var ranks []*sharded
	for rank := range size {
		r := &sharded{peer: peer{rank, size}}
		var params []descent.Param
		for i, name := range []string{"a", "b/c", "d"} {
			n := []int{30_000, 3, 9000}[i]
			w, g := make([]float32, n), make([]float32, n)
			for i := range w {
				w[i] = float32(i%100) - 50
			}
			r.weights = append(r.weights, Tensor{Name: name, Shape: []int{n}, F32: w})
			r.grads = append(r.grads, g)
			params = append(params, descent.NewParam(name, w, g))
		}
		var err error
		if r.opt, err = descent.New(optim.Adam, params, descent.Accumulate(2), descent.Shard(r.peer)); err != nil {
			t.Fatal(err)
		}
		ranks = append(ranks, r)
	}
	return ranks
}

func steps(t *testing.T, ranks []*sharded, n int) {
	t.Helper()
	for _, r := range ranks {
		for range n {
			for i, w := range r.weights {
				for j := range r.grads[i] {
					r.grads[i][j] = w.F32[j] * float32(1+j%7)
				}
			}
			if err := r.opt.Step(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// part is what a rank writes: the states and the weights of its share.
func (r *sharded) part() *File {
	f := &File{Tensors: States(r.opt)}
	for _, s := range r.opt.Shares()[r.rank] {
		for _, w := range r.weights {
			if w.Name == s.Param {
				f.Tensors = append(f.Tensors, Tensor{Name: w.Name, Shape: w.Shape, F32: w.F32[s.From:s.To], From: s.From})
			}
		}
	}
	return f
}

// TestFolderShards saves a model that is split over some ranks, goes on with another
// number of them, and ends where one that did not stop does.
func TestFolderShards(t *testing.T) {
	d := Folder(t.TempDir())
	done := 0
	for _, size := range []int{1, 2, 7, 3} { // 7 ranks are more than there is to split
		ranks := newSharded(t, size)
		if done > 0 {
			for _, r := range ranks {
				r.load(t, d)
			}
		}
		steps(t, ranks, 3)
		done += 3
		saveRanks(t, d, done, ranks)
	}
	whole := newSharded(t, 1)
	steps(t, whole, done)
	latest(t, d, done, whole[0].part())
}

// load goes on from the newest checkpoint.
func (r *sharded) load(t *testing.T, d Folder) {
	t.Helper()
	s, err := d.Latest()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.File.Params().Into(r.weights); err != nil {
		t.Fatal(err)
	}
	if err := Restore(r.opt, s.File); err != nil {
		t.Fatal(err)
	}
}

func saveRanks(t *testing.T, d Folder, step int, ranks []*sharded) {
	t.Helper()
	if err := d.Begin(step); err != nil {
		t.Fatal(err)
	}
	var parts []Part
	for _, r := range ranks {
		p, err := d.Part(step, r.rank, r.size, r.part())
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, p)
	}
	if err := d.Commit(step, parts, nil); err != nil {
		t.Fatal(err)
	}
}
