package checkpoint

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/descent-go/descent/internal/atomicfile"
)

// A Folder, named by its path, has the checkpoints of a training. Each is a folder
// of its own, as step-000123, with a part of every rank, which is a safetensors
// file, and a manifest that is written last, when all parts are on disk: what ends
// before, whatever ends it, leaves the earlier checkpoint as the newest.
//
// To save, one process, that of rank 0, calls Begin. Then every rank writes its
// part, all at the same time and from other machines if they see the same folder;
// then that process calls Commit with what their Part has returned. If something
// fails, nothing needs to be done: the next Begin clears it away. The newest whole
// checkpoint is found by Latest, while others are written too. One training at a
// time saves in a folder.
//
// Two checkpoints are kept, so the disk needs room for three. Files that others
// have put into the folder are left alone.
type Folder string

// ErrNone is the error of Latest where there is no whole checkpoint.
var ErrNone = errors.New("there is no whole checkpoint")

// Make makes the folder, if it is not there, and sees that one can write there. Its
// parent must be there.
func (d Folder) Make() error {
	err := os.Mkdir(string(d), 0o777)
	syncFolder(filepath.Dir(string(d)))
	if errors.Is(err, fs.ErrExist) {
		err = nil
		if info, e := os.Stat(string(d)); e == nil && !info.IsDir() {
			err = errors.New("it is there and is no folder")
		}
	}
	if err == nil {
		err = atomicfile.Probe(filepath.Join(string(d), manifestName))
	}
	if err != nil {
		return d.wrap(fmt.Errorf("no checkpoints can be written there: %w", atomicfile.Unnamed(err)))
	}
	return nil
}

func (d Folder) wrap(err error) error { return fmt.Errorf("checkpoint: %s: %w", string(d), err) }

// Begin starts the checkpoint of a step, which may be one that is there already:
// that one stays until Commit. What saves have left that did not end in Commit is
// removed, and so are later steps with damaged parts; one whose manifest cannot be
// read stays, as it may be of another version. If there is a whole one of a later
// step, which another training must have written, it is an error.
func (d Folder) Begin(step int) error {
	if err := d.begin(step); err != nil {
		return d.wrap(fmt.Errorf("step %d is not saved: %w", step, err))
	}
	return nil
}

func (d Folder) begin(step int) error {
	if step < 0 {
		return errors.New("a step is not negative")
	}
	steps, err := d.steps()
	if err != nil {
		return err
	}
	for _, s := range steps {
		if err := d.tidy(s, step); err != nil {
			return err
		}
	}
	if err := os.Mkdir(d.path(step), 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	syncFolder(string(d))
	return nil
}

// tidy removes what is of no use of a step, before another is saved.
func (d Folder) tidy(step, next int) error {
	path := d.path(step)
	m, err := d.manifest(step)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return remove(path)
	case err != nil:
		return nil // its manifest is damaged, or another version's: Latest says so
	case step <= next:
		return m.clear(path)
	}
	switch err := m.verify(path); {
	case err == nil:
		return fmt.Errorf("step %d is there, of another training: go on from it, remove it or name another folder", step)
	case errors.Is(err, errDamaged):
		return remove(path)
	default:
		return err
	}
}

// Commit makes the parts of all ranks a checkpoint, with free text in meta, and
// removes all but it and the one before. It checks that the parts are there, on
// disk, and that pieces of tensors make them whole.
func (d Folder) Commit(step int, parts []Part, meta map[string]string) error {
	m := &manifest{Format: format, Step: step, Parts: parts, Meta: meta}
	err := m.check()
	if err == nil {
		err = m.complete(d.path(step))
	}
	if err == nil {
		err = m.write(d.path(step))
	}
	if err != nil {
		return d.wrap(fmt.Errorf("step %d is not saved: %w", step, err))
	}
	if err := d.prune(step, m); err != nil {
		return d.wrap(fmt.Errorf("step %d is saved, but earlier ones could not be removed: %w", step, err))
	}
	return nil
}

// prune removes what is not needed now that a step is saved: all before it but the
// newest that has a manifest. The oldest go first: who reads one finds a newer when
// it goes.
func (d Folder) prune(step int, m *manifest) error {
	if err := m.clear(d.path(step)); err != nil {
		return err
	}
	steps, err := d.steps()
	if err != nil {
		return err
	}
	steps = slices.DeleteFunc(steps, func(s int) bool { return s >= step })
	kept := -1
	for _, s := range steps {
		if _, err := d.manifest(s); err == nil {
			kept = s
		}
	}
	for _, s := range steps {
		if s == kept {
			continue
		}
		if err := remove(d.path(s)); err != nil {
			return err
		}
	}
	return nil
}

// steps are those of which there is a folder, the first first.
func (d Folder) steps() ([]int, error) {
	entries, err := os.ReadDir(string(d))
	if err != nil {
		return nil, atomicfile.Unnamed(err)
	}
	var steps []int
	for _, e := range entries {
		var step int
		if _, err := fmt.Sscanf(e.Name(), "step-%d", &step); err == nil && e.IsDir() && e.Name() == stepName(step) {
			steps = append(steps, step)
		}
	}
	slices.Sort(steps)
	return steps, nil
}

func stepName(step int) string { return fmt.Sprintf("step-%06d", step) }

// path is the folder of a step.
func (d Folder) path(step int) string { return filepath.Join(string(d), stepName(step)) }

// remove removes a checkpoint: the manifest first, so that none is left with parts
// missing. A folder in which others have put files stays.
func remove(path string) error {
	if err := os.Remove(filepath.Join(path, manifestName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := removeParts(path, nil); err != nil {
		return err
	}
	if left, err := os.ReadDir(path); err != nil || len(left) > 0 {
		return err
	}
	return os.Remove(path)
}

// removeParts removes the parts in the folder of a step, and files that were to
// become parts or manifest, but for those to be kept.
func removeParts(path string, keep []string) error {
	entries, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		part := strings.HasPrefix(name, "part-") && strings.HasSuffix(name, ".safetensors")
		temporary := strings.HasPrefix(name, ".part-") || strings.HasPrefix(name, "."+manifestName)
		if !part && !(temporary && strings.HasSuffix(name, ".tmp")) || slices.Contains(keep, name) {
			continue
		}
		if err := os.Remove(filepath.Join(path, name)); err != nil {
			return err
		}
	}
	return nil
}
