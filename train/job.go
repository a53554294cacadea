package train

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/descent-go/descent/dataset"
)

// job is what a parameter server tells its workers: the settings, the data's
// schema and a checksum, and the steps made before its first unit of work.
type job struct {
	header
	Checksum string `json:"checksum"` // of the training data
}

// meta is the text that workers are told.
func (r *run) meta() (string, error) {
	settings, err := r.settings()
	if err != nil {
		return "", err
	}
	out, err := json.Marshal(job{header{Version: version, Settings: settings, Step: r.step, Schema: r.Train.Schema}, checksum(r.Train)})
	return string(out), err
}

func readJob(meta string) (*job, error) {
	j := &job{}
	if err := json.Unmarshal([]byte(meta), j); err != nil {
		return nil, fmt.Errorf("train: the job is no training: %w", err)
	}
	if j.Version != version {
		return nil, fmt.Errorf("train: the job is of version %d, this program reads %d", j.Version, version)
	}
	if j.Epochs < 1 || j.Batch < 1 || j.Examples < 1 || j.Step < 0 {
		return nil, fmt.Errorf("train: the job's settings are damaged: epochs %d, batch %d, examples %d, step %d", j.Epochs, j.Batch, j.Examples, j.Step)
	}
	return j, nil
}

// ReadJob gives the settings of a parameter server's training from what it tells
// workers beside (distributed.Job.Meta).
func ReadJob(meta string) (Settings, error) {
	j, err := readJob(meta)
	if err != nil {
		return Settings{}, err
	}
	return j.Settings, nil
}

// fits reports where a worker's data is not that of the job.
func (j *job) fits(d *dataset.Data) error {
	if d.Y == nil {
		return fmt.Errorf("train: %s has no target to learn", d.Name)
	}
	var diffs []string
	differ := func(what string, theirs, ours any) {
		diffs = append(diffs, fmt.Sprintf("%s: %v at the server, %v here", what, theirs, ours))
	}
	(&saved{header: j.header}).compareData(d, differ)
	if sum := checksum(d); len(diffs) == 0 && sum != j.Checksum {
		differ("checksum of the examples", j.Checksum, sum)
	}
	if len(diffs) > 0 {
		return fmt.Errorf("train: the data is not that of the server:\n\t%s", strings.Join(diffs, "\n\t"))
	}
	return nil
}

// config is the worker's part of the run.
func (j *job) config(d *dataset.Data) Config {
	return Config{Train: d, Test: d, Kind: j.Model, Hidden: j.Hidden, Epochs: j.Epochs, Batch: j.Batch, Seed: j.Seed}
}

// batches are those of a run, by their number from 0.
type batches struct {
	examples, size int
	seed           uint64
	epoch          int   // the one that order is of, from 1; 0 is none
	order          []int // of the examples
}

// perEpoch is how many there are in an epoch.
func (b *batches) perEpoch() int { return (b.examples-1)/b.size + 1 }

// check reports more epochs than have batches that can be counted.
func (b *batches) check(epochs int) error {
	if n := b.perEpoch(); epochs > math.MaxInt/n {
		return fmt.Errorf("train: %d epochs of %d steps are more steps than can be counted", epochs, n)
	}
	return nil
}

// batch is the examples of one.
func (b *batches) batch(number int) []int {
	if epoch := number/b.perEpoch() + 1; epoch != b.epoch {
		b.epoch, b.order = epoch, rand.New(rand.NewPCG(b.seed, uint64(epoch))).Perm(b.examples)
	}
	at := number % b.perEpoch() * b.size
	return b.order[at:min(at+b.size, b.examples)]
}

// load has the examples of a batch that are computed here.
func (p *parts) load(d *dataset.Data, batch []int) {
	from, to := p.begin(len(batch))
	n := d.Features()
	for _, i := range batch[from:to] {
		p.x = append(p.x, d.X[i*n:(i+1)*n]...)
		p.y = append(p.y, d.Y[i])
	}
}

// lossUnit is what a loss of a network is in squared units of the target; 1 for
// classes.
func lossUnit(d *dataset.Data) float64 {
	if d.Classification() {
		return 1
	}
	return d.Schema.Target.Std * d.Schema.Target.Std
}
