package vw

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

// given is which options a command line has.
type given struct {
	flags *pflag.FlagSet
	marks []mark
}

// mark says that a list's value stood after so many arguments without a flag.
type mark struct {
	list *list // nil: the flag is no list
	args int
}

// follow has the flags that are not of this package noted too.
func (g *given) follow() {
	g.flags.VisitAll(func(f *pflag.Flag) {
		f.Value = followed{f.Value, g}
		if f.DefValue == "[]" { // pflag does not see any more that it is nothing
			f.DefValue = ""
		}
	})
}

// followed is the value of a flag that is not of this package.
type followed struct {
	pflag.Value
	g *given
}

// Set takes a value.
func (f followed) Set(text string) error {
	f.g.mark(nil)
	return f.Value.Set(text)
}

func (g *given) has(name string) bool { return g.flags != nil && g.flags.Changed(name) }

// mark notes where a flag stands.
func (g *given) mark(l *list) { g.marks = append(g.marks, mark{l, g.flags.NArg()}) }

// spread gives the lists the arguments behind them: -q ab cd is -q ab -q cd. It
// returns what is left.
func (g *given) spread(args []string) []string {
	var rest []string
	at := 0
	var owner *list
	for _, m := range append(slices.Clone(g.marks), mark{nil, len(args)}) {
		if owner == nil {
			rest = append(rest, args[at:m.args]...)
		} else {
			*owner.to = append(*owner.to, args[at:m.args]...)
		}
		at, owner = m.args, m.list
	}
	return rest
}

// scalar is an option with one value. Given twice with two values it is a
// mistake.
type scalar[T any] struct {
	to    *T
	g     *given
	kind  string
	text  string // as given
	parse func(string) (T, error)
}

// Set takes a value.
func (s *scalar[T]) Set(text string) error {
	v, err := s.parse(text)
	if err != nil {
		return err
	}
	if s.text != "" && s.text != text {
		return fmt.Errorf("%q was given before: expected one value", s.text)
	}
	*s.to, s.text = v, text
	s.g.mark(nil)
	return nil
}

// optional is a number that is nil where it is not given.
type optional struct {
	to **float32
	g  *given
}

// Set takes a value.
func (o optional) Set(text string) error {
	v, err := parseFloat(text)
	switch {
	case err != nil:
		return err
	case *o.to != nil && **o.to != v:
		return fmt.Errorf("%g was given before: expected one value", **o.to)
	}
	*o.to = &v
	o.g.mark(nil)
	return nil
}

// String is the value, "" for none.
func (o optional) String() string {
	if o.to == nil || *o.to == nil {
		return ""
	}
	return fmt.Sprint(**o.to)
}

// Type is what help calls it.
func (o optional) Type() string { return "number" }

// String is the value.
func (s *scalar[T]) String() string {
	if s.to == nil {
		return ""
	}
	return fmt.Sprint(*s.to)
}

// Type is what help calls it.
func (s *scalar[T]) Type() string { return s.kind }

// list is an option that may be repeated, or have several values.
type list struct {
	to *[]string
	g  *given
}

// Set appends a value.
func (l *list) Set(text string) error {
	*l.to = append(*l.to, text)
	l.g.mark(l)
	return nil
}

// String is all values.
func (l *list) String() string {
	if l.to == nil {
		return ""
	}
	return strings.Join(*l.to, " ")
}

// Type is what help calls it.
func (l *list) Type() string { return "list" }

func parseText(s string) (string, error) {
	if s == "" {
		return "", fmt.Errorf("it is empty")
	}
	return s, nil
}

// parseBool takes true and false.
func parseBool(s string) (bool, error) {
	v, err := strconv.ParseBool(s)
	if err != nil {
		return false, fmt.Errorf("expected true or false")
	}
	return v, nil
}

func parseFloat(s string) (float32, error) {
	v, err := strconv.ParseFloat(s, 32)
	if err != nil {
		return 0, fmt.Errorf("expected a number")
	}
	return float32(v), nil
}

func parseCount(s string) (int, error) {
	v, err := strconv.ParseUint(s, 10, 31)
	if err != nil {
		return 0, fmt.Errorf("expected a whole number, 0 or more")
	}
	return int(v), nil
}

func parseInt(s string) (int, error) {
	v, err := strconv.ParseInt(s, 10, 0)
	if err != nil {
		return 0, fmt.Errorf("expected a whole number")
	}
	return int(v), nil
}

func parseSeed[T uint32 | uint64](bits int) func(string) (T, error) {
	return func(s string) (T, error) {
		v, err := strconv.ParseUint(s, 10, bits)
		if err != nil {
			return 0, fmt.Errorf("expected a whole number from 0 to 2^%d-1", bits)
		}
		return T(v), nil
	}
}

// oneOf takes one of several words.
func oneOf(words []string) func(string) (string, error) {
	return func(s string) (string, error) {
		if !slices.Contains(words, s) {
			return "", fmt.Errorf("expected one of %s", strings.Join(words, ", "))
		}
		return s, nil
	}
}
