package engine

import (
	"math"
	"math/rand"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/internal/plan"
	"github.com/descent-go/descent/internal/randprog"
)

// large makes tensors of several chunks, mixed types and odd sizes.
func large(r *rand.Rand, p *formula.Program) []*Tensor {
	one, two := &Group{Hyper: defaults(p, nil)}, &Group{Hyper: defaults(p, map[string]float64{"lr": 0.05})}
	return []*Tensor{
		tensor(r, "bias", plan.F32, plan.F64, one, 13),
		tensor(r, "matrix", plan.F32, plan.F32, two, 170, 100),
		tensor(r, "vector", plan.F64, plan.F32, one, chunk+17),
		tensor(r, "wide", plan.F64, plan.F64, two, 2, chunk+1),
		tensor(r, "empty", plan.F32, plan.F32, one, 0),
		tensor(r, "number", plan.F64, plan.F64, two),
	}
}

// Any number of threads gives the same bits.
func TestThreads(t *testing.T) {
	r := rand.New(rand.NewSource(5))
	for n := range scaled(8) {
		p := flat(t, randprog.Program(r, randprog.Options{Grad: n%3 == 0}))
		var want []uint64
		for _, threads := range []int{1, 2, 7} {
			e := newEngine(t, p, large(rand.New(rand.NewSource(int64(n))), p)...)
			e.Threads = threads
			for range 2 {
				step(t, e, bowl(e.tensors))
			}
			got := everything(e)
			if want == nil {
				want = got
			}
			if !slices.Equal(got, want) {
				t.Fatalf("%d threads give other bits than 1\n%v", threads, p)
			}
		}
	}
}

// A pool runs each item of each round once, late helpers or not.
func TestPool(t *testing.T) {
	var done [300]atomic.Int32
	task := newTask(func(_, i int) { done[i].Add(1) })
	for round := range 5000 {
		n := 1 + (round*37)%len(done)
		task.parallel(n, 1+round%8)
		for i := range done {
			want := int32(0)
			if i < n {
				want = 1
			}
			if got := done[i].Swap(0); got != want {
				t.Fatalf("round %d of %d items ran item %d %d times", round, n, i, got)
			}
		}
	}
}

// Between steps the pool's goroutines wait for work and do nothing else.
func TestPoolSleeps(t *testing.T) {
	newTask(func(_, _ int) {}).parallel(8, 8)
	stacks := make([]byte, 1<<20)
	for range 10_000 {
		all := strings.Split(string(stacks[:runtime.Stack(stacks, true)]), "\n\n")
		waiting := 0
		for _, s := range all {
			if strings.Contains(s, "engine.wake") && strings.Contains(strings.SplitN(s, "\n", 2)[0], "[chan receive") {
				waiting++
			}
		}
		if waiting == pool.size {
			return
		}
		runtime.Gosched()
	}
	t.Errorf("not all of the %d goroutines wait on a channel", pool.size)
}

// Many optimizers step at once on goroutines of their own.
func TestManyAtOnce(t *testing.T) {
	p := program(t, "hyper lr = 0.1\nstate m\nm = 0.9*m + g/(all.norm(g) + 1)\nw = w - lr*m + row.mean(g)")
	results := make([][]uint64, 16)
	var wg sync.WaitGroup
	for k := range results {
		e := newEngine(t, p, large(rand.New(rand.NewSource(1)), p)...)
		e.Threads = 1 + k%5
		wg.Go(func() {
			for range 10 {
				if e.Step(nil) != nil {
					return
				}
			}
			results[k] = everything(e)
		})
	}
	wg.Wait()
	for k := range results {
		if results[k] == nil || !slices.Equal(results[k], results[0]) {
			t.Errorf("optimizer %d ends elsewhere", k)
		}
	}
}

// A step allocates nothing, whatever it does.
func TestAllocations(t *testing.T) {
	for _, c := range []struct {
		name, text string
		threads    int
		closure    bool
	}{
		{"adam", "hyper lr = 0.1\nstate m, v\nm = 0.9*m + 0.1*g; v = 0.99*v + 0.01*g^2; w = w - lr*(m/(1-0.9^t))/(sqrt(v/(1-0.99^t)) + 1e-8)", 1, false},
		{"threads", "hyper lr = 0.1\nstate m\nm = 0.9*m + g; w = w - lr*m/all.norm(m)", 4, false},
		{"rows and scalars", "hyper lr = 0.1\nscalar s\nstate row r\nglobal scalar d = 1\ns = s + norm(g); d = max(d, all.max(g)); r = max(r, row.max(g)); w = w - lr*d*g/(r + s + 1) + normal()", 4, false},
		{"grad", "hyper lr = 0.1\nw = w - lr*(grad(w + 0.1*g) + g)", 4, true},
	} {
		p := program(t, c.text)
		e := newEngine(t, p, large(rand.New(rand.NewSource(1)), p)...)
		e.Threads = c.threads
		var call func() error
		if c.closure {
			call = bowl(e.tensors)
		}
		step(t, e, call)
		if n := allocations(func() { step(t, e, call) }); n != 0 {
			t.Errorf("%s: %v allocations a step", c.name, n)
		}
	}
}

// allocations is the least of several measurements: the runtime allocates now
// and then for goroutines that wait.
func allocations(f func()) float64 {
	least := math.Inf(1)
	for tries := 0; tries < 10 && least > 0; tries++ {
		least = min(least, testing.AllocsPerRun(3, f))
	}
	return least
}
