// Package randprog makes random optimizer formulas for tests: text that is
// put together at random and then parsed and checked like any other.
package randprog

import (
	"fmt"
	"math/rand"
	"strconv"
	"strings"

	"github.com/descent-go/descent/formula"
)

// Options says what a random program may contain. The zero value allows
// everything but grad.
type Options struct {
	Grad         bool // grad(x)
	NoReductions bool // over a parameter: norm, sum, mean, max, dot; without them no scalar states
	NoAll        bool // over all parameters; without them no global scalars
	NoRow        bool // over rows; without them no row states
	NoNormal     bool // normal()
	NoWhere      bool // where and comparisons
	NoFunctions  bool // elementwise functions
	NoPow        bool // ^
	NoStates     bool
	NoEval       bool
	Statements   int // in the body besides the last, the one to w; default 6
	Depth        int // of expressions; default 3
}

// Program makes a random checked program. The same source gives the same
// program. It panics where what it made does not parse, which is a bug.
func Program(r *rand.Rand, o Options) *formula.Program {
	text := Text(r, o)
	p, err := formula.Parse("random", text)
	if err != nil {
		panic(fmt.Sprintf("randprog made a formula that is none: %v\n%s", err, text))
	}
	return p
}

// Text makes the text of a random program.
func Text(r *rand.Rand, o Options) string {
	if o.Statements == 0 {
		o.Statements = 6
	}
	if o.Depth == 0 {
		o.Depth = 3
	}
	m := &maker{Rand: r, o: o, vars: map[formula.Kind][]string{
		formula.Elem:   {"w", "g", "seen"},
		formula.Global: {"t"},
	}}
	m.hypers()
	if !o.NoStates {
		m.declare()
	}
	m.body()
	return m.text.String()
}

type variable struct {
	name string
	kind formula.Kind
}

type maker struct {
	*rand.Rand
	o      Options
	text   strings.Builder
	vars   map[formula.Kind][]string // what can be read, by kind
	states []variable
	hyper  []string
	temps  int
	noGrad bool // a state or w has been assigned
}

// chance is true in one of n cases.
func (m *maker) chance(n int) bool { return m.Intn(n) == 0 }

func (m *maker) pick(list ...string) string { return list[m.Intn(len(list))] }

func (m *maker) line(format string, args ...any) { fmt.Fprintf(&m.text, format+"\n", args...) }

func (m *maker) read(name string, kind formula.Kind) {
	m.vars[kind] = append(m.vars[kind], name)
}

func (m *maker) hypers() {
	m.line("hyper lr = %s (0, 1]", m.pick("0.1", "0.01", "0.3"))
	m.hyper = append(m.hyper, "lr")
	for i := range m.Intn(4) {
		name := "h" + strconv.Itoa(i+1)
		m.line("hyper %s = %s %s", name, m.pick("0", "0.5", "0.9", "0.25", "0.999"), m.pick("", "[0, 1)", "[-1, 2]", "[0, inf)"))
		m.hyper = append(m.hyper, name)
	}
	for _, name := range m.hyper {
		m.read(name, formula.Global)
	}
	if !m.o.NoWhere && m.chance(3) {
		m.line("hyper mode = %s {plain, fancy}", m.pick("plain", "fancy"))
		m.read("mode == plain", formula.Global)
		m.read("mode == fancy", formula.Global)
	}
}

// kinds are those that states and temporaries may have.
func (m *maker) kinds() []formula.Kind {
	kinds := []formula.Kind{formula.Elem, formula.Elem, formula.Elem}
	if !m.o.NoRow {
		kinds = append(kinds, formula.Row)
	}
	if !m.o.NoReductions {
		kinds = append(kinds, formula.Scalar)
	}
	if !m.o.NoAll {
		kinds = append(kinds, formula.Global)
	}
	return kinds
}

var declarations = map[formula.Kind]string{formula.Elem: "state", formula.Row: "state row", formula.Scalar: "scalar", formula.Global: "global scalar"}

func (m *maker) declare() {
	for i := range m.Intn(4) {
		kind := m.kinds()[m.Intn(len(m.kinds()))]
		s := variable{"s" + strconv.Itoa(i+1), kind}
		start := m.pick("", " = 1", " = -0.5", " = 1e-6", " = "+m.pick(m.hyper...))
		if kind == formula.Elem && m.chance(3) {
			start = m.pick(" = w", " = 2*w")
		}
		m.line("%s %s%s", declarations[kind], s.name, start)
		m.states = append(m.states, s)
	}
	for _, s := range m.states {
		m.read(s.name, s.kind)
	}
}

func (m *maker) body() {
	for range m.o.Statements {
		m.statement()
	}
	for _, s := range m.states {
		m.assign(s)
	}
	m.noGrad = true
	m.line("w = w - lr*%s", m.expr(formula.Elem, m.o.Depth, multiplicand))
	if !m.o.NoEval && m.chance(4) {
		m.eval()
	}
}

func (m *maker) statement() {
	kind := m.kinds()[m.Intn(len(m.kinds()))]
	switch {
	case m.chance(6):
		m.assign(variable{"g", formula.Elem})
	case m.chance(8):
		m.assign(variable{"w", formula.Elem})
	case len(m.states) > 0 && m.chance(4):
		m.assign(m.states[m.Intn(len(m.states))])
	default:
		m.temps++
		v := variable{"x" + strconv.Itoa(m.temps), kind}
		m.assign(v)
		m.read(v.name, kind)
	}
}

// assign writes an assignment. After the first for good there is no grad.
func (m *maker) assign(v variable) {
	if v.name == "w" || v.name[0] == 's' {
		m.noGrad = true
	}
	m.line("%s = %s", v.name, m.expr(v.kind, m.o.Depth, 0))
}

func (m *maker) eval() {
	x := "w"
	for _, s := range m.states {
		if s.kind == formula.Elem {
			x += " + 0.5*(" + s.name + " - w)"
		}
	}
	m.line("eval x = %s", x)
}
