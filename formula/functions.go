package formula

import (
	"slices"
	"strings"
)

// A function's class says how its arguments and its value relate.
type class uint8

const (
	elementwise class = iota // as many values as its arguments have
	reduction                // one value for many
	draw                     // normal()
	gradient                 // grad(x)
)

type function struct {
	class class
	arity int
	usage string
}

var functions = map[string][]function{
	"sqrt":  {{elementwise, 1, "sqrt(x)"}},
	"abs":   {{elementwise, 1, "abs(x)"}},
	"sign":  {{elementwise, 1, "sign(x)"}},
	"exp":   {{elementwise, 1, "exp(x)"}},
	"log":   {{elementwise, 1, "log(x)"}},
	"sin":   {{elementwise, 1, "sin(x)"}},
	"cos":   {{elementwise, 1, "cos(x)"}},
	"floor": {{elementwise, 1, "floor(x)"}},
	"min":   {{elementwise, 2, "min(a, b)"}},
	"max":   {{elementwise, 2, "max(a, b)"}, {reduction, 1, "max(x)"}},
	"mod":   {{elementwise, 2, "mod(a, b)"}},
	"clip":  {{elementwise, 3, "clip(x, lo, hi)"}},
	"where": {{elementwise, 3, "where(condition, a, b)"}},

	"float16":  {{elementwise, 1, "float16(x)"}},
	"bfloat16": {{elementwise, 1, "bfloat16(x)"}},

	"norm":   {{reduction, 1, "norm(x)"}},
	"sum":    {{reduction, 1, "sum(x)"}},
	"mean":   {{reduction, 1, "mean(x)"}},
	"dot":    {{reduction, 2, "dot(x, y)"}},
	"normal": {{draw, 0, "normal()"}},
	"grad":   {{gradient, 1, "grad(x)"}},
}

// functionNames lists what can be called, sorted, for error messages.
func functionNames() []string {
	var names []string
	for name := range functions {
		names = append(names, name)
	}
	for _, scope := range []string{"all.", "row."} {
		for _, r := range []string{"norm", "sum", "mean", "max", "dot"} {
			names = append(names, scope+r)
		}
	}
	slices.Sort(names)
	return names
}

// SplitReduction cuts the name of a call into its scope, "", "all" or "row",
// and the reduction. ok is false where the call is no reduction.
func SplitReduction(call *Expr) (scope, name string, ok bool) {
	name = call.Name
	if i := strings.IndexByte(name, '.'); i >= 0 {
		scope, name = name[:i], name[i+1:]
	}
	for _, f := range functions[name] {
		if f.class == reduction && f.arity == len(call.Args) {
			return scope, name, true
		}
	}
	return "", "", false
}

// lookup finds the function that a call means.
func lookup(src *source, call *Expr) (function, *Error) {
	if scope, name, ok := SplitReduction(call); ok {
		if scope != "" && scope != "all" && scope != "row" {
			return function{}, src.errorf(call.Pos, "unknown scope %q: reductions are %s(x) over a parameter, all.%s(x) over all, row.%s(x) over each row", scope, name, name, name)
		}
		return function{class: reduction, arity: len(call.Args)}, nil
	}
	if strings.HasPrefix(call.Name, "all.") || strings.HasPrefix(call.Name, "row.") {
		return function{}, src.errorf(call.Pos, "unknown reduction %s (arguments: %d); after all. and row. come norm(x), sum(x), mean(x), max(x), dot(x, y)", call.Name, len(call.Args))
	}
	forms := functions[call.Name]
	if len(forms) == 0 {
		return function{}, src.errorf(call.Pos, "unknown function %s%s", call.Name, didYouMean(call.Name, functionNames()))
	}
	var usages []string
	for _, f := range forms {
		if f.arity == len(call.Args) {
			return f, nil
		}
		usages = append(usages, f.usage)
	}
	return function{}, src.errorf(call.Pos, "%s takes other arguments: expected %s, found %d", call.Name, strings.Join(usages, " or "), len(call.Args))
}
