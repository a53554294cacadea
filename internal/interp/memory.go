package interp

import "github.com/descent-go/descent/internal/plan"

// fill makes the registers that scalars fill.
func fill[T lane](f *frame, r *file[T], scalars []filled) {
	for _, c := range scalars {
		d := r.memory[c.reg*f.k.block:][:f.size]
		for i := range d {
			d[i] = T(f.w.Table[c.slot])
		}
		r.regs[c.reg] = d
	}
}

// array is a vector's memory, empty where it is of another type.
func array[T lane](v *plan.Vector) *[]T {
	if x, ok := any(&v.F32).(*[]T); ok {
		return x
	}
	return any(&v.F64).(*[]T)
}

// destination is where an operation's value is made.
func destination[T lane](f *frame, r *file[T], in *instr) []T {
	d := r.memory[in.dst*f.k.block:][:f.size]
	if in.into >= 0 && f.n == f.size {
		if a := *array[T](&f.w.Arrays[in.into]); a != nil {
			d = a[f.off:][:f.size]
		}
	}
	r.regs[in.dst] = d
	return d
}

// load makes a register show an array, or copies where the type differs or
// loops would pass the end.
func load[T lane](f *frame, r *file[T], in *instr) {
	v := &f.w.Arrays[in.imm]
	if a := *array[T](v); a != nil && f.n == f.size {
		r.regs[in.dst] = a[f.off:][:f.size]
		return
	}
	var to plan.Vector
	*array[T](&to) = destination(f, r, in)[:f.n]
	plan.Copy(to, v.Slice(f.off, f.off+f.n))
}

// store copies a register to an array, unless it shows it.
func store[T lane](f *frame, r *file[T], in *instr) {
	v := &f.w.Arrays[in.imm]
	a, x := *array[T](v), r.regs[in.args[0]][:f.n]
	if a != nil && &a[f.off] == &x[0] {
		return
	}
	var from plan.Vector
	*array[T](&from) = x
	plan.Copy(v.Slice(f.off, f.off+f.n), from)
}

// index gives the numbers of the block's weights.
func index[U uint32 | uint64](f *frame, d []U) {
	var salt U
	if s, ok := any(&salt).(*uint32); ok {
		*s = f.w.Salt
	}
	for i := range d {
		d[i] = salt + U(f.w.First+f.off+i)
	}
}
