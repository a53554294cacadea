package formula

import (
	"math"
	"slices"
)

// given are the names that a formula has without declaring them.
var given = map[string]Kind{"w": Elem, "g": Elem, "t": Global, "seen": Elem, "step": Elem}

// check finds the mistakes that the grammar cannot see.
func check(src *source, p *Program) *Error {
	c := &checker{src: src, prog: p, scope: map[string]Kind{}}
	if err := c.declarations(); err != nil {
		return err
	}
	if err := c.gradients(); err != nil {
		return err
	}
	for _, s := range p.Body {
		if err := c.assign(s); err != nil {
			return err
		}
	}
	if !p.Assigns("w") && !p.Assigns("g") && !p.Assigns("step") && p.Eval == nil {
		last := len(src.lines)
		return src.errorf(Pos{last, 1}, "the formula changes nothing: expected an assignment to w (or, in a link of a chain, to g or step)")
	}
	return c.evaluation()
}

type checker struct {
	src   *source
	prog  *Program
	scope map[string]Kind
}

func (c *checker) declarations() *Error {
	for name, kind := range given {
		c.scope[name] = kind
	}
	for _, h := range c.prog.Hypers {
		if err := c.declare(h.Name, Global, h.Pos); err != nil {
			return err
		}
	}
	for _, h := range c.prog.Hypers {
		if err := c.choices(h); err != nil {
			return err
		}
	}
	for _, s := range c.prog.States {
		if s.Init != nil {
			if err := c.initial(s); err != nil {
				return err
			}
		}
	}
	for _, s := range c.prog.States {
		if err := c.declare(s.Name, s.Kind, s.Pos); err != nil {
			return err
		}
	}
	return nil
}

// choices declares the names of a choice as constants.
func (c *checker) choices(h Hyper) *Error {
	for i, choice := range h.Range.Choices {
		if _, isGiven := given[choice]; isGiven || c.prog.Hyper(choice) != nil || c.prog.State(choice) != nil {
			return c.src.errorf(h.Pos, "the choice %s has the name of something else; expected another name", choice)
		}
		if err := c.free(choice, h.Pos); err != nil {
			return err
		}
		if v := c.prog.choice(choice); v != float64(i) {
			return c.src.errorf(h.Pos, "the choice %s is number %d here and number %v where it stands first; expected one place for a name", choice, i, v)
		}
		c.scope[choice] = Global
	}
	return nil
}

// free reports an error where a variable would have the name of a function
// that asks the optimizer for something; the others may be variables too.
func (c *checker) free(name string, at Pos) *Error {
	if forms := functions[name]; forms != nil && (forms[0].class == draw || forms[0].class == gradient) {
		return c.src.errorf(at, "%s is the function %s; expected another name", name, forms[0].usage)
	}
	return nil
}

func (c *checker) declare(name string, kind Kind, at Pos) *Error {
	if _, ok := given[name]; ok {
		return c.src.errorf(at, "%s is given and cannot be declared", name)
	}
	if err := c.free(name, at); err != nil {
		return err
	}
	if _, ok := c.scope[name]; ok {
		return c.src.errorf(at, "%s is declared twice", name)
	}
	c.scope[name] = kind
	return nil
}

// initial checks a state's start value: of hyperparameters, numbers and, where
// the state has a value per weight, w.
func (c *checker) initial(s State) *Error {
	for _, name := range []string{"g", "t", "seen", "step"} {
		if s.Init.Reads(name) {
			return c.src.errorf(s.Init.Pos, "the start value of %s cannot depend on %s: expected numbers, hyperparameters and w", s.Name, name)
		}
	}
	if call := firstCall(s.Init, func(f function) bool { return f.class != elementwise }); call != nil {
		return c.src.errorf(call.Pos, "the start value of %s cannot use %s: expected numbers, hyperparameters and w", s.Name, call.Name)
	}
	kind, err := c.kind(s.Init)
	if err == nil && kind > s.Kind {
		return c.src.errorf(s.Init.Pos, "%s is %s, its start value is %s", s.Name, s.Kind, kind)
	}
	return err
}

