package plan

import (
	"math"
	"slices"

	"github.com/descent-go/descent/formula"
)

// Specialise rewrites a flat program for hyperparameters whose values are
// fixed: one fixed at 0 removes its term, a condition made of fixed ones is
// decided, and a state whose earlier value nobody reads is not kept. The names
// in keep are computed even where this program does not read them. used are
// the hyperparameters whose values shaped the result.
func Specialise(p *formula.Program, fixed map[string]float64, keep map[string]bool) (q *formula.Program, used map[string]bool) {
	s := specialiser{fixed: fixed, used: map[string]bool{}, known: map[string]*formula.Expr{}}
	c := *p
	c.Body = nil
	for _, st := range p.Body {
		x := st.X.Map(s.fold)
		delete(s.known, st.Name)
		if declared := p.State(st.Name); x.Op == formula.Num && (declared == nil || declared.Kind != formula.Global) {
			s.known[st.Name] = x // a global scalar is what the optimizer's own hyperparameters make it
		}
		c.Body = append(c.Body, formula.Stmt{Name: st.Name, X: x, Pos: st.Pos})
	}
	if x := p.EvalExpr(); x != nil {
		s.known = nil
		if !reducesAll(x) { // else all groups evaluate the same
			x = x.Map(s.fold)
		}
		c.Eval = &formula.Stmt{Name: p.Eval.Name, X: x, Pos: p.Eval.Pos}
	}
	prune(&c, keep)
	return &c, s.used
}

// reducesAll reports whether an expression has a reduction over all parameters.
func reducesAll(x *formula.Expr) bool {
	if scope, _, ok := formula.SplitReduction(x); x.Op == formula.Call && ok && scope == "all" {
		return true
	}
	return slices.ContainsFunc(x.Args, reducesAll)
}

type specialiser struct {
	fixed map[string]float64
	used  map[string]bool
	known map[string]*formula.Expr // variables that are numbers at this line
}

func number(v float64, at formula.Pos) *formula.Expr {
	return &formula.Expr{Op: formula.Num, Value: v, Pos: at}
}

func isNum(e *formula.Expr, v float64) bool { return e.Op == formula.Num && e.Value == v }

// fold simplifies a node whose arguments are already simplified.
func (s *specialiser) fold(e *formula.Expr) *formula.Expr {
	switch e.Op {
	case formula.Num:
		return e
	case formula.Var:
		if x := s.known[e.Name]; x != nil {
			return x
		}
		if v, ok := s.fixed[e.Name]; ok && v == 0 {
			s.used[e.Name] = true
			return number(0, e.Pos)
		}
		return e
	case formula.Call:
		return s.call(e)
	case formula.Neg:
		if e.Args[0].Op == formula.Num {
			return number(0-e.Args[0].Value, e.Pos)
		}
		return e
	}
	a, b := e.Args[0], e.Args[1]
	if a.Op == formula.Num && b.Op == formula.Num {
		if v, ok := arithmetic(e.Op, a.Value, b.Value); ok {
			return number(v, e.Pos)
		}
	}
	return identity(e, a, b)
}

// identity applies the rules of 0 and 1.
func identity(e, a, b *formula.Expr) *formula.Expr {
	switch {
	case e.Op == formula.Add && isNum(a, 0), e.Op == formula.Mul && isNum(a, 1):
		return b
	case (e.Op == formula.Add || e.Op == formula.Sub) && isNum(b, 0), (e.Op == formula.Mul || e.Op == formula.Div || e.Op == formula.Pow) && isNum(b, 1):
		return a
	case e.Op == formula.Sub && isNum(a, 0):
		return &formula.Expr{Op: formula.Neg, Args: []*formula.Expr{b}, Pos: e.Pos}
	case e.Op == formula.Mul && (isNum(a, 0) || isNum(b, 0)), e.Op == formula.Div && isNum(a, 0):
		return number(0, e.Pos)
	case e.Op == formula.Pow && isNum(b, 0):
		return number(1, e.Pos)
	}
	return e
}

