package formula

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// symbol is how a name is set: a letter or, where base is longer, an upright
// word, with what hangs below it.
type symbol struct {
	base string
	subs []string
}

func (s symbol) isWord() bool { return utf8.RuneCountInString(s.base) > 1 }

func (s symbol) key() string { return s.base + "_" + strings.Join(s.subs, ",") }

// aliases are the letters that papers use for names that code spells out.
var aliases = map[string]string{"lr": "η", "momentum": "μ", "wd": "λ", "eps": "ϵ"}

// greek are the letters that have their names.
var greek = map[string]string{
	"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "zeta": "ζ",
	"eta": "η", "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ",
	"nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ",
	"upsilon": "υ", "phi": "ϕ", "chi": "χ", "psi": "ψ", "omega": "ω",
	"Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π",
	"Sigma": "Σ", "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}

// newSymbol sets beta1 as β with 1 below, and clip.max_norm as the word
// max_norm with clip below. isAlias reports whether an alias was used.
func newSymbol(name string) (s symbol, isAlias bool) {
	parts := strings.Split(name, ".")
	base, subs := parts[len(parts)-1], parts[:len(parts)-1]
	if slices.Contains([]string{"w", "all", "grad"}, parts[0]) { // the names that Flatten gives
		base, subs = parts[0], parts[1:]
	}
	letters := strings.TrimRight(base, "0123456789")
	if trimmed := strings.TrimRight(letters, "_"); trimmed != "" && len(letters) < len(base) {
		base, subs = trimmed, append([]string{base[len(letters):]}, subs...)
	}
	if letter, ok := aliases[base]; ok {
		return symbol{letter, subs}, true
	}
	if letter, ok := greek[base]; ok {
		base = letter
	}
	return symbol{base, subs}, false
}

// symbols gives every name a symbol of its own. Where two would have the same,
// the later, and an alias before all, is spelled out.
func symbols(names []string) map[string]symbol {
	out, used := map[string]symbol{}, map[string]bool{}
	for _, wantAlias := range []bool{false, true} {
		for _, name := range names {
			s, isAlias := newSymbol(name)
			if _, done := out[name]; done || isAlias != wantAlias {
				continue
			}
			if used[s.key()] {
				s = symbol{base: name}
			}
			out[name], used[s.key()] = s, true
		}
	}
	return out
}

// names lists the variables of the program in order.
func (p *Program) names() []string {
	names := []string{"w", "g", "t"}
	for _, h := range p.Hypers {
		names = append(names, h.Name)
	}
	for _, s := range p.States {
		names = append(names, s.Name)
	}
	for _, s := range p.statements() {
		names = s.X.names(append(names, s.Name))
	}
	return names
}

// names appends the variables that the expression reads.
func (e *Expr) names(to []string) []string {
	if e.Op == Var {
		to = append(to, e.Name)
	}
	for _, a := range e.Args {
		to = a.names(to)
	}
	return to
}

// statements are those of the body and the eval line.
func (p *Program) statements() []Stmt {
	if p.Eval == nil {
		return p.Body
	}
	return append(slices.Clone(p.Body), *p.Eval)
}
