package chart

import (
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
)

// LogX makes the axis x logarithmic. Call it before adding what is to be drawn:
// data that has no logarithm is then left out.
func LogX(p *plot.Plot) { logarithmic(&p.X) }

// LogY is LogX for the axis y.
func LogY(p *plot.Plot) { logarithmic(&p.Y) }

func logarithmic(a *plot.Axis) {
	a.Scale, a.Tick.Marker = logScale{}, powers(mostPowers)
}

// logScale is plot.LogScale, but where that panics, at zero and below, it puts
// what is drawn below the axis.
type logScale struct{}

func (logScale) Normalize(low, high, v float64) float64 {
	if v <= 0 {
		return -1
	}
	low, high = positive(low, high)
	return math.Log(v/low) / math.Log(high/low)
}

// positive are the ends of a logarithmic axis: an axis without data has none,
// and one that was set wrong may begin at zero.
func positive(low, high float64) (float64, float64) {
	if high <= 0 {
		return 1, 10
	}
	if low <= 0 {
		low = high / 1e6
	}
	return low, high
}

// usable reports whether a number can be drawn.
func usable(v float64) bool { return math.Abs(v) < 1e300 }

// drawable reports whether a point can be drawn on a plot's axes.
func drawable(p *plot.Plot, x, y float64) bool {
	return usable(x) && usable(y) && (!isLog(p.X) || x > 0) && (!isLog(p.Y) || y > 0)
}

func isLog(a plot.Axis) bool {
	_, yes := a.Scale.(logScale)
	return yes
}

// rounds marks round numbers, about so many, with labels as short as they are
// exact.
type rounds int

// Ticks gives the marks between two numbers.
func (n rounds) Ticks(low, high float64) []plot.Tick {
	step := roundStep((high - low) / float64(n))
	if step <= 0 || !usable(step) || !usable(low) || !usable(high) {
		return nil
	}
	var marks []plot.Tick
	first := math.Ceil(low/step - 1e-9)
	for i := range int(n) + 2 {
		if v := (first + float64(i)) * step; v <= high+1e-9*step {
			marks = append(marks, plot.Tick{Value: v, Label: Number(v, 12)})
		}
	}
	return marks
}

// roundStep is the least of 1, 2, 2.5 and 5 times a power of ten that is no
// less than a step.
func roundStep(step float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(step)))
	for _, digit := range []float64{1, 2, 2.5, 5} {
		if digit*power >= step*(1-1e-9) {
			return digit * power
		}
	}
	return 10 * power
}

// powers marks powers of ten, about so many with a label, and where they are few
// 2 and 5 times these too. Marks without a label are between them.
type powers int

// Ticks gives the marks between two numbers.
func (n powers) Ticks(low, high float64) []plot.Tick {
	low, high = positive(low, high)
	decades := math.Log10(high / low)
	first, last := int(math.Floor(math.Log10(low))), int(math.Ceil(math.Log10(high)))
	every := max(1, (last-first+int(n)-1)/int(n))
	if decades < 0.3 {
		return rounds(n).Ticks(low, high)
	}
	var marks []plot.Tick
	for power := first; power <= last; power++ {
		for digit := 1; digit <= 9; digit++ {
			v, _ := strconv.ParseFloat(strconv.Itoa(digit)+"e"+strconv.Itoa(power), 64)
			if v < low*(1-1e-9) || v > high*(1+1e-9) {
				continue
			}
			tick := plot.Tick{Value: v}
			few := 3*decades < float64(n) && (digit == 2 || digit == 5) || 9*decades < float64(n)
			if digit == 1 && power%every == 0 || few {
				tick.Label = Number(v, 12)
			}
			if tick.Label != "" || every == 1 && decades < 5 || digit == 1 {
				marks = append(marks, tick)
			}
		}
	}
	return marks
}

// The most labels that an axis has.
const mostRounds, mostPowers = 6, 7

// limit has an axis's labels be about so many, or fewer where that is too many.
func limit(a *plot.Axis, most int) {
	switch a.Tick.Marker.(type) {
	case rounds:
		a.Tick.Marker = rounds(min(most, mostRounds))
	case powers:
		a.Tick.Marker = powers(min(most, mostPowers))
	}
}

// thin lets an axis have as many labels as there is room for, where each takes
// up a size.
func thin(a *plot.Axis, room vg.Length, size func(label string) vg.Length) {
	widest := vg.Length(1)
	for _, mark := range a.Tick.Marker.Ticks(a.Min, a.Max) {
		widest = max(widest, size(mark.Label))
	}
	limit(a, max(int(room/widest), 1))
}

// Number writes a number for readers, to so many digits at most: plain where
// that is short, otherwise as 1e-8.
func Number(v float64, digits int) string {
	v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'g', digits, 64), 64)
	if size := math.Abs(v); v == 0 || size >= 1e-3 && size < 1e5 {
		return minus(strconv.FormatFloat(v+0, 'f', -1, 64))
	}
	mantissa, power, ok := strings.Cut(strconv.FormatFloat(v, 'e', -1, 64), "e")
	if !ok {
		return minus(mantissa)
	}
	exponent, _ := strconv.Atoi(power)
	return minus(mantissa + "e" + strconv.Itoa(exponent))
}

// minus gives a number the sign that is as wide as a plus.
func minus(s string) string { return strings.ReplaceAll(s, "-", "−") }
