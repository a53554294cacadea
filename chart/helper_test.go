package chart

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"golang.org/x/image/font/sfnt"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// face is the font that pictures are written with.
func face(t *testing.T) *sfnt.Font {
	t.Helper()
	return style(10).Handler.Cache().Lookup(sans(10), 10).Face
}

// svg draws a picture and checks that it is well-formed.
func svg(t *testing.T, p Picture) string {
	t.Helper()
	text, err := SVG(p, 5*vg.Inch, 3*vg.Inch)
	if err != nil {
		t.Fatal(err)
	}
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
	}
	if strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
		t.Errorf("a number that is not finite in %s", text)
	}
	return text
}

// xys are points with x counting from 1.
func xys(y ...float64) plotter.XYs {
	points := make(plotter.XYs, len(y))
	for i, v := range y {
		points[i] = plotter.XY{X: float64(i + 1), Y: v}
	}
	return points
}

// lines is a plot of lines.
func lines(t *testing.T, all ...Line) *plot.Plot {
	t.Helper()
	p := New("", "x", "y")
	if err := AddLines(p, all...); err != nil {
		t.Fatal(err)
	}
	return p
}

// wantError checks that an error says some words.
func wantError(t *testing.T, err error, words string) {
	t.Helper()
	if err == nil || !strings.HasPrefix(err.Error(), "chart: ") || !strings.Contains(err.Error(), words) {
		t.Errorf("error %v, want one that begins with \"chart: \" and says %q", err, words)
	}
}
