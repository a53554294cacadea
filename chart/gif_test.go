package chart

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"math"
	"testing"
	"time"

	"gonum.org/v1/plot/plotter"
)

// encode gives the bytes of an animation and what a viewer shows of it.
func encode(t *testing.T, g *GIF) ([]byte, *gif.GIF, []*image.RGBA) {
	t.Helper()
	var out bytes.Buffer
	n, err := g.WriteTo(&out)
	if err != nil || n != int64(out.Len()) {
		t.Fatalf("%d of %d bytes, %v", n, out.Len(), err)
	}
	decoded, err := gif.DecodeAll(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	var shown []*image.RGBA
	screen := image.NewRGBA(image.Rect(0, 0, decoded.Config.Width, decoded.Config.Height))
	for _, part := range decoded.Image {
		draw.Draw(screen, part.Bounds(), part, part.Bounds().Min, draw.Over)
		still := *screen
		still.Pix = bytes.Clone(screen.Pix)
		shown = append(shown, &still)
	}
	return out.Bytes(), decoded, shown
}

// painted is a picture of 40 by 30 pixels, each with a colour.
func painted(at func(x, y int) color.RGBA) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for y := range 30 {
		for x := range 40 {
			m.SetRGBA(x, y, at(x, y))
		}
	}
	return m
}

func add(t *testing.T, g *GIF, frame *image.RGBA, show time.Duration) {
	t.Helper()
	if err := g.Add(frame, show); err != nil {
		t.Fatal(err)
	}
}

func TestGIFOfFewColorsIsExact(t *testing.T) {
	var g GIF
	var frames []*image.RGBA
	for k := range 5 {
		frames = append(frames, painted(func(x, y int) color.RGBA {
			if x/8 == k && y/8 == k%3 { // what moves has colours of its own
				return color.RGBA{uint8(50 * k), uint8(10 * (x % 8)), 9, 255}
			}
			return color.RGBA{uint8(y), 0, uint8(x / 20), 255}
		}))
		add(t, &g, frames[k], time.Duration(k)*41*time.Millisecond)
	}
	_, decoded, shown := encode(t, &g)
	for k, frame := range frames {
		if !bytes.Equal(shown[k].Pix, frame.Pix) {
			t.Errorf("frame %d is not as it was", k)
		}
	}
	if want := []int{2, 4, 8, 12, 16}; fmt.Sprint(decoded.Delay) != fmt.Sprint(want) || decoded.LoopCount != 0 {
		t.Errorf("delays %v, loops %d, want %v and 0", decoded.Delay, decoded.LoopCount, want)
	}
	if n := len(g.frames[1].at); n > 128 {
		t.Errorf("%d pixels kept of the second frame, in which at most 128 change", n)
	}
	if part := decoded.Image[1].Bounds(); part != image.Rect(0, 0, 16, 16) {
		t.Errorf("the second frame repaints %v, want what has changed", part)
	}
}

func TestGIFOf255ColorsIsExact(t *testing.T) {
	var g GIF
	frame := painted(func(x, y int) color.RGBA {
		k := (x + 40*y) % 255
		return color.RGBA{uint8(k), uint8(k * k), uint8(7 * k), 255}
	})
	add(t, &g, frame, time.Second)
	if _, _, shown := encode(t, &g); !bytes.Equal(shown[0].Pix, frame.Pix) {
		t.Error("the frame is not as it was")
	}
}

// Of many colours those of flat parts stay as they are.
func TestGIFOfManyColors(t *testing.T) {
	var g GIF
	frame := painted(func(x, y int) color.RGBA {
		if y < 16 {
			return color.RGBA{uint8(190 + 4*y), uint8(205 + 3*y), uint8(225 + 2*y), 255}
		}
		return color.RGBA{uint8(6 * x), uint8(17 * (y - 16)), uint8(3*x + 5*y), 255}
	})
	add(t, &g, frame, time.Second)
	data, _, shown := encode(t, &g)
	if n := len(g.colors.colors); n < 400 {
		t.Fatalf("%d colours do not try the palette", n)
	}
	if flat := 4 * 40 * 16; !bytes.Equal(shown[0].Pix[:flat], frame.Pix[:flat]) {
		t.Error("flat colours are not as drawn")
	}
	worst := 0.0
	for i, v := range shown[0].Pix {
		worst = math.Max(worst, math.Abs(float64(v)-float64(frame.Pix[i])))
	}
	if worst > 40 {
		t.Errorf("a channel is %g off", worst)
	}
	again, _, _ := encode(t, &g)
	if !bytes.Equal(data, again) {
		t.Error("the same animation has other bytes")
	}
}

// Colours that look alike in the palette are no change.
func TestGIFLeavesWhatLooksTheSame(t *testing.T) {
	g := GIF{size: image.Pt(2, 1)}
	shown := []uint8{3, 3}
	two := color.Palette{color.RGBA{}, color.Black}
	if part := g.patch(change{at: []int32{0, 1}, color: []int32{0, 1}}, shown, two, []uint8{3, 3}, false); part != nil {
		t.Errorf("repaints %v", part.Bounds())
	}
	part := g.patch(change{at: []int32{0, 1}, color: []int32{0, 1}}, shown, two, []uint8{3, 1}, false)
	if part == nil || part.Bounds() != image.Rect(1, 0, 2, 1) || shown[1] != 1 {
		t.Errorf("repaints %v, then shows %v", part, shown)
	}
}

