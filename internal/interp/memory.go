package interp

import (
	"math"

	"github.com/descent-go/descent/internal/plan"
)

// load makes a register show an array, or copies where the type differs or
// weights are gathered.
func (f *frame) load(in *instr) {
	v := f.w.Arrays[in.imm]
	gather := f.gather(in)
	switch {
	case gather != nil && in.typ == plan.F32:
		for i, d := 0, f.dst32(in.dst); i < len(d); i++ {
			d[i] = float32(v.At(int(gather[i])))
		}
	case gather != nil:
		for i, d := 0, f.dst64(in.dst); i < len(d); i++ {
			d[i] = v.At(int(gather[i]))
		}
	case v.Type() != in.typ && in.typ == plan.F32:
		plan.Copy(plan.Vector{F32: f.dst32(in.dst)}, v.Slice(f.off, f.off+f.n))
	case v.Type() != in.typ:
		plan.Copy(plan.Vector{F64: f.dst64(in.dst)}, v.Slice(f.off, f.off+f.n))
	case in.typ == plan.F32:
		f.f32[in.dst] = v.F32[f.off : f.off+f.n]
	default:
		f.f64[in.dst] = v.F64[f.off : f.off+f.n]
	}
}

// gather gives the places of the block's weights where they do not lie one
// after the other; gradients always do.
func (f *frame) gather(in *instr) []int32 {
	if f.w.Gather == nil || f.k.arrays[in.imm].Kind == plan.Grad {
		return nil
	}
	return f.w.Gather[f.off : f.off+f.n]
}

func (f *frame) store(in *instr) {
	v := f.w.Arrays[in.imm]
	gather := f.gather(in)
	switch {
	case gather != nil && in.typ == plan.F32:
		for i, x := range f.f32[in.args[0]][:f.n] {
			v.Set(int(gather[i]), float64(x))
		}
	case gather != nil:
		for i, x := range f.f64[in.args[0]][:f.n] {
			v.Set(int(gather[i]), x)
		}
	case in.typ == plan.F32:
		plan.Copy(v.Slice(f.off, f.off+f.n), plan.Vector{F32: f.f32[in.args[0]][:f.n]})
	default:
		plan.Copy(v.Slice(f.off, f.off+f.n), plan.Vector{F64: f.f64[in.args[0]][:f.n]})
	}
}

// index gives the numbers of the block's weights.
func (f *frame) index(d []float64) {
	for i := range d {
		n := uint64(f.w.First + f.off + i)
		if f.w.Gather != nil {
			n = uint64(f.w.Gather[f.off+i])
		}
		d[i] = math.Float64frombits(n)
	}
}
