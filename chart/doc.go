// Package chart draws every picture of this module, in one style: lines with
// bands, bars, heat maps, contours, several plots side by side, and animations.
//
// A picture is a [plot.Plot] of gonum.org/v1/plot, made by [New], to which the
// functions of this package, or any plotter, add what it shows. [Render] gives
// the bytes of an SVG or PNG file and [SVG] an element for a page. The same data
// gives the same bytes. What is not finite is left out. A plot is drawn by one
// goroutine at a time.
//
//	p := chart.New("Loss", "step", "loss")
//	chart.LogY(p)
//	err := chart.AddLines(p, chart.Line{Name: "adam", Points: losses})
//	file, err := chart.Render(p, 7*vg.Inch, 4*vg.Inch, "svg")
//
// [AddLines], [AddBars], [AddPoints], [AddContours] and [AddHeat] add data and
// set the axes to it. [Line], [Arrow], [Dot], [Label] and [Points] are plotters
// too: added to a plot as such they leave its axes as they are.
// [Row], [Column] and [Inside] lay pictures out, [Canvas] draws the frames of an
// animation and [GIF] encodes them.
package chart
