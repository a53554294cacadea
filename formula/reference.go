package formula

// Reference runs a program in float64 by walking its tree: slow, and right by
// being obvious. Everything faster is tested against it.
type Reference struct {
	Program *Program
	Params  []*RefParam
	Hyper   map[string]float64                            // the hyperparameters of the optimizer, where global scalars use them; a missing one has its default
	Global  map[string]float64                            // the global scalars
	Normal  func(param string, elem, t, draw int) float64 // what normal() draws; nil draws 0
	vars    map[string][]value                            // by name, one value a parameter and, last, the optimizer's
	grad    func() [][]float64                            // the gradients at the parameters' present weights
	draws   int
}

// RefParam is a parameter of a Reference.
type RefParam struct {
	Name  string
	Shape []int
	W     []float64
	Seen  []float64          // where nil, W
	Hyper map[string]float64 // a missing one has its default
	State map[string][]float64
	T     int // updates made
}

// value holds one number (len 1) or one number per row or weight of a parameter.
type value struct {
	kind Kind
	x    []float64
}

func (p *RefParam) rows() int {
	if len(p.Shape) == 0 {
		return 1
	}
	return p.Shape[0]
}

func (p *RefParam) size(k Kind) int {
	switch k {
	case Elem:
		return len(p.W)
	case Row:
		return p.rows()
	}
	return 1
}

// at gives the value for the weight, row or parameter i of kind k.
func (v value) at(p *RefParam, k Kind, i int) float64 {
	switch {
	case v.kind <= Scalar:
		return v.x[0]
	case v.kind == k:
		return v.x[i]
	}
	return v.x[i/(len(p.W)/p.rows())] // a row's value for a weight of it
}

// NewReference sets the states to their start values.
func NewReference(prog *Program, params []*RefParam, hyper map[string]float64) *Reference {
	r := &Reference{Program: prog, Params: params, Hyper: hyper, Global: map[string]float64{}}
	r.begin(nil)
	for _, s := range prog.States {
		init := r.constant(0)
		if s.Init != nil {
			init = r.eval(s.Init)
		}
		for i, p := range params {
			if s.Kind == Global {
				continue
			}
			if p.State == nil {
				p.State = map[string][]float64{}
			}
			p.State[s.Name] = r.expand(p, s.Kind, init[i])
		}
		if s.Kind == Global {
			r.Global[s.Name] = init[len(params)].x[0]
		}
	}
	return r
}

func (r *Reference) expand(p *RefParam, k Kind, v value) []float64 {
	x := make([]float64, p.size(k))
	for i := range x {
		x[i] = v.at(p, k, i)
	}
	return x
}

// Step updates all parameters. grad gives the gradients at the parameters'
// present weights; it is called once for g where the program reads g, and once
// for each grad(x).
func (r *Reference) Step(grad func() [][]float64) {
	for _, p := range r.Params {
		p.T++
	}
	r.begin(grad)
	if r.Program.ReadsFirst("g") {
		r.vars["g"] = r.gradient()
	}
	for _, s := range r.Program.Body {
		v := r.eval(s.X)
		if _, isGlobal := r.Global[s.Name]; isGlobal {
			v = r.constant(v[len(r.Params)].x[0]) // of the optimizer's hyperparameters and t, not of each parameter's
		}
		r.vars[s.Name] = v
	}
	for i, p := range r.Params {
		p.W = r.expand(p, Elem, r.vars["w"][i])
		for _, s := range r.Program.States {
			if s.Kind != Global {
				p.State[s.Name] = r.expand(p, s.Kind, r.vars[s.Name][i])
			}
		}
	}
	for name := range r.Global {
		r.Global[name] = r.vars[name][len(r.Params)].x[0]
	}
}

// Eval gives the weights to evaluate with.
func (r *Reference) Eval() [][]float64 {
	out := make([][]float64, len(r.Params))
	x := r.begin(nil)["w"]
	if e := r.Program.EvalExpr(); e != nil {
		x = r.eval(e)
	}
	for i, p := range r.Params {
		out[i] = r.expand(p, Elem, x[i])
	}
	return out
}

