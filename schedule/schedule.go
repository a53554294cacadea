// Package schedule moves a hyperparameter, usually the learning rate, while a
// model trains.
//
// A [Schedule] is a function of the number of updates made so far: the first
// step of a run uses At(0). Its value is a factor: the hyperparameter's own
// value is multiplied by it.
//
//	opt, err := descent.New(optim.AdamW, params,
//		descent.LR(3e-4),
//		descent.Schedule(schedule.WarmupCosine(100, 10_000)))
//
// Every schedule of this package is defined at every step, never NaN, and gives
// the same bits on every machine. Past its end it holds its last value; before
// step 0 it has the value of step 0.
//
// Constructors return no error, so that they can stand in a list of arguments.
// One that was given something impossible (a negative length, a decay of NaN)
// returns a schedule that [Check] refuses; descent.New checks what it is given.
// Until then such a schedule leaves the hyperparameter alone: its factor is 1.
//
// [Parse] reads a schedule from a command line, [Draw] shows one as text.
package schedule

import (
	"cmp"
	"errors"
	"fmt"
)

// A Schedule gives the factor by which a hyperparameter is multiplied at a step.
type Schedule interface {
	// At returns the factor after step updates; the first step asks for At(0).
	At(step int) float64

	// String returns the schedule as it would be written for Parse.
	String() string
}

// Check returns an error if s is nil or was made from impossible parameters.
// A Schedule of one's own takes part by having a method Err() error.
func Check(s Schedule) error {
	if err := check(s); err != nil {
		return fmt.Errorf("schedule: %w", err)
	}
	return nil
}

func check(s Schedule) error {
	if s == nil {
		return errors.New("nil is no schedule; leave it out, or use Constant(1)")
	}
	if s, ok := s.(interface{ Err() error }); ok {
		return s.Err()
	}
	return nil
}

// curve is a schedule whose parameters have been checked.
type curve struct {
	spec string
	at   func(step int) float64
}

func (c curve) At(step int) float64 { return c.at(max(step, 0)) }
func (c curve) String() string      { return c.spec }

// invalid stands for a schedule that could not be made.
type invalid struct {
	spec string
	err  error
}

func (invalid) At(int) float64   { return 1 }
func (s invalid) String() string { return s.spec }
func (s invalid) Err() error     { return s.err }

// build returns the curve, or what stands for it if one of errs is not nil.
func build(spec string, at func(int) float64, errs ...error) Schedule {
	if err := cmp.Or(errs...); err != nil {
		return invalid{spec, fmt.Errorf("%s: %w", spec, err)}
	}
	return curve{spec, at}
}
