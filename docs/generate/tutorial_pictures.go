package main

import (
	"fmt"
	"os"
	"slices"

	"gonum.org/v1/plot/vg"

	"github.com/descent-go/descent/chart"
	"github.com/descent-go/descent/surface"
)

// images is where the tutorial's pictures are.
const images = "../tutorial/img/"

// picture is one of the tutorial's, by the name of its file.
type picture struct {
	file string
	make func() ([]byte, error)
}

// tutorialPictures draws the tutorial's pictures.
func tutorialPictures() error {
	for _, p := range slices.Concat(pictures, animations) {
		file, err := p.make()
		if err != nil {
			return fmt.Errorf("%s: %w", p.file, err)
		}
		if err := os.WriteFile(images+p.file, file, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// pageWidth is how wide a page shows a picture.
const pageWidth = 9 * vg.Inch

// panels is a picture of panels, one for each way down the surface.
func panels(on string, steps int, ways ...way) func() ([]byte, error) {
	return func() ([]byte, error) {
		var all chart.Row
		for _, w := range ways {
			s, err := landscape(on)
			if err != nil {
				return nil, err
			}
			p, err := panel(w.label, s, steps, w)
			if err != nil {
				return nil, err
			}
			all = append(all, p)
		}
		return rendered(all)
	}
}

// rendered draws a row of panels as wide as a page.
func rendered(all chart.Row) ([]byte, error) {
	return chart.Render(all, pageWidth, pageWidth/vg.Length(len(all))*0.62+0.4*vg.Inch, "svg")
}

// losses is a picture of how the loss falls along each way.
func losses(title, on string, steps int, ways ...way) func() ([]byte, error) {
	return func() ([]byte, error) {
		s, err := landscape(on)
		if err != nil {
			return nil, err
		}
		p, err := curves(title, s, steps, ways...)
		if err != nil {
			return nil, err
		}
		return chart.Render(p, 7*vg.Inch, 3.2*vg.Inch, "svg")
	}
}

// off is a bowl whose minimum is away from 0, for what pulls weights to 0.
const off = "((x-2)^2 + 12*(y-1)^2)/2"

// landscape is a surface, with a window that suits the tutorial's own.
func landscape(text string) (*surface.Surface, error) {
	s, err := surface.Open(text)
	if err != nil || text != off {
		return s, err
	}
	s.Window, s.Start, s.Minima = surface.Window{X0: -3, X1: 3, Y0: -0.9, Y1: 2.1}, [2]float64{-2.5, -0.4}, [][2]float64{{2, 1}}
	return s, nil
}

// vary are ways of one rule, with one hyperparameter at each of some values.
func vary(rule, fixed, hyper string, values ...string) []way {
	var ways []way
	for _, v := range values {
		ways = append(ways, way{label: hyper + " = " + v, rule: rule, settings: fixed + " " + hyper + "=" + v})
	}
	return ways
}
