package schedule

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Info describes a name that Parse knows.
type Info struct {
	Name  string // "cosine"
	Usage string // how it is written, with what may be left out in brackets: "cosine[:total=N,final=0]"
	Doc   string // one line
}

// form is a name with the keys it takes and the way to make it.
type form struct {
	Info
	needs, may []string // keys that must be given, keys that have a default
	make       func(*args) Schedule
}

// forms is filled by init: Parse, which some of them call, reads it.
var forms []form

func init() {
	forms = []form{
		{Info{"constant", "constant[:factor=1]", "the same factor at every step"},
			nil, []string{"factor"},
			func(a *args) Schedule { return Constant(a.number("factor", 1)) }},
		{Info{"step", "step:every=N,gamma=G", "times gamma after every N steps"},
			[]string{"every", "gamma"}, nil,
			func(a *args) Schedule { return Step(a.steps("every", 0), a.number("gamma", 0)) }},
		{Info{"multistep", "multistep:gamma=G,milestones=N/N/N", "times gamma at each milestone"},
			[]string{"gamma", "milestones"}, nil,
			func(a *args) Schedule { return MultiStep(a.number("gamma", 0), a.list("milestones")...) }},
		{Info{"exponential", "exponential:gamma=G", "times gamma at every step"},
			[]string{"gamma"}, nil,
			func(a *args) Schedule { return Exponential(a.number("gamma", 0)) }},
		{Info{"polynomial", "polynomial[:total=N,power=1,final=0]", "from 1 to final as a power of the steps left; power=1 is a straight line"},
			nil, []string{"total", "power", "final"},
			func(a *args) Schedule {
				return Polynomial(a.steps("total", a.total), a.number("power", 1), a.number("final", 0))
			}},
		{Info{"cosine", "cosine[:total=N,final=0]", "from 1 to final along half a cosine"},
			nil, []string{"total", "final"},
			func(a *args) Schedule { return Cosine(a.steps("total", a.total), a.number("final", 0)) }},
		{Info{"warmup", "warmup:steps=N[,then=(SCHEDULE)]", "a straight rise, then another schedule (constant)"},
			[]string{"steps"}, []string{"then"},
			func(a *args) Schedule {
				steps := a.steps("steps", 0)
				return Warmup(steps, a.schedule(a.value("then", "constant"), a.total-steps))
			}},
		{Info{"warmup-cosine", "warmup-cosine:warmup=N[,total=N]", "a straight rise, then half a cosine down to 0"},
			[]string{"warmup"}, []string{"total"},
			func(a *args) Schedule { return WarmupCosine(a.steps("warmup", 0), a.steps("total", a.total)) }},
		{Info{"onecycle", "onecycle[:total=N]", "from 1/25 up to 1 in 30 % of the steps, then down to 1/250000"},
			nil, []string{"total"},
			func(a *args) Schedule { return OneCycle(a.steps("total", a.total)) }},
		{Info{"sequence", "sequence:N=(SCHEDULE),N=(SCHEDULE)", "schedules one after the other, each for N steps"},
			nil, nil, sequence},
	}
}

// Names returns what Parse knows, for a help text.
func Names() []Info {
	infos := make([]Info, len(forms))
	for i, f := range forms {
		infos[i] = f.Info
	}
	return infos
}

// Parse reads a schedule from its name and parameters, as in "cosine",
// "step:every=1000,gamma=0.1" or "warmup:steps=5%,then=(cosine:final=0.1)"; see
// Names. The schedule's own String can be read back, whatever the total.
//
// Total is the number of steps of the run: the default where a schedule wants a
// total, and what a percentage is a percentage of (rounded to the nearest step).
// In a schedule inside warmup or sequence it is the number of steps left to that.
func Parse(spec string, total int) (Schedule, error) {
	s, err := parse(spec, total)
	if err == nil {
		err = check(s)
	}
	if err != nil {
		return nil, fmt.Errorf("schedule: %w", err)
	}
	return s, nil
}

func parse(spec string, total int) (Schedule, error) {
	name, rest, _ := strings.Cut(strings.TrimSpace(spec), ":")
	name = strings.TrimSpace(name)
	i := slices.IndexFunc(forms, func(f form) bool { return f.Name == name })
	if i < 0 {
		return nil, unknownName(name)
	}
	f := forms[i]
	pairs, err := split(rest)
	if err != nil {
		return nil, fmt.Errorf("%s: %w, as in %s", name, err, f.Usage)
	}
	a := &args{total: total, pairs: pairs}
	if name != "sequence" { // whose keys are lengths
		if err := a.checkKeys(f); err != nil {
			return nil, err
		}
	}
	s := f.make(a)
	if a.err != nil {
		return nil, fmt.Errorf("%s: %w", name, a.err)
	}
	return s, nil
}

