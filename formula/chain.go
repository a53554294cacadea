package formula

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Link is one program of a chain. Its names get the prefix and a dot; the
// empty prefix leaves them as they are.
type Link struct {
	Prefix  string
	Program *Program
}

// Flatten makes one program of a chain: one link after the other, each with
// names of its own but for lr, which belongs to all. The rule is the first
// link that assigns w; the links before it change g, those after it may read
// and assign step, what the rule's last assignment to w subtracted. In the
// flat program every grad(x) and every reduction over all parameters is a
// statement of its own, named grad.1, all.1 and so on.
func Flatten(links []Link) (*Program, error) {
	if len(links) == 0 {
		return nil, errors.New("a chain of no links; expected at least a rule")
	}
	f := flattener{prog: &Program{}}
	rule, err := ruleOf(links)
	if err != nil {
		return nil, err
	}
	asks := ""
	for i, l := range links {
		if f.prog.Name != "" {
			f.prog.Name += "+"
		}
		f.prog.Name += l.Program.Name
		if i <= rule && (l.Program.Reads("step") || l.Program.Assigns("step")) {
			return nil, fmt.Errorf("%s reads or assigns step, which is given only after a rule: chain it behind one", l.Program.Name)
		}
		if l.Program.Reads("grad") {
			if i > rule {
				return nil, fmt.Errorf("%s asks for a gradient with grad, which no link behind the rule of a chain may", l.Program.Name)
			}
			if asks != "" {
				return nil, fmt.Errorf("%s and %s both ask for a gradient with grad, which one link of a chain may", asks, l.Program.Name)
			}
			asks = l.Program.Name
		}
		if err := f.declare(l, i == rule); err != nil {
			return nil, err
		}
	}
	f.body(links, rule)
	for _, l := range links {
		if e := l.Program.EvalExpr(); e != nil {
			f.prog.Eval = &Stmt{l.Program.Eval.Name, f.rename(l, e), l.Program.Eval.Pos}
		}
	}
	return f.prog, f.check()
}

// ruleOf finds the rule of a chain and makes sure that the links stand on the
// side of it where they have an effect.
func ruleOf(links []Link) (int, error) {
	rule := 0
	for rule < len(links)-1 && !links[rule].Program.Assigns("w") {
		rule++
	}
	for i, l := range links {
		p := l.Program
		if i > rule && p.Assigns("w") && p.Reads("g") && links[rule].Program.readsNoGradient() {
			return 0, fmt.Errorf("%s reads no gradient and stands before %s: chain it behind", links[rule].Program.Name, p.Name)
		}
		if i > rule && p.Assigns("g") && !p.Assigns("w") && !p.Assigns("step") {
			return 0, fmt.Errorf("%s changes the gradient, which nothing reads any more behind %s: chain it before", p.Name, links[rule].Program.Name)
		}
	}
	return rule, nil
}

// readsNoGradient reports whether the program makes do with weights, states
// and hyperparameters.
func (p *Program) readsNoGradient() bool {
	return !p.Reads("g") && !p.Reads("grad") && !p.Reads("seen") && !p.readsUndeclared()
}

// readsUndeclared reports whether the program reads a name that it has not:
// what a rule that is no formula subtracts.
func (p *Program) readsUndeclared() bool {
	for _, s := range p.Body {
		for _, name := range s.X.names(nil) {
			if _, isGiven := given[name]; !isGiven && !p.lasting(name) && !p.Assigns(name) {
				return true
			}
		}
	}
	return false
}

// joined gives a flat program with what Flatten cut out put back, for reading.
func (p *Program) joined() *Program {
	cut := map[string]*Expr{}
	c := *p
	c.Body = nil
	for _, s := range p.Body {
		x := s.X.Map(func(e *Expr) *Expr {
			if e.Op == Var && cut[e.Name] != nil {
				return cut[e.Name]
			}
			return e
		})
		if x.Op == Call && (strings.HasPrefix(s.Name, "all.") || strings.HasPrefix(s.Name, "grad.")) {
			cut[s.Name] = x
		} else {
			c.Body = append(c.Body, Stmt{s.Name, x, s.Pos})
		}
	}
	return &c
}

