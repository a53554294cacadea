package compat

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/optim"
)

// Comparison is what a framework computes under the name of a rule, read from
// the formula that New makes. Where a field cannot be told in words it holds
// the line of the formula.
type Comparison struct {
	Peer      string // the framework; "formula" is descent's own rule
	Optimizer string // by the framework's name
	Rule      string // by descent's
	// Given are the options that ask for the rule: nesterov=true of torch's SGD.
	Given map[string]any
	// Epsilon says where it is added, WeightDecay to what, Correction which
	// averages' bias is corrected, Clipping by which options gradients are limited.
	Epsilon, WeightDecay, Correction, Clipping string
	Options                                    []OptionInfo // with the framework's defaults
	Formula                                    []string     // the lines; nil where it is no formula
}

// compared are the frameworks that Compare looks at, in its order.
var compared = []string{"formula", "mxnet", "mxnet2", "torch", "optax", "keras", "pytorch_optimizer"}

// equivalent is a rule that a framework has under another rule's name.
type equivalent struct {
	optimizer string
	options   map[string]any
}

// equivalents are rules by their bare names.
var equivalents = map[string][]equivalent{
	"amsgrad":         {{"adam", map[string]any{"amsgrad": true}}},
	"momentum":        {{"sgd", map[string]any{"momentum": 0.9}}},
	"nag":             {{"nag", map[string]any{"momentum": 0.9}}, {"sgd", map[string]any{"momentum": 0.9, "nesterov": true}}},
	"nagshifted":      {{"nag", map[string]any{"momentum": 0.9}}, {"sgd", map[string]any{"momentum": 0.9, "nesterov": true}}},
	"nesterov":        {{"nag", map[string]any{"momentum": 0.9}}, {"sgd", map[string]any{"momentum": 0.9, "nesterov": true}}},
	"rmspropcentered": {{"rmsprop", map[string]any{"centered": true}}},
	"signum":          {{"signsgd", nil}},
}

// Compare shows what each framework computes under a name, descent itself
// first, in whatever letter case and with or without dashes and underscores.
// Frameworks that have none of it are left out. A name that none has is an
// error that offers those near.
func Compare(rule string) ([]Comparison, error) {
	var out []Comparison
	for _, peer := range compared {
		c, ok, err := compare(peer, bare(rule))
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		return nil, unknown(rule)
	}
	return out, nil
}

// unknown is the error for a name that cannot be compared.
func unknown(rule string) error {
	if _, err := optim.Lookup(rule); err == nil {
		return fmt.Errorf("compat: %s is a link or a chain: give the name of an optimizer, such as adam", rule)
	}
	var all []string
	for _, peer := range compared {
		for _, name := range Optimizers(peer) {
			all = append(all, strings.ToLower(strings.TrimPrefix(name, "contrib.")))
		}
	}
	slices.Sort(all)
	if near := formula.Nearest(rule, slices.Compact(all)); len(near) > 0 {
		return fmt.Errorf("compat: unknown optimizer %q: did you mean %s?", rule, strings.Join(near, ", "))
	}
	return fmt.Errorf("compat: unknown optimizer %q: there is %s, and what other frameworks have", rule, strings.Join(formulaOptimizers(), ", "))
}

// bare is a name without what frameworks write differently.
func bare(name string) string {
	return strings.NewReplacer("-", "", "_", "", "contrib.", "").Replace(strings.ToLower(name))
}

// compare finds the rule in a framework, by its own name or by an equivalent.
func compare(peer, rule string) (Comparison, bool, error) {
	names := []equivalent{{rule, nil}}
	if all := equivalents[rule]; peer != "formula" && all != nil {
		if all[0].optimizer == rule { // its own name, with options
			names = nil
		}
		names = append(names, all...)
	}
	for _, e := range names {
		for _, name := range Optimizers(peer) {
			if bare(name) != e.optimizer {
				continue
			}
			c := Comparison{Peer: peer, Optimizer: name, Given: e.options}
			if ok, err := c.derive(); ok || err != nil {
				return c, ok, err
			}
		}
	}
	return Comparison{}, false, nil
}

// derive makes the optimizer and reads its formula. An optimizer that has not
// the options which would make it the rule is no match.
func (c *Comparison) derive() (ok bool, err error) {
	if c.Options, err = Describe(c.Peer, c.Optimizer); err != nil {
		return false, err
	}
	options := map[string]any{}
	for _, o := range c.Options {
		if o.Required {
			options[o.Name] = 0.01
		}
	}
	maps.Copy(options, c.Given)
	rule, _, err := New(c.Peer, c.Optimizer, options)
	if err != nil {
		return false, nil
	}
	c.Rule = rule.Name()
	c.Clipping = c.clipping(options)
	p, err := programOf(rule)
	if err != nil { // no formula
		c.Epsilon, c.WeightDecay, c.Correction = "?", "?", "?"
		return true, nil
	}
	read := newFormulaReader(p, optim.Links(rule))
	c.Epsilon, c.WeightDecay, c.Correction = read.epsilon(), read.decay(), read.correction()
	if c.Peer != "formula" && !slices.ContainsFunc(c.Options, func(o OptionInfo) bool { return strings.Contains(o.Name, "eps") }) {
		c.Epsilon = "none" // the formula has it, fixed at 0
	}
	for _, s := range p.Body {
		c.Formula = append(c.Formula, read.plain(s.String()))
	}
	return true, nil
}