func sequence(a *args) Schedule {
	parts := make([]Part, len(a.pairs))
	for i, p := range a.pairs {
		n := a.count("the length of a part", p.key)
		parts[i] = Part{a.schedule(p.value, n), n}
	}
	return Sequence(parts...)
}

type pair struct{ key, value string }

// split cuts "a=1,b=(c:d=2,e=3)" at the commas outside parentheses.
func split(s string) ([]pair, error) {
	if strings.TrimSpace(s) == "" {
		return nil, nil
	}
	var pairs []pair
	depth, start := 0, 0
	for i := 0; i <= len(s); i++ {
		switch {
		case i < len(s) && s[i] == '(':
			depth++
		case i < len(s) && s[i] == ')':
			depth--
		}
		if depth < 0 || i == len(s) && depth > 0 {
			return nil, fmt.Errorf("parentheses do not match in %q", s)
		}
		if i == len(s) || s[i] == ',' && depth == 0 {
			key, value, ok := strings.Cut(s[start:i], "=")
			if !ok || strings.TrimSpace(value) == "" {
				return nil, fmt.Errorf("%q is not written key=value", s[start:i])
			}
			pairs = append(pairs, pair{strings.TrimSpace(key), strings.TrimSpace(value)})
			start = i + 1
		}
	}
	return pairs, nil
}

// args hands out the parameters of one schedule and keeps the first error.
type args struct {
	total int
	pairs []pair
	err   error
}

func (a *args) checkKeys(f form) error {
	keys := slices.Concat(f.needs, f.may)
	for i, p := range a.pairs {
		if !slices.Contains(keys, p.key) {
			return fmt.Errorf("%s has no key %q; its keys are %s, as in %s", f.Name, p.key, strings.Join(keys, ", "), f.Usage)
		}
		if slices.ContainsFunc(a.pairs[:i], func(q pair) bool { return q.key == p.key }) {
			return fmt.Errorf("%s: %s is given twice", f.Name, p.key)
		}
	}
	for _, key := range f.needs {
		if a.value(key, "") == "" {
			return fmt.Errorf("%s needs %s; its keys are %s, as in %s", f.Name, key, strings.Join(keys, ", "), f.Usage)
		}
	}
	return nil
}

func (a *args) fail(err error) {
	if a.err == nil {
		a.err = err
	}
}

func (a *args) value(key, otherwise string) string {
	for _, p := range a.pairs {
		if p.key == key {
			return p.value
		}
	}
	return otherwise
}

func (a *args) number(key string, otherwise float64) float64 {
	text := a.value(key, "")
	if text == "" {
		return otherwise
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		a.fail(fmt.Errorf("%s=%s: want a number", key, text))
	}
	return x
}

func (a *args) steps(key string, otherwise int) int {
	text := a.value(key, "")
	if text == "" {
		return otherwise
	}
	return a.count(key, text)
}

func (a *args) list(key string) []int {
	var ns []int
	for text := range strings.SplitSeq(a.value(key, ""), "/") {
		ns = append(ns, a.count(key, strings.TrimSpace(text)))
	}
	return ns
}

// count reads "100", or "5%" of the total.
func (a *args) count(what, text string) int {
	if percent, ok := strings.CutSuffix(text, "%"); ok {
		p, err := strconv.ParseFloat(percent, 64)
		if err == nil && p >= 0 && p <= 100 {
			return int(math.Round(p * float64(a.total) / 100))
		}
	} else if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	a.fail(fmt.Errorf("%s is %q; want a number of steps such as 100, or a percentage of the run such as 5%%", what, text))
	return 0
}

// schedule reads a schedule, in parentheses or not, that runs for total steps.
func (a *args) schedule(spec string, total int) Schedule {
	if inner, ok := strings.CutPrefix(spec, "("); ok && strings.HasSuffix(inner, ")") {
		spec = strings.TrimSuffix(inner, ")")
	}
	s, err := parse(spec, total)
	if err != nil {
		a.fail(err)
		return Constant(1)
	}
	return s
}

// unknownName offers the names that are spelled nearly like name, or all.
func unknownName(name string) error {
	var near, all []string
	for _, f := range forms {
		all = append(all, f.Name)
		if distance(name, f.Name) <= 2 || len(name) > 2 && strings.Contains(f.Name, name) {
			near = append(near, f.Name)
		}
	}
	if len(near) > 0 {
		return fmt.Errorf("unknown name %q; did you mean %s?", name, strings.Join(near, " or "))
	}
	if name == "" {
		return errors.New("no name given; the names are " + strings.Join(all, ", "))
	}
	return fmt.Errorf("unknown name %q; the names are %s", name, strings.Join(all, ", "))
}

// distance is the number of letters to insert, delete or replace between a and b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			above := row[j+1]
			row[j+1] = min(above, row[j]) + 1
			if a[i] == b[j] {
				row[j+1] = min(row[j+1], diagonal)
			} else {
				row[j+1] = min(row[j+1], diagonal+1)
			}
			diagonal = above
		}
	}
	return row[len(b)]
}
