package server

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/optim"
)

// TestMaxDelay has workers pull, push, leave and come again at random. No gradient
// is later than the bound, who waits longest is first, and somebody can always go
// on.
func TestMaxDelay(t *testing.T) {
	for _, rule := range []optim.Rule{optim.SGD, optim.DCASGD} {
		for bound := -1; bound < 8; bound++ {
			t.Run(fmt.Sprint(rule.Name(), bound), func(t *testing.T) { play(t, rule, bound) })
		}
	}
}

// small is a model of one weight.
func small() []distributed.Tensor {
	return []distributed.Tensor{{Name: "w", Shape: []int{1}, Data: []float32{1}}}
}

func play(t *testing.T, rule optim.Rule, bound int) {
	const workers = 12
	r := rand.New(rand.NewPCG(uint64(bound), 3))
	core := newTestCore(t, Config{Rule: rule, MaxDelay: bound, Tensors: small()})
	var seqs [workers]uint64
	var holding [workers]*Weights
	var queue []int
	worst := 0
	take := func(i int) {
		_, w, err := core.Pull(start, fmt.Sprint(i), seqs[i])
		if errors.Is(err, ErrWait) {
			queue = append(queue, i)
			return
		}
		if err != nil || len(queue) > 0 {
			t.Fatalf("worker %d: %v, with %v waiting", i, err, queue)
		}
		holding[i] = w
	}
	for range 20000 {
		i := r.IntN(workers)
		waits := false
		for _, q := range queue {
			waits = waits || q == i
		}
		switch {
		case waits:
			if _, _, err := core.Pull(start, fmt.Sprint(i), seqs[i]); err != ErrWait { // asks again
				t.Fatal(err)
			}
		case holding[i] == nil:
			seqs[i]++
			take(i)
		case r.IntN(10) == 0:
			holding[i].Release()
			holding[i] = nil
			core.Leave(fmt.Sprint(i))
			seqs[i] = 0
		case r.IntN(10) == 0: // gives its pull up for another
			holding[i].Release()
			holding[i] = nil
			seqs[i]++
			take(i)
		case r.IntN(10) == 0: // asks again, as the answer was lost
			holding[i].Release()
			_, holding[i], _ = core.Pull(start, fmt.Sprint(i), seqs[i])
		default:
			holding[i].Release()
			holding[i] = nil
			ack, err := core.Push(start, fmt.Sprint(i), seqs[i], small())
			if err != nil {
				t.Fatal(err)
			}
			if worst = max(worst, ack.Delay); bound >= 0 && ack.Delay > bound {
				t.Fatalf("a gradient is %d updates late", ack.Delay)
			}
		}
		for name, ok := core.Next(start); ok; name, ok = core.Next(start) {
			i := queue[0]
			if queue = queue[1:]; fmt.Sprint(i) != name {
				t.Fatalf("worker %s is next, %d has waited longer", name, i)
			}
			_, holding[i], _ = core.Pull(start, name, seqs[i])
			if holding[i] == nil {
				t.Fatal("a turn that is none")
			}
		}
		if s := core.Stats(); s.Outstanding == 0 && s.Waiting > 0 {
			t.Fatal("all wait")
		}
	}
	if bound >= 0 && worst != bound || bound < 0 && len(queue) > 0 {
		t.Errorf("the largest delay is %d", worst)
	}
}

// TestShared counts the memory of pulled weights: one copy a version, used again.
func TestShared(t *testing.T) {
	core := newTestCore(t, Config{Rule: optim.DCASGD, MaxDelay: -1, Tensors: small()})
	known := map[*float32]bool{}
	for seq := uint64(1); seq <= 100; seq++ {
		var all []*Weights
		for worker := range 50 {
			_, w := pull(t, core, fmt.Sprint(worker), seq)
			known[&w.Data(0)[0]] = true
			all = append(all, w)
		}
		value := all[0].Data(0)[0]
		for worker, w := range all {
			if w.Data(0)[0] != value {
				t.Fatal("weights have changed while they were shared")
			}
			w.Release()
			push(t, core, fmt.Sprint(worker), seq, small())
		}
	}
	if len(known) > 2 {
		t.Errorf("%d copies were made", len(known))
	}
	free := map[*part]bool{}
	for _, p := range core.memory.parts[0] {
		if free[p] || p.refs != 0 {
			t.Fatal("memory in use is used again")
		}
		free[p] = true
	}
}
