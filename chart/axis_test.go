package chart

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot"
)

// labels are those of ticks, minor ones left out.
func labels(ticks []plot.Tick) string {
	var words []string
	for _, t := range ticks {
		if t.Label != "" {
			words = append(words, t.Label)
		}
	}
	return strings.Join(words, " ")
}

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		ticks     plot.Ticker
		low, high float64
		want      string
	}{
		{rounds(6), 0, 1, "0 0.2 0.4 0.6 0.8 1"},
		{rounds(6), 0, 750, "0 200 400 600"},
		{rounds(6), -2.5, 2.5, "−2 −1 0 1 2"},
		{rounds(6), 0, 2.5e6, "0 5e5 1e6 1.5e6 2e6 2.5e6"},
		{rounds(6), 0.95, 1.0, "0.95 0.96 0.97 0.98 0.99 1"},
		{rounds(6), 1e9, 1e9 + 4, "1e9 1.000000001e9 1.000000002e9 1.000000003e9 1.000000004e9"},
		{rounds(6), 0, 1e299, "0 2e298 4e298 6e298 8e298 1e299"},
		{rounds(6), 3, 3, ""},
		{rounds(6), math.Inf(-1), math.Inf(1), ""},
		{rounds(6), math.NaN(), 1, ""},
		{powers(7), 0.01, 100, "0.01 0.1 1 10 100"},
		{powers(7), 1, 100, "1 2 5 10 20 50 100"},
		{powers(7), 2, 9, "2 3 4 5 6 7 8 9"},
		{powers(7), 0.13, 0.18, "0.13 0.14 0.15 0.16 0.17 0.18"},
		{powers(7), 1e-16, 1e5, "1e−15 1e−12 1e−9 1e−6 0.001 1 1000"},
		{powers(7), 0, 10, "1e−5 1e−4 0.001 0.01 0.1 1 10"},
		{powers(7), -1, -1, "1 2 5 10"},
		{rounds(3), 0, 120, "0 50 100"},
		{rounds(1), 0, 120, "0"},
		{powers(3), 0.01, 100, "0.01 1 100"},
		{powers(3), 1, 10, "1 10"},
	} {
		if got := labels(c.ticks.Ticks(c.low, c.high)); got != c.want {
			t.Errorf("ticks from %g to %g: %q, want %q", c.low, c.high, got, c.want)
		}
	}
}

func TestNumber(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", math.Copysign(0, -1): "0", 0.46: "0.46", 136.98: "137", -0.5: "−0.5", 12345: "12300", 99999: "1e5",
		0.00123456: "0.00123", 1e-7: "1e−7", -1e9: "−1e9", 2.346e-12: "2.35e−12", math.Inf(1): "+Inf", math.NaN(): "NaN",
	} {
		if got := Number(v, 3); got != want {
			t.Errorf("Number(%g, 3) = %q, want %q", v, got, want)
		}
	}
}

// Every letter that pictures are written with is in the font.
func TestFontHasLetters(t *testing.T) {
	for _, r := range "0123456789−·×²³µ°αβγδεηλσ≤≥±" {
		if n, err := face(t).GlyphIndex(nil, r); n == 0 || err != nil {
			t.Errorf("the font has no %c", r)
		}
	}
}
