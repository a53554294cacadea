package simulate

import "math/bits"

// Point is a measurement of the weights.
type Point struct {
	Batches int     `json:"batches"` // gradients used until then
	Updates int     `json:"updates"` // made of them: as many, with Sync one for all workers
	Seconds float64 `json:"seconds"` // of simulated time
	// Loss is the mean over the batches since the point before, each at the weights
	// that its worker had, nil before the first batch; in squared units of the
	// target for regression.
	Loss *float64 `json:"loss,omitempty"`
	// TestLoss and TestAccuracy are those of the test data, TestAccuracy nil for regression.
	TestLoss     float64  `json:"test_loss"`
	TestAccuracy *float64 `json:"test_accuracy,omitempty"`
}

// Result is what a simulation has come to.
type Result struct {
	Optimizer string `json:"optimizer"`
	Model     string `json:"model"`
	Workers   int    `json:"workers"`
	Sync      bool   `json:"sync"`
	Delay     string `json:"delay"`
	Network   string `json:"network"`

	Batches int     `json:"batches"`           // gradients used
	Updates int     `json:"updates"`           // made of them
	Seconds float64 `json:"simulated_seconds"` // until the last
	// Throughput is gradients used in a simulated second.
	Throughput float64 `json:"batches_per_second"`
	// Utilisation is the share of the workers' time in which they computed what was used.
	Utilisation float64 `json:"utilisation"`
	// Delays is how many updates late gradients were: all 0 with Sync.
	Delays Lateness `json:"delays"`
	// Bytes is what one gradient, or the weights, take on the network.
	Bytes int `json:"bytes"`
	// Points are the measurements, from the initial weights to the last.
	Points []Point `json:"points"`
	// Diverged says that it ended since a loss was no longer finite; Interrupted that
	// the context was done.
	Diverged    bool `json:"diverged,omitempty"`
	Interrupted bool `json:"interrupted,omitempty"`
	// RealSeconds is how long the simulation took: the only thing that is another each
	// time, and not in the JSON.
	RealSeconds float64 `json:"-"`
}

// Last is the last measurement.
func (r *Result) Last() Point { return r.Points[len(r.Points)-1] }

// Lateness counts how late gradients were.
type Lateness struct {
	Mean float64 `json:"mean"`
	Max  int     `json:"max"`
	// Counts has the numbers of gradients: without delay, 1 update late, 2 to 3,
	// 4 to 7 and so on.
	Counts []int `json:"counts"`

	sum, n int
}

func (d *Lateness) add(delay int) {
	d.sum, d.n = d.sum+delay, d.n+1
	d.Mean = float64(d.sum) / float64(d.n)
	d.Max = max(d.Max, delay)
	for i := bits.Len(uint(delay)); len(d.Counts) <= i; {
		d.Counts = append(d.Counts, 0)
	}
	d.Counts[bits.Len(uint(delay))]++
}

// Range is the delays that the i-th of Counts has counted.
func (d Lateness) Range(i int) (from, to int) {
	if i == 0 {
		return 0, 0
	}
	return 1 << (i - 1), 1<<i - 1
}
