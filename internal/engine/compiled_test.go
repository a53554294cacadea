package engine

import (
	"maps"
	"runtime"
	"slices"
	"testing"
	"time"
	"weak"

	"github.com/descent-go/descent/internal/plan"
)

// Optimizers of the same program share its plan and code, which go with the
// last of them; those of another program, or type, have their own.
func TestShared(t *testing.T) {
	make1 := func(text string, w plan.Type) *Engine {
		p := program(t, text)
		x := &Tensor{Name: "x", Shape: []int{3}, W: plan.Make(w, 3), G: plan.Make(plan.F32, 3), Group: &Group{Hyper: defaults(p, nil)}}
		return newEngine(t, p, x)
	}
	const text, other = "hyper lr = 0.625\nw = w - lr*g", "hyper lr = 0.625\nw = w - 2*lr*g"
	a, b := make1(text, plan.F32), make1(text, plan.F32)
	of := func(e *Engine) *compiled { return e.pass.insts[0].v.compiled }
	if of(a) != of(b) {
		t.Error("two optimizers of a program have compiled it twice")
	}
	if of(a) == of(make1(other, plan.F32)) || of(a) == of(make1(text, plan.F64)) {
		t.Error("another program, or type, has the same code")
	}
	used := weak.Make(of(a))
	if runtime.GC(); !isShared(used) {
		t.Error("a program that is in use is forgotten")
	}
	runtime.KeepAlive(a)
	runtime.KeepAlive(b)
	for range 100 {
		if runtime.GC(); !isShared(used) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("a program that nobody uses is kept")
}

func isShared(c weak.Pointer[compiled]) bool {
	shared.Lock()
	defer shared.Unlock()
	return slices.Contains(slices.Collect(maps.Values(shared.byKey)), c)
}
