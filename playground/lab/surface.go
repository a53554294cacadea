package lab

import (
	"math"
	"slices"

	"github.com/descent-go/descent/surface"
)

// SurfaceRequest names a surface or gives a function of x and y.
type SurfaceRequest struct {
	Surface string `json:"surface"`
}

// Surface is a function of two variables.
type Surface struct {
	Name    string       `json:"name"` // of a known one; empty for one that is typed
	Text    string       `json:"text"`
	MathML  string       `json:"mathml"`
	Summary string       `json:"summary"`
	Window  [4]float64   `json:"window"` // x0, x1, y0, y1: where it is worth looking at
	Start   [2]float64   `json:"start"`  // a good point to start from
	Minima  [][2]float64 `json:"minima"` // empty where they are not known
	Noise   float64      `json:"noise"`  // standard deviation of that in gradients; 0 is none
}

func newSurface(s *surface.Surface) *Surface {
	out := &Surface{
		Text: s.Text, MathML: s.Function().MathML(), Summary: s.Summary,
		Window: [4]float64{s.Window.X0, s.Window.X1, s.Window.Y0, s.Window.Y1},
		Start:  s.Start, Minima: append([][2]float64{}, s.Minima...), Noise: s.Noise,
	}
	if slices.Contains(surface.Names(), s.Name) {
		out.Name = s.Name
	}
	return out
}

// openSurface finds or parses a surface.
func openSurface(nameOrText string) (*surface.Surface, error) {
	if err := short("surface", nameOrText, limits.Surface); err != nil {
		return nil, err
	}
	s, err := surface.Open(nameOrText)
	if err != nil {
		return nil, asFault("surface", err)
	}
	return s, nil
}

// surface describes a surface.
func (l *Lab) surface(r SurfaceRequest) (*Surface, error) {
	s, err := openSurface(r.Surface)
	if err != nil {
		return nil, err
	}
	return newSurface(s), nil
}

// GridRequest asks for values of a surface in a window, by default its own.
type GridRequest struct {
	Surface string      `json:"surface"`
	NX      int         `json:"nx"`
	NY      int         `json:"ny"`
	Window  *[4]float64 `json:"window"`
}

// Grid is the values of a surface at the crossings of NX columns and NY rows,
// of which the outermost lie on the window's edges.
type Grid struct {
	NX     int        `json:"nx"`
	NY     int        `json:"ny"`
	Window [4]float64 `json:"window"`
	Values string     `json:"values"` // base64 of little-endian float32, row by row from y0 on
	Min    Number     `json:"min"`    // of the finite ones; null where there is none
	Max    Number     `json:"max"`
	Levels Numbers    `json:"levels"` // for contours, ascending, closer towards the minimum
}

// grid computes values of a surface.
func (l *Lab) grid(r GridRequest) (*Grid, error) {
	s, err := openSurface(r.Surface)
	if err != nil {
		return nil, err
	}
	if err := within("nx", r.NX, 2, limits.Grid); err != nil {
		return nil, err
	}
	if err := within("ny", r.NY, 2, limits.Grid); err != nil {
		return nil, err
	}
	w := [4]float64{s.Window.X0, s.Window.X1, s.Window.Y0, s.Window.Y1}
	if r.Window != nil {
		w = *r.Window
	}
	if !(w[0] < w[1] && w[2] < w[3]) {
		return nil, faultf("window", "the window is %v: expected x0 < x1 and y0 < y1", w)
	}
	values := sample(r.NX, r.NY, w, s.At)
	g := &Grid{NX: r.NX, NY: r.NY, Window: w, Values: packed(values), Min: Number(math.NaN()), Max: Number(math.NaN()), Levels: Numbers{}}
	finite := slices.DeleteFunc(values, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
	if len(finite) > 0 {
		g.Min, g.Max = Number(slices.Min(finite)), Number(slices.Max(finite))
		g.Levels = levels(finite)
	}
	return g, nil
}

// sample gives the values of f on a grid, row by row.
func sample(nx, ny int, window [4]float64, f func(x, y float64) float64) []float64 {
	values := make([]float64, 0, nx*ny)
	for j := range ny {
		y := between(window[2], window[3], j, ny)
		for i := range nx {
			values = append(values, f(between(window[0], window[1], i, nx), y))
		}
	}
	return values
}

// between is the i-th of n places from a to b.
func between(a, b float64, i, n int) float64 {
	place := float64(i) / float64(n-1)
	return a*(1-place) + b*place
}

// bands is how many contours part a surface.
const bands = 14

// levels are values for contours: those below which the squares of whole
// numbers' shares of the window lie, so that the valleys are drawn best.
func levels(values []float64) Numbers {
	some := every(1+len(values)/4096, values)
	slices.Sort(some)
	out := Numbers{}
	for k := 1; k < bands; k++ {
		share := float64(k) / bands
		v := some[int(share*share*float64(len(some)))]
		if n := len(out); v > some[0] && (n == 0 || v > out[n-1]) {
			out = append(out, v)
		}
	}
	return out
}

// every is each n-th of values.
func every(n int, values []float64) []float64 {
	var some []float64
	for i := 0; i < len(values); i += n {
		some = append(some, values[i])
	}
	return some
}