// gradients checks that before the last grad only temporaries and g are
// assigned, since until then the step can still fail.
func (c *checker) gradients() *Error {
	if s, ok := c.prog.assignedTooEarly(); ok {
		return c.src.errorf(s.Pos, "%s is assigned before the last grad; until then only temporaries and g may be", s.Name)
	}
	return nil
}

// assignedTooEarly finds an assignment to w, step or a state before the last grad.
func (p *Program) assignedTooEarly() (Stmt, bool) {
	last := 0
	for i, s := range p.Body {
		if s.X.Reads("grad") {
			last = i
		}
	}
	for _, s := range p.Body[:last] {
		if s.Name == "w" || s.Name == "step" || p.State(s.Name) != nil {
			return s, true
		}
	}
	return Stmt{}, false
}

func (c *checker) assign(s Stmt) *Error {
	kind, err := c.kind(s.X)
	if err != nil {
		return err
	}
	if c.prog.Hyper(s.Name) != nil {
		return c.src.errorf(s.Pos, "%s is a hyperparameter and cannot be assigned; assign a temporary, or declare a state", s.Name)
	}
	if c.prog.isChoice(s.Name) {
		return c.src.errorf(s.Pos, "%s is a choice of a hyperparameter and cannot be assigned", s.Name)
	}
	if err := c.free(s.Name, s.Pos); err != nil {
		return err
	}
	if s.Name == "t" || s.Name == "seen" {
		return c.src.errorf(s.Pos, "%s is given and cannot be assigned", s.Name)
	}
	_, isGiven := given[s.Name]
	declared := c.prog.State(s.Name)
	switch {
	case declared != nil && kind > declared.Kind:
		return c.src.errorf(s.X.Pos, "%s is %s, this is %s%s", s.Name, declared.Kind, kind, reduceHint(declared.Kind))
	case declared == nil && !isGiven:
		c.scope[s.Name] = kind
	}
	return nil
}

func reduceHint(k Kind) string {
	switch k {
	case Global:
		return "; reduce it with all.sum, all.mean, all.max, all.norm or all.dot"
	case Scalar:
		return "; reduce it with sum, mean, max, norm or dot"
	case Row:
		return "; reduce it with row.sum, row.mean, row.max, row.norm or row.dot"
	}
	return ""
}

// lasting reports whether the name has a value between steps.
func (p *Program) lasting(name string) bool {
	return name == "w" || name == "t" || p.State(name) != nil || p.Hyper(name) != nil || p.isChoice(name)
}

// maxInlined bounds the size of what a temporary of the eval line stands for.
const maxInlined = 1000

// EvalExpr is the expression of the eval line, nil where there is none. The
// temporaries it reads are replaced by what they stand for where that is made
// of numbers, hyperparameters and t alone, and not of more than 1000 nodes.
func (p *Program) EvalExpr() *Expr {
	if p.Eval == nil {
		return nil
	}
	pure := map[string]*Expr{}
	inline := func(x *Expr) *Expr {
		if x.Op == Var && pure[x.Name] != nil {
			return pure[x.Name]
		}
		return x
	}
	for _, s := range p.Body {
		x := s.X.Map(inline)
		if s.Name != "w" && p.State(s.Name) == nil && x.nodes(maxInlined) <= maxInlined && p.isPure(x) {
			pure[s.Name] = x
		} else {
			delete(pure, s.Name)
		}
	}
	return p.Eval.X.Map(inline)
}

// nodes counts the nodes of x, up to one more than most.
func (x *Expr) nodes(most int) int {
	n := 1
	for _, a := range x.Args {
		if n > most {
			break
		}
		n += a.nodes(most - n)
	}
	return n
}

