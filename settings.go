package descent

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/optim"
)

// settings is what options have set, for all parameters or for a pattern.
type settings struct {
	pattern   string
	hyper     []assignment
	mult      []multiplier
	live      []string
	groups    []*settings
	schedules []scheduled

	rescale, clipValue, clipNorm *float64
	accumulate, threads          *int
	seed                         *uint64
	checkFinite, noMaster        bool
	lazy                         bool
	stateType                    Type
	peers                        Peers
	sharded                      bool // Shard was given
	missing                      bool // an option was nil
}

type assignment struct{ name, value string }

type multiplier struct {
	name   string
	factor float64
}

type scheduled struct {
	name string
	s    Scheduler
}

// check reports options that For cannot hold, and values that make no sense.
func (s *settings) check() error {
	for _, g := range append([]*settings{s}, s.groups...) {
		if g.missing {
			return fmt.Errorf("For(%q): an option is nil", g.pattern)
		}
		for _, m := range g.mult {
			if math.IsNaN(m.factor) || math.IsInf(m.factor, 0) {
				return fmt.Errorf("the multiplier of %s is %v: expected a finite number", m.name, m.factor)
			}
		}
	}
	for _, g := range s.groups {
		if g.live != nil || g.groups != nil || g.schedules != nil || g.rescale != nil || g.clipValue != nil || g.clipNorm != nil ||
			g.accumulate != nil || g.threads != nil || g.seed != nil || g.checkFinite || g.noMaster || g.stateType != AsComputed || g.sharded {
			return fmt.Errorf("For(%q): only options that set or multiply hyperparameters, and Lazy, can differ between parameters", g.pattern)
		}
	}
	if s.accumulate != nil && *s.accumulate < 1 {
		return fmt.Errorf("Accumulate(%d): expected at least 1", *s.accumulate)
	}
	if s.threads != nil && *s.threads < 1 {
		return fmt.Errorf("Threads(%d): expected at least 1", *s.threads)
	}
	if s.stateType != AsComputed && s.stateType != BF16 {
		return fmt.Errorf("StateType(%d): expected AsComputed or BF16", s.stateType)
	}
	if err := s.checkPeers(); err != nil {
		return err
	}
	for _, sc := range s.schedules {
		if sc.s == nil {
			return fmt.Errorf("the schedule of %s is nil", sc.name)
		}
		if c, ok := sc.s.(interface{ Err() error }); ok && c.Err() != nil {
			return fmt.Errorf("the schedule of %s: %w", sc.name, c.Err())
		}
	}
	return nil
}

// links puts what options ask of the gradient before the rule.
func (s *settings) links(rule optim.Rule) []optim.Link {
	own := optim.Links(rule)
	var before []optim.Link
	add := func(link *optim.Formula, hyper string, value *float64) {
		if value == nil {
			return
		}
		prefix := freePrefix(own, link.Name())
		before = append(before, optim.Link{Prefix: prefix, Rule: link})
		s.hyper = append(s.hyper, assignment{prefix + "." + hyper, fmt.Sprint(*value)})
	}
	add(optim.Rescale, "factor", s.rescale)
	add(optim.ClipValue, "limit", s.clipValue)
	add(optim.ClipNorm, "limit", s.clipNorm)
	return append(before, own...)
}

// freePrefix is the name, numbered where a link of a chain has it already.
func freePrefix(links []optim.Link, name string) string {
	prefix := name
	for n := 2; slices.ContainsFunc(links, func(l optim.Link) bool { return l.Prefix == prefix }); n++ {
		prefix = name + strconv.Itoa(n)
	}
	return prefix
}

// hypers is the hyperparameters of a rule with its links.
type hypers []formula.Hyper

// find resolves a name: whole, or the last part where only one has it.
func (h hypers) find(rule, name string) (*formula.Hyper, error) {
	var found []string
	var last *formula.Hyper
	for i := range h {
		if h[i].Name == name {
			return &h[i], nil
		}
		if strings.HasSuffix(h[i].Name, "."+name) {
			last = &h[i]
			found = append(found, last.Name)
		}
	}
	switch len(found) {
	case 1:
		return last, nil
	case 0:
		return nil, h.unknown(rule, name)
	}
	return nil, fmt.Errorf("%s has several hyperparameters %s: name one of %s", rule, name, strings.Join(found, ", "))
}

func (h hypers) unknown(rule, name string) error {
	names := make([]string, len(h))
	for i := range h {
		names[i] = h[i].Name
	}
	if len(names) == 0 {
		return fmt.Errorf("%s has no hyperparameter %s: it has none", rule, name)
	}
	return fmt.Errorf("%s has no hyperparameter %s: it has %s%s", rule, name, strings.Join(names, ", "), didYouMean(formula.Nearest(name, names)))
}

// parse reads a value as the hyperparameter takes it.
func parse(h *formula.Hyper, text string) (float64, error) {
	switch text {
	case "true":
		text = "1"
	case "false":
		text = "0"
	}
	return h.ParseValue(text)
}

// matches reports whether a name matches a pattern, in which * stands for any
// characters, none included, and ? for one; all others stand for themselves.
func matches(pattern, name string) bool {
	p, s := []rune(pattern), []rune(name)
	i, star, from := 0, -1, 0 // the last * seen, and where what it stands for ends
	for j := 0; j < len(s); {
		switch {
		case i < len(p) && p[i] == '*':
			star, from = i, j
			i++
		case i < len(p) && (p[i] == '?' || p[i] == s[j]):
			i++
			j++
		case star >= 0: // let the * take one more
			from++
			i, j = star+1, from
		default:
			return false
		}
	}
	return strings.Trim(string(p[i:]), "*") == ""
}
