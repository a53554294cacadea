package formula

import (
	"html"
	"strings"
)

// MathML sets the program as LaTeX does, as one math element in presentation
// MathML Core, which browsers show without a library.
func (p *Program) MathML() string {
	var b strings.Builder
	p = p.joined()
	for _, r := range p.layout(mathML{}).lines(p) {
		b.WriteString(`<mtr><mtd style="text-align:right">` + r.left + `</mtd><mtd>` + mathElement("mo", r.relation) +
			`</mtd><mtd style="text-align:left">` + r.right + "</mtd></mtr>\n")
	}
	return mathDocument("<mtable displaystyle=\"true\">\n" + b.String() + "</mtable>")
}

// MathML sets the assignment, with an arrow.
func (s Stmt) MathML() string {
	r := s.layout(mathML{}).line(s)
	return mathDocument(mathML{}.row(r.left, mathElement("mo", r.relation), r.right))
}

// MathML sets the expression.
func (e *Expr) MathML() string { return mathDocument(newLayout(mathML{}, e.names(nil)).expr(e, 0)) }

type mathML struct{}

func mathDocument(s string) string { return `<math display="block">` + s + `</math>` }

func mathElement(tag, text string) string {
	return "<" + tag + ">" + html.EscapeString(text) + "</" + tag + ">"
}

func (mathML) letter(s string) string      { return mathElement("mi", s) }
func (mathML) number(s string) string      { return mathElement("mn", s) }
func (mathML) word(s string) string        { return mathElement("mi", s) }
func (mathML) prime(x string) string       { return "<msup>" + x + "<mo>′</mo></msup>" }
func (mathML) frac(x, y string) string     { return "<mfrac>" + x + y + "</mfrac>" }
func (mathML) sqrt(x string) string        { return "<msqrt>" + x + "</msqrt>" }
func (mathML) sub(x, below string) string  { return "<msub>" + x + below + "</msub>" }
func (mathML) sup(x, above string) string  { return "<msup>" + x + above + "</msup>" }
func (mathML) function(name string) string { return mathElement("mi", name) }

func (mathML) prefix(op string) string {
	switch op {
	case "∞":
		return mathElement("mi", op)
	case "-":
		op = "−"
	}
	return mathElement("mo", op)
}

func (mathML) binary(op string) string {
	switch op {
	case tight:
		return "<mo>&#x2062;</mo>"
	case thin:
		return `<mo lspace="0.17em">&#x2062;</mo>`
	case "mod":
		return `<mo lspace="0.22em" rspace="0.22em">mod</mo>`
	case "-":
		op = "−"
	}
	return mathElement("mo", op)
}

func (mathML) row(parts ...string) string {
	if len(parts) == 1 {
		return parts[0]
	}
	return "<mrow>" + strings.Join(parts, "") + "</mrow>"
}

func (mathML) fence(open, x, end string) string {
	return `<mrow><mo form="prefix">` + open + `</mo>` + x + `<mo form="postfix">` + end + `</mo></mrow>`
}

func (m mathML) cases(cases [][2]string, otherwise string) string {
	row := func(x, when string) string {
		return `<mtr><mtd style="text-align:left">` + x + `</mtd><mtd style="text-align:left">` + when + `</mtd></mtr>`
	}
	table := "<mtable>"
	for _, c := range cases {
		table += row(c[0], "<mtext>if&#xa0;</mtext>"+c[1])
	}
	table += row(otherwise, "<mtext>otherwise</mtext>") + "</mtable>"
	return `<mrow><mo form="prefix">{</mo>` + table + "</mrow>"
}