// begin sets what a program finds: w, seen, t, hyperparameters and states.
func (r *Reference) begin(grad func() [][]float64) map[string][]value {
	r.vars, r.grad, r.draws = map[string][]value{}, grad, 0
	for _, s := range r.Program.States {
		if g, ok := r.Global[s.Name]; ok {
			r.vars[s.Name] = r.constant(g)
		}
	}
	optimizer := &RefParam{Hyper: r.Hyper}
	for i, p := range append(r.Params[:len(r.Params):len(r.Params)], optimizer) {
		seen := p.Seen
		if seen == nil {
			seen = p.W
		}
		optimizer.T = max(optimizer.T, p.T)
		r.set("w", i, value{Elem, p.W})
		r.set("seen", i, value{Elem, seen})
		r.set("t", i, value{Scalar, []float64{float64(p.T)}})
		for _, h := range r.Program.Hypers {
			v, ok := p.Hyper[h.Name]
			if !ok {
				v = h.Default
			}
			r.set(h.Name, i, value{Scalar, []float64{v}})
		}
		for _, s := range r.Program.States {
			if x, ok := p.State[s.Name]; ok {
				r.set(s.Name, i, value{s.Kind, x})
			}
		}
	}
	return r.vars
}

func (r *Reference) set(name string, i int, v value) {
	if r.vars[name] == nil {
		r.vars[name] = make([]value, len(r.Params)+1)
	}
	r.vars[name][i] = v
}

func (r *Reference) constant(v float64) []value {
	out := make([]value, len(r.Params)+1)
	for i := range out {
		out[i] = value{Scalar, []float64{v}}
	}
	return out
}

func (r *Reference) gradient() []value {
	out := make([]value, len(r.Params)+1)
	for i, g := range r.grad() {
		out[i] = value{Elem, g}
	}
	return out
}

// eval computes an expression for every parameter and for the optimizer itself,
// whose value is empty where the expression has one per parameter.
func (r *Reference) eval(e *Expr) []value {
	switch {
	case e.Op == Num:
		return r.constant(e.Value)
	case e.Op == Var:
		if v, ok := r.vars[e.Name]; ok {
			return v
		}
		return r.constant(r.Program.choice(e.Name))
	case e.Op == Call && e.Name == "normal":
		return r.normal()
	}
	args := make([][]value, len(e.Args))
	for i, a := range e.Args {
		args[i] = r.eval(a)
	}
	if e.Op == Call && e.Name == "grad" {
		return r.gradientAt(args[0])
	}
	if scope, name, ok := SplitReduction(e); e.Op == Call && ok {
		return r.reduction(scope, name, args)
	}
	return r.elementwise(e, args)
}

func (r *Reference) elementwise(e *Expr, args [][]value) []value {
	out := make([]value, len(r.Params)+1)
	a := make([]float64, max(len(args), 2))
	for i := range out {
		p, kind := &RefParam{}, Scalar
		if i < len(r.Params) {
			p = r.Params[i]
		}
		empty := false
		for _, v := range args {
			kind = max(kind, v[i].kind)
			empty = empty || v[i].x == nil
		}
		if empty {
			continue
		}
		x := make([]float64, p.size(kind))
		for j := range x {
			for k, v := range args {
				a[k] = v[i].at(p, kind, j)
			}
			if e.Op == Call {
				x[j] = applyFunction(e.Name, a)
			} else {
				x[j] = applyScalar(e.Op, a[0], a[1])
			}
		}
		out[i] = value{kind, x}
	}
	return out
}

func (r *Reference) reduction(scope, name string, args [][]value) []value {
	out := make([]value, len(r.Params)+1)
	var all [2][]float64
	for i, p := range r.Params {
		x := [2][]float64{}
		for k, v := range args {
			x[k] = r.expand(p, Elem, v[i])
			all[k] = append(all[k], x[k]...)
		}
		if scope == "" {
			out[i] = value{Scalar, []float64{reduce(name, x[0], x[1])}}
			continue
		}
		rows := make([]float64, p.rows())
		for j := range rows {
			n := len(p.W) / len(rows)
			y := x[1]
			if y != nil {
				y = y[j*n : (j+1)*n]
			}
			rows[j] = reduce(name, x[0][j*n:(j+1)*n], y)
		}
		out[i] = value{Row, rows}
	}
	if scope == "all" {
		return r.constant(reduce(name, all[0], all[1]))
	}
	return out
}

func (r *Reference) normal() []value {
	out := make([]value, len(r.Params)+1)
	for i, p := range r.Params {
		x := make([]float64, len(p.W))
		for j := range x {
			if r.Normal == nil {
				break
			}
			x[j] = r.Normal(p.Name, j, p.T, r.draws)
		}
		out[i] = value{Elem, x}
	}
	r.draws++
	return out
}

// gradientAt moves the parameters to x, takes the gradient and moves them back.
func (r *Reference) gradientAt(x []value) []value {
	kept := make([][]float64, len(r.Params))
	for i, p := range r.Params {
		kept[i], p.W = p.W, r.expand(p, Elem, x[i])
	}
	g := r.gradient()
	for i, p := range r.Params {
		p.W = kept[i]
	}
	return g
}
