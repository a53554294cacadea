package train

import (
	"fmt"
	"hash/crc32"
	"strings"
	"sync"

	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/internal/littleendian"
)

// team calls work for each of the workers that are of this process, at the same time,
// and returns what the first has come to. One that fails ends the work of all.
func (c Config) team(work func(Config, distributed.Collective) (*Result, error)) (*Result, error) {
	if c.Collective != nil {
		return c.member(c.Collective, work)
	}
	ranks := distributed.Local(c.Workers)
	var others sync.WaitGroup
	for _, peers := range ranks[1:] {
		others.Go(func() {
			defer peers.Close()
			_, _ = c.member(peers, work) // the first has the same error, or one that names it
		})
	}
	defer others.Wait()
	defer ranks[0].Close()
	return c.member(ranks[0], work)
}

// member is the work of one worker, of which the first alone tells how it goes.
func (c Config) member(peers distributed.Collective, work func(Config, distributed.Collective) (*Result, error)) (*Result, error) {
	if peers.Rank() > 0 {
		c.Progress = nil
	}
	res, err := work(c, peers)
	if err != nil && res == nil {
		peers.Abort(err)
	}
	return res, err
}

// note tells what is worth knowing, once.
func (c Config) note(texts []string) {
	if c.Note == nil || c.Collective != nil && c.Collective.Rank() > 0 {
		return
	}
	for _, text := range texts {
		c.Note(text)
	}
}

// first reports whether this is the first of the workers.
func (r *run) first() bool { return r.peers.Rank() == 0 }

// total is the sum of a number over the workers.
func (r *run) total(own float64) (float64, error) {
	all, err := r.opt.Gather([]float64{own})
	sum := 0.0
	for _, v := range all {
		sum += v
	}
	return sum, err
}

// agree reports whether one of the workers at least wants to stop, and to save.
func (r *run) agree(stop, save bool) (allStop, allSave bool, err error) {
	all, err := r.opt.Gather([]float64{number(stop), number(save)})
	for i, wanted := range all {
		if i%2 == 0 {
			allStop = allStop || wanted > 0
		} else {
			allSave = allSave || wanted > 0
		}
	}
	return allStop, allSave, err
}

// number is 1 for true.
func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// logits are the model's outputs for the examples of the test, of which each worker
// computes its share.
func (r *run) logits() ([]float32, error) {
	n, width, outputs := r.Test.N, r.Test.Features(), r.model.spec.Outputs
	starts := make([]int, r.Workers)
	for k := range starts {
		from, _ := share(k, r.Workers, n)
		starts[k] = from * outputs
	}
	from, to := share(r.peers.Rank(), r.Workers, n)
	own, err := r.model.logits(r.Test.X[from*width : to*width])
	if err != nil {
		r.peers.Abort(err) // the others wait for these, and what ends the measurement is another exchange
		return nil, err
	}
	if r.Workers == 1 {
		return own, nil
	}
	all := make([]float32, n*outputs)
	copy(all[from*outputs:], own)
	return all, distributed.AllGather(r.peers, all, starts)
}

// sameRun is what must be the same for all workers beside the optimizer, a line each.
func (r *run) sameRun() string {
	if r.Collective == nil { // they share one Config
		return ""
	}
	var lines strings.Builder
	for _, line := range []struct {
		name  string
		value any
	}{
		{"model", r.Kind}, {"hidden layers", r.Hidden},
		{"data", r.Train.Name}, {"training examples", r.Train.N}, {"test examples", r.Test.N},
		{"checksum of the training data", checksum(r.Train)}, {"checksum of the test data", checksum(r.Test)},
		{"format of the data", r.Train.Schema.Format}, {"target", text(r.Train.Schema.Target)},
		{"epochs", r.Epochs}, {"batch", r.Batch}, {"seed", r.Seed}, {"schedule", r.Schedule}, {"steps made", r.step},
		{"saves a file", r.Save != ""}, {"checkpoints", r.Checkpoint != ""}, {"every", r.Every}, {"keeps a history", r.History != nil},
	} {
		fmt.Fprintf(&lines, "%s: %v\n", line.name, line.value)
	}
	for i, column := range r.Train.Schema.Columns {
		fmt.Fprintf(&lines, "column %d: %s\n", i+1, text(column))
	}
	return lines.String()
}

// checksum is one of all numbers of the data.
func checksum(d *dataset.Data) string {
	table := crc32.MakeTable(crc32.Castagnoli)
	var sum uint32
	for _, numbers := range [][]float32{d.X, d.Y} {
		sum = crc32.Update(sum, table, littleendian.Bytes(numbers))
	}
	return fmt.Sprintf("%08x", sum)
}
