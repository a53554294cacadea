package server

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/internal/journal"
)

// ErrFull is wrapped by the error of a push for which the disk has no space: it
// can be sent again when there is some.
var ErrFull = journal.ErrFull

// store is the log of a server.
type store struct {
	log      *journal.Log
	warn     func(error)
	snapshot chan struct{} // asks for one
	limit    int64         // bytes of records after which one is made
	replayed int64         // bytes of records since the last one, when the store was opened
}

// openStore opens the log in a folder and sets the core to where it ends.
func openStore(dir string, core *Core, warn func(error)) (*store, error) {
	log, err := journal.Open(dir, journal.Options{})
	if err != nil {
		return nil, err
	}
	for _, note := range log.Notes() {
		warn(errors.New(note))
	}
	s := &store{log: log, warn: warn, snapshot: make(chan struct{}, 1), limit: 64 << 20}
	for _, t := range core.tensors {
		s.limit += 16 * int64(len(t.Data))
	}
	if err := s.restore(dir, core); err != nil {
		return nil, errors.Join(err, log.Close())
	}
	return s, nil
}

// restore sets the core to where the log ends; an empty log gets a snapshot of the
// core as it is.
func (s *store) restore(dir string, core *Core) error {
	from, path, ok := s.log.Latest()
	if !ok && s.log.Next() > 0 {
		return fmt.Errorf("the store %s has records but no snapshot that is whole: put one back from a copy", dir)
	}
	if !ok {
		im := core.image()
		defer im.release()
		return s.log.Snapshot(0, im.write)
	}
	seen, err := core.load(path)
	if err != nil {
		return err
	}
	return s.replay(core, from, seen)
}

// replay applies the pushes of the log from a record on. Those of a rule that asks
// which weights a worker has seen need weights of earlier versions: a first pass
// finds out which, and for how many.
func (s *store) replay(core *Core, from uint64, seen map[uint64]*Weights) error {
	uses, err := s.uses(core, from)
	if err != nil {
		return err
	}
	keep := func() {
		if v := core.updates; uses[v] > 0 && seen[v] == nil {
			seen[v] = core.Weights()
		}
	}
	keep()
	room := make([][]float32, len(core.tensors))
	err = s.log.Replay(from, func(n uint64, b []byte) error {
		r, err := core.readRecord(b, room)
		if err != nil {
			return fmt.Errorf("record %d: %w", n, err)
		}
		if err := core.redo(r, seen[r.version]); err != nil {
			return fmt.Errorf("record %d: %w", n, err)
		}
		s.replayed += int64(len(b))
		if w := seen[r.version]; w != nil {
			if uses[r.version]--; uses[r.version] == 0 {
				w.Release()
				delete(seen, r.version)
			}
		}
		keep()
		return nil
	})
	for _, w := range seen {
		w.Release()
	}
	return err
}

// uses counts, by version, the pushes of the log that were computed at weights
// which the rule asks for.
func (s *store) uses(core *Core, from uint64) (map[uint64]int, error) {
	uses := map[uint64]int{}
	if !core.seen {
		return uses, nil
	}
	err := s.log.Replay(from, func(_ uint64, b []byte) error {
		r, err := core.readRecord(b, nil)
		uses[r.version]++
		return err
	})
	return uses, err
}

// append brings a push to disk, and has it applied then.
func (s *Server) append(w *worker, grads []distributed.Tensor, apply func(uint64)) error {
	parts := s.core.recordOf(w, grads)
	if _, err := s.store.log.AppendParts(parts, apply); err != nil {
		return fmt.Errorf("server: the push of worker %s is not applied and can be sent again: %w", w.name, err)
	}
	bytes := int64(0)
	for _, part := range parts {
		bytes += int64(len(part))
	}
	if s.records.Add(bytes) > s.store.limit {
		select {
		case s.store.snapshot <- struct{}{}:
		default: // one is asked for
		}
	}
	return nil
}

// snapshots makes snapshots when they are due or asked for, until Close.
func (s *Server) snapshots() {
	due := time.NewTicker(s.config.SnapshotEvery)
	defer due.Stop()
	for {
		select {
		case <-s.closed:
			return
		case <-s.store.snapshot:
		case <-due.C:
		}
		if err := s.keep(); err != nil {
			s.store.warn(fmt.Errorf("server: no snapshot was made, the log has everything: %w", err))
		}
	}
}

// keep makes a snapshot, unless nothing was pushed since the last.
func (s *Server) keep() error {
	bytes := s.records.Swap(0)
	if bytes == 0 {
		return nil
	}
	var im *image
	n, err := s.store.log.Append(nil, func(uint64) {
		s.mu.Lock()
		defer s.mu.Unlock()
		im = s.core.image()
	})
	if err == nil {
		err = s.store.log.Snapshot(n, im.write)
		im.release()
	}
	if err != nil {
		s.records.Add(bytes)
	}
	return err
}

// Stored is what a store was made with.
type Stored struct {
	Meta    string
	Rule    string // the text of its formulas
	Updates uint64 // of the last snapshot: the log may have more
}

// ReadStored reads what the store in a folder was made with, so that a server can
// go on from it. A folder without a store is an error that wraps os.ErrNotExist.
func ReadStored(dir string) (*Stored, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	if !slices.ContainsFunc(entries, func(e os.DirEntry) bool { return filepath.Ext(e.Name()) == ".snapshot" }) {
		return nil, fmt.Errorf("server: the folder %s has no snapshot of a parameter server: %w", dir, os.ErrNotExist)
	}
	log, err := journal.Open(dir, journal.Options{})
	if err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	_, path, ok := log.Latest()
	if err := log.Close(); err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	if !ok {
		return nil, fmt.Errorf("server: the folder %s has no snapshot of a parameter server: %w", dir, os.ErrNotExist)
	}
	_, h, err := readHeader(path)
	if err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	return &Stored{Meta: h.Meta, Rule: h.Rule, Updates: h.Updates}, nil
}