func TestGIFHoldsWhatDoesNotChange(t *testing.T) {
	var g GIF
	for k := range 4 {
		add(t, &g, painted(func(x, y int) color.RGBA { return color.RGBA{uint8(min(k, 1)), 0, 0, 255} }), 100*time.Millisecond)
	}
	_, decoded, _ := encode(t, &g)
	if fmt.Sprint(decoded.Delay) != "[10 30]" {
		t.Errorf("delays %v, want 10 and 30 hundredths", decoded.Delay)
	}
}

// The caller goes on drawing in the picture that it has given.
func TestGIFKeepsNoFrame(t *testing.T) {
	var g GIF
	m := painted(func(x, y int) color.RGBA { return color.RGBA{1, 2, 3, 255} })
	add(t, &g, m, time.Second)
	m.SetRGBA(5, 5, color.RGBA{200, 0, 0, 255})
	add(t, &g, m, time.Second)
	_, _, shown := encode(t, &g)
	if shown[0].RGBAAt(5, 5).R != 1 || shown[1].RGBAAt(5, 5).R != 200 {
		t.Errorf("%v, then %v", shown[0].RGBAAt(5, 5), shown[1].RGBAAt(5, 5))
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestGIFErrors(t *testing.T) {
	var g GIF
	_, err := g.WriteTo(&bytes.Buffer{})
	wantError(t, err, "without frames")
	wantError(t, g.Add(image.NewRGBA(image.Rect(0, 0, 0, 3)), 1), "0 by 3")
	add(t, &g, image.NewRGBA(image.Rect(0, 0, 4, 3)), 1)
	wantError(t, g.Add(image.NewRGBA(image.Rect(0, 0, 4, 4)), 1), "expected 4 by 3")
	_, err = g.WriteTo(full{})
	wantError(t, err, "disk full")
}

// A hundred frames of a race are far below a megabyte and a half, and nothing in
// them is far from how it was drawn.
func TestGIFOfRace(t *testing.T) {
	p, q := New("Down a valley", "x", "y"), New("Loss", "step", "loss")
	f := func(x, y float64) float64 { return (1-x)*(1-x) + 100*(y-x*x)*(y-x*x) }
	g := Sample(f, -2, 2, -1, 3, 81, 81)
	if err := AddContours(p, g, g.Levels(14)); err != nil {
		t.Fatal(err)
	}
	LogY(q)
	q.X.Min, q.X.Max, q.Y.Min, q.Y.Max = 0, 100, 1e-3, 1e3
	canvas, err := NewCanvas(Row{Part{Picture: p, Share: 1.4}, q}, 600, 360)
	if err != nil {
		t.Fatal(err)
	}
	var movie GIF
	var last *image.RGBA
	paths, losses := make([]plotter.XYs, 4), make([]plotter.XYs, 4)
	for k := range 100 {
		last = canvas.Frame(func() {
			for i := range paths {
				angle := float64(k) / float64(10+5*i)
				x, y := 1.5*math.Cos(angle), 1+1.5*math.Sin(angle)*math.Exp(-float64(k)/80)
				paths[i], losses[i] = append(paths[i], plotter.XY{X: x, Y: y}), append(losses[i], plotter.XY{X: float64(k), Y: f(x, y)})
				canvas.Area(p).Draw(Line{Points: paths[i], Color: Color(i), Dots: true}, Arrow{X0: x, Y0: y, X1: x + 0.3, Y1: y + 0.2, Color: Color(i)})
				canvas.Area(q).Draw(Line{Points: losses[i], Color: Color(i)})
			}
		})
		add(t, &movie, last, 40*time.Millisecond)
	}
	data, _, shown := encode(t, &movie)
	if len(data) > 700_000 {
		t.Errorf("%d bytes", len(data))
	}
	end, flats := shown[len(shown)-1], 0
	for i := range 15 {
		flat := mix(deep, high, float64(i)/14)
		for at := 0; at < len(end.Pix); at += 4 {
			if now := end.Pix[at : at+3]; bytes.Equal(last.Pix[at:at+3], []byte{flat.R, flat.G, flat.B}) {
				flats++
				if !bytes.Equal(now, last.Pix[at:at+3]) {
					t.Fatalf("a band is %v, want %v", now, flat)
				}
			}
		}
	}
	if flats < 10_000 {
		t.Errorf("%d pixels of bands", flats)
	}
	sum, worst := 0.0, 0.0
	for i, v := range end.Pix {
		off := math.Abs(float64(v) - float64(last.Pix[i]))
		sum, worst = sum+off, math.Max(worst, off)
	}
	if mean := sum / float64(len(last.Pix)); mean > 0.6 || worst > 60 {
		t.Errorf("channels are %g off on average, %g at worst", mean, worst)
	}
}

// A colour to keep is exact, however few pixels have it among many colours.
func TestGIFKeepsColors(t *testing.T) {
	rare := color.RGBA{213, 94, 0, 255}
	frame := painted(func(x, y int) color.RGBA {
		if x == 7 && y == 9 {
			return rare
		}
		return color.RGBA{uint8(200 + x), uint8(90 + y), uint8(x * y / 5), 255}
	})
	for _, keep := range [][]color.RGBA{nil, {rare}} {
		g := GIF{Keep: keep}
		add(t, &g, frame, time.Second)
		_, _, shown := encode(t, &g)
		if kept := shown[0].RGBAAt(7, 9) == rare; kept != (keep != nil) {
			t.Errorf("Keep %v: the colour is %v", keep, shown[0].RGBAAt(7, 9))
		}
	}
}
