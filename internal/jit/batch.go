//go:build amd64 && (linux || darwin || windows) && !race && !nojit

package jit

import (
	"runtime"
	"unsafe"

	"github.com/descent-go/descent/internal/plan"
)

// batch is a kernel bound to the memory of several parameters.
type batch struct {
	k      *kernel
	p      *program
	parts  []plan.Part
	starts []unsafe.Pointer // of the arrays that the code uses, part by part
}

// Bind implements plan.Batcher.
func (k *kernel) Bind(parts []plan.Part) plan.Bound {
	w := &plan.Work{Arrays: parts[0].Arrays}
	p, found := k.find(w)
	if !found {
		p = k.assemble(w)
	}
	if p == nil {
		return nil
	}
	b := &batch{k, p, parts, make([]unsafe.Pointer, len(k.layout.arrays)*len(parts))}
	for i := range parts {
		if !b.Set(i, parts[i].Arrays) {
			return nil
		}
	}
	return b
}

// Set implements plan.Bound.
func (b *batch) Set(i int, arrays []plan.Vector) bool {
	w := &plan.Work{Arrays: arrays}
	if p, _ := b.k.find(w); p != b.p {
		return false
	}
	n := b.parts[i].N
	for k, a := range b.k.layout.arrays {
		if arrays[a].Len() != n {
			return false
		}
		b.starts[i*len(b.k.layout.arrays)+k] = start(&arrays[a], 0, n)
	}
	b.parts[i].Arrays = arrays
	return true
}

// Run implements plan.Bound.
func (b *batch) Run(w *plan.Work, first, end int) {
	k, l := b.k, b.k.layout
	k.grow(w.Scratch)
	r := run{kernel: k, Work: w, entry: b.p.entry, frame: frameOf(w.Scratch)}
	r.setPointer(frameTable, unsafe.Pointer(unsafe.SliceData(w.Table[:l.slots])))
	w.First = 0
	for i := first; i < end; i++ {
		n := b.parts[i].N
		w.Salt = b.parts[i].Salt
		r.set(frameLane, 0)
		r.setPointer(frameAccs, unsafe.Pointer(unsafe.SliceData(w.Accs[:l.numAccs])))
		if l.hasIndex {
			r.number()
		}
		from := n / l.lanes * l.lanes
		if from > 0 {
			for j, p := range b.starts[i*len(l.arrays):][:len(l.arrays)] {
				r.setPointer(frameArray+8*j, p)
			}
			r.set(frameCount, from)
			k.set.run(r.entry, r.frame)
		}
		if from < n {
			w.Arrays, w.N = b.parts[i].Arrays, n
			r.tail(from)
		}
	}
	runtime.KeepAlive(b)
}
