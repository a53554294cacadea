package server

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/optim"
)

// TestMemory counts what a server with a log takes beside what it keeps: nothing for a
// push, memory for one to replay any number of them.
func TestMemory(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	model := []distributed.Tensor{random(r, "w", 1024, 1000), random(r, "b", 24_000)}
	grads := clone(model)
	const size = 4 * 1024 * 1024
	config := Config{Rule: optim.SGD, Tensors: model, MaxDelay: -1, SnapshotEvery: time.Hour, Store: filepath.Join(t.TempDir(), "store")}
	s := newTestServer(t, config)
	const workers = 8
	for i := range workers {
		_, weights, err := s.Acquire(ctx, fmt.Sprint(i), 1)
		if err != nil {
			t.Fatal(err)
		}
		weights.Release()
	}
	pushes := allocated(func() {
		for i := range workers {
			if _, err := s.Push(ctx, fmt.Sprint(i), 1, grads); err != nil {
				t.Fatal(err)
			}
		}
	})
	if pushes > size/2 {
		t.Errorf("%d pushes of %d bytes take %d", workers, size, pushes)
	}
	config.Store = copyStore(t, config.Store)
	var again *Server
	start := allocated(func() { again = newTestServer(t, config) })
	// Weights, a snapshot, a record twice, a gradient.
	if start > 8*size || again.Updates() != workers {
		t.Errorf("a start with %d pushes of %d bytes in the log takes %d", again.Updates(), size, start)
	}
}

// allocated is how many bytes a function takes from the heap in all.
func allocated(f func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}
