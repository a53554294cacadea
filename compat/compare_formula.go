package compat

import (
	"maps"
	"slices"
	"strings"

	"github.com/descent-go/descent/formula"
)

// epsilon says where the epsilons are added.
func (r *formulaReader) epsilon() string {
	names := r.hypers("eps", "eps_root")
	var out []string
	for _, name := range names {
		for _, s := range r.p.Body {
			for _, path := range paths(s.X, name) {
				where := r.added(s, path)
				if len(names) > 1 {
					where = base(name) + " " + where
				}
				out = append(out, where)
			}
		}
	}
	return unique(out)
}

// added says to what the last of a path is added.
func (r *formulaReader) added(s formula.Stmt, path []*formula.Expr) string {
	for len(path) > 2 && path[0].Op == formula.Call && path[0].Name == "where" {
		path = path[1:]
	}
	if len(path) < 2 {
		return r.plain(s.String())
	}
	parent := path[len(path)-2]
	if parent.Op != formula.Add {
		return "in " + r.plain(parent.String())
	}
	for _, around := range path[:len(path)-2] {
		if around.Op == formula.Call && around.Name == "sqrt" {
			return "inside the root"
		}
	}
	other := beside(parent, path[len(path)-1])[0]
	switch {
	case r.isRoot(other):
		return "beside the " + r.rootOf(other)
	case len(path) == 2 && r.kept[s.Name]:
		return "added to " + base(s.Name) + " at every step"
	}
	return "added to " + r.plain(other.String())
}

// made gives the statements that assign what an expression reads.
func (r *formulaReader) made(x *formula.Expr) []formula.Stmt {
	var out []formula.Stmt
	for _, s := range r.p.Body {
		if x.Reads(s.Name) {
			out = append(out, s)
		}
	}
	return out
}

// isRoot reports whether an expression holds a root, by itself or by a name.
func (r *formulaReader) isRoot(x *formula.Expr) bool {
	named := x.Op == formula.Var && slices.ContainsFunc(r.made(x), func(s formula.Stmt) bool { return s.X.Reads("sqrt") })
	return named || x.Reads("sqrt")
}

// rootOf says whether the bias of what stands under the root is corrected
// there, where the formula corrects any.
func (r *formulaReader) rootOf(x *formula.Expr) string {
	switch {
	case r.corrected(x, map[string]bool{}):
		return "corrected root"
	case r.correction() != "none":
		return "uncorrected root"
	}
	return "root"
}

// corrected reports whether an expression corrects the bias, or what it reads
// was made so in this step.
func (r *formulaReader) corrected(x *formula.Expr, seen map[string]bool) bool {
	if len(corrections(x)) > 0 {
		return true
	}
	return slices.ContainsFunc(r.made(x), func(s formula.Stmt) bool {
		if seen[s.Name] {
			return false
		}
		seen[s.Name] = true
		return len(corrections(s.X)) > 0 || !r.kept[s.Name] && r.corrected(s.X, seen)
	})
}

// correction names the averages' factors whose powers correct the bias, and
// products of factors that are kept.
func (r *formulaReader) correction() string {
	var out []string
	for _, s := range r.p.States {
		if s.Kind <= formula.Scalar && s.Init != nil && s.Init.Op == formula.Num && s.Init.Value == 1 {
			out = append(out, "by "+base(s.Name))
		}
	}
	for _, s := range r.p.Body {
		for _, name := range corrections(s.X) {
			if len(r.hypers(base(name))) > 0 { // not a copy of it
				out = append(out, base(name))
			}
		}
	}
	slices.Sort(out)
	return strings.ReplaceAll(unique(out), ";", ",")
}

// corrections finds powers by the number of updates: t, or n as compat's
// formulas call their own count.
func corrections(x *formula.Expr) []string {
	var out []string
	if x.Op == formula.Pow && x.Args[0].Op == formula.Var && (x.Args[1].Reads("t") || readsCount(x.Args[1])) {
		out = append(out, x.Args[0].Name)
	}
	for _, arg := range x.Args {
		out = append(out, corrections(arg)...)
	}
	return out
}

func readsCount(x *formula.Expr) bool {
	return x.Op == formula.Var && base(x.Name) == "n" || slices.ContainsFunc(x.Args, readsCount)
}