type flattener struct {
	prog       *Program
	links      []Link // those before the rule
	readsG     bool   // the rule or a link behind it reads g, or one before it asks for a gradient
	moved      bool   // a link behind the rule has assigned w
	grads, all int
}

// declare adds the link's hyperparameters and states under their new names.
func (f *flattener) declare(l Link, isRule bool) error {
	for _, h := range l.Program.Hypers {
		h.Name = l.rename(h.Name)
		old := f.prog.Hyper(h.Name)
		switch {
		case old != nil && h.Name != "lr" || f.prog.State(h.Name) != nil:
			return l.twice(h.Name)
		case old == nil:
			f.prog.Hypers = append(f.prog.Hypers, h)
		case isRule:
			*old = h
		}
	}
	for _, s := range l.Program.States {
		s.Name = l.rename(s.Name)
		if f.prog.State(s.Name) != nil || f.prog.Hyper(s.Name) != nil {
			return l.twice(s.Name)
		}
		if s.Init != nil {
			s.Init = f.rename(l, s.Init)
		}
		f.prog.States = append(f.prog.States, s)
	}
	return nil
}

func (l Link) twice(name string) error {
	return fmt.Errorf("%s: the chain has %s already; give the link a prefix of its own", l.Program.Name, name)
}

// rename gives the name that a link's variable has in the chain.
func (l Link) rename(name string) string {
	if _, isGiven := given[name]; isGiven || name == "lr" || l.Prefix == "" {
		return name
	}
	return l.Prefix + "." + name
}

// rename gives the link's expression in the chain's names, choices as numbers.
func (f *flattener) rename(l Link, e *Expr) *Expr {
	return e.Map(func(x *Expr) *Expr {
		if x.Op != Var {
			return x
		}
		if c := l.Program.choice(x.Name); c == c {
			return &Expr{Op: Num, Value: c, Pos: x.Pos}
		}
		return &Expr{Op: Var, Name: l.rename(x.Name), Pos: x.Pos}
	})
}

// Map rebuilds the expression from the leaves up, each node replaced by what f
// makes of it; f returns its argument where nothing changes.
func (e *Expr) Map(f func(*Expr) *Expr) *Expr {
	if len(e.Args) == 0 {
		return f(e)
	}
	c := *e
	c.Args = make([]*Expr, len(e.Args))
	for i, a := range e.Args {
		c.Args[i] = a.Map(f)
	}
	return f(&c)
}

func (f *flattener) body(links []Link, rule int) {
	f.links = links[:rule]
	r := links[rule].Program
	f.readsG = slices.ContainsFunc(links[rule:], func(l Link) bool { return l.Program.Reads("g") }) ||
		slices.ContainsFunc(f.links, func(l Link) bool { return l.Program.Reads("grad") })
	if f.readsG || !r.Reads("grad") {
		f.before()
	}
	lastW := -1
	for i, s := range r.Body {
		if s.Name == "w" {
			lastW = i
		}
	}
	for i, s := range r.Body {
		if i == lastW && rule < len(links)-1 {
			f.step(links[rule], s)
		} else {
			f.statement(links[rule], s)
		}
	}
	for _, l := range links[rule+1:] {
		for _, s := range l.Program.Body {
			f.after(l, s)
		}
	}
}

// before runs the links before the rule on g.
func (f *flattener) before() {
	all := f.links
	for i, l := range all {
		f.links = all[:i] // what a gradient that l asks for passes through
		for _, s := range l.Program.Body {
			f.statement(l, s)
		}
	}
	f.links = all
}

func variable(name string, at Pos) *Expr { return &Expr{Op: Var, Name: name, Pos: at} }

func (f *flattener) emit(name string, x *Expr, at Pos) {
	f.prog.Body = append(f.prog.Body, Stmt{name, x, at})
}

