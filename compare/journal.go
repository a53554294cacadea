package compare

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
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
	header   header
	runs     map[runKey]*Run
	computes map[string]string // by optimizer
	finished bool
}

// openJournal opens the file of a comparison, or makes it.
func openJournal(path string, resume bool, settings []Setting) (*journal, error) {
	j := &journal{path: path, runs: map[runKey]*Run{}, computes: map[string]string{}}
	if path == "" {
		return j, nil
	}
	content, err := os.ReadFile(path)
	if err != nil && (resume || !errors.Is(err, fs.ErrNotExist)) {
		return nil, fmt.Errorf("compare: the journal cannot be read: %w", err)
	}
	end := bytes.LastIndexByte(content, '\n') + 1 // what follows was torn
	if err := j.read(content[:end]); err != nil {
		return nil, err
	}
	if !resume {
		if len(j.runs) > 0 && !j.finished {
			return nil, fmt.Errorf("compare: %s %w, with %d runs done", path, ErrUnfinished, len(j.runs))
		}
		return j.begin(settings)
	}
	if len(j.header.Settings) == 0 {
		return nil, fmt.Errorf("compare: %s is empty: there is nothing to resume", path)
	}
	if err := j.compare(settings); err != nil {
		return nil, err
	}
	return j, j.open(os.O_RDWR, int64(end))
}

// begin starts the file anew.
func (j *journal) begin(settings []Setting) (*journal, error) {
	clear(j.runs)
	clear(j.computes)
	j.finished = false
	if err := j.open(os.O_RDWR|os.O_CREATE, 0); err != nil {
		return nil, err
	}
	return j, j.write(line{Comparison: &header{version, settings}})
}

// open opens the file to go on after so many bytes.
func (j *journal) open(flags int, end int64) error {
	var err error
	if j.file, err = os.OpenFile(j.path, flags, 0o666); err == nil {
		err = j.file.Truncate(end)
	}
	if err == nil {
		_, err = j.file.Seek(end, 0)
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

// enter writes down what an optimizer computes. It is an error if runs of it
// are there that computed something else.
func (j *journal) enter(e *entrant) error {
	theirs, ok := j.computes[e.Name]
	switch {
	case !ok:
		j.computes[e.Name] = e.computes
		return j.write(line{Entrant: &definition{e.Name, e.computes}})
	case theirs != e.computes:
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
