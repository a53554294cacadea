package engine

import (
	"math"

	"github.com/descent-go/descent/internal/plan"
)

// chunk is how many weights have a sum of their own, so it shows in the bits of
// results.
const chunk = 8192

// A worker does so many chunks at a time at most, one after the other as the
// memory likes it, and at least so many times as there are workers, so that
// they end together.
const (
	most  = 16
	turns = 8
)

// instance is a tensor under a plan.
type instance struct {
	t       *Tensor
	v       *variant
	arrays  []plan.Vector // those of the plan
	group   *table        // shared with parameters of the same variant and t
	table   []float64     // the scalars of this step
	own     []float64     // the table where some scalars are the tensor's own
	weights int           // that take part, on all ranks
	items   [2]int        // its items: from, to
	run     int           // where its only item is
	rests   bool          // takes no part in the pass
	binding *binding      // of which it is the first
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
	runs  []run
	jobs  [][2]int // ranges of runs that are worth a goroutine
	accs  int
	sums  []float64 // of every item, for every accumulator

	tables  []*table
	private []*instance   // those with tables of their own
	low     []*instance   // those whose master copies a plan compares with what was seen
	summing [][]*instance // those with reductions, by phase
	rested  int           // the most updates of a tensor that rests
	span    int           // weights that a worker does at a time
	effort  int           // operations of a phase, on all weights
	weights int           // that take part, on all ranks

	exchange exchange // where weights are split

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
	case plan.RowLength:
		in.own[input.Slot] = float64(in.t.RowLength())
	case plan.NameKey:
		half := in.t.key >> (32 * input.Index) & (1<<32 - 1)
		in.own[input.Slot] = math.Float64frombits(half)
	}
}

func newPass(e *Engine, insts []*instance, own *variant, every bool) *pass {
	p := &pass{e: e, insts: insts, own: own, every: every, named: newTable(own, nil), all: map[string]float64{}}
	for _, in := range insts {
		p.accs = max(p.accs, in.v.plan.Accs)
		p.summing = append(p.summing, make([][]*instance, max(0, len(in.v.plan.Phases)-len(p.summing)))...)
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
	p.share()
	p.cut()
}

// bind finds the memory of the plan's arrays, allocating what is scratch.
func (in *instance) bind(grads int) {
	t := in.t
	for i, a := range in.v.plan.Arrays {
		switch a.Kind {
		case plan.Weights:
			in.arrays[i] = t.W
		case plan.Low:
			in.arrays[i] = t.Low
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
				in.scratch(i, single(t.W.Type()), t.G.Len())
			case t.mean.Len() > 0:
				in.arrays[i] = t.mean
			default:
				in.arrays[i] = t.G
			}
		default:
			in.scratch(i, t.W.Type(), t.W.Len())
		}
	}
	if grads > 0 {
		t.makeKept()
	}
}

// makeKept makes memory to keep the parameter's own in.
func (t *Tensor) makeKept() {
	if v := t.value(); t.kept.Len() != v.Len() {
		t.kept = plan.Make(v.Type(), v.Len())
	}
}

func (in *instance) scratch(i int, t plan.Type, n int) {
	if in.arrays[i].Len() != n || in.arrays[i].Type() != t {
		in.arrays[i] = plan.Make(t, n)
	}
}

// cut makes the items, runs and jobs.
func (p *pass) cut() {
	p.items, p.weights, p.effort = p.items[:0], 0, 0
	here := 0
	for _, in := range p.insts {
		if in.rests {
			in.weights, in.binding = 0, nil
			continue
		}
		in.weights = p.count(in)
		p.weights += in.weights
		here += p.here(in)
		p.effort += p.here(in) * in.v.effort
	}
	p.span = chunk * min(max(here/chunk/p.e.Threads/turns, 1), most)
	for k := range p.summing {
		p.summing[k] = p.summing[k][:0]
	}
	for _, in := range p.insts {
		in.items[0] = len(p.items)
		if !in.rests {
			p.cutTensor(in)
			for k, ph := range in.v.plan.Phases {
				if len(ph.Sums) > 0 {
					p.summing[k] = append(p.summing[k], in)
				}
			}
		}
		in.items[1] = len(p.items)
	}
	p.makeRuns()
	if p.e.Peers != nil {
		p.makeExchange()
	}
	if need := len(p.items) * p.accs; cap(p.sums) < need {
		p.sums = make([]float64, need)
	}
	p.sums = p.sums[:len(p.items)*p.accs]
}

// cutTensor cuts a tensor into chunks, whole rows where its plan runs by rows.
func (p *pass) cutTensor(in *instance) {
	t, row, n := in.t, in.t.RowLength(), in.piece()
	if t.Rows != nil && !p.every {
		for k, r := range t.Rows {
			if last := len(p.items) - 1; k > 0 && t.Rows[k-1] == r-1 && p.items[last].n+row <= chunk {
				p.items[last].n += row
			} else {
				p.items = append(p.items, item{in, r * row, k * row, row})
			}
		}
		return
	}
	if in.v.plan.Accs == 0 && !in.v.plan.ByRow {
		n = p.span
	}
	for at := 0; at < t.W.Len(); at += n {
		p.items = append(p.items, item{in, at, at, min(n, t.W.Len()-at)})
	}
}

// piece is how many weights of the tensor are summed together.
func (in *instance) piece() int {
	if !in.v.plan.ByRow {
		return chunk
	}
	row := in.t.RowLength()
	return max(chunk/row, 1) * row
}
