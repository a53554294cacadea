package chart

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// cells divides a canvas among pictures, from left to right or from top to bottom.
func cells(parts []Picture, c draw.Canvas, down bool) []draw.Canvas {
	whole := c.Size().X
	if down {
		whole = c.Size().Y
	}
	left, shares := whole-gap*vg.Length(len(parts)-1), 0.0
	for _, p := range parts {
		part := asPart(p)
		left -= part.Size
		shares += part.Share
	}
	at := vg.Length(0)
	cells := make([]draw.Canvas, len(parts))
	for i, p := range parts {
		part := asPart(p)
		size := part.Size
		if part.Share > 0 {
			size = left * vg.Length(part.Share/shares)
		}
		if down {
			cells[i] = draw.Crop(c, 0, 0, whole-at-size, -at)
		} else {
			cells[i] = draw.Crop(c, at, at+size-whole, 0, 0)
		}
		at += size + gap
	}
	return cells
}

// asPart is a picture as a part, of one share where it says nothing.
func asPart(p Picture) Part {
	part, ok := p.(Part)
	switch {
	case !ok:
		return Part{Picture: p, Share: 1}
	case part.Size > 0:
		part.Share = 0
	case part.Share <= 0:
		part.Share = 1
	}
	return part
}

// insets are the distances from the room of a picture to the data in it.
type insets struct{ left, right, bottom, top vg.Length }

// around measures the insets of a picture; what has no axes has none.
func around(p Picture, c draw.Canvas) (in insets, ok bool) {
	switch p := p.(type) {
	case *plot.Plot:
		axes, _ := split(p, c)
		return between(c, dataCanvas(p, axes)), true
	case Inside:
		return between(c, dataCanvas(p.Plot, c)), true
	case Part:
		return around(p.Picture, c)
	case Row:
		return most(p, cells(p, c, false), false)
	case Column:
		return most(p, cells(p, c, true), true)
	}
	return insets{}, false
}

// between are the insets of a rectangle within another.
func between(outer, inner draw.Canvas) insets {
	return insets{
		inner.Min.X - outer.Min.X, outer.Max.X - inner.Max.X,
		inner.Min.Y - outer.Min.Y, outer.Max.Y - inner.Max.Y,
	}
}

// most are the insets of a row or a column: at its ends those of the pictures
// there, across it the greatest.
func most(parts []Picture, cells []draw.Canvas, down bool) (in insets, ok bool) {
	for i, p := range parts {
		own, has := around(p, cells[i])
		switch {
		case !has:
			continue
		case !ok:
			in, ok = own, true
		case down:
			in = insets{max(in.left, own.left), max(in.right, own.right), own.bottom, in.top}
		default:
			in = insets{in.left, own.right, max(in.bottom, own.bottom), max(in.top, own.top)}
		}
	}
	return in, ok
}

// align takes from the cells what makes the axes of their plots lie on one line.
func align(parts []Picture, cells []draw.Canvas, down bool) []draw.Canvas {
	in, _ := most(parts, cells, down)
	for i, p := range parts {
		own, ok := around(p, cells[i])
		switch {
		case !ok:
		case down:
			cells[i] = draw.Crop(cells[i], in.left-own.left, own.right-in.right, 0, 0)
		default:
			cells[i] = draw.Crop(cells[i], 0, 0, in.bottom-own.bottom, own.top-in.top)
		}
	}
	return cells
}
