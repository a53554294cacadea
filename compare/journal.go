package compare

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
)

// ErrUnfinished is wrapped by the error of [New] where the journal has runs of a
// comparison that was not finished, and Resume does not ask for it.
var ErrUnfinished = errors.New("has an unfinished comparison")

// version is that of the journal and of what its runs mean.
const version = 1

// line is a line of a journal, which is JSON; one of its parts is set.
type line struct {
	Comparison *header     `json:"comparison,omitempty"` // the first line
	Entrant    *definition `json:"entrant,omitempty"`    // before the first run of each
	Run        *Run        `json:"run,omitempty"`
	Finished   bool        `json:"finished,omitempty"`
}

// header says what the runs of a journal have in common.
type header struct {
	Version  int       `json:"version"`
	Settings []Setting `json:"settings"`
}

// definition says what an optimizer computed.
type definition struct {
	Optimizer string `json:"optimizer"`
	Computes  string `json:"computes"`
}

// runKey tells runs of a comparison apart.
type runKey struct {
	optimizer string
	stage     Stage
	lr        float64
	seed      uint64
}

// journal has the runs that are done, in memory and in a file.
type journal struct {
	path     string
	mu       sync.Mutex
	file     *os.File // nil where there is none
	end      int64    // of what was read of it
	header   header
	runs     map[runKey]*Run
	computes map[string]string // by optimizer
	finished bool
}

// newJournal is one without runs.
func newJournal(path string, settings []Setting) *journal {
	return &journal{path: path, header: header{version, settings}, runs: map[runKey]*Run{}, computes: map[string]string{}}
}

// readJournal reads the file of a comparison that shall go on, or sees that one may
// be begun there. It leaves the file as it is.
func readJournal(path string, resume bool, settings []Setting) (*journal, error) {
	fresh := newJournal(path, settings)
	if path == "" {
		return fresh, nil
	}
	content, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && resume:
		return nil, fmt.Errorf("compare: there is nothing to resume: %w", err)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("compare: the journal cannot be read: %w", err)
	}
	j := newJournal(path, nil)
	j.end = int64(bytes.LastIndexByte(content, '\n') + 1) // what follows was torn
	if err := j.read(content[:j.end]); err != nil {
		return nil, err
	}
	switch {
	case !resume && len(j.runs) > 0 && !j.finished:
		return nil, fmt.Errorf("compare: %s %w, with %d runs done", path, ErrUnfinished, len(j.runs))
	case !resume:
		return fresh, nil
	case j.end == 0:
		return nil, fmt.Errorf("compare: %s is empty: there is nothing to resume", path)
	}
	return j, j.compare(settings)
}

// start opens the file to go on behind what was read, or makes it anew, and writes
// down who takes part.
func (j *journal) start(entrants []*entrant) error {
	if j.path == "" {
		return nil
	}
	if err := j.open(); err != nil {
		return err
	}
	if j.end == 0 {
		if err := j.write(line{Comparison: &j.header}); err != nil {
			return err
		}
	}
	for _, e := range entrants {
		if _, ok := j.computes[e.Name]; ok {
			continue
		}
		if err := j.write(line{Entrant: &definition{e.Name, e.computes}}); err != nil {
			return err
		}
	}
	return nil
}

func (j *journal) open() error {
	var err error
	if j.file, err = os.OpenFile(j.path, os.O_RDWR|os.O_CREATE, 0o666); err == nil {
		err = j.file.Truncate(j.end)
	}
	if err == nil {
		_, err = j.file.Seek(j.end, io.SeekStart)
	}
	if err != nil {
		return fmt.Errorf("compare: %w", err)
	}
	return nil
}

// read reads whole lines.
func (j *journal) read(content []byte) error {
	number := 0
	for text := range bytes.Lines(content) {
		number++
		var l line
		err := json.Unmarshal(text, &l)
		switch {
		case err == nil && number == 1 && l.Comparison == nil, err != nil && number == 1:
			return fmt.Errorf("compare: %s is no journal of a comparison: its first line does not say so", j.path)
		case err != nil:
			return fmt.Errorf("compare: %s: line %d is damaged: %w", j.path, number, err)
		case l.Comparison != nil && l.Comparison.Version != version:
			return fmt.Errorf("compare: %s is of version %d, this program reads %d", j.path, l.Comparison.Version, version)
		case l.Comparison != nil:
			j.header = *l.Comparison
		case l.Entrant != nil:
			j.computes[l.Entrant.Optimizer] = l.Entrant.Computes
		case l.Run != nil:
			j.runs[l.Run.key()] = l.Run
		}
		j.finished = l.Finished
	}
	return nil
}

// compare reports settings that are not those of the file.
func (j *journal) compare(settings []Setting) error {
	theirs := map[string]string{}
	for _, s := range j.header.Settings {
		theirs[s.Name] = s.Value
	}
	var diffs []string
	for _, s := range settings {
		if theirs[s.Name] != s.Value {
			diffs = append(diffs, fmt.Sprintf("%s: %s in the file, %s now", s.Name, said(theirs[s.Name]), said(s.Value)))
		}
		delete(theirs, s.Name)
	}
	for _, s := range j.header.Settings {
		if _, ok := theirs[s.Name]; ok {
			diffs = append(diffs, fmt.Sprintf("%s: %s in the file, %s now", s.Name, said(s.Value), said("")))
		}
	}
	if len(diffs) > 0 {
		return fmt.Errorf("compare: %s is of a comparison with other settings:\n\t%s", j.path, strings.Join(diffs, "\n\t"))
	}
	return nil
}

// said is a setting's value, or that there is none.
func said(value string) string {
	if value == "" {
		return "none"
	}
	return value
}

// check reports an optimizer whose runs that are there computed something else.
func (j *journal) check(e *entrant) error {
	if theirs, ok := j.computes[e.Name]; ok && theirs != e.computes {
		return fmt.Errorf("compare: %s is of a comparison in which %s has another formula or other hyperparameters", j.path, e.Name)
	}
	return nil
}

// find is a run that is done, nil if it is not.
func (j *journal) find(t trial) *Run {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.runs[runKey{t.Name, t.stage, t.lr, t.seed}]
}

// add keeps a run.
func (j *journal) add(r *Run) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.runs[r.key()] = r
	j.finished = false
	return j.write(line{Run: r})
}

// of has the runs of an optimizer that are done, by stage, learning rate and seed.
func (j *journal) of(e *entrant) []*Run {
	j.mu.Lock()
	defer j.mu.Unlock()
	var runs []*Run
	for key, r := range j.runs {
		if key.optimizer == e.Name {
			runs = append(runs, r)
		}
	}
	slices.SortFunc(runs, func(a, b *Run) int {
		return cmp.Or(cmp.Compare(a.Stage, b.Stage), cmp.Compare(a.LR, b.LR), cmp.Compare(a.Seed, b.Seed))
	})
	return runs
}

// finish writes that all is done.
func (j *journal) finish() error {
	if j.finished {
		return nil
	}
	j.finished = true
	return j.write(line{Finished: true})
}

func (r *Run) key() runKey { return runKey{r.Optimizer, r.Stage, r.LR, r.Seed} }

// write appends a line.
func (j *journal) write(l line) error {
	if j.file == nil {
		return nil
	}
	text, err := json.Marshal(l)
	if err == nil {
		_, err = j.file.Write(append(text, '\n'))
	}
	if err != nil {
		return fmt.Errorf("compare: %s: not written: %w", j.path, err)
	}
	return nil
}

func (j *journal) close() error {
	if j.file == nil {
		return nil
	}
	return j.file.Close()
}
