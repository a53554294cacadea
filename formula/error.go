package formula

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Error is a mistake in a formula.
type Error struct {
	Name string // the formula's name
	Pos  Pos
	Text string // the line that holds the mistake
	Msg  string // what is wrong and what was expected
}

// Error gives name:line:column, the message, the line and a caret under the
// place. Of a long line it shows what is around the place.
func (e *Error) Error() string {
	text, before := e.excerpt()
	pad := strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, before)
	return fmt.Sprintf("%s:%d:%d: %s\n    %s\n    %s^", e.Name, e.Pos.Line, e.Pos.Col, e.Msg, text, pad)
}

// widest is how many characters of a line an error shows.
const widest = 80

// excerpt is the line, cut around the place where it is long, and what of that
// is before the place.
func (e *Error) excerpt() (text, before string) {
	line := []rune(e.Text)
	at := min(max(e.Pos.Col-1, 0), len(line))
	from := max(min(at-widest/2, len(line)-widest), 0)
	to := min(from+widest, len(line))
	head, tail := "", ""
	if from > 0 {
		head = "…"
	}
	if to < len(line) {
		tail = "…"
	}
	return head + string(line[from:to]) + tail, head + string(line[from:at])
}

// source makes errors that show the line they are about.
type source struct {
	name  string
	lines []string
}

func newSource(name, text string) *source {
	return &source{name, strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")}
}

func (s *source) errorf(at Pos, format string, args ...any) *Error {
	text := ""
	if at.Line >= 1 && at.Line <= len(s.lines) {
		text = strings.TrimRight(s.lines[at.Line-1], " \t\r")
	}
	return &Error{s.name, at, text, fmt.Sprintf(format, args...)}
}

// Nearest gives the candidates that resemble name most, at most three, best
// first: what an error offers for a name that is not there.
func Nearest(name string, candidates []string) []string {
	limit := min(1+len(name)/3, len(name)-1)
	type candidate struct {
		name     string
		distance int
	}
	var near []candidate
	for _, c := range candidates {
		if len(c) > len(name)+limit || len(name) > len(c)+limit {
			continue
		}
		if d := distance(strings.ToLower(name), strings.ToLower(c)); d <= limit {
			near = append(near, candidate{c, d})
		}
	}
	slices.SortStableFunc(near, func(a, b candidate) int { return cmp.Compare(a.distance, b.distance) })
	var out []string
	for _, c := range near[:min(3, len(near))] {
		out = append(out, c.name)
	}
	return out
}

// distance is the number of edits (insert, delete, replace, swap neighbours) between a and b.
func distance(a, b string) int {
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := 1; i <= len(a); i++ {
		prev2, prev, cur := rows[(i+2)%3], rows[i%3], rows[(i+1)%3]
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
		}
	}
	return rows[(len(a)+1)%3][len(b)]
}

// didYouMean is the end of an error about an unknown name.
func didYouMean(name string, candidates []string) string {
	if near := Nearest(name, candidates); len(near) > 0 {
		return "; did you mean " + strings.Join(near, ", ") + "?"
	}
	return ""
}
