package animate

import (
	"fmt"
	"html"
	"image/color"
	"math"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// mark is something drawn in a layer, in points from its lower left corner.
type mark interface {
	paint(c draw.Canvas)
	svg(s *svgText)
}

// stroke is a line of several points.
type stroke struct {
	points []vg.Point
	width  vg.Length
	color  color.RGBA
	dashed bool
}

// dashes are the lengths of a dash and of the gap after it.
var dashes = []vg.Length{vg.Points(3.2), vg.Points(2.4)}

func (s stroke) paint(c draw.Canvas) {
	style := draw.LineStyle{Color: s.color, Width: s.width}
	if s.dashed {
		style.Dashes = dashes
	}
	c.StrokeLines(style, s.points)
}

func (s stroke) svg(t *svgText) {
	dash := ""
	if s.dashed {
		dash = fmt.Sprintf(` stroke-dasharray="%s %s"`, num(dashes[0]), num(dashes[1]))
	}
	t.printf(`<polyline points="%s" fill="none" stroke="%s" stroke-width="%s"%s/>`, t.points(s.points), hex(s.color), num(s.width), dash)
}

// disc is a filled circle with a rim; a rim of width 0 is none, a fill that is
// transparent leaves a ring.
type disc struct {
	at        vg.Point
	radius    vg.Length
	fill, rim color.RGBA
	width     vg.Length
}

func (d disc) paint(c draw.Canvas) {
	var p vg.Path
	p.Move(vg.Point{X: d.at.X + d.radius, Y: d.at.Y})
	p.Arc(d.at, d.radius, 0, 2*math.Pi)
	p.Close()
	if d.fill.A > 0 {
		c.SetColor(d.fill)
		c.Fill(p)
	}
	if d.width > 0 {
		c.SetLineDash(nil, 0)
		c.SetColor(d.rim)
		c.SetLineWidth(d.width)
		c.Stroke(p)
	}
}

func (d disc) svg(t *svgText) { t.printf("%s/>", d.open(t)) }

// open is the element of the disc without its end, for attributes to follow.
func (d disc) open(t *svgText) string {
	fill, rim := "none", ""
	if d.fill.A > 0 {
		fill = hex(d.fill)
	}
	if d.width > 0 {
		rim = fmt.Sprintf(` stroke="%s" stroke-width="%s"`, hex(d.rim), num(d.width))
	}
	x, y := t.at(d.at)
	return fmt.Sprintf(`<circle cx="%s" cy="%s" r="%s" fill="%s"%s`, x, y, num(d.radius), fill, rim)
}

// arrow goes from one point to another; white around it lifts it off the
// background. A dashed one has a dashed shaft.
type arrow struct {
	from, to vg.Point
	width    vg.Length
	color    color.RGBA
	dashed   bool
}

// shape is the arrow's outline, or that of its head where the shaft is dashed,
// and where the shaft ends. An arrow too short to be seen has none.
func (a arrow) shape() (outline []vg.Point, neck vg.Point) {
	dx, dy := a.to.X-a.from.X, a.to.Y-a.from.Y
	length := vg.Length(math.Hypot(float64(dx), float64(dy)))
	if length < vg.Points(1) {
		return nil, a.from
	}
	dx, dy = dx/length, dy/length
	head := min(4.2*a.width, 0.6*length)
	wing := 0.42 * head
	half := min(a.width/2, 0.5*wing)
	place := func(along, aside vg.Length) vg.Point {
		return vg.Point{X: a.from.X + along*dx - aside*dy, Y: a.from.Y + along*dy + aside*dx}
	}
	neck = place(length-head, 0)
	outline = []vg.Point{place(length-head, wing), a.to, place(length-head, -wing)}
	if !a.dashed {
		outline = append([]vg.Point{place(0, half), place(length-head, half)}, outline...)
		outline = append(outline, place(length-head, -half), place(0, -half))
	}
	return outline, neck
}

// parts are the marks that make up the arrow.
func (a arrow) parts() []mark {
	outline, neck := a.shape()
	if outline == nil {
		return nil
	}
	shape := polygon{outline, a.color}
	if !a.dashed {
		return []mark{shape}
	}
	return []mark{stroke{[]vg.Point{a.from, neck}, a.width, a.color, true}, shape}
}

func (a arrow) paint(c draw.Canvas) {
	for _, m := range a.parts() {
		m.paint(c)
	}
}

func (a arrow) svg(t *svgText) {
	for _, m := range a.parts() {
		m.svg(t)
	}
}

// polygon is a filled shape with white around it.
type polygon struct {
	points []vg.Point
	color  color.RGBA
}

// halo is the width of the line around a polygon, of which half is seen.
const halo = vg.Length(1.6)

func (g polygon) paint(c draw.Canvas) {
	var p vg.Path
	p.Move(g.points[0])
	for _, at := range g.points[1:] {
		p.Line(at)
	}
	p.Close()
	c.SetLineDash(nil, 0)
	c.SetColor(color.White)
	c.SetLineWidth(halo)
	c.Stroke(p)
	c.SetColor(g.color)
	c.Fill(p)
}

func (g polygon) svg(t *svgText) {
	t.printf(`<polygon points="%s" fill="%s" class="a"/>`, t.points(g.points), hex(g.color))
}

// star marks a minimum.
func star(at vg.Point, radius vg.Length) polygon {
	g := polygon{color: ink}
	for k := range 10 {
		r := float64(radius)
		if k%2 == 1 {
			r *= 0.42
		}
		sin, cos := math.Sincos(float64(k)*math.Pi/5 + math.Pi/2)
		g.points = append(g.points, vg.Point{X: at.X + vg.Length(r*cos), Y: at.Y + vg.Length(r*sin)})
	}
	return g
}

// label is text whose baseline begins, is centred or ends at a point.
type label struct {
	at    vg.Point
	text  string
	size  vg.Length
	bold  bool
	color color.RGBA
	align draw.XAlignment
}

// face is the label's font.
func (l label) face() font.Face {
	f := font.Font{Typeface: "Liberation", Variant: "Sans", Size: l.size}
	if l.bold {
		f.Weight = xfont.WeightBold
	}
	return font.DefaultCache.Lookup(f, l.size)
}

// width is how long the text is.
func (l label) width() vg.Length {
	face := l.face()
	return face.Width(l.text)
}

func (l label) paint(c draw.Canvas) {
	face := l.face()
	c.SetColor(l.color)
	c.FillString(face, vg.Point{X: l.at.X + vg.Length(l.align)*face.Width(l.text), Y: l.at.Y}, l.text)
}

func (l label) svg(t *svgText) {
	anchor, weight := "", ""
	switch l.align {
	case draw.XCenter:
		anchor = ` text-anchor="middle"`
	case draw.XRight:
		anchor = ` text-anchor="end"`
	}
	if l.bold {
		weight = ` font-weight="bold"`
	}
	x, y := t.at(l.at)
	t.printf(`<text x="%s" y="%s" font-size="%s" fill="%s"%s%s>%s</text>`, x, y, num(l.size), hex(l.color), anchor, weight, html.EscapeString(l.text))
}

// hex writes a colour as SVG does.
func hex(c color.RGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }
