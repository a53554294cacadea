package animate

import (
	"math"

	"github.com/descent-go/descent/surface"
)

// lossScale is the axis of losses: logarithmic where they are all above 0 and
// far apart. Losses on a surface whose minimum is known count from there.
type lossScale struct {
	label     string
	log       bool
	least     float64 // what counts as 0
	low, high float64 // the ends of the axis
}

// A logarithmic axis goes from the highest loss down over so many powers of ten
// at most, and is used from so many on.
const (
	mostDecades  = 9
	fewDecades   = 1.5
	aboveHighest = 1.3
)

func newLossScale(s *surface.Surface, runs []Run) lossScale {
	l := lossScale{label: "loss"}
	if least, known := s.Minimum(); known {
		l.least = least
		if math.Abs(least) > 1e-9 {
			l.label = "loss above the minimum"
		}
	}
	low, high := math.Inf(1), math.Inf(-1)
	start := runs[0].Path.Points[0].Loss - l.least
	for _, r := range runs {
		for _, p := range r.Path.Points[:r.shown()+1] {
			low, high = min(low, p.Loss-l.least), max(high, p.Loss-l.least)
		}
	}
	high = min(high, 1e3*math.Abs(start))
	if floor := high * math.Pow(10, -mostDecades); low < floor && low > -floor {
		low = floor
	}
	if low > 0 && math.Log10(high/low) >= fewDecades {
		l.log, l.low, l.high = true, low/aboveHighest, high*aboveHighest
		return l
	}
	room := 0.04 * (high - low)
	if room == 0 {
		room = max(1, 0.04*math.Abs(high)) // 1 is nothing to what is large
	}
	l.low, l.high = low-room, high+room
	return l
}

// of is a loss as the axis shows it: what is beyond its ends lies there.
func (l lossScale) of(loss float64) float64 { return min(max(loss-l.least, l.low), l.high) }
