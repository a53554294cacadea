package animate

import (
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// TestRecap has in the last picture, which a PNG is, what the legend names.
func TestRecap(t *testing.T) {
	for _, test := range []struct {
		runner         Runner
		o              Options
		arrows, dashed int
		rings          int
	}{
		{Runner{Rule: optim.NAG}, Options{Steps: 30}, 3, 1, 1},
		{polyak, Options{Steps: 30}, 3, 1, 0},
		{Runner{Rule: optim.Adam}, Options{Steps: 1}, 2, 0, 0},
		{Runner{Rule: optim.SGD, Options: []descent.Option{descent.LR(0.5)}}, Options{}, 2, 0, 0},   // one step, which leaves
		{Runner{Rule: optim.SGD, Options: []descent.Option{descent.LR(0.25)}}, Options{}, 2, 0, 0},  // the longest leaves
		{Runner{Rule: optim.SGD, Options: []descent.Option{descent.LR(1e300)}}, Options{}, 1, 0, 0}, // no step
	} {
		a := drawn(t, test.runner, test.o)
		arrows, dashed, rings := 0, 0, 0
		for _, it := range a.scene.layers[1].items {
			if it.to < a.scene.end {
				continue
			}
			for _, m := range it.marks {
				switch m := m.(type) {
				case arrow:
					if arrows++; m.dashed {
						dashed++
					}
					if size := a.scene.layers[1].area.Size(); a.Runs[0].shown() > 1 && (m.to.X < 0 || m.to.Y < 0 || m.to.X > size.X || m.to.Y > size.Y) {
						t.Errorf("%s: an arrow of the last picture leads out of it", a.Runs[0].Name)
					}
				case disc:
					if m.rim == looking {
						rings++
					}
				}
			}
		}
		if arrows != test.arrows || dashed != test.dashed || rings != test.rings {
			t.Errorf("%s: the last picture has %d arrows, %d dashed, %d rings", a.Runs[0].Name, arrows, dashed, rings)
		}
	}
}
