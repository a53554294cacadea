package stability

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
)

// Scale is how the values of an axis are spread.
type Scale uint8

// The scales.
const (
	Linear  Scale = iota
	Log           // evenly by the logarithm
	NearOne       // evenly by the logarithm of 1 less the value, so that 0.9, 0.99 and 0.999 are as far from each other
)

// Spread are n values from low to high, ends included; with n = 1 that is high.
// Log takes numbers above 0, NearOne below 1.
func (s Scale) Spread(low, high float64, n int) []float64 {
	if n < 1 {
		return nil
	}
	values := make([]float64, n)
	for i := range values {
		share := float64(i) / float64(max(1, n-1))
		values[i] = s.at(low, high, share)
	}
	values[0], values[n-1] = low, high
	return values
}

// at is the value at a share of the way from low to high.
func (s Scale) at(low, high, share float64) float64 {
	switch s {
	case Log:
		return math.Pow(low, 1-share) * math.Pow(high, share)
	case NearOne:
		return 1 - (1-low)*math.Pow((1-high)/(1-low), share)
	}
	return low*(1-share) + high*share
}

// Normalize implements plot.Normalizer.
func (s Scale) Normalize(low, high, v float64) float64 {
	switch s {
	case Log:
		return math.Log(v/low) / math.Log(high/low)
	case NearOne:
		return math.Log((1-v)/(1-low)) / math.Log((1-high)/(1-low))
	}
	return (v - low) / (high - low)
}

// nearOneTicks are at 0, 0.5, 0.9, 0.99 and so on.
func nearOneTicks(low, high float64) []plot.Tick {
	var ticks []plot.Tick
	for _, v := range []float64{0, 0.5, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99999, 0.999999} {
		if v >= low && v <= high {
			ticks = append(ticks, plot.Tick{Value: v, Label: strconv.FormatFloat(v, 'f', -1, 64)})
		}
	}
	return ticks
}
