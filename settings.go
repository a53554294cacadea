package descent

import (
	"fmt"
	"path"
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
	checkFinite                  bool
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
	for _, g := range s.groups {
		if _, err := path.Match(g.pattern, ""); err != nil {
			return fmt.Errorf("descent: For(%q): the pattern is malformed: expected * for any characters, ? for one", g.pattern)
		}
		if g.live != nil || g.groups != nil || g.schedules != nil || g.rescale != nil || g.clipValue != nil || g.clipNorm != nil ||
			g.accumulate != nil || g.threads != nil || g.seed != nil || g.checkFinite {
			return fmt.Errorf("descent: For(%q): only options that set or multiply hyperparameters can differ between parameters", g.pattern)
		}
	}
	if s.accumulate != nil && *s.accumulate < 1 {
		return fmt.Errorf("descent: Accumulate(%d): expected at least 1", *s.accumulate)
	}
	if s.threads != nil && *s.threads < 1 {
		return fmt.Errorf("descent: Threads(%d): expected at least 1", *s.threads)
	}
	for _, sc := range s.schedules {
		if sc.s == nil {
			return fmt.Errorf("descent: the schedule of %s is nil", sc.name)
		}
		if c, ok := sc.s.(interface{ Err() error }); ok && c.Err() != nil {
			return fmt.Errorf("descent: the schedule of %s: %w", sc.name, c.Err())
		}
	}
	return nil
}

// links puts what options ask of the gradient before the rule.
func (s *settings) links(rule optim.Rule) []optim.Link {
	var out []optim.Link
	if s.rescale != nil {
		out = append(out, optim.Link{Prefix: "rescale", Rule: optim.Rescale})
		s.hyper = append(s.hyper, assignment{"rescale.factor", fmt.Sprint(*s.rescale)})
	}
	if s.clipValue != nil {
		out = append(out, optim.Link{Prefix: "clip_value", Rule: optim.ClipValue})
		s.hyper = append(s.hyper, assignment{"clip_value.limit", fmt.Sprint(*s.clipValue)})
	}
	if s.clipNorm != nil {
		out = append(out, optim.Link{Prefix: "clip_norm", Rule: optim.ClipNorm})
		s.hyper = append(s.hyper, assignment{"clip_norm.limit", fmt.Sprint(*s.clipNorm)})
	}
	return append(out, optim.Links(rule)...)
}

// hypers is the hyperparameters of a rule with its links.
type hypers []formula.Hyper

// find resolves a name: whole, or the last part where only one has it.
func (h hypers) find(rule, name string) (*formula.Hyper, error) {
	var found []*formula.Hyper
	for i := range h {
		if h[i].Name == name {
			return &h[i], nil
		}
		if strings.HasSuffix(h[i].Name, "."+name) {
			found = append(found, &h[i])
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return nil, fmt.Errorf("%s has no hyperparameter %s: it has %s", rule, name, h.names())
	}
	var names []string
	for _, f := range found {
		names = append(names, f.Name)
	}
	return nil, fmt.Errorf("%s has several hyperparameters %s: name one of %s", rule, name, strings.Join(names, ", "))
}

func (h hypers) names() string {
	if len(h) == 0 {
		return "none"
	}
	names := make([]string, len(h))
	for i := range h {
		names[i] = h[i].Name
	}
	return strings.Join(names, ", ")
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

// matches reports whether a parameter's name matches a pattern.
func matches(pattern, name string) bool {
	// path.Match's * stops at slashes, which are no borders in names.
	ok, _ := path.Match(strings.ReplaceAll(pattern, "/", "\x00"), strings.ReplaceAll(name, "/", "\x00"))
	return ok
}
