package server

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/optim"
)

// instead says what is to be done where a rule is refused.
const instead = "a parameter server moves each tensor by itself, as sgd, adam and dcasgd do; train with ranks in step (--workers) for other rules"

// programs are the formulas of a rule that a server can work with.
func programs(rule optim.Rule) ([]*formula.Program, error) {
	var all []*formula.Program
	for _, l := range optim.Links(rule) {
		f, ok := l.Rule.(*optim.Formula)
		if !ok && l.Rule == nil {
			return nil, errors.New("no rule: expected one of package optim")
		}
		if !ok {
			return nil, fmt.Errorf("%s is no formula: %s", l.Rule.Name(), instead)
		}
		p, err := f.Program()
		if err != nil {
			return nil, err
		}
		if why := unfit(p); why != "" {
			return nil, fmt.Errorf("%s %s: %s", f.Name(), why, instead)
		}
		all = append(all, p)
	}
	return all, nil
}

// unfit says why a formula is not about one parameter at a time.
func unfit(p *formula.Program) string {
	if p.Reads("grad") {
		return "asks for gradients at points of its own"
	}
	for _, s := range p.States {
		if s.Kind == formula.Global {
			return fmt.Sprintf("keeps one number over all parameters (%s)", s.Name)
		}
	}
	for _, s := range append(slices.Clone(p.Body), evaluation(p)...) {
		if name := overAll(s.X); name != "" {
			return fmt.Sprintf("reduces over all parameters (%s)", name)
		}
	}
	return ""
}

// evaluation is the line of a formula that gives the weights to evaluate with.
func evaluation(p *formula.Program) []formula.Stmt {
	if p.Eval == nil {
		return nil
	}
	return []formula.Stmt{*p.Eval}
}

// overAll names a reduction over all parameters within an expression.
func overAll(x *formula.Expr) string {
	if x.Op == formula.Call && strings.HasPrefix(x.Name, "all.") {
		return x.Name
	}
	for _, arg := range x.Args {
		if name := overAll(arg); name != "" {
			return name
		}
	}
	return ""
}

// unfitOption says which option is about all parameters together.
func unfitOption(o *descent.Optimizer) error {
	if _, err := o.Hyper("clip-norm.limit"); err == nil {
		return fmt.Errorf("option ClipNorm is about all parameters together: %s; clip-param-norm limits each tensor's gradient", instead)
	}
	if slices.ContainsFunc(o.States(), func(s descent.State) bool { return s.Param == "" && s.Name != updatesName }) {
		return errors.New("option Accumulate is about several gradients: a worker can average them before it pushes")
	}
	return nil
}

// text is the formulas of a rule, one after the other.
func text(programs []*formula.Program) string {
	parts := make([]string, len(programs))
	for i, p := range programs {
		parts[i] = p.String()
	}
	return strings.Join(parts, "\n")
}

// readsSeen reports whether a rule asks at which weights a gradient was taken.
func readsSeen(programs []*formula.Program) bool {
	return slices.ContainsFunc(programs, func(p *formula.Program) bool { return p.Reads("seen") })
}
