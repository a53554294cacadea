package online

import (
	"cmp"

	"github.com/descent-go/descent/optim"
)

// Pistol is PiSTOL, which needs no learning rate.
//
// Orabona, "Simultaneous Model Selection and Optimization through
// Parameter-free Stochastic Learning", NeurIPS 2014, as Vowpal Wabbit has it.
type Pistol struct {
	Alpha float64 // above 0; Vowpal Wabbit's is 1
	Beta  float64 // Vowpal Wabbit's is 0.5
}

// Name is "pistol".
func (p Pistol) Name() string { return "pistol" }

// Info describes it.
func (p Pistol) Info() (optim.Info, error) {
	return optim.Info{
		Name:    p.Name(),
		Summary: "PiSTOL: parameter-free stochastic learning, without a learning rate.",
		Paper:   `Orabona, "Simultaneous Model Selection and Optimization through Parameter-free Stochastic Learning", NeurIPS 2014.`,
	}, nil
}

func (p Pistol) start() float64 { return 0 }

func (p Pistol) hypers() map[string]float64 {
	return map[string]float64{"alpha": p.Alpha, "beta": p.Beta}
}

func (p Pistol) update(o *Options) (update, error) {
	if err := cmp.Or(above("pistol", p.Alpha, p.Beta), o.fits(shootWidth)); err != nil {
		return nil, err
	}
	return &shoot{alpha: float32(p.Alpha), beta: float32(p.Beta), loss: o.Loss, memory: make([]float32, shootWidth<<o.Bits)}, nil
}

// shoot is Pistol's update. A weight's values are itself, the sum of negative
// gradients, the sum of their sizes and the largest value of the feature.
type shoot struct {
	alpha, beta float32
	loss        Loss
	memory      []float32
}

const shootWidth = 4

func (s *shoot) values() []float32                 { return s.memory }
func (s *shoot) width() int                        { return shootWidth }
func (s *shoot) pass()                             {}
func (s *shoot) state() map[string]float64         { return nil }
func (s *shoot) setState(map[string]float64) error { return nil }

func (s *shoot) shown(_ *input, sum float32) (float32, bool) { return sum, false }

func (s *shoot) predict(x *input) float32 { return dot(s.memory, shootWidth, x) }

// before brings the example's weights up to date.
func (s *shoot) before(x *input) float32 {
	var sum float32
	for i, a := range x.at {
		w, v := (*[shootWidth]float32)(s.memory[int(a)*shootWidth:]), x.value[i]
		w[3] = max(w[3], abs(v))
		scale := 1 / (s.alpha * w[3] * (w[2] + w[3]))
		w[0] = root(w[2]) * s.beta * w[1] * exp32(w[1]*w[1]/2*scale) * scale
		sum += float32(w[0] * v)
	}
	return sum
}

func (s *shoot) learn(x *input, p float32) bool {
	slope, fits := x.slope(s.loss, p)
	if !fits {
		return false
	}
	for i, a := range x.at {
		w, g := (*[shootWidth]float32)(s.memory[int(a)*shootWidth:]), float32(slope*x.value[i])
		w[1] -= g
		w[2] += abs(g)
	}
	return true
}
