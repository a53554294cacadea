package distributed_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/descent-go/descent/distributed"
)

// numbers are a rank's, of sizes so different that the order of a sum matters.
func numbers[T distributed.Number](rank, n int) []T {
	rng := rand.New(rand.NewPCG(uint64(rank), uint64(n)))
	x := make([]T, n)
	for i := range x {
		bits := rng.Uint64()
		x[i] = T(int64(bits)>>20) * T(uint64(1)<<(bits&31))
	}
	return x
}

// folded is what an operation gives for the numbers of all ranks at one place.
func folded[T distributed.Number](op distributed.Op, column []T) T {
	sum := column[0]
	for i, x := range column[1:] {
		switch {
		case op == distributed.Max:
			sum = max(sum, x)
		case op == distributed.Min:
			sum = min(sum, x)
		case op == distributed.Mean && i == len(column)-2:
			sum = T((float64(sum) + float64(x)) / float64(len(column)))
		default:
			sum += x
		}
	}
	return sum
}

func operations[T distributed.Number](t *testing.T, n, size int) {
	all := make([][]T, n)
	for r := range all {
		all[r] = numbers[T](r, size)
	}
	for op, name := range []string{"Sum", "Mean", "Max", "Min"} {
		want := make([]T, size)
		for i := range want {
			var column []T
			for r := range all {
				column = append(column, all[r][i])
			}
			want[i] = folded(distributed.Op(op), column)
		}
		everywhere(distributed.Local(n), func(c distributed.Collective) {
			check := func(what string, err error, have, want []T) {
				if err != nil {
					t.Errorf("%s %s, %d ranks, %d numbers, rank %d: %v", what, name, n, size, c.Rank(), err)
				}
				for i := range want {
					if have[i] != want[i] {
						t.Errorf("%s %s, %d ranks, %d numbers, rank %d: number %d is %v, expected %v", what, name, n, size, c.Rank(), i, have[i], want[i])
						return
					}
				}
			}
			x := slices.Clone(all[c.Rank()])
			check("AllReduce", distributed.AllReduce(c, x, distributed.Op(op)), x, want)

			x = slices.Clone(all[c.Rank()])
			starts := uneven(n, size)
			from, to := starts[c.Rank()], append(starts, size)[c.Rank()+1]
			own := make([]T, to-from)
			check("ReduceScatter", distributed.ReduceScatter(c, own, x, starts, distributed.Op(op)), own, want[from:to])
			check("ReduceScatter leaves", nil, x, all[c.Rank()])
			check("ReduceScatter in place", distributed.ReduceScatter(c, x[from:to], x, starts, distributed.Op(op)), x[from:to], want[from:to])
			check("AllGather", distributed.AllGather(c, x, starts), x, want)
		})
	}
}

// uneven is where parts begin: the first is empty, the last large.
func uneven(n, size int) []int {
	starts := make([]int, n)
	for r := range starts {
		starts[r] = size * r * r / n / n / 2
	}
	if n > 1 {
		starts[1] = 0
	}
	return starts
}

func TestOperations(t *testing.T) {
	operations[float32](t, 3, 900_000) // more than a block a rank
	for n := 1; n <= 5; n++ {
		for _, size := range []int{0, 1, 9, 4100} {
			operations[float32](t, n, size)
			operations[float64](t, n, size)
		}
	}
}

// What is no number goes into sums, maxima and minima.
func TestOperationsNaN(t *testing.T) {
	for op := distributed.Sum; op <= distributed.Min; op++ {
		everywhere(distributed.Local(3), func(c distributed.Collective) {
			x := []float32{float32(c.Rank()), 1}
			if c.Rank() == 1 {
				x[1] = float32(math.NaN())
			}
			if err := distributed.AllReduce(c, x, op); err != nil || x[0] != x[0] || x[1] == x[1] {
				t.Errorf("op %d, rank %d: %v, %v; expected a number and NaN", op, c.Rank(), x, err)
			}
		})
	}
}

func TestBroadcast(t *testing.T) {
	for n := 1; n <= 4; n++ {
		for _, size := range []int{0, 3, 900_000} {
			if size > 3 && n != 3 {
				continue
			}
			all := make([][]float32, n)
			for r := range all {
				all[r] = numbers[float32](r, size)
			}
			for root := range n {
				everywhere(distributed.Local(n), func(c distributed.Collective) {
					x := slices.Clone(all[c.Rank()])
					if err := distributed.Broadcast(c, x, root); err != nil || !slices.Equal(x, all[root]) {
						t.Errorf("from %d of %d, %d numbers: rank %d has others (%v)", root, n, size, c.Rank(), err)
					}
				})
			}
		}
	}
}

// Nobody leaves a barrier before all have come.
func TestBarrier(t *testing.T) {
	const n, rounds = 4, 100
	var come atomic.Int64
	everywhere(distributed.Local(n), func(c distributed.Collective) {
		for k := 1; k <= rounds; k++ {
			come.Add(1)
			if err := distributed.Barrier(c); err != nil {
				t.Error(err)
				return
			}
			if have := come.Load(); have < int64(n*k) {
				t.Errorf("rank %d left barrier %d when %d of %d had come", c.Rank(), k, have, n*k)
			}
		}
	})
}

func TestOperationMistakes(t *testing.T) {
	c := distributed.Local(2)[1]
	for what, err := range map[string]error{
		"3 parts, expected one for each of 2 ranks":                              distributed.AllGather(c, make([]float32, 5), []int{0, 1, 2}),
		"the part of rank 0 is from 1 to 2 of 5":                                 distributed.AllGather(c, make([]float32, 5), []int{1, 2}),
		"the part of rank 1 is from 6 to 5 of 5":                                 distributed.AllGather(c, make([]float32, 5), []int{0, 6}),
		"memory for 4 numbers, expected 3, its part of 5":                        distributed.ReduceScatter(c, make([]float32, 4), make([]float32, 5), []int{0, 2}, distributed.Sum),
		"a broadcast from rank 2 of 2":                                           distributed.Broadcast(c, make([]float32, 5), 2),
		"an exchange of 1 and 2 parts: expected one of each for each of 2 ranks": c.Start(make([][]byte, 1), make([][]byte, 2)).Wait(),
	} {
		if err == nil || !strings.HasPrefix(err.Error(), "distributed: ") || !strings.Contains(err.Error(), what) {
			t.Errorf("%v; expected %q", err, what)
		}
	}
}

// Ranks that expect other lengths are told so, all of them.
func TestOtherLength(t *testing.T) {
	everywhere(distributed.Local(3), func(c distributed.Collective) {
		size := 10
		if c.Rank() == 1 {
			size = 12
		}
		err := distributed.AllGather(c, make([]float32, size), []int{0, 3, 6})
		if err == nil { // nothing was wrong with what this rank was sent
			err = distributed.Barrier(c)
		}
		if err == nil || !strings.Contains(err.Error(), "the ranks do different things") {
			t.Errorf("rank %d: %v; expected an error about lengths", c.Rank(), err)
		}
	})
}

func ExampleAllReduce() {
	ranks := distributed.Local(3)
	results := make([][]float32, len(ranks))
	everywhere(ranks, func(c distributed.Collective) {
		defer c.Close()
		x := []float32{float32(c.Rank()), 10}
		if err := distributed.AllReduce(c, x, distributed.Mean); err != nil {
			fmt.Println(err)
		}
		results[c.Rank()] = x
	})
	fmt.Println(results)
	// Output: [[1 10] [1 10] [1 10]]
}
