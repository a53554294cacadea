package optim

import "math"

// lbfgsRun is a step of LBFGS. It leaves the states alone until keep.
type lbfgsRun struct {
	model   Model
	tensors []*Tensor
	hyper   map[string]float64

	x     vector // where it has come to
	loss  float64
	grad  vector
	evals int

	d      vector // the direction, and how far it goes
	length float64
	prev   vector // the gradient before that
	hDiag  float64
	nIter  int // inner iterations of all steps

	history []change // oldest first
	room    int      // for changes, in the states
	stored  int      // changes that have been put there
	added   int      // changes of this step
}

// change is what an inner iteration did to weights and gradient.
type change struct {
	s, y vector
	ro   float64 // 1/(s y)
}

func newLBFGSRun(m Model, room int) *lbfgsRun {
	r := &lbfgsRun{model: m, tensors: m.Tensors(), room: room}
	r.hyper = r.tensors[0].Hyper
	r.x = r.gather(func(t *Tensor) []float64 { return t.Weights }).clone()
	if r.continues() {
		r.load()
	}
	return r
}

func (r *lbfgsRun) gather(part func(*Tensor) []float64) vector {
	v := make(vector, len(r.tensors))
	for i, t := range r.tensors {
		v[i] = part(t)
	}
	return v
}

// continues reports whether the states are those of the parameters that take
// part now.
func (r *lbfgsRun) continues() bool {
	for _, t := range r.tensors {
		for _, name := range []string{"n_iter", "stored"} {
			if t.State[name][0] != r.tensors[0].State[name][0] {
				return false
			}
		}
		if t.State["weights"][0] != float64(r.x.len()) {
			return false
		}
	}
	return true
}

func (r *lbfgsRun) load() {
	one := r.tensors[0].State
	r.nIter, r.stored, r.hDiag, r.length = int(one["n_iter"][0]), int(one["stored"][0]), one["h_diag"][0], one["length"][0]
	r.d = r.gather(func(t *Tensor) []float64 { return t.State["d"] })
	r.prev = r.gather(func(t *Tensor) []float64 { return t.State["prev_grad"] })
	for k := r.stored - min(r.stored, r.room, r.limit()); k < r.stored; k++ {
		s, y := r.places(k)
		r.history = append(r.history, change{s, y, one["ro"][k%r.room]})
	}
}

// limit is how many changes are used.
func (r *lbfgsRun) limit() int { return int(r.hyper["history_size"]) }

// places are where the states have the k-th change.
func (r *lbfgsRun) places(k int) (s, y vector) {
	place := func(name string) vector {
		return r.gather(func(t *Tensor) []float64 {
			n := len(t.Weights)
			return t.State[name][k%r.room*n:][:n]
		})
	}
	return place("old_stps"), place("old_dirs")
}

// keep writes the states.
func (r *lbfgsRun) keep() {
	for _, c := range r.history[len(r.history)-min(r.added, len(r.history)):] {
		s, y := r.places(r.stored)
		s.copy(c.s)
		y.copy(c.y)
		for _, t := range r.tensors {
			t.State["ro"][r.stored%r.room] = c.ro
		}
		r.stored++
	}
	for i, t := range r.tensors {
		if r.nIter > 0 {
			copy(t.State["d"], r.d[i])
			copy(t.State["prev_grad"], r.prev[i])
		}
		t.State["length"][0], t.State["h_diag"][0] = r.length, r.hDiag
		t.State["n_iter"][0], t.State["stored"][0], t.State["weights"][0] = float64(r.nIter), float64(r.stored), float64(r.x.len())
	}
}

// evaluate takes loss and gradient at x.
func (r *lbfgsRun) evaluate(x vector) (loss float64, grad vector, err error) {
	if loss, err = r.model.GradientAt(x); err != nil {
		return 0, nil, err
	}
	return loss, r.gather(func(t *Tensor) []float64 { return t.Grad }).clone(), nil
}

// run makes the inner iterations. The gradient at the weights is there already,
// but not the loss, so it asks for both.
func (r *lbfgsRun) run() (err error) {
	if r.loss, r.grad, err = r.evaluate(r.x); err != nil {
		return err
	}
	r.evals = 1
	if r.grad.maxAbs() <= r.hyper["tolerance_grad"] {
		return nil
	}
	most := whole(r.hyper["max_iter"])
	for n := 1; n <= most; n++ {
		r.nIter++
		r.direct()
		r.prev = r.grad
		r.length = r.hyper["lr"]
		if r.nIter == 1 {
			r.length *= min(1, 1/r.grad.sumAbs())
		}
		before, slope := r.loss, r.grad.dot(r.d)
		if slope > -r.hyper["tolerance_change"] {
			return nil
		}
		if err := r.advance(slope, n == most); err != nil || r.ends(before) {
			return err
		}
	}
	return nil
}

// direct remembers the last change and finds the direction: Algorithm 7.4.
func (r *lbfgsRun) direct() {
	if r.nIter == 1 {
		r.hDiag, r.d = 1, r.grad.scaled(-1)
		return
	}
	y := r.grad.clone()
	y.add(-1, r.prev)
	s := r.d.scaled(r.length)
	if ys := y.dot(s); ys > 1e-10 {
		r.history = append(r.history, change{s, y, 1 / ys})
		r.history = r.history[max(0, len(r.history)-r.limit()):]
		r.added++
		r.hDiag = ys / y.dot(y)
	}
	q, alpha := r.grad.scaled(-1), make([]float64, len(r.history))
	for i := len(r.history) - 1; i >= 0; i-- {
		c := r.history[i]
		alpha[i] = c.s.dot(q) * c.ro
		q.add(-alpha[i], c.y)
	}
	r.d = q.scaled(r.hDiag)
	for i, c := range r.history {
		r.d.add(alpha[i]-float64(c.y.dot(r.d)*c.ro), c.s)
	}
}

// advance goes along the direction. Without a line search it does not ask for
// a gradient after the last iteration.
func (r *lbfgsRun) advance(slope float64, last bool) (err error) {
	if lineSearches[int(r.hyper["line_search"])] == "none" {
		if r.x.add(r.length, r.d); !last {
			r.evals++
			r.loss, r.grad, err = r.evaluate(r.x)
		}
		return err
	}
	p, err := newLineSearch(r, slope).search()
	if err == nil {
		r.length, r.loss, r.grad = p.at, p.loss, p.grad
		r.x.add(p.at, r.d)
	}
	return err
}

// whole is a limit as an int, also where that cannot hold it.
func whole(limit float64) int { return int(min(limit, math.MaxInt32)) }

// ends reports whether the step is at its end: enough evaluations, a minimum,
// or no progress.
func (r *lbfgsRun) ends(before float64) bool {
	little := r.hyper["tolerance_change"]
	return r.evals >= whole(r.hyper["max_eval"]) || r.grad.maxAbs() <= r.hyper["tolerance_grad"] ||
		r.d.maxAbs()*r.length <= little || math.Abs(r.loss-before) < little
}
