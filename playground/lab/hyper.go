package lab

import (
	"math"

	"github.com/descent-go/descent/formula"
)

// Hyper is a hyperparameter and the slider that suits it.
type Hyper struct {
	Name        string   `json:"name"`
	Default     Number   `json:"default"`
	DefaultText string   `json:"defaultText"` // as one writes it
	Low         Number   `json:"low"`         // the legal range; null where it has no bound
	High        Number   `json:"high"`
	OpenLow     bool     `json:"openLow"` // the bound itself is not legal
	OpenHigh    bool     `json:"openHigh"`
	Range       string   `json:"range"` // as a formula writes it
	Choices     []string `json:"choices,omitempty"`
	Slider
}

// Slider says how a slider's place, 0 to 1, gives a value from Min to Max:
//
//	log       min*(max/min)^place
//	log0      the same, but 0 at place 0
//	oneminus  1 - (1-min)*((1-max)/(1-min))^place: fine steps near 1
//	linear    min + place*(max-min)
//	choice    no slider: one of the choices
//
// The ends are legal values and the default lies between them.
type Slider struct {
	Scale string `json:"scale"`
	Min   Number `json:"min"`
	Max   Number `json:"max"`
}

func newHyper(h formula.Hyper) Hyper {
	low, high := bounds(h.Range)
	out := Hyper{
		Name: h.Name, Default: Number(h.Default), DefaultText: h.FormatValue(h.Default),
		Low: Number(low), High: Number(high), OpenLow: h.Range.OpenLo, OpenHigh: h.Range.OpenHi,
		Range: h.Range.String(), Choices: h.Range.Choices,
	}
	out.Slider = slider(h, low, high)
	return out
}

// bounds are those of a range, of which the zero Range has none.
func bounds(r formula.Range) (low, high float64) {
	if len(r.Choices) > 0 {
		return 0, float64(len(r.Choices) - 1)
	}
	if r.String() == "" {
		return math.Inf(-1), math.Inf(1)
	}
	return r.Lo, r.Hi
}

// slider suits the range and the default of a hyperparameter.
func slider(h formula.Hyper, low, high float64) Slider {
	s, d := Slider{}, h.Default
	switch {
	case len(h.Range.Choices) > 0:
		return Slider{"choice", Number(low), Number(high)}
	case low == 0 && high == 1:
		s = unit(h)
	case math.IsInf(d, 0): // a limit that is off
		s = Slider{"log", 1e-3, 1e3}
	case d > 0 && low <= 0:
		s = Slider{"log", Number(d / 1000), Number(d * 1000)}
	case d > 0:
		s = Slider{"log", Number(low), Number(20 * d)}
	case d == 0 && low == 0:
		s = Slider{"log0", 1e-6, 1}
	default:
		width := max(1, 4*math.Abs(d))
		s = Slider{"linear", Number(d - width), Number(d + width)}
	}
	return s.legal(h.Range, low, high)
}

// unit is for 0 to 1: most are weights of averages, whose distance from 1
// matters.
func unit(h formula.Hyper) Slider {
	if !h.Range.OpenHi {
		return Slider{"linear", 0, 1}
	}
	return Slider{"oneminus", 0, Number(max(0.9999, 1-(1-h.Default)/10))}
}

// legal moves the ends into the range.
func (s Slider) legal(r formula.Range, low, high float64) Slider {
	least, most := max(float64(s.Min), low), min(float64(s.Max), high)
	inside := (most - least) / 1000
	if r.OpenLo && least == low {
		least += inside
	}
	if r.OpenHi && most == high {
		most -= inside
	}
	return Slider{s.Scale, Number(least), Number(most)}
}
