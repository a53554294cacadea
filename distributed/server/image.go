package server

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/checkpoint"
	"github.com/descent-go/descent/distributed"
)

const (
	// imageKey is where a snapshot's metadata has its header, as JSON.
	imageKey = "descent server"
	// imageVersion is that of the snapshots written.
	imageVersion = 1
	// seenPrefix begins the names of weights that workers have seen; a version and
	// the tensor's name follow.
	seenPrefix = "seen/"
	// statePrefix begins the names of states, as in package checkpoint.
	statePrefix = "optimizer/"
)

// header is what a snapshot says of the server beside weights and states.
type header struct {
	Version int             `json:"version"`
	Rule    string          `json:"rule"`     // its text
	About   []string        `json:"settings"` // all that decides what pushes do
	Updates uint64          `json:"updates"`
	Next    int             `json:"next"`           // the first unit of work that was never handed out
	Open    []int           `json:"open,omitempty"` // those handed out and not done
	Workers []workerOfImage `json:"workers"`
	Meta    string          `json:"meta"`
}

// workerOfImage is the last push of a worker: sent again it is not applied again.
type workerOfImage struct {
	Name string          `json:"name"`
	Seq  uint64          `json:"seq"`
	Ack  distributed.Ack `json:"ack"`
}

// image is a server at one moment.
type image struct {
	header
	core    *Core
	weights *Weights
	seen    map[uint64]*Weights // by version: what pulls under way were given
	states  []descent.State
}

// image is taken where the server stands still, and written when it goes on.
func (c *Core) image() *image {
	im := &image{
		header: header{Version: imageVersion, Rule: c.rule, About: c.about(), Updates: c.updates, Next: c.work.next, Meta: c.config.Meta},
		core:   c, weights: c.Weights(), seen: map[uint64]*Weights{}, states: clones(c.states()),
	}
	im.Open = slices.Clone(c.work.back)
	for _, w := range c.granted {
		if w.unit >= 0 {
			im.Open = append(im.Open, w.unit)
		}
		if w.seen != nil && im.seen[w.version] == nil {
			im.seen[w.version] = w.seen.retain()
		}
	}
	slices.Sort(im.Open)
	for _, name := range slices.Sorted(maps.Keys(c.workers)) {
		if w := c.workers[name]; w.pushed > 0 {
			im.Workers = append(im.Workers, workerOfImage{name, w.pushed, w.ack})
		}
	}
	return im
}

// clones copies states.
func clones(states []descent.State) []descent.State {
	for i, s := range states {
		states[i] = s.Clone()
	}
	return states
}

// release ends the use of the weights.
func (im *image) release() {
	im.weights.Release()
	for _, w := range im.seen {
		w.Release()
	}
}

// write writes a safetensors file.
func (im *image) write(out io.Writer) error {
	text, err := json.Marshal(im.header)
	if err != nil {
		return err
	}
	f := &checkpoint.File{Meta: map[string]string{imageKey: string(text)}, Tensors: im.tensors("", im.weights)}
	for version, w := range im.seen {
		f.Tensors = append(f.Tensors, im.tensors(seenPrefix+strconv.FormatUint(version, 10)+"/", w)...)
	}
	for _, s := range im.states {
		name := statePrefix + s.Param + "/" + s.Name
		if s.Param == "" {
			name = statePrefix + s.Name
		}
		f.Tensors = append(f.Tensors, checkpoint.Tensor{Name: name, Shape: s.Shape, F32: s.F32, F64: s.F64, F16: s.F16, BF16: s.BF16})
	}
	return f.Write(out)
}

func (im *image) tensors(prefix string, w *Weights) []checkpoint.Tensor {
	all := make([]checkpoint.Tensor, len(im.core.tensors))
	for i, t := range im.core.tensors {
		all[i] = checkpoint.Tensor{Name: prefix + t.Name, Shape: t.Shape, F32: w.Data(i)}
	}
	return all
}

