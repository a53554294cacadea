package checkpoint

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// A Snapshot is a checkpoint that was found in a [Folder].
type Snapshot struct {
	Step  int
	Ranks int      // how many parts it has
	Path  string   // the folder of its step
	File  *File    // the tensors, whole, by name, and what Commit was given as meta
	Notes []string // what was passed over, and why: to be shown
}

// Latest reads the newest whole checkpoint, whatever the number of ranks that have
// written it. Saves that did not end are ignored, damaged checkpoints are passed
// over with a note.
func (d Folder) Latest() (*Snapshot, error) {
	for {
		steps, err := d.steps()
		if err != nil {
			return nil, d.wrap(err)
		}
		s, notes := d.newest(steps)
		if s != nil {
			return s, nil
		}
		// A training may have removed what it has replaced, while we read it.
		again, err := d.steps()
		if err == nil && slices.Equal(steps, again) {
			err = ErrNone
			if len(notes) > 0 {
				err = fmt.Errorf("%w: %s", err, strings.Join(notes, "; "))
			}
		}
		if err != nil {
			return nil, d.wrap(err)
		}
	}
}

// newest reads the newest whole checkpoint of those steps, if there is one.
func (d Folder) newest(steps []int) (s *Snapshot, notes []string) {
	for _, step := range slices.Backward(steps) {
		s, err := d.load(step)
		if err == nil {
			s.Notes = append(notes, s.Notes...)
			return s, nil
		}
		if !errors.Is(err, fs.ErrNotExist) && !d.unfinished(step) {
			notes = append(notes, fmt.Sprintf("%s is passed over: %v", d.path(step), err))
		}
	}
	return nil, notes
}

// load reads the checkpoint of a step.
func (d Folder) load(step int) (*Snapshot, error) {
	m, err := d.manifest(step)
	if err != nil {
		return nil, err
	}
	groups, err := m.read(d.path(step), true)
	if err == nil {
		err = checkGroups(groups)
	}
	if err != nil {
		return nil, err
	}
	s := &Snapshot{Step: step, Ranks: len(m.Parts), Path: d.path(step), File: &File{Meta: m.Meta}}
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		t, differ := assemble(groups[name])
		if differ > 0 {
			s.Notes = append(s.Notes, fmt.Sprintf("%s: tensor %q: that of rank %d is taken, rank %d has another", s.Path, name, groups[name][0].rank, differ))
		}
		s.File.Tensors = append(s.File.Tensors, t)
		delete(groups, name) // its pieces are not needed any more
	}
	return s, nil
}

// unfinished says whether a step has no manifest: its save has not ended, or it has
// been removed meanwhile.
func (d Folder) unfinished(step int) bool {
	_, err := d.manifest(step)
	return errors.Is(err, fs.ErrNotExist)
}