// decay says to what weight decay is added.
func (r *formulaReader) decay() string {
	var out []string
	for _, wd := range r.hypers("wd") {
		stepped := map[string]bool{} // what depends on states where the statement stands
		for i, s := range r.p.Body {
			for _, path := range paths(s.X, wd) {
				if !r.ofNorm(path) {
					out = append(out, r.decays(i, path, stepped["g"]))
				}
			}
			stepped[s.Name] = readsAny(s.X, r.kept) || readsAny(s.X, stepped)
			if readsAny(s.X, r.rates) && !s.X.Reads("g") && !s.X.Reads("w") && !stepped[s.Name] {
				r.rates[s.Name] = true
			}
		}
	}
	return unique(out)
}

// ofNorm reports whether the end of a path multiplies a norm: a part of a ratio.
func (r *formulaReader) ofNorm(path []*formula.Expr) bool {
	if len(path) < 2 {
		return false
	}
	reduces := func(x *formula.Expr) bool { return x.Reads("norm") || x.Reads("dot") || x.Reads("sum") }
	product := path[len(path)-2]
	return reduces(product) || slices.ContainsFunc(r.made(product), func(s formula.Stmt) bool {
		return s.Name != "w" && s.Name != "g" && reduces(s.X)
	})
}

// decays says what the decay at the end of a path is added to, in the i-th
// statement; stepped says that g is no longer the gradient.
func (r *formulaReader) decays(i int, path []*formula.Expr, stepped bool) string {
	s := r.p.Body[i]
	switch {
	case !stepped && r.addedToGradient(path):
		return "added to the gradient"
	case s.Name == "w" && r.multiplier(path, map[string]bool{"w": true}) != "":
		if rate := r.multiplier(path, r.rates); rate != "" {
			return "beside the step, times " + rate
		}
		return "beside the step, without lr"
	case s.Name != "w" && r.kept[s.Name]:
		return "added to " + base(s.Name)
	}
	for _, later := range r.p.Body[i+1:] {
		switch {
		case normOf(later.X, s.Name):
			return "inside the trust ratio"
		case later.X.Reads(s.Name) && readsAny(later.X, r.rates):
			return "beside the step, times lr"
		}
	}
	return r.plain(s.String())
}

// addedToGradient reports whether the end of a path is a term of a sum with the
// gradient.
func (r *formulaReader) addedToGradient(path []*formula.Expr) bool {
	for i, x := range path[:len(path)-1] {
		if x.Op == formula.Add && r.isGradient(beside(x, path[i+1])[0]) {
			return true
		}
	}
	return false
}

// isGradient reports whether an expression is the gradient, or that with a factor.
func (r *formulaReader) isGradient(x *formula.Expr) bool {
	switch {
	case x.Op == formula.Var:
		return x.Name == "g"
	case x.Op == formula.Call:
		return x.Name == "grad" || x.Name == "clip" && r.isGradient(x.Args[0])
	case x.Op != formula.Mul && x.Op != formula.Add || x.Reads("w") || readsAny(x, r.kept):
		return false
	}
	return slices.ContainsFunc(x.Args, r.isGradient)
}

// multiplier is the first of the names that multiplies the end of a path, "" for none.
func (r *formulaReader) multiplier(path []*formula.Expr, names map[string]bool) string {
	for i, x := range path[:len(path)-1] {
		if x.Op != formula.Mul && x.Op != formula.Div {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(names)) {
			if beside(x, path[i+1])[0].Reads(name) {
				return name
			}
		}
	}
	return ""
}

// normOf reports whether an expression has the norm of something that reads the name.
func normOf(x *formula.Expr, name string) bool {
	if x.Op == formula.Call && x.Name == "norm" && x.Reads(name) {
		return true
	}
	return slices.ContainsFunc(x.Args, func(arg *formula.Expr) bool { return normOf(arg, name) })
}

// limitsDecay reports whether a formula clips the sum of gradient and decay.
func limitsDecay(p *formula.Program) bool {
	for _, s := range p.Body {
		for _, path := range paths(s.X, "limit") {
			for _, x := range path {
				if x.Op == formula.Call && x.Name == "clip" && x.Reads("wd") {
					return true
				}
			}
		}
	}
	return false
}
