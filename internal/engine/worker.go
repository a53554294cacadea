package engine

import "github.com/descent-go/descent/internal/plan"

// worker is what one goroutine needs.
type worker struct {
	plan.Work
	scratch plan.Scratch
	rows    []float64     // the table of a plan that runs by rows
	parts   []plan.Vector // of arrays that are done in parts
}

// newWorker makes a worker with all the memory it will need: its first job may
// come many steps later.
func (p *pass) newWorker() *worker {
	w := &worker{}
	w.Scratch = &w.scratch
	w.Accs = make([]plan.Acc, p.accs)
	arrays, slots := 0, 0
	for _, in := range p.insts {
		arrays = max(arrays, len(in.v.plan.Arrays))
		slots = max(slots, in.v.plan.Slots)
		for _, phase := range in.v.kernels {
			for _, k := range phase {
				k.Grow(w.Scratch)
			}
		}
	}
	w.parts = make([]plan.Vector, 0, arrays)
	w.rows = make([]float64, 0, slots)
	return w
}

// effort is how many operations are worth another goroutine: waking it takes
// some microseconds.
const effort = 1 << 18

// threads is how many goroutines this much work is worth.
func (p *pass) threads() int {
	n := max(min(p.e.Threads, len(p.jobs), p.effort/effort), 1)
	for len(p.work) < n {
		p.work = append(p.work, p.newWorker())
	}
	return n
}

func (p *pass) job(worker, j int) {
	w := p.work[worker]
	for i := p.jobs[j][0]; i < p.jobs[j][1]; i++ {
		if r := &p.runs[i]; p.phase < len(r.bound) && r.bound[p.phase] != nil {
			p.runBound(w, r)
		} else {
			for k := r.from; k < r.to; k++ {
				p.runItem(w, k)
			}
		}
	}
}

// runBound runs the present phase over items that code is bound to, all at
// once where they have the table in common and no sums of their own.
func (p *pass) runBound(w *worker, r *run) {
	first := p.items[r.from].in
	b, sums := r.bound[p.phase], first.v.plan.Phases[p.phase].Sums
	if len(sums) == 0 && !first.v.private {
		w.Table = first.table
		b.Run(&w.Work, 0, r.to-r.from)
		return
	}
	for i := r.from; i < r.to; i++ {
		w.Table = p.items[i].in.table
		p.startSums(w, sums)
		b.Run(&w.Work, i-r.from, i-r.from+1)
		p.keepSums(w, sums, i)
	}
}

func (p *pass) startSums(w *worker, sums []plan.Reduction) {
	for k, s := range sums {
		w.Accs[k].Start(s.Max)
	}
}

// keepSums keeps the i-th item's sums.
func (p *pass) keepSums(w *worker, sums []plan.Reduction, i int) {
	for k, s := range sums {
		p.sums[i*p.accs+k] = w.Accs[k].Total(s.Max)
	}
}

// runItem runs the present phase over an item.
func (p *pass) runItem(w *worker, i int) {
	it := &p.items[i]
	if p.phase >= len(it.in.v.plan.Phases) {
		return
	}
	sums := it.in.v.plan.Phases[p.phase].Sums
	p.startSums(w, sums)
	if it.in.v.plan.ByRow {
		p.runRows(w, it)
	} else {
		w.Table = it.in.table
		p.runKernel(w, it, it.in.v.kernels[p.phase][0], 0, it.n)
	}
	p.keepSums(w, sums, i)
}

// runKernel runs code over n weights from the item's off-th on.
func (p *pass) runKernel(w *worker, it *item, k plan.Kernel, off, n int) {
	w.N, w.First, w.Salt, w.Arrays = n, it.in.t.first+it.w+off, uint32(it.in.t.key), it.in.arrays
	if n < it.in.t.W.Len() {
		w.part(it, off, n)
	}
	k.Run(&w.Work)
}

// part shows the worker n weights of the arrays from the item's off-th on.
func (w *worker) part(it *item, off, n int) {
	w.parts = w.parts[:0]
	for j, a := range it.in.v.plan.Arrays {
		from := it.w + off
		if a.Kind == plan.Grad {
			from = it.g + off
		}
		v := it.in.arrays[j]
		if v.Len() > 0 { // a gradient that this phase does not read may not be there yet
			v = v.Slice(from, from+n)
		}
		w.parts = append(w.parts, v)
	}
	w.Arrays = w.parts
}

// runRows runs a phase row by row, each segment after the row's scalars it needs.
func (p *pass) runRows(w *worker, it *item) {
	pl := it.in.v.plan
	w.rows = append(w.rows[:0], it.in.table...)
	w.Table = w.rows
	length := it.in.t.RowLength()
	for off := 0; off < it.n; off += length {
		row := (it.w + off) / length
		for _, in := range pl.Inputs {
			if in.Kind == plan.RowState {
				w.rows[in.Slot] = it.in.t.States[in.Index].V.At(row)
			}
		}
		for s := range pl.Phases[p.phase].Segments {
			seg := &pl.Phases[p.phase].Segments[s]
			plan.RunScalar(seg.Rows, w.rows)
			for _, r := range seg.RowSums {
				w.Accs[r.Acc].Start(r.Max)
			}
			p.runKernel(w, it, it.in.v.kernels[p.phase][s], off, length)
			for _, r := range seg.RowSums {
				w.rows[r.Slot] = w.Accs[r.Acc].Total(r.Max)
			}
		}
		if p.phase == len(pl.Phases)-1 {
			p.storeRow(w, it, row)
		}
	}
}

func (p *pass) storeRow(w *worker, it *item, row int) {
	for _, r := range it.in.v.plan.Results {
		if r.Kind == plan.RowStateKind {
			it.in.t.States[r.Index].V.Set(row, w.rows[r.Slot])
		}
	}
}
