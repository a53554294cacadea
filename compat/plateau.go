package compat

import (
	"math"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/schedule"
)

// Plateau is torch's ReduceLROnPlateau: a learning rate that falls by a factor
// when a measure of the training, which it is told, gets no better. Schedule
// makes one, as a *Plateau, by that name. Its value is the present learning
// rate, whatever the step.
type Plateau struct {
	lr, factor, least  float64
	eps                float64 // a smaller fall is not made
	patience, cooldown int
	rising, absolute   bool // what is better, and by how much
	threshold          float64
	best               float64
	bad, resting       int
}

var belowOne = formula.Range{Lo: math.Inf(-1), Hi: 1, OpenLo: true, OpenHi: true}

func torchReduceLROnPlateau(r *reader) schedule.Schedule {
	p := &Plateau{
		lr:        r.number("lr", 1, notNegative),
		factor:    r.number("factor", 0.1, belowOne),
		least:     r.number("min_lr", 0, notNegative),
		eps:       r.number("eps", 1e-8, notNegative),
		patience:  r.whole("patience", 10, wholes),
		cooldown:  r.whole("cooldown", 0, wholes),
		rising:    r.text("mode", "min", "min", "max") == "max",
		absolute:  r.text("threshold_mode", "rel", "rel", "abs") == "abs",
		threshold: r.number("threshold", 1e-4),
		best:      math.Inf(1),
	}
	if p.rising {
		p.best = math.Inf(-1)
	}
	return p
}

// Observe tells the value of the measure, such as the validation loss after an
// epoch. In torch that is the scheduler's method step.
func (p *Plateau) Observe(metric float64) {
	p.bad++
	if p.better(metric) {
		p.best, p.bad = metric, 0
	}
	if p.resting > 0 {
		p.resting--
		p.bad = 0
	}
	if p.bad <= p.patience {
		return
	}
	if next := max(p.lr*p.factor, p.least); p.lr-next > p.eps {
		p.lr = next
	}
	p.resting, p.bad = p.cooldown, 0
}

// better reports whether a value is better than the best by the threshold.
func (p *Plateau) better(metric float64) bool {
	by := p.threshold
	if p.rising {
		by = -by
	}
	edge := p.best - by
	if !p.absolute {
		edge = p.best * (1 - by)
	}
	if p.rising {
		return metric > edge
	}
	return metric < edge
}

// At is the present learning rate.
func (p *Plateau) At(int) float64 { return p.lr }

// String names the schedule.
func (p *Plateau) String() string { return "plateau" }