func arithmetic(op formula.Op, a, b float64) (float64, bool) {
	switch op {
	case formula.Add:
		return a + b, true
	case formula.Sub:
		return a - b, true
	case formula.Mul:
		return a * b, true
	case formula.Div:
		return a / b, true
	case formula.Lt:
		return truth(a < b), true
	case formula.Le:
		return truth(a <= b), true
	case formula.Gt:
		return truth(a > b), true
	case formula.Ge:
		return truth(a >= b), true
	case formula.Eq:
		return truth(a == b), true
	case formula.Ne:
		return truth(a != b), true
	}
	return 0, false
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// call decides where(c, a, b) and takes functions of 0 that are 0.
func (s *specialiser) call(e *formula.Expr) *formula.Expr {
	if e.Name == "where" {
		used := map[string]bool{}
		c := s.constant(e.Args[0], used)
		if math.IsNaN(c) {
			return e
		}
		for name := range used {
			s.used[name] = true
		}
		if c != 0 {
			return e.Args[1]
		}
		return e.Args[2]
	}
	switch e.Name {
	case "sqrt", "abs", "sign", "sin", "floor", "float16", "bfloat16", "norm", "sum", "mean", "row.norm", "row.sum", "row.mean", "row.max":
		if isNum(e.Args[0], 0) {
			return e.Args[0]
		}
	case "dot", "row.dot":
		if isNum(e.Args[0], 0) || isNum(e.Args[1], 0) {
			return number(0, e.Pos)
		}
	case "max":
		if len(e.Args) == 1 && isNum(e.Args[0], 0) {
			return e.Args[0]
		}
	}
	return e
}

// constant computes an expression of numbers and fixed hyperparameters, NaN
// where it is something else.
func (s *specialiser) constant(e *formula.Expr, used map[string]bool) float64 {
	switch e.Op {
	case formula.Num:
		return e.Value
	case formula.Var:
		v, ok := s.fixed[e.Name]
		if !ok {
			return math.NaN()
		}
		used[e.Name] = true
		return v
	case formula.Call:
		return math.NaN()
	case formula.Neg:
		return -s.constant(e.Args[0], used)
	}
	a, b := s.constant(e.Args[0], used), s.constant(e.Args[1], used)
	v, ok := arithmetic(e.Op, a, b)
	if !ok || math.IsNaN(a) || math.IsNaN(b) {
		return math.NaN()
	}
	return v
}

// prune drops statements that nothing needs and states whose earlier value
// nobody reads: what is needed follows from w (for a link, g or step), from
// the evaluation weights and from the kept names.
func prune(p *formula.Program, keep map[string]bool) {
	lasting := map[string]bool{}
	for _, st := range p.States {
		lasting[st.Name] = p.Eval != nil && p.Eval.X.Reads(st.Name)
	}
	for {
		live := map[string]bool{"w": true}
		if !p.Assigns("w") {
			live["g"], live["step"] = true, true
		}
		for name, is := range lasting {
			live[name] = is
		}
		if p.Eval != nil {
			reads(p.Eval.X, live)
		}
		needed := make([]bool, len(p.Body))
		for i := len(p.Body) - 1; i >= 0; i-- {
			s := p.Body[i]
			if needed[i] = live[s.Name] || keep[s.Name]; needed[i] {
				delete(live, s.Name)
				reads(s.X, live)
			}
		}
		grown := false
		for _, st := range p.States {
			if live[st.Name] && !lasting[st.Name] {
				lasting[st.Name], grown = true, true
			}
		}
		if !grown {
			dropUnneeded(p, lasting, needed)
			return
		}
	}
}

func dropUnneeded(p *formula.Program, lasting map[string]bool, needed []bool) {
	var body []formula.Stmt
	for i, s := range p.Body {
		if needed[i] {
			body = append(body, s)
		}
	}
	p.Body = body
	var states []formula.State
	for _, st := range p.States {
		if lasting[st.Name] || st.Kind == formula.Global && p.Assigns(st.Name) { // else it would be a temporary, one for each parameter
			states = append(states, st)
		}
	}
	p.States = states
}

// reads adds the variables that an expression reads.
func reads(e *formula.Expr, into map[string]bool) {
	if e.Op == formula.Var {
		into[e.Name] = true
	}
	for _, a := range e.Args {
		reads(a, into)
	}
}
