package chart

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
)

func TestRenderFormats(t *testing.T) {
	p := lines(t, Line{Name: "adam", Points: xys(1, 2, 3)})
	file, err := Render(p, 2*vg.Inch, vg.Inch, "png")
	if err != nil {
		t.Fatal(err)
	}
	if picture, err := png.Decode(bytes.NewReader(file)); err != nil || picture.Bounds().Dx() != 2*dpi || picture.Bounds().Dy() != dpi {
		t.Errorf("%v, %v", picture.Bounds(), err)
	}
	file, err = Render(p, 2*vg.Inch, vg.Inch, "svg")
	if err != nil || !bytes.HasPrefix(file, []byte("<?xml ")) || !bytes.Contains(file, []byte(`viewBox="0 0 144 72"`)) {
		t.Errorf("%v, %.200s", err, file)
	}
	again, err := Render(p, 2*vg.Inch, vg.Inch, "svg")
	if err != nil || !bytes.Equal(file, again) {
		t.Errorf("the same picture has other bytes")
	}
	_, err = Render(p, vg.Inch, vg.Inch, "jpg")
	wantError(t, err, `"jpg"`)
	_, err = Render(p, 0, vg.Inch, "png")
	wantError(t, err, "more than 0")
	_, err = SVG(p, vg.Inch, -1)
	wantError(t, err, "more than 0")
	_, err = NewCanvas(p, 0, 10)
	wantError(t, err, "0 by 10")
}

// An element for a page brings its name and fonts that the page's reader has.
func TestSVGForPages(t *testing.T) {
	text := svg(t, Row{New("Loss & <more>\nof adam", "x", "y"), New("Rate", "x", "y")})
	for _, want := range []string{`role="img"`, `aria-label="Loss &amp; &lt;more&gt;. of adam; Rate"`, "sans-serif"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in %.400s", want, text)
		}
	}
	if strings.Contains(text, "font-variant") || strings.Contains(text, "<!--") || !strings.HasPrefix(text, "<svg ") {
		t.Errorf("left in: %.600s", text)
	}
}

// What is drawn on an area lies where the plot draws it.
func TestAreaIsWhereDataIs(t *testing.T) {
	p, q := New("left", "x", "y"), New("", "x", "loss")
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = -2, 2, -1, 3
	LogY(q)
	q.X.Min, q.X.Max, q.Y.Min, q.Y.Max = 0, 10, 0.01, 100
	p.Legend.Add("adam", Key(Line{})...)
	dots := map[*plot.Plot]Dot{p: {X: 1.5, Y: 1.5, Color: color.RGBA{0, 0, 255, 255}, Radius: 4}, q: {X: 9, Y: 50, Color: color.RGBA{0, 255, 0, 255}, Radius: 4}}
	for one, dot := range dots {
		one.Add(dot)
	}
	canvas, err := NewCanvas(Row{Part{Picture: Inside{Plot: p}, Share: 2}, Column{q, New("", "", "")}}, 700, 400)
	if err != nil {
		t.Fatal(err)
	}
	for one, dot := range dots {
		x, y, n := middle(canvas.Frame(func() {}), dot.Color)
		dot.Color = color.RGBA{255, 0, 0, 255}
		px, py, _ := middle(canvas.Frame(func() { canvas.Area(one).Draw(dot) }), dot.Color)
		near(t, "pixels of the dot", n, math.Pi*math.Pow(4/pixel.Points(), 2), 30)
		near(t, "x", px, x, 0.1)
		near(t, "y", py, y, 0.1)
	}
	if canvas.Area(New("", "", "")) != nil {
		t.Error("an area of a plot that is not there")
	}
}

// middle is that of the pixels of a colour, and their number.
func middle(m *image.RGBA, c color.Color) (x, y, n float64) {
	for j := range m.Rect.Dy() {
		for i := range m.Rect.Dx() {
			if m.RGBAAt(i, j) == c {
				x, y, n = x+float64(i), y+float64(j), n+1
			}
		}
	}
	return x / n, y / n, n
}

func TestFrameForgetsTheOneBefore(t *testing.T) {
	p := lines(t, Line{Points: xys(1, 2)})
	canvas, err := NewCanvas(p, 200, 100)
	if err != nil {
		t.Fatal(err)
	}
	still := slices.Clone(canvas.Frame(func() {}).Pix)
	drawn := slices.Clone(canvas.Frame(func() { canvas.Area(p).Draw(Dot{X: 1.5, Y: 1.5}) }).Pix)
	if slices.Equal(still, drawn) {
		t.Error("a dot changes nothing")
	}
	if again := canvas.Frame(func() {}).Pix; !slices.Equal(still, again) {
		t.Error("a dot stays")
	}
}

// The axes of plots side by side lie on one line, as do those of plots below
// each other, whatever their titles, labels and legends.
func TestAxesAreAligned(t *testing.T) {
	a, b := New("title\nof two lines", "x", ""), lines(t, Line{Name: "a long name in the legend", Points: xys(1e6, 2e6)})
	c, d := New("", "", "y"), New("title", "x", "y")
	a.X.Min, a.X.Max, a.Y.Min, a.Y.Max = 0, 1, 0, 1
	b.Y.Label.Text = ""
	box := func(picture Picture) (box [4][4]float64) { // left, bottom, width, height
		canvas, err := NewCanvas(picture, 800, 600)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range plots(picture) {
			data := canvas.Area(p).canvas
			size := data.Size()
			box[i] = [4]float64{data.Min.X.Points(), data.Min.Y.Points(), size.X.Points(), size.Y.Points()}
		}
		return box
	}
	side := box(Row{a, b, Part{Picture: Inside{Plot: c, Left: true, Bottom: true}, Size: 150}, Part{Picture: d, Share: 2}})
	for i := 1; i < 4; i++ {
		near(t, "bottom in a row", side[i][1], side[0][1], 1e-9)
		near(t, "height in a row", side[i][3], side[0][3], 1e-9)
	}
	if side[3][2] < 1.5*side[0][2] {
		t.Errorf("two shares are %g points, one %g", side[3][2], side[0][2])
	}
	below := box(Column{a, b, c, d})
	for i := 1; i < 4; i++ {
		near(t, "left in a column", below[i][0], below[0][0], 1e-9)
		near(t, "width in a column", below[i][2], below[0][2], 1e-9)
	}
	nested := box(Row{a, Column{b, c}})
	near(t, "top", nested[1][1]+nested[1][3], nested[0][1]+nested[0][3], 1e-9)
	near(t, "bottom", nested[2][1], nested[0][1], 1e-9)
}

// Small pictures have fewer labels, as many as have room; drawn large again
// they have all.
func TestLabelsHaveRoom(t *testing.T) {
	p := New("", "step", "loss")
	LogY(p)
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 12000, 1e-3, 1e3
	count := func(width, height vg.Length) string {
		_, err := SVG(Row{p}, width, height)
		if err != nil {
			t.Fatal(err)
		}
		return labels(p.X.Tick.Marker.Ticks(0, 12000)) + ", " + labels(p.Y.Tick.Marker.Ticks(1e-3, 1e3))
	}
	const all = "0 2000 4000 6000 8000 10000 12000, 0.001 0.01 0.1 1 10 100 1000"
	for _, c := range []struct {
		width, height vg.Length
		want          string
	}{
		{500, 300, all}, {160, 90, "0 10000, 0.01 1 100"}, {500, 300, all}, {40, 40, "0, 1"},
	} {
		if got := count(c.width, c.height); got != c.want {
			t.Errorf("%g by %g points: %q, want %q", c.width, c.height, got, c.want)
		}
	}
}
