package lab

import (
	"math"
	"math/rand/v2"
)

// labelled is a labelled point of the plane.
type labelled struct {
	x, y  float64
	label int
}

// pointWindow shows all points: x0, x1, y0, y1.
var pointWindow = [4]float64{-1.5, 1.5, -1.5, 1.5}

// shapes place the i-th of n points of a label, at a share 0 to 1 of its way.
var shapes = map[string]func(label int, share float64) (x, y float64){
	"circles": func(label int, share float64) (x, y float64) {
		radius := 1 - 0.6*float64(label)
		return radius * math.Cos(2*math.Pi*share), radius * math.Sin(2*math.Pi*share)
	},
	"moons": func(label int, share float64) (x, y float64) {
		side := 1 - 2*float64(label)
		angle := math.Pi * share
		return side * (0.8*math.Cos(angle) - 0.4), side * (0.8*math.Sin(angle) - 0.25)
	},
	"spirals": func(label int, share float64) (x, y float64) {
		angle := 3*math.Pi*share + math.Pi*float64(label)
		radius := 0.1 + 1.05*share
		return radius * math.Cos(angle), radius * math.Sin(angle)
	},
}

// place makes n points, half of them of each label, moved by noise of this
// standard deviation.
func place(shape func(label int, share float64) (x, y float64), n int, noise float64, seed uint64) []labelled {
	r := rand.New(rand.NewPCG(seed, 1))
	points := make([]labelled, n)
	for i := range points {
		label := i % 2
		x, y := shape(label, (float64(i/2)+0.5)/float64((n+1)/2))
		points[i] = labelled{x + noise*r.NormFloat64(), y + noise*r.NormFloat64(), label}
	}
	return points
}