// about describes rule, options and tensors in lines, each once.
func (c *Core) about() []string {
	var lines []string
	known := map[string]bool{}
	for _, t := range c.tensors {
		for _, line := range t.opt.Describe() {
			if !known[line] {
				known[line] = true
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// readHeader reads that of a snapshot.
func readHeader(path string) (*checkpoint.File, header, error) {
	var h header
	f, err := checkpoint.Load(path)
	if err != nil {
		return nil, h, err
	}
	text, ok := f.Meta[imageKey]
	if !ok {
		return nil, h, fmt.Errorf("%s is no snapshot of a parameter server", path)
	}
	if err := json.Unmarshal([]byte(text), &h); err != nil {
		return nil, h, fmt.Errorf("%s: the header is damaged: %w", path, err)
	}
	if h.Version != imageVersion {
		return nil, h, fmt.Errorf("%s is of version %d, this program reads %d", path, h.Version, imageVersion)
	}
	return f, h, nil
}

// fits reports the first difference between a store and the configuration.
func (c *Core) fits(h header) error {
	ours := c.about()
	for i := range max(len(h.About), len(ours)) {
		was, is := "nothing", "nothing"
		if i < len(h.About) {
			was = h.About[i]
		}
		if i < len(ours) {
			is = ours[i]
		}
		if was != is {
			return fmt.Errorf("the store was made with other settings: there was %q, now there is %q: give those, or another folder", was, is)
		}
	}
	if h.Next > c.work.total {
		return fmt.Errorf("the store has handed out %d units of work, there are now %d: give at least as many", h.Next, c.work.total)
	}
	return nil
}

// load sets the server to a snapshot. Pulls that were under way are given up, but
// what their workers saw is kept: the log may have their pushes.
func (c *Core) load(path string) (seen map[uint64]*Weights, err error) {
	f, h, err := readHeader(path)
	if err != nil {
		return nil, err
	}
	if err := c.fits(h); err != nil {
		return nil, err
	}
	all := map[string]checkpoint.Tensor{}
	for _, t := range f.Tensors {
		all[t.Name] = t
	}
	if err := c.put(all); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if seen, err = c.seenIn(all); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	c.updates, c.work.next, c.work.back, c.work.finished = h.Updates, h.Next, h.Open, h.Next-len(h.Open)
	for _, w := range h.Workers {
		c.workers[w.Name] = &worker{name: w.Name, seq: w.Seq, pushed: w.Seq, ack: w.Ack}
	}
	return seen, nil
}

// put sets weights and states to those of a file.
func (c *Core) put(all map[string]checkpoint.Tensor) error {
	for _, t := range c.tensors {
		into := []checkpoint.Tensor{{Name: t.Name, Shape: t.Shape, F32: t.Data}}
		if err := (&checkpoint.File{Tensors: []checkpoint.Tensor{all[t.Name]}}).Into(into); err != nil {
			return err
		}
		own := &checkpoint.File{}
		for _, s := range checkpoint.States(t.opt) {
			from := s.Name
			if from == statePrefix+updatesName { // of this tensor
				from = statePrefix + t.Name + "/t"
			}
			if x, ok := all[from]; ok {
				x.Name = s.Name
				own.Tensors = append(own.Tensors, x)
			}
		}
		if err := checkpoint.Restore(t.opt, own); err != nil {
			return err
		}
	}
	return nil
}

// seenIn are the weights that workers have seen, by version.
func (c *Core) seenIn(all map[string]checkpoint.Tensor) (map[uint64]*Weights, error) {
	seen := map[uint64]*Weights{}
	for name := range all {
		rest, ok := strings.CutPrefix(name, seenPrefix)
		if !ok {
			continue
		}
		number, _, _ := strings.Cut(rest, "/")
		version, err := strconv.ParseUint(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s is of no update: %w", name, err)
		}
		if seen[version] != nil {
			continue
		}
		w := &Weights{Version: version, refs: 1, from: c.memory}
		for i, t := range c.tensors {
			x := all[seenPrefix+number+"/"+t.Name]
			if len(x.F32) != len(t.Data) {
				return nil, fmt.Errorf("the weights seen at update %d lack %s", version, t.Name)
			}
			w.parts = append(w.parts, c.memory.copy(i, x.F32))
		}
		seen[version] = w
	}
	return seen, nil
}
