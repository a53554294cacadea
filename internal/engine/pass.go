package engine

import (
	"math"

	"github.com/descent-go/descent/internal/plan"
)

// chunk is how many weights a worker does at a time: few enough that what a
// rule touches stays in the second-level cache.
const chunk = 8192

// instance is a tensor under a plan.
type instance struct {
	t      *Tensor
	v      *variant
	arrays []plan.Vector // those of the plan
	group  *table        // shared with parameters of the same variant and t
	table  []float64     // the scalars of this step
	own    []float64     // the table where some scalars are the tensor's own
	items  [2]int        // its items: from, to
	rests  bool          // takes no part in the pass
}

// item is a run of weights of one tensor; w and g are where it begins among
// weights and gradients.
type item struct {
	in      *instance
	w, g, n int
}

// pass runs plans over tensors: a step, or the making of evaluation weights
// or of start values.
type pass struct {
	e     *Engine
	insts []*instance
	every bool     // weight of every tensor, be it frozen or given rows
	own   *variant // the optimizer's own plan
	named *table   // its table
	items []item
	jobs  [][2]int // ranges of items that are worth a goroutine
	accs  int
	sums  []float64 // of every item, for every accumulator
	all   map[string]float64
	isMax []reduction
	task  *task
	phase int
	work  []*worker
}

type reduction struct {
	name  string
	isMax bool
}

// worker is what one goroutine needs.
type worker struct {
	plan.Work
	scratch plan.Scratch
	rows    []float64 // the table of a plan that runs by rows
}

func newInstance(t *Tensor, v *variant) *instance {
	in := &instance{t: t, v: v, arrays: make([]plan.Vector, len(v.plan.Arrays))}
	if v.private {
		in.own = make([]float64, v.plan.Slots)
		for _, input := range v.plan.Inputs {
			in.fixed(input)
		}
	}
	return in
}

// fixed sets the inputs of the tensor's own that never change.
func (in *instance) fixed(input plan.Input) {
	switch input.Kind {
	case plan.Count:
		in.own[input.Slot] = float64(in.t.W.Len())
	case plan.RowLength:
		in.own[input.Slot] = float64(in.t.rowLength())
	case plan.NameKey:
		half := in.t.key >> (32 * input.Index) & (1<<32 - 1)
		in.own[input.Slot] = math.Float64frombits(half)
	}
}

func newPass(e *Engine, insts []*instance, own *variant, every bool) *pass {
	p := &pass{e: e, insts: insts, own: own, every: every, all: map[string]float64{}}
	for _, in := range insts {
		p.accs = max(p.accs, in.v.plan.Accs)
		for _, ph := range in.v.plan.Phases {
			for _, s := range ph.Sums {
				if _, have := p.all[s.All]; s.All != "" && !have {
					p.all[s.All] = 0
					p.isMax = append(p.isMax, reduction{s.All, s.Max})
				}
			}
		}
	}
	p.task = newTask(p.job)
	return p
}

// refresh finds the memory of the tensors and cuts it into items and jobs.
func (p *pass) refresh() {
	for _, in := range p.insts {
		in.rests = in.t.Frozen && !p.every
		in.bind(p.own.plan.Grads)
	}
	p.cut()
}

// bind finds the memory of the plan's arrays, allocating what is scratch.
func (in *instance) bind(grads int) {
	t := in.t
	for i, a := range in.v.plan.Arrays {
		switch a.Kind {
		case plan.Weights:
			in.arrays[i] = t.W
		case plan.Seen:
			if in.arrays[i] = t.Seen; t.Seen.Len() == 0 {
				in.arrays[i] = t.W
			}
		case plan.State:
			in.arrays[i] = t.States[a.Index].V
		case plan.Step:
			in.arrays[i] = t.step
		case plan.Grad:
			switch {
			case a.Index < grads || in.v.options.Step != "": // another may be taken before this is read
				in.scratch(i, t.G.Type(), t.G.Len())
			case t.mean.Len() > 0:
				in.arrays[i] = t.mean
			default:
				in.arrays[i] = t.G
			}
		default:
			in.scratch(i, t.W.Type(), t.W.Len())
		}
	}
	if grads > 0 && t.kept.Len() != t.W.Len() {
		t.kept = plan.Make(t.W.Type(), t.W.Len())
	}
}

