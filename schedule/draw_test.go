package schedule

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestDraw(t *testing.T) {
	for _, c := range []struct {
		s             Schedule
		total, height int
		want          string
	}{
		{Step(25, 0.5), 100, 8, `
    factor
         1 ┤███████
           │███████
       0.5 ┤██████████████
           │██████████████████████▄▄▄▄▄▄
         0 └────────────────────────────
            step 0       50          100
`},
		{Constant(0), 1, 5, `
    factor
         1 ┤
       0.5 ┤
         0 └────────────────────────────
            step 0       0             1
`},
		{Exponential(1e-9), math.MaxInt32, 5, `
    factor
         1 ┤█
       0.5 ┤█
         0 └────────────────────────────
            step 0            2147483647
`},
		{Func(func(step int) float64 { return []float64{1, -1, math.Inf(1), math.NaN()}[step] }), 4, 5, `
    factor
         1 ┤█████
         0 ┤█████
        -1 └────────────────────────────
            step 0       2             4
`},
	} {
		if got := "\n" + Draw(c.s, c.total, 40, c.height); got != c.want {
			t.Errorf("%v: got%swant%s", c.s, got, c.want)
		}
	}
}

func TestDrawFits(t *testing.T) {
	for _, s := range []Schedule{
		Cosine(10, 0), Exponential(1.1), Constant(0),
		Func(func(step int) float64 { return float64(1 - step) }),
		Func(func(step int) float64 { return math.NaN() }),
		Func(func(step int) float64 { return math.Inf(step%3 - 1) }),
	} {
		for _, size := range [][3]int{{10, 72, 12}, {0, 0, 0}, {1, 40, 5}, {1e9, 40, 6}, {math.MaxInt32, 40, 6}, {7, 133, 50}} {
			total, width, height := size[0], max(size[1], 40), max(size[2], 5)
			text := Draw(s, total, size[1], size[2])
			lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
			if len(lines) > height {
				t.Errorf("%v %v: %d lines", s, size, len(lines))
			}
			for _, line := range lines {
				if n := utf8.RuneCountInString(line); n > width {
					t.Errorf("%v %v: %d characters in %q", s, size, n, line)
				}
			}
		}
	}
}
