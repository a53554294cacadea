package compat

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/descent-go/descent/schedule"
)

// scheduler makes a framework's schedule of its options. Mistakes among them
// stay with the reader.
type scheduler func(r *reader) schedule.Schedule

// schedules are the schedules of each framework, by its names.
var schedules = map[string]map[string]scheduler{
	"mxnet":  mxnetSchedules,
	"mxnet2": mxnetSchedules,
	"optax":  optaxSchedules,
	"torch":  torchSchedules,
}

// Schedules lists the schedules of a framework by the names it gives them,
// sorted; nil where it has none or is unknown.
func Schedules(peer string) []string { return slices.Sorted(maps.Keys(schedules[peer])) }

// Schedule turns a framework's words into a schedule: the framework, its
// schedule and that schedule's options by name. Its values are learning rates,
// not factors, so it goes with a learning rate of 1:
//
//	descent.New(rule, params, descent.LR(1), descent.Schedule(s))
//
// Where the framework takes the first learning rate from the optimizer, as
// torch does, it is the option lr here; left out it is 1, and the values are
// factors where nothing else is a learning rate. The first step uses At(0).
// Errors are those of New.
func Schedule(peer, name string, options map[string]any) (schedule.Schedule, error) {
	all, ok := schedules[peer]
	if _, known := peers[peer]; known && !ok {
		return nil, fmt.Errorf("compat: of %s there are no schedules here: package schedule has some, and there are those of %s", peer, strings.Join(slices.Sorted(maps.Keys(schedules)), ", "))
	}
	if !ok {
		return nil, fmt.Errorf("compat: unknown framework %q: %s", peer, offer(peer, slices.Sorted(maps.Keys(schedules))))
	}
	make, ok := all[name]
	if !ok {
		return nil, fmt.Errorf("compat: %s has no schedule %q: %s", peer, name, offer(name, Schedules(peer)))
	}
	r := newReader(options)
	s := make(r)
	if err := r.done(); err != nil {
		return nil, fmt.Errorf("compat: %s's %s: %w", peer, name, err)
	}
	return s, nil
}
