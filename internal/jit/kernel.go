//go:build amd64 && (linux || darwin || windows) && !race && !nojit

package jit

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/descent-go/descent/internal/plan"
)

// stride is how many weights one call of machine code covers at most; a
// multiple of plan.Lanes.
const stride = 1 << 14

// kernel is the code of a segment.
type kernel struct {
	b        *builder
	layout   *layout
	set      isa
	words    int         // of the frame
	portable plan.Kernel // runs where there is no machine code
	variants atomic.Pointer[[]variant]
	compile  sync.Mutex
}

// variant is the machine code for arrays of some types, nil where there is none.
type variant struct {
	types []plan.Type
	*program
}

func newKernel(p *plan.Plan, s *plan.Segment, set isa, portable plan.Kernel) plan.Kernel {
	b := newBuilder(p, s, set)
	if len(b.code) == 0 {
		return portable
	}
	k := &kernel{b: b, set: set, portable: portable, layout: newLayout(b, set)}
	_, slots := generate(b, k.layout, set, make([]plan.Type, len(k.layout.arrays)))
	k.words = (k.layout.spills+slots*set.width)/8 + 8 // some to align the frame
	k.variants.Store(&[]variant{})
	return k
}

// Grow makes the frame.
func (k *kernel) Grow(s *plan.Scratch) {
	k.portable.Grow(s)
	k.grow(s)
}

func (k *kernel) grow(s *plan.Scratch) {
	if len(s.F64) < k.words {
		s.F64 = make([]float64, k.words)
	}
}

// find is the machine code for the arrays' types, if it has been made.
func (k *kernel) find(w *plan.Work) (p *program, found bool) {
	variants := *k.variants.Load()
	for i := range variants {
		if k.fits(variants[i].types, w) {
			return variants[i].program, true
		}
	}
	return nil, false
}

// assemble makes the machine code for the arrays' types. Where the system refuses
// the memory there is none from then on.
func (k *kernel) assemble(w *plan.Work) *program {
	k.compile.Lock()
	defer k.compile.Unlock()
	if p, found := k.find(w); found { // another goroutine was first
		return p
	}
	v := variant{}
	for _, a := range k.layout.arrays {
		v.types = append(v.types, typeOf(&w.Arrays[a]))
	}
	code, _ := generate(k.b, k.layout, k.set, v.types)
	if p, err := newProgram(code); err == nil {
		v.program = p
	}
	variants := append(slices.Clip(*k.variants.Load()), v)
	k.variants.Store(&variants)
	return v.program
}

func (k *kernel) fits(types []plan.Type, w *plan.Work) bool {
	for i, a := range k.layout.arrays {
		if typeOf(&w.Arrays[a]) != types[i] {
			return false
		}
	}
	return true
}

// Run runs the code over the work.
func (k *kernel) Run(w *plan.Work) {
	if w.N == 0 {
		return
	}
	p, found := k.find(w)
	if !found {
		p = k.assemble(w)
	}
	if p == nil {
		k.portable.Run(w)
		return
	}
	k.grow(w.Scratch)
	r := run{kernel: k, Work: w, entry: p.entry, frame: frameOf(w.Scratch)}
	r.all()
	runtime.KeepAlive(p)
}

// frameOf is where the frame begins in scratch memory.
func frameOf(s *plan.Scratch) unsafe.Pointer {
	address := uintptr(unsafe.Pointer(unsafe.SliceData(s.F64)))
	return unsafe.Pointer(&s.F64[(64-address%64)%64/8])
}

// run is one call of Run.
type run struct {
	*kernel
	*plan.Work
	entry uintptr
	frame unsafe.Pointer // in scratch memory
}

func (r *run) all() {
	r.setPointer(frameTable, unsafe.Pointer(unsafe.SliceData(r.Table[:r.layout.slots])))
	r.setPointer(frameAccs, unsafe.Pointer(unsafe.SliceData(r.Accs[:r.layout.numAccs])))
	r.set(frameLane, 0)
	lanes := r.layout.lanes
	if r.layout.hasIndex {
		r.number()
	}
	whole := r.N / lanes * lanes
	for from := 0; from < whole; from += stride {
		for i, a := range r.layout.arrays {
			r.setPointer(frameArray+8*i, start(&r.Arrays[a], from, r.N))
		}
		r.set(frameCount, min(stride, whole-from))
		r.kernel.set.run(r.entry, r.frame)
	}
	if whole < r.N {
		r.tail(whole)
	}
}

// number sets the numbers of the first round's weights.
func (r *run) number() {
	for i := range r.layout.lanes {
		if at := r.layout.index[plan.F64]; at > 0 {
			r.set(at+8*i, r.First+i)
		}
		if at := r.layout.index[plan.F32]; at > 0 {
			*(*uint32)(unsafe.Add(r.frame, at+4*i)) = r.Salt + uint32(r.First+i)
		}
	}
}

func (r *run) set(at, n int) { *(*int)(unsafe.Add(r.frame, at)) = n }

// setPointer puts an address into the frame. The work holds what it points to.
func (r *run) setPointer(at int, p unsafe.Pointer) {
	*(*uintptr)(unsafe.Add(r.frame, at)) = uintptr(p)
}

// typeOf is v.Type without a copy of v, which would take longer than small
// tensors' work.
func typeOf(v *plan.Vector) plan.Type {
	switch {
	case v.F32 != nil:
		return plan.F32
	case v.F64 != nil:
		return plan.F64
	case v.F16 != nil:
		return plan.F16
	case v.BF16 != nil:
		return plan.BF16
	}
	return plan.F32
}

// start is where a part of an array begins; there must be as much of it.
func start(v *plan.Vector, from, to int) unsafe.Pointer {
	switch {
	case v.F32 != nil:
		return unsafe.Pointer(&v.F32[from:to][0])
	case v.F64 != nil:
		return unsafe.Pointer(&v.F64[from:to][0])
	case v.F16 != nil:
		return unsafe.Pointer(&v.F16[from:to][0])
	}
	return unsafe.Pointer(&v.BF16[from:to][0])
}

// tail runs the last weights, fewer than a round's, on copies.
func (r *run) tail(from int) {
	l := r.layout
	for i, a := range l.arrays {
		v := &r.Arrays[a]
		copyBytes(r.buffer(i), start(v, from, r.N), (r.N-from)*typeOf(v).Size())
		r.setPointer(frameArray+8*i, r.buffer(i))
	}
	accs := unsafe.Slice((*plan.Acc)(unsafe.Add(r.frame, l.accs)), l.numAccs)
	copy(accs, r.Accs)
	r.setPointer(frameAccs, unsafe.Add(r.frame, l.accs))
	lane := from % plan.Lanes
	r.set(frameLane, 8*lane)
	r.set(frameCount, l.lanes)
	r.kernel.set.run(r.entry, r.frame)
	for k := range accs {
		copy(r.Accs[k][lane:lane+r.N-from], accs[k][lane:])
	}
	for _, i := range l.stored {
		v := &r.Arrays[l.arrays[i]]
		copyBytes(start(v, from, r.N), r.buffer(i), (r.N-from)*typeOf(v).Size())
	}
}

// buffer is where the end of the i-th array is copied to.
func (r *run) buffer(i int) unsafe.Pointer {
	return unsafe.Add(r.frame, r.layout.tail+i*r.layout.lanes*8)
}

func copyBytes(to, from unsafe.Pointer, n int) {
	copy(unsafe.Slice((*byte)(to), n), unsafe.Slice((*byte)(from), n))
}