// statement adds a link's statement, each grad and each reduction over all
// parameters cut out as a statement before it.
func (f *flattener) statement(l Link, s Stmt) {
	x := f.rename(l, s.X).Map(func(e *Expr) *Expr {
		if e.Op != Call {
			return e
		}
		if scope, _, ok := SplitReduction(e); ok && scope == "all" {
			f.all++
			name := "all." + strconv.Itoa(f.all)
			f.emit(name, e, e.Pos)
			return variable(name, e.Pos)
		}
		if e.Name == "grad" {
			return f.gradient(e)
		}
		return e
	})
	f.emit(l.rename(s.Name), x, s.Pos)
}

// gradient cuts out grad(x), whose result passes through the earlier links as g does.
func (f *flattener) gradient(e *Expr) *Expr {
	f.grads++
	name := "grad." + strconv.Itoa(f.grads)
	f.emit(name, e, e.Pos)
	if len(f.links) == 0 {
		return variable(name, e.Pos)
	}
	if f.readsG {
		f.emit(name+".g", variable("g", e.Pos), e.Pos)
	}
	f.emit("g", variable(name, e.Pos), e.Pos)
	f.before()
	f.emit(name+".linked", variable("g", e.Pos), e.Pos)
	if f.readsG {
		f.emit("g", variable(name+".g", e.Pos), e.Pos)
	}
	return variable(name+".linked", e.Pos)
}

// step adds the rule's last assignment to w as two: of step, and of w less step.
func (f *flattener) step(l Link, s Stmt) {
	f.emit("w.old", variable("w", s.Pos), s.Pos)
	f.statement(l, Stmt{"step", subtracted(s.X), s.Pos})
	f.move("w", "w.old", Sub, s.Pos)
}

// move emits to = from ± step.
func (f *flattener) move(to, from string, op Op, at Pos) {
	f.emit(to, &Expr{Op: op, Args: []*Expr{variable(from, at), variable("step", at)}, Pos: at}, at)
}

// after adds a statement of a link behind the rule. Where it assigns step, the
// new step is made from where the old one was.
func (f *flattener) after(l Link, s Stmt) {
	f.moved = f.moved || s.Name == "w"
	if s.Name != "step" {
		f.statement(l, s)
		return
	}
	if f.moved {
		f.move("w.old", "w", Add, s.Pos)
		f.moved = false
	}
	f.statement(l, s)
	f.move("w", "w.old", Sub, s.Pos)
}

// subtracted gives E where x is w - E as it is written, else w - x.
func subtracted(x *Expr) *Expr {
	switch e, ok := lessW(x); {
	case !ok:
		return &Expr{Op: Sub, Args: []*Expr{variable("w", x.Pos), x}, Pos: x.Pos}
	case e == nil:
		return &Expr{Op: Num, Pos: x.Pos}
	default:
		return e
	}
}

// lessW gives E, nil for none, where x is a sum or difference of which w is a part.
func lessW(x *Expr) (e *Expr, ok bool) {
	if x.Op == Var && x.Name == "w" {
		return nil, true
	}
	if x.Op != Add && x.Op != Sub {
		return nil, false
	}
	a, b := x.Args[0], x.Args[1]
	if e, ok = lessW(a); !ok && x.Op == Add {
		a, b = b, a
		e, ok = lessW(a)
	}
	switch {
	case !ok:
		return nil, false
	case e == nil && x.Op == Sub: // w - b
		return b, true
	case e == nil: // w + b
		return &Expr{Op: Neg, Args: []*Expr{b}, Pos: x.Pos}, true
	case x.Op == Sub: // w - E - b
		return &Expr{Op: Add, Args: []*Expr{e, b}, Pos: x.Pos}, true
	}
	return &Expr{Op: Sub, Args: []*Expr{e, b}, Pos: x.Pos}, true // w - E + b
}

// check makes sure that nothing is assigned for good before the last grad.
func (f *flattener) check() error {
	if s, ok := f.prog.assignedTooEarly(); ok {
		return fmt.Errorf("%s: %s is assigned before the last gradient is taken; until then only temporaries and g may be", f.prog.Name, s.Name)
	}
	return nil
}