// programOf is a rule as one formula.
func programOf(rule optim.Rule) (*formula.Program, error) {
	if f, ok := rule.(*optim.Formula); ok {
		return f.Program()
	}
	return optim.Flatten(optim.Links(rule))
}

// clipping lists the options that limit gradients.
func (c *Comparison) clipping(options map[string]any) string {
	if c.Peer == "formula" {
		return "links clip-value, clip-norm"
	}
	var names []string
	for _, o := range c.Options {
		limits := strings.Contains(o.Name, "clip") || strings.Contains(o.Name, "grad_norm")
		if limits && strings.HasPrefix(o.Kind, "number") && o.Name != "clip_weights" {
			name := o.Name
			if c.clipsSum(o.Name, options) {
				name += ", of the sum with the decay"
			}
			names = append(names, name)
		}
	}
	return cmp.Or(strings.Join(names, ", "), "none")
}

// clipsSum reports whether an option makes the formula limit the sum of
// gradient and decay.
func (c *Comparison) clipsSum(option string, options map[string]any) bool {
	options = maps.Clone(options)
	options[option] = 1.0
	mk, err := find(c.Peer, c.Optimizer)
	if err != nil {
		return false
	}
	m, err := mk.make(options)
	if err != nil || values(m.settings)["limit"] != 1.0 {
		return false
	}
	p, err := programOf(m.rule)
	return err == nil && limitsDecay(p)
}

// formulaReader tells from a formula's syntax tree what it does.
type formulaReader struct {
	p     *formula.Program
	links []optim.Link    // whose prefixes its names have
	rates map[string]bool // lr, and scalars made of it
	kept  map[string]bool // states
}

func newFormulaReader(p *formula.Program, links []optim.Link) *formulaReader {
	r := &formulaReader{p, links, map[string]bool{"lr": true}, map[string]bool{}}
	for _, s := range p.States {
		if s.Kind == formula.Elem || s.Kind == formula.Row {
			r.kept[s.Name] = true
		}
	}
	return r
}

// plain is a text without the prefixes of links, but for states of one name in
// several links.
func (r *formulaReader) plain(text string) string {
	for _, s := range r.p.States {
		if r.shared(base(s.Name)) {
			text = strings.ReplaceAll(text, s.Name, strings.ReplaceAll(s.Name, ".", "\x00"))
		}
	}
	for _, l := range r.links {
		if l.Prefix != "" {
			text = strings.ReplaceAll(text, l.Prefix+".", "")
		}
	}
	return strings.ReplaceAll(text, "\x00", ".")
}

// shared reports whether several links have a state of the name.
func (r *formulaReader) shared(name string) bool {
	n := 0
	for _, s := range r.p.States {
		if base(s.Name) == name {
			n++
		}
	}
	return n > 1
}

// base is a name without the link of a chain that it belongs to.
func base(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// hypers are the hyperparameters of these names, in any link.
func (r *formulaReader) hypers(names ...string) []string {
	var out []string
	for _, h := range r.p.Hypers {
		if slices.Contains(names, base(h.Name)) {
			out = append(out, h.Name)
		}
	}
	return out
}

// readsAny reports whether an expression reads one of the names.
func readsAny(x *formula.Expr, names map[string]bool) bool {
	for name, in := range names {
		if in && x.Reads(name) {
			return true
		}
	}
	return false
}

// paths gives, for each place where a name is read, the expressions around it
// from the outermost to the name itself.
func paths(x *formula.Expr, name string) [][]*formula.Expr {
	if x.Op == formula.Var && x.Name == name {
		return [][]*formula.Expr{{x}}
	}
	var out [][]*formula.Expr
	for _, arg := range x.Args {
		for _, p := range paths(arg, name) {
			out = append(out, append([]*formula.Expr{x}, p...))
		}
	}
	return out
}

// beside gives the other arguments of an expression.
func beside(x, arg *formula.Expr) []*formula.Expr {
	var out []*formula.Expr
	for _, a := range x.Args {
		if a != arg {
			out = append(out, a)
		}
	}
	return out
}

// unique joins texts that differ.
func unique(texts []string) string {
	var out []string
	for _, t := range texts {
		if !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return cmp.Or(strings.Join(out, "; "), "none")
}
