package online

import (
	"cmp"
	"fmt"
	"math"

	"github.com/descent-go/descent/optim"
)

// Coin is coin betting, which needs no learning rate: every weight is what a
// gambler stakes whose wealth grows by what its feature has won.
//
// Orabona & Tommasi, "Training Deep Networks without Learning Rates Through
// Coin Betting", NeurIPS 2017, as Vowpal Wabbit has it.
type Coin struct {
	Alpha float64 // the wealth at the start, above 0; Vowpal Wabbit's is 4
	Beta  float64 // the least that a gradient's bound is taken for; Vowpal Wabbit's is 1
}

// Name is "coin".
func (c Coin) Name() string { return "coin" }

// Info describes it.
func (c Coin) Info() (optim.Info, error) {
	return optim.Info{
		Name:    c.Name(),
		Summary: "Coin betting: no learning rate, a weight is the stake of a gambler.",
		Paper:   `Orabona & Tommasi, "Training Deep Networks without Learning Rates Through Coin Betting", NeurIPS 2017.`,
	}, nil
}

func (c Coin) start() float64 { return 0 }

func (c Coin) hypers() map[string]float64 {
	return map[string]float64{"alpha": c.Alpha, "beta": c.Beta}
}

func (c Coin) update(o *Options) (update, error) {
	if err := cmp.Or(above("coin", c.Alpha, c.Beta), o.fits(betWidth)); err != nil {
		return nil, err
	}
	return &bet{alpha: float32(c.Alpha), beta: float32(c.Beta), loss: o.Loss, memory: make([]float32, betWidth<<o.Bits)}, nil
}

// above says that alpha or beta is not above 0.
func above(name string, alpha, beta float64) error {
	if !(alpha > 0) || !(beta >= 0) || math.IsInf(alpha, 1) || math.IsInf(beta, 1) {
		return fmt.Errorf("%s: alpha %g, beta %g: expected alpha above 0 and beta of 0 or more", name, alpha, beta)
	}
	return nil
}

// bet is Coin's update. A weight's values are itself, the sum of negative
// gradients, the sum of their sizes, the largest value of the feature, the
// wealth won, and the largest slope of the loss.
type bet struct {
	alpha, beta float32
	loss        Loss
	memory      []float32
	sums        sums
	size        float32 // of examples, on average
}

const betWidth = 6

func (b *bet) values() []float32 { return b.memory }
func (b *bet) width() int        { return betWidth }
func (b *bet) pass()             {}

// stake is the weight, for the largest value of the feature.
func (b *bet) stake(w *[betWidth]float32, largest float32) float32 {
	if w[5]*largest > 0 {
		bound := w[5] * largest
		return ((b.alpha + w[4]) / (bound * (bound + w[2]))) * w[1]
	}
	return 0
}

func (b *bet) shown(x *input, _ float32) (float32, bool) { return b.predict(x), true }

func (b *bet) predict(x *input) float32 { return dot(b.memory, betWidth, x) }

// before is the sum by the stakes of this moment.
func (b *bet) before(x *input) float32 {
	var sum, norm float32
	for i, a := range x.at {
		w, v := (*[betWidth]float32)(b.memory[int(a)*betWidth:]), x.value[i]
		largest := max(w[3], abs(v))
		sum += float32(b.stake(w, largest) * v)
		if largest > 0 {
			v /= largest
			norm += float32(v * v)
		}
	}
	b.sums.norm += float64(float64(x.weight) * float64(norm))
	b.sums.weight += float64(x.weight)
	b.size = float32((b.sums.norm + 1e-6) / b.sums.weight)
	return sum / b.size
}

func (b *bet) learn(x *input, p float32) bool {
	slope, fits := x.slope(b.loss, p)
	if !fits {
		return false
	}
	bound := abs(slope)
	for i, a := range x.at {
		w, v := (*[betWidth]float32)(b.memory[int(a)*betWidth:]), x.value[i]
		g := float32(slope * v)
		w[3] = max(w[3], abs(v))
		if bound > w[5] {
			w[5] = max(bound, b.beta)
		}
		w[0] = b.stake(w, w[3])
		w[1] -= g
		w[2] += abs(g)
		w[4] -= float32(g * w[0])
		w[0] /= b.size
	}
	return true
}

func (b *bet) state() map[string]float64 {
	return map[string]float64{"norm": b.sums.norm, "weight": b.sums.weight}
}

func (b *bet) setState(m map[string]float64) error {
	b.sums = sums{m["norm"], m["weight"]}
	return nil
}