// isPure reports whether x is made of numbers, hyperparameters and t alone.
func (p *Program) isPure(x *Expr) bool {
	if x.Op == Var {
		return x.Name != "w" && p.State(x.Name) == nil && p.lasting(x.Name)
	}
	if firstCall(x, func(f function) bool { return f.class != elementwise }) != nil {
		return false
	}
	return !slices.ContainsFunc(x.Args, func(a *Expr) bool { return !p.isPure(a) })
}

// choice is the value of a choice's name, NaN where there is no such choice.
func (p *Program) choice(name string) float64 {
	for _, h := range p.Hypers {
		if i := slices.Index(h.Range.Choices, name); i >= 0 {
			return float64(i)
		}
	}
	return math.NaN()
}

func (p *Program) isChoice(name string) bool { return !math.IsNaN(p.choice(name)) }

// kind is how many values x has.
func (c *checker) kind(x *Expr) (Kind, *Error) {
	switch x.Op {
	case Num:
		return Global, nil
	case Var:
		if kind, ok := c.scope[x.Name]; ok {
			return kind, nil
		}
		return 0, c.unknown(x)
	}
	top := Global
	for _, a := range x.Args {
		k, err := c.kind(a)
		if err != nil {
			return 0, err
		}
		top = max(top, k)
	}
	if x.Op != Call {
		return top, nil
	}
	f, err := lookup(c.src, x)
	if err != nil {
		return 0, err
	}
	switch f.class {
	case reduction:
		scope, _, _ := SplitReduction(x)
		return map[string]Kind{"": Scalar, "all": Global, "row": Row}[scope], nil
	case draw, gradient:
		return Elem, nil
	}
	return top, nil
}

func (c *checker) unknown(x *Expr) *Error {
	for _, s := range c.prog.Body {
		if s.Name == x.Name {
			return c.src.errorf(x.Pos, "%s has no value yet: line %d is the first to assign it", x.Name, s.Pos.Line)
		}
	}
	if functions[x.Name] != nil {
		return c.src.errorf(x.Pos, "%s is a function; expected %s", x.Name, functions[x.Name][0].usage)
	}
	names := make([]string, 0, len(c.scope))
	for name := range c.scope {
		names = append(names, name)
	}
	slices.Sort(names)
	if hint := didYouMean(x.Name, names); hint != "" {
		return c.src.errorf(x.Pos, "unknown name %s%s", x.Name, hint)
	}
	return c.src.errorf(x.Pos, "unknown name %s: expected a hyperparameter, a state, or a temporary of a line above", x.Name)
}

// evaluation checks the eval line, which runs between steps.
func (c *checker) evaluation() *Error {
	e := c.prog.Eval
	if e == nil {
		return nil
	}
	if _, err := c.kind(e.X); err != nil {
		return err
	}
	if x := c.prog.passing(c.prog.EvalExpr()); x != nil {
		what := "a temporary that exists only during a step; make it a state"
		if _, isGiven := given[x.Name]; isGiven {
			what = "there only during a step"
		}
		return c.src.errorf(x.Pos, "eval cannot read %s: it is %s", x.Name, what)
	}
	if call := firstCall(e.X, func(f function) bool { return f.class == draw || f.class == gradient }); call != nil {
		return c.src.errorf(call.Pos, "eval cannot use %s", call.Name)
	}
	return nil
}

// passing finds a variable that has no value between steps.
func (p *Program) passing(x *Expr) *Expr {
	if x.Op == Var && !p.lasting(x.Name) {
		return x
	}
	for _, a := range x.Args {
		if found := p.passing(a); found != nil {
			return found
		}
	}
	return nil
}

// firstCall finds a call of a function that satisfies the condition.
func firstCall(x *Expr, is func(function) bool) *Expr {
	if x.Op == Call {
		if _, _, ok := SplitReduction(x); ok && is(function{class: reduction}) {
			return x
		}
		for _, f := range functions[x.Name] {
			if f.arity == len(x.Args) && is(f) {
				return x
			}
		}
	}
	for _, a := range x.Args {
		if found := firstCall(a, is); found != nil {
			return found
		}
	}
	return nil
}
