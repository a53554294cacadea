package train

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/descent-go/descent/distributed"
)

// TestAsyncBroken: a worker pushes NaN again and again while each update ends an
// epoch, so that the server waits for measurements. Both are measured by the same
// model, in turns.
func TestAsyncBroken(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	c := small()
	c.Batch, c.Epochs = 300, 100
	a, err := NewAsync(c, AsyncOptions{MaxDelay: -1})
	if err != nil {
		t.Fatal(err)
	}
	var nans []distributed.Tensor
	for _, x := range a.tensors() {
		x.Data = slices.Repeat([]float32{float32(math.NaN())}, len(x.Data))
		nans = append(nans, x)
	}
	go func() {
		for seq := uint64(1); ctx.Err() == nil; seq++ {
			if _, err := a.Server().Pull(ctx, "broken", seq, nil); err == nil {
				_, _ = a.Server().Push(ctx, "broken", seq, nans) // is refused
			}
		}
	}()
	go Work(ctx, a.Server(), c.Train, "whole", nil)
	if r, err := a.Run(ctx); err != nil || r.Steps != 100 {
		t.Errorf("%+v, %v", r, err)
	}
	stop()
	if err := a.Close(); err != nil {
		t.Error(err)
	}
}
