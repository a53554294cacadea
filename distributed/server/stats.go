package server

import "maps"

// Stats are figures of a server since it was made.
type Stats struct {
	Updates     uint64            // gradients applied, those of earlier servers with the same store too
	Pulls       uint64            // granted
	Refused     uint64            // pushes that were wrong
	Lost        uint64            // pulls given up as their workers were not heard of
	Delays      []uint64          // Delays[d] is how many gradients were d updates late
	Workers     map[string]uint64 // gradients applied, by worker
	Waiting     int               // pulls that wait
	Outstanding int               // pulls granted whose gradients have not come yet
	WorkDone    int               // units of work of which the gradient is applied
	Work        int               // units of work in all, 0 where none are handed out
}

// count counts a gradient that was applied.
func (s *Stats) count(worker string, delay uint64) {
	for uint64(len(s.Delays)) <= delay {
		s.Delays = append(s.Delays, 0)
	}
	s.Delays[delay]++
	s.Workers[worker]++
}

// MeanDelay is the mean of the delays, 0 before the first gradient.
func (s Stats) MeanDelay() float64 {
	sum, n := 0.0, 0.0
	for d, count := range s.Delays {
		sum += float64(d) * float64(count)
		n += float64(count)
	}
	return sum / max(n, 1)
}

// MaxDelay is the largest delay.
func (s Stats) MaxDelay() int { return max(len(s.Delays)-1, 0) }

// Stats are the figures so far.
func (c *Core) Stats() Stats {
	s := c.stats
	s.Delays, s.Workers = append([]uint64(nil), s.Delays...), maps.Clone(s.Workers)
	s.Updates, s.Waiting, s.Outstanding = c.updates, len(c.waiting), len(c.granted)
	s.WorkDone, s.Work = c.work.finished, c.work.total
	return s
}
