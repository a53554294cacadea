package animate

// The timing of an animation of one, in seconds. The first steps are slow, to be
// understood; then they become faster, so that the whole stays short.
const (
	before     = 0.8  // until the first step
	firstStep  = 1.8  // what that takes
	speedup    = 0.78 // what each takes of the one before
	later      = 8.0  // what all take together, but for what the first are slower
	slowest    = 0.36 // that a later one takes
	held       = 3.0  // the last picture
	unhurried  = 0.5  // a step that takes this long shows its parts one by one
	readable   = 0.12 // a step that takes less has no arrows
	perceived  = 0.08 // a number that stands for less is not written
	raceBefore = 0.5
	raceTotal  = 7.0 // what the steps of a race take together, at most
	raceStep   = 0.2 // what one does at most
)

// beats are the seconds at which the steps begin, and at last the end.
func beats(steps int) []float64 {
	least := min(later/float64(steps), slowest)
	now, lasts := before, firstStep
	list := []float64{now}
	for range steps {
		now += max(lasts, least)
		lasts *= speedup
		list = append(list, now)
	}
	return list
}

// evenBeats are beats that do not change, for a race.
func evenBeats(steps int) []float64 {
	lasts := min(raceTotal/float64(steps), raceStep)
	list := make([]float64, steps+1)
	for k := range list {
		list[k] = raceBefore + float64(k)*lasts
	}
	return list
}
