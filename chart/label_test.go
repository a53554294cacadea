package chart

import (
	"testing"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// The label of a logarithmic axis takes as much room from the data as that of
// a linear one.
func TestLogLabelsTakeNoMoreRoom(t *testing.T) {
	room := func(log bool) vg.Point {
		p := New("", "learning rate, logarithmic", "loss above the minimum")
		if log {
			LogX(p)
			LogY(p)
		}
		if err := AddLines(p, Line{Points: plotter.XYs{{X: 1e-9, Y: 1e-9}, {X: 1, Y: 1}}}); err != nil {
			t.Fatal(err)
		}
		return dataCanvas(p, draw.New(vgimg.New(4*vg.Inch, 3*vg.Inch))).Size()
	}
	linear, log := room(false), room(true)
	if log.X < linear.X-30 || log.Y < linear.Y-10 {
		t.Errorf("data on logarithmic axes has %v, on linear ones %v", log, linear)
	}
}
