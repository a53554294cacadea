// Package surface has landscapes for optimizers to descend: functions of x and
// y, known ones by name or any that is typed in the language of formulas, with
// gradients found symbolically; and the paths of rules on them.
package surface

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/descent-go/descent/formula"
)

// Surface is a loss over the plane. [Open], [Lookup] and [Parse] make one.
type Surface struct {
	Name    string       // of a known one; otherwise its Text
	Text    string       // the function of x and y
	Summary string       // what is to be seen on it, in one line; empty for one's own
	Window  Window       // where it is worth looking at
	Start   [2]float64   // a good point to start from
	Minima  [][2]float64 // the global minima; nil where they are not known
	// Noise is the standard deviation of what is added to each of the two numbers
	// of a gradient, as if it were of a batch; 0 is none.
	Noise float64

	f, dx, dy *formula.Function
}

// ownWindow and ownStart are those of a function that is not known.
var (
	ownWindow = Window{-3, 3, -3, 3}
	ownStart  = [2]float64{-2.4, 1.8}
)

// Parse makes a surface of a function of x and y, as in x^2 + 10*y^2. The
// error, a *formula.Error, shows the mistake.
func Parse(text string) (*Surface, error) {
	s := &Surface{Name: strings.TrimSpace(text), Text: text, Window: ownWindow, Start: ownStart}
	return s, s.parse()
}

func (s *Surface) parse() error {
	f, err := formula.ParseFunction("f(x, y)", s.Text, "x", "y")
	if err != nil {
		return err
	}
	s.f, s.dx, s.dy = f, f.Derivative("x"), f.Derivative("y")
	return nil
}

// Open finds a surface by its name, or makes one of a function of x and y.
func Open(nameOrText string) (*Surface, error) {
	if isName(nameOrText) {
		return Lookup(nameOrText)
	}
	return Parse(nameOrText)
}

// isName reports whether the text is a word that is no function of x and y.
func isName(text string) bool {
	switch text {
	case "", "x", "y", "e", "pi":
		return false
	}
	return strings.Trim(strings.ToLower(text), "abcdefghijklmnopqrstuvwxyz-_") == ""
}

// Lookup finds a known surface by its name, as Names lists it. The surface is
// the caller's own, to change.
func Lookup(name string) (*Surface, error) {
	for _, k := range known {
		if k.Name == strings.ToLower(name) {
			s := k
			s.Minima = slices.Clone(k.Minima)
			return &s, s.parse()
		}
	}
	hint := "there is " + strings.Join(Names(), ", ")
	if near := formula.Nearest(name, Names()); len(near) > 0 {
		hint = "did you mean " + strings.Join(near, ", ") + "?"
	}
	return nil, fmt.Errorf("surface: unknown surface %q, nor is it a function such as x^2 + 10*y^2; %s", name, hint)
}

// Names lists the known surfaces.
func Names() []string {
	var names []string
	for _, k := range known {
		names = append(names, k.Name)
	}
	return names
}

// At is the loss at a point.
func (s *Surface) At(x, y float64) float64 { return s.f.Eval(x, y) + 0 } // no -0

// Gradient is the gradient at a point, without noise.
func (s *Surface) Gradient(x, y float64) (gx, gy float64) {
	return s.dx.Eval(x, y), s.dy.Eval(x, y)
}

// Minimum is the loss at the minima where they are known. Otherwise it is the
// lowest finite one on a grid in the window, +Inf where there is none.
func (s *Surface) Minimum() (loss float64, known bool) {
	if len(s.Minima) > 0 {
		return s.At(s.Minima[0][0], s.Minima[0][1]), true
	}
	const n = 60
	w, low := s.Window, math.Inf(1)
	for i := range n + 1 {
		for j := range n + 1 {
			z := s.At(w.X0+float64(i)/n*(w.X1-w.X0), w.Y0+float64(j)/n*(w.Y1-w.Y0))
			if z < low && finite(z) {
				low = z
			}
		}
	}
	return low, false
}

// Function is the loss as a formula.
func (s *Surface) Function() *formula.Function { return s.f }
