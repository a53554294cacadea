package train

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/descent-go/descent/checkpoint"
	"github.com/descent-go/descent/internal/journal"
)

// saves is how saving goes.
type saves struct {
	file, folder error     // why the last time failed; of the folder the first worker knows
	last         time.Time // when the last checkpoint was made, or failed
	lock         io.Closer // of the folder, nil where there is none
}

// close lets others have the folder.
func (s *saves) close() error {
	if s.lock == nil {
		return nil
	}
	return s.lock.Close()
}

// unsaved is why the run is not saved as it was last to be, nil if it is.
func (r *run) unsaved() error {
	if r.saves.file != nil {
		return r.saves.file
	}
	return r.saves.folder
}

// notSaved makes an error one of saving.
func notSaved(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", ErrNotSaved, err)
}

// beginSaves sees that checkpoints can be made, and that they do not come after
// those of another run.
func (r *run) beginSaves() error {
	r.saves.last = time.Now()
	if r.Checkpoint == "" || !r.first() {
		return nil
	}
	folder := checkpoint.Folder(r.Checkpoint)
	if err := folder.Make(); err != nil {
		return err
	}
	if err := notALog(r.Checkpoint); err != nil {
		return err
	}
	var err error
	if r.saves.lock, err = journal.Lock(r.Checkpoint); err != nil {
		return fmt.Errorf("train: %w", err)
	}
	latest, err := folder.Latest()
	switch {
	case errors.Is(err, checkpoint.ErrNone):
		return nil
	case err != nil:
		return err
	case latest.Step > r.step:
		return fmt.Errorf("train: %s has a checkpoint of step %d, this run begins at %d: resume from it, or give another folder", r.Checkpoint, latest.Step, r.step)
	}
	return nil
}

// due reports whether it is time for a checkpoint, by the clock of the first worker.
func (r *run) due() bool {
	return r.first() && r.Checkpoint != "" && r.Every > 0 && time.Since(r.saves.last) >= r.Every
}

// saveInTime makes a checkpoint within an epoch and tells at once if that failed.
func (r *run) saveInTime() error {
	err := r.saveCheckpoint()
	if err == nil && r.saves.folder != nil {
		r.report(Progress{LR: r.opt.LR(), SaveError: r.unsaved()})
	}
	return err
}

// saveCheckpoint makes a checkpoint, of which each worker writes its part. That it
// failed is kept for the end of the run, which goes on.
func (r *run) saveCheckpoint() error {
	if r.Checkpoint == "" {
		return nil
	}
	weights, err := r.weights()
	if err != nil {
		return err
	}
	folder := checkpoint.Folder(r.Checkpoint)
	begun := ""
	if r.first() {
		begun = message(folder.Begin(r.step))
	}
	all, err := r.opt.GatherTexts(begun)
	if err != nil {
		return err
	}
	failed := all[0]
	var parts []checkpoint.Part
	if failed == "" {
		if parts, failed, err = r.writeParts(folder, weights); err != nil {
			return err
		}
	}
	if failed == "" && r.first() {
		failed = message(r.commit(folder, parts))
	}
	r.saves.folder, r.saves.last = nil, time.Now()
	if failed != "" {
		r.saves.folder = notSaved(errors.New(failed))
	}
	return nil
}

// written is what a worker says of its part.
type written struct {
	Part   checkpoint.Part
	Failed string // why, "" where it has not
}

// writeParts writes this worker's part and hears of those of all.
func (r *run) writeParts(folder checkpoint.Folder, weights []checkpoint.Tensor) (parts []checkpoint.Part, failed string, err error) {
	own := checkpoint.StateTensors(r.opt.States())
	part, err := folder.Part(r.step, r.peers.Rank(), r.Workers, &checkpoint.File{Tensors: append(own, r.ownShare(weights)...)})
	report, err := json.Marshal(written{part, message(err)})
	if err != nil {
		return nil, "", err
	}
	all, err := r.opt.GatherTexts(string(report))
	if err != nil {
		return nil, "", err
	}
	for rank, text := range all {
		var w written
		if err := json.Unmarshal([]byte(text), &w); err != nil {
			return nil, "", err
		}
		if w.Failed != "" && r.Workers > 1 {
			return nil, fmt.Sprintf("rank %d: %s", rank, w.Failed), nil
		}
		if w.Failed != "" {
			return nil, w.Failed, nil
		}
		parts = append(parts, w.Part)
	}
	return parts, "", nil
}

// commit makes the parts a checkpoint.
func (r *run) commit(folder checkpoint.Folder, parts []checkpoint.Part) error {
	h, err := r.header()
	if err != nil {
		return err
	}
	return folder.Commit(r.step, parts, map[string]string{metaKey: h})
}

// ownShare is this worker's share of the weights.
func (r *run) ownShare(weights []checkpoint.Tensor) []checkpoint.Tensor {
	var own []checkpoint.Tensor
	for _, s := range r.opt.Shares()[r.peers.Rank()] {
		for _, t := range weights {
			if strings.TrimPrefix(t.Name, training) == s.Param {
				t.F32, t.From = t.F32[s.From:s.To], s.From
				own = append(own, t)
			}
		}
	}
	return own
}

// message is the text of an error, "" where there is none.
func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
