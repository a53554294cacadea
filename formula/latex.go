package formula

import (
	"regexp"
	"strings"
)

// LaTeX sets the program as its paper would, as an aligned environment: for a
// page between $$ and $$. Where every variable is assigned once, values carry
// the number of the step; elsewhere the lines are assignments with arrows.
func (p *Program) LaTeX() string {
	var rows []string
	p = p.joined()
	for _, r := range p.layout(latex{}).lines(p) {
		rows = append(rows, r.left+" &"+latexSign(r.relation)+" "+r.right)
	}
	return "\\begin{aligned}\n" + strings.Join(rows, " \\\\\n") + "\n\\end{aligned}"
}

// LaTeX sets the assignment, with an arrow.
func (s Stmt) LaTeX() string {
	r := s.layout(latex{}).line(s)
	return r.left + " " + latexSign(r.relation) + " " + r.right
}

// LaTeX sets the expression.
func (e *Expr) LaTeX() string { return newLayout(latex{}, e.names(nil)).expr(e, 0) }

func (s Stmt) layout(to notation) *layout { return newLayout(to, s.X.names([]string{s.Name})) }

type latex struct{}

// latexSigns are the signs whose LaTeX is not the character itself.
var latexSigns = map[string]string{
	"≤": `\le`, "≥": `\ge`, "≠": `\ne`, "←": `\leftarrow`, "∧": `\land`, "∨": `\lor`, "∞": `\infty`, "∇": `\nabla`,
	"mod": `\bmod`, dot: `\cdot`, thin: `\,`, "⟨": `\langle`, "⟩": `\rangle`, "⌊": `\lfloor`, "⌋": `\rfloor`, "𝒩": `\mathcal{N}`,
	"ε": `\varepsilon`, "φ": `\varphi`,
}

func latexSign(s string) string {
	if command, ok := latexSigns[s]; ok {
		return command
	}
	for name, letter := range greek {
		if letter == s {
			return `\` + name
		}
	}
	return s
}

func (latex) letter(s string) string     { return latexSign(s) }
func (latex) number(s string) string     { return s }
func (latex) prefix(op string) string    { return latexSign(op) }
func (latex) prime(x string) string      { return "{" + x + "'}" }
func (latex) frac(x, y string) string    { return `\frac{` + x + `}{` + y + `}` }
func (latex) sqrt(x string) string       { return `\sqrt{` + x + `}` }
func (latex) sub(x, below string) string { return x + "_" + latexGroup(below) }
func (latex) sup(x, above string) string { return x + "^" + latexGroup(above) }

func (latex) word(s string) string {
	if s == "𝟏" {
		return `\mathbf{1}`
	}
	font := `\mathrm{`
	if strings.Contains(s, "-") { // a hyphen, which in mathematics would be a minus
		font = `\text{`
	}
	return font + strings.ReplaceAll(s, "_", `\_`) + `}`
}

func (latex) function(name string) string {
	switch name {
	case "exp", "log", "sin", "cos", "min":
		return `\` + name
	}
	return `\operatorname{` + name + `}`
}

func (latex) binary(op string) string {
	switch op {
	case tight:
		return " "
	case ",":
		return ", "
	}
	return " " + latexSign(op) + " "
}

var endsInCommand = regexp.MustCompile(`\\[A-Za-z]+$`)

// row joins, with a space where a letter would become part of a command.
func (latex) row(parts ...string) string {
	var b strings.Builder
	for i, p := range parts {
		if i > 0 && endsInCommand.MatchString(parts[i-1]) && strings.ContainsAny(p[:1], letters) {
			b.WriteByte(' ')
		}
		b.WriteString(p)
	}
	return b.String()
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

func latexGroup(s string) string {
	if len(s) == 1 {
		return s
	}
	return "{" + s + "}"
}

// fence puts signs around x, as high as it where it is higher than a line.
func (latex) fence(open, x, end string) string {
	switch open {
	case "|":
		open, end = `\lvert`, `\rvert`
	case "‖":
		open, end = `\lVert`, `\rVert`
	}
	open, end = latexSign(open), latexSign(end)
	if strings.Contains(x, `\frac`) || strings.Contains(x, `\begin`) {
		open, end = `\left`+open, `\right`+end
	}
	if len(open) > 1 {
		open, end = open+" ", " "+end
	}
	return open + x + end
}

func (latex) cases(cases [][2]string, otherwise string) string {
	s := `\begin{cases} `
	for _, c := range cases {
		s += c[0] + ` & \text{if } ` + c[1] + ` \\ `
	}
	return s + otherwise + ` & \text{otherwise} \end{cases}`
}