func (in *instance) scratch(i int, t plan.Type, n int) {
	if in.arrays[i].Len() != n || in.arrays[i].Type() != t {
		in.arrays[i] = plan.Make(t, n)
	}
}

// cut makes the items and jobs.
func (p *pass) cut() {
	p.items, p.jobs = p.items[:0], p.jobs[:0]
	for _, in := range p.insts {
		in.items[0] = len(p.items)
		if !in.rests {
			p.cutTensor(in)
		}
		in.items[1] = len(p.items)
	}
	from, size := 0, 0
	for i, it := range p.items {
		if size += it.n; size >= chunk || i == len(p.items)-1 {
			p.jobs = append(p.jobs, [2]int{from, i + 1})
			from, size = i+1, 0
		}
	}
	if need := len(p.items) * p.accs; cap(p.sums) < need {
		p.sums = make([]float64, need)
	}
	p.sums = p.sums[:len(p.items)*p.accs]
}

// cutTensor cuts a tensor into chunks, whole rows where its plan runs by rows.
func (p *pass) cutTensor(in *instance) {
	t, row, n := in.t, in.t.rowLength(), chunk
	if t.Rows != nil && !p.every {
		for k, r := range t.Rows {
			p.items = append(p.items, item{in, r * row, k * row, row})
		}
		return
	}
	if in.v.plan.ByRow {
		n = max(chunk/row, 1) * row
	}
	for at := 0; at < t.W.Len(); at += n {
		p.items = append(p.items, item{in, at, at, min(n, t.W.Len()-at)})
	}
}

// threads is how many goroutines this much work is worth.
func (p *pass) threads() int {
	n := min(p.e.Threads, len(p.jobs))
	for len(p.work) < max(n, 1) {
		w := &worker{}
		w.Scratch = &w.scratch
		p.work = append(p.work, w)
	}
	return max(n, 1)
}

func (p *pass) job(worker, j int) {
	for i := p.jobs[j][0]; i < p.jobs[j][1]; i++ {
		p.runItem(p.work[worker], i)
	}
}

// runItem runs the present phase over an item.
func (p *pass) runItem(w *worker, i int) {
	it := &p.items[i]
	if p.phase >= len(it.in.v.plan.Phases) {
		return
	}
	ph := &it.in.v.plan.Phases[p.phase]
	if len(w.Accs) < p.accs {
		w.Accs = make([]plan.Acc, p.accs)
	}
	for k, s := range ph.Sums {
		w.Accs[k].Start(s.Max)
	}
	if it.in.v.plan.ByRow {
		p.runRows(w, it)
	} else {
		w.Table = it.in.table
		p.runKernel(w, it, it.in.v.kernels[p.phase][0], 0, it.n)
	}
	for k, s := range ph.Sums {
		p.sums[i*p.accs+k] = w.Accs[k].Total(s.Max)
	}
}

// runKernel runs code over n weights from the item's off-th on.
func (p *pass) runKernel(w *worker, it *item, k plan.Kernel, off, n int) {
	w.N, w.First = n, it.w+off
	w.Arrays = w.Arrays[:0]
	for j, a := range it.in.v.plan.Arrays {
		from := it.w + off
		if a.Kind == plan.Grad {
			from = it.g + off
		}
		v := it.in.arrays[j]
		if v.Len() > 0 { // a gradient that this phase does not read may not be there yet
			v = v.Slice(from, from+n)
		}
		w.Arrays = append(w.Arrays, v)
	}
	k.Run(&w.Work)
}

// runRows runs a phase row by row, each segment after the row's scalars it needs.
func (p *pass) runRows(w *worker, it *item) {
	pl := it.in.v.plan
	w.rows = append(w.rows[:0], it.in.table...)
	w.Table = w.rows
	length := it.in.t.rowLength()
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
