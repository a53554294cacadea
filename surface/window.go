package surface

// A Window is a part of the plane.
type Window struct{ X0, X1, Y0, Y1 float64 }

// Contains reports whether a point is in the window, its edges included.
func (w Window) Contains(x, y float64) bool {
	return w.X0 <= x && x <= w.X1 && w.Y0 <= y && y <= w.Y1
}

// Around is the window widened on all sides by a share of its size.
func (w Window) Around(share float64) Window {
	dx, dy := share*(w.X1-w.X0), share*(w.Y1-w.Y0)
	return Window{w.X0 - dx, w.X1 + dx, w.Y0 - dy, w.Y1 + dy}
}

// With is the window widened to hold a point.
func (w Window) With(x, y float64) Window {
	return Window{min(w.X0, x), max(w.X1, x), min(w.Y0, y), max(w.Y1, y)}
}

// Surroundings are the window with the start, and as much around it as a path
// may take up that is to be seen: a third of its size on each side.
func (s *Surface) Surroundings(start [2]float64) Window {
	return s.Window.With(start[0], start[1]).Around(0.35)
}
