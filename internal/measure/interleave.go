package measure

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"
)

// Subject is something to be timed.
type Subject struct {
	Name string
	Step func() error
}

// Least is the shortest time that is measured: a subject that is faster makes
// several steps at a time.
const Least = 10 * time.Millisecond

// Interleave times the subjects in turns, rounds times each, and gives for each
// the nanoseconds of a step in every round. A round before these is for the
// caches, and finds how many steps take Least. After each measurement it calls
// measured, if that is not nil. When ctx ends it gives what there is, with the
// error of ctx; an error of a step ends it too.
func Interleave(ctx context.Context, subjects []Subject, rounds int, measured func(subject int)) ([]Samples, error) {
	samples := make([]Samples, len(subjects))
	steps := make([]int, len(subjects))
	for i := range samples {
		samples[i] = make(Samples, 0, rounds)
	}
	runtime.GC() // what was left before is not to be collected meanwhile
	for round := range rounds + 1 {
		for i, s := range subjects {
			if err := ctx.Err(); err != nil {
				return samples, err
			}
			var err error
			if round == 0 {
				steps[i], err = s.calibrate()
			} else {
				var took time.Duration
				took, err = s.time(steps[i])
				samples[i] = append(samples[i], float64(took)/float64(steps[i]))
			}
			if err != nil {
				return samples, fmt.Errorf("%s: %w", s.Name, err)
			}
			if measured != nil {
				measured(i)
			}
		}
	}
	return samples, nil
}

// calibrate finds how many steps take Least. It makes two at least: the first
// may have to prepare things.
func (s Subject) calibrate() (int, error) {
	if _, err := s.time(1); err != nil {
		return 0, err
	}
	for n := 1; ; n *= 2 {
		took, err := s.time(n)
		if err != nil {
			return 0, err
		}
		if took >= Least/2 {
			return max(1, int(float64(n)*float64(Least)/float64(took))), nil
		}
	}
}

func (s Subject) time(steps int) (time.Duration, error) {
	start := time.Now()
	for range steps {
		if err := s.Step(); err != nil {
			return 0, err
		}
	}
	return time.Since(start), nil
}

// Samples are the nanoseconds of a step, one number a round.
type Samples []float64

// Median is the one in the middle, or half way between the two there; of none it is 0.
func (s Samples) Median() float64 { return s.quantile(0.5) }

// Min is the fastest.
func (s Samples) Min() float64 { return s.quantile(0) }

// Max is the slowest.
func (s Samples) Max() float64 { return s.quantile(1) }

// Spread is half the distance between the quartiles, as a share of the median.
func (s Samples) Spread() float64 {
	if m := s.Median(); m > 0 {
		return (s.quantile(0.75) - s.quantile(0.25)) / 2 / m
	}
	return 0
}

// quantile is the number with a share q of the samples below it.
func (s Samples) quantile(q float64) float64 {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s))
	at := q * float64(len(s)-1)
	low := int(at)
	high := min(low+1, len(s)-1)
	return sorted[low] + (at-float64(low))*(sorted[high]-sorted[low])
}
