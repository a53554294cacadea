package interp

import "github.com/descent-go/descent/internal/plan"

// load makes a register show an array, or copies where the type differs or
// weights are gathered.
func (f *frame) load(in *plan.Instr) {
	v := f.w.Arrays[in.Imm]
	gather := f.gather(in)
	switch {
	case gather != nil && in.Type == plan.F32:
		for i, d := 0, f.dst32(in.Dst); i < len(d); i++ {
			d[i] = v.F32[gather[i]]
		}
	case gather != nil:
		for i, d := 0, f.dst64(in.Dst); i < len(d); i++ {
			d[i] = v.F64[gather[i]]
		}
	case v.Type() != in.Type && in.Type == plan.F32:
		plan.Copy(plan.Vector{F32: f.dst32(in.Dst)}, v.Slice(f.off, f.off+f.n))
	case v.Type() != in.Type:
		plan.Copy(plan.Vector{F64: f.dst64(in.Dst)}, v.Slice(f.off, f.off+f.n))
	case in.Type == plan.F32:
		f.f32[in.Dst] = v.F32[f.off : f.off+f.n]
	default:
		f.f64[in.Dst] = v.F64[f.off : f.off+f.n]
	}
}

// gather gives the places of the block's weights where they do not lie one
// after the other; gradients always do.
func (f *frame) gather(in *plan.Instr) []int32 {
	if f.w.Gather == nil || f.k.arrays[in.Imm].Kind == plan.Grad {
		return nil
	}
	return f.w.Gather[f.off : f.off+f.n]
}

func (f *frame) store(in *plan.Instr) {
	v := f.w.Arrays[in.Imm]
	gather := f.gather(in)
	switch {
	case gather != nil && in.Type == plan.F32:
		for i, x := range f.f32[in.A][:f.n] {
			v.F32[gather[i]] = x
		}
	case gather != nil:
		for i, x := range f.f64[in.A][:f.n] {
			v.F64[gather[i]] = x
		}
	case in.Type == plan.F32:
		plan.Copy(v.Slice(f.off, f.off+f.n), plan.Vector{F32: f.f32[in.A][:f.n]})
	default:
		plan.Copy(v.Slice(f.off, f.off+f.n), plan.Vector{F64: f.f64[in.A][:f.n]})
	}
}
