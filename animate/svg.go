package animate

import (
	"fmt"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"

	"github.com/descent-go/descent/chart"
)

// svgText is an SVG file in the making: the elements of a layer and the rules
// that move them.
type svgText struct {
	strings.Builder
	height vg.Length // of the layer, whose points count from below, SVG's from above
	end    float64   // seconds that the animation takes
	rules  strings.Builder
	slots  map[[2]float64]string // the class of what is shown from one second to another
	motion int                   // how many rules of motion there are
}

func (t *svgText) printf(format string, args ...any) { fmt.Fprintf(t, format, args...) }

// num writes a length, in points, to a twentieth or so.
func num(l vg.Length) string { return decimal(float64(l), 2) }

// decimal writes a number with at most so many digits behind the point.
func decimal(v float64, digits int) string {
	s := strconv.FormatFloat(v, 'f', digits, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		return "0"
	}
	return s
}

func (t *svgText) at(p vg.Point) (x, y string) { return num(p.X), num(t.height - p.Y) }

func (t *svgText) points(list []vg.Point) string {
	words := make([]string, len(list))
	for i, p := range list {
		x, y := t.at(p)
		words[i] = x + "," + y
	}
	return strings.Join(words, " ")
}

// percent is a time as a part of the animation.
func (t *svgText) percent(seconds float64) string { return decimal(100*seconds/t.end, 3) + "%" }

// svg gives the scene as a file that plays itself by CSS. What a reader sees
// whose program or whose wish is not to animate is the last picture.
func (s *scene) svg() (string, error) {
	back, err := chart.SVG(background{s}, s.width, s.height)
	if err != nil {
		return "", err
	}
	t := &svgText{end: s.end, slots: map[[2]float64]string{}}
	for _, l := range s.layers {
		t.layer(l, s.height)
	}
	style := fmt.Sprintf("<style>.s{animation:%ss step-end infinite}.m{animation:%[1]ss linear infinite}.h{visibility:hidden}"+
		".a{stroke:#fff;stroke-width:%s;paint-order:stroke}\n%s@media (prefers-reduced-motion:reduce){.s,.m{animation:none}}</style>\n",
		decimal(s.end, 2), num(halo), t.rules.String())
	body := strings.TrimSuffix(strings.TrimSpace(back), "</svg>")
	return body + style + t.String() + "</svg>\n", nil
}

func (t *svgText) layer(l *layer, height vg.Length) {
	size := l.area.Size()
	t.height = size.Y
	t.printf("<svg x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\">\n", num(l.area.Min.X), num(height-l.area.Max.Y), num(size.X), num(size.Y))
	for i := range l.trails {
		t.trail(&l.trails[i])
	}
	for _, m := range l.stay {
		m.svg(t)
	}
	for _, it := range l.items {
		if len(it.marks) > 0 {
			t.item(it)
		}
	}
	for i := range l.trails {
		t.head(&l.trails[i])
	}
	t.printf("</svg>\n")
}

func (t *svgText) item(it item) {
	t.printf("<g%s>", t.slot(it.from, it.to))
	for _, m := range it.marks {
		m.svg(t)
	}
	t.printf("</g>\n")
}

// slot gives the class of what is shown for some time.
func (t *svgText) slot(from, to float64) string {
	stays := to >= t.end
	if from <= 0 && stays {
		return ""
	}
	name, known := t.slots[[2]float64{from, to}]
	if !known {
		name = "k" + strconv.Itoa(len(t.slots))
		t.slots[[2]float64{from, to}] = name
		before, after := "", ""
		if from > 0 {
			before = "0%{visibility:hidden}"
		}
		if !stays {
			after = t.percent(to) + ",to{visibility:hidden}"
		}
		fmt.Fprintf(&t.rules, ".%s{animation-name:%[1]s}@keyframes %[1]s{%s%s{visibility:visible}%s}\n", name, before, t.percent(max(from, 0)), after)
	}
	if stays {
		return fmt.Sprintf(` class="s %s"`, name)
	}
	return fmt.Sprintf(` class="s h %s"`, name)
}

// trail draws a line as one dash of its length, which is pushed along it.
func (t *svgText) trail(l *trail) {
	lengths, total := l.lengths()
	if total == 0 {
		return
	}
	name := t.keyframes(func(k int) string {
		return "stroke-dashoffset:" + num(vg.Length(total-lengths[k]))
	}, l.times)
	t.printf(`<polyline points="%s" fill="none" stroke="%s" stroke-width="%s" stroke-linejoin="round" stroke-dasharray="%s" class="m %s"/>`+"\n",
		t.points(l.points), hex(l.color), num(l.width), num(vg.Length(total+1)), name)
}

func (t *svgText) head(l *trail) {
	last := l.points[len(l.points)-1]
	d := l.head
	d.at = last
	name := t.keyframes(func(k int) string {
		p := l.points[k]
		return fmt.Sprintf("transform:translate(%spx,%spx)", num(p.X-last.X), num(last.Y-p.Y))
	}, l.times)
	t.printf(`%s class="m %s"/>`+"\n", d.open(t), name)
}

// keyframes makes a rule of motion with what holds at each of the times, before
// the first and after the last too, and gives its class.
func (t *svgText) keyframes(at func(k int) string, times []float64) string {
	name := "m" + strconv.Itoa(t.motion)
	t.motion++
	fmt.Fprintf(&t.rules, ".%s{animation-name:%[1]s}@keyframes %[1]s{0%%{%s}", name, at(0))
	for k, now := range times {
		if 0 < now && now < t.end {
			fmt.Fprintf(&t.rules, "%s{%s}", t.percent(now), at(k))
		}
	}
	fmt.Fprintf(&t.rules, "to{%s}}\n", at(len(times)-1))
	return name
}
