package serve

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"time"

	"github.com/descent-go/descent/online"
)

// writing writes the content of a snapshot.
type writing = func(io.Writer) error

// preface is the first line of a snapshot, before the model's file: the hash of
// the model that the store began with and the bits of the sums.
const preface = "descent store 1 %s %x %x\n"

// originOf is the hash of a model's file.
func originOf(l *online.Learner) (string, error) {
	sum := sha256.New()
	if err := l.Save(sum); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// restore makes the learner that the store's records have led to.
func (s *Service) restore(dir string, start *online.Learner) (err error) {
	given := ""
	if start != nil {
		if given, err = originOf(start); err != nil {
			return err
		}
	}
	from, path, ok := s.log.Latest()
	switch {
	case ok:
		if err := s.load(path); err != nil {
			return err
		}
		if given != "" && given != s.origin {
			return fmt.Errorf("the store %s began with another model, or one of other options: give that one, or none to go on with what it has learned, or take another folder", dir)
		}
	case s.log.Next() > 0:
		return fmt.Errorf("the store %s has records but no snapshot that is whole: put one back from a copy", dir)
	case start == nil:
		return fmt.Errorf("the store %s is empty: give the model that it is to begin with", dir)
	default:
		s.learner, s.origin = start, given
		if err := s.log.Snapshot(0, s.write); err != nil {
			return err
		}
	}
	if s.learner.Frozen() {
		err := errFrozen
		s.trouble.Store(&err)
	}
	return s.replay(from)
}

// replay learns what is in the log from a record on.
func (s *Service) replay(from uint64) error {
	next := s.log.Next()
	s.o.Log.Info("learning again what the log has since the snapshot", "snapshot", from, "records", next-from)
	o := s.o
	o.LineBytes, o.Features = math.MaxInt, math.MaxInt // they were kept when the record was written
	b := newBatch(s.learner, &o)
	return s.log.Replay(from, func(n uint64, record []byte) error {
		x, err := b.read(record)
		if err != nil {
			return fmt.Errorf("record %d of the log cannot be learned again: %w", n, err)
		}
		s.sums.add(x, s.learner.Learn(x))
		s.fresh.examples.Add(1)
		s.fresh.bytes.Add(int64(len(record)))
		if s.o.Progress != nil && n%1000 == 0 {
			s.o.Progress(n-from, next-from)
		}
		return nil
	})
}

// add counts an example that was learned.
func (s *sums) add(x *online.Example, p online.Prediction) {
	if p.Skipped {
		return // its loss may be infinite
	}
	s.loss += float64(p.Loss)
	s.weight += float64(x.Weight)
}

// keep makes a snapshot. Learning waits meanwhile, predicting does not.
func (s *Service) keep() error {
	s.still.Lock()
	defer s.still.Unlock()
	if s.fresh.examples.Load() == 0 {
		return nil
	}
	start := time.Now()
	n := s.log.Next()
	if err := s.log.Snapshot(n, s.write); err != nil {
		s.metrics.snapshotsFailed.Inc()
		return err
	}
	s.fresh.examples.Store(0)
	s.fresh.bytes.Store(0)
	s.metrics.snapshotSeconds.Observe(time.Since(start).Seconds())
	s.o.Log.Info("made a snapshot", "records", n, "seconds", time.Since(start).Seconds())
	return nil
}

// write writes a snapshot of the model, which must stand still.
func (s *Service) write(w io.Writer) error {
	if _, err := fmt.Fprintf(w, preface, s.origin, math.Float64bits(s.sums.loss), math.Float64bits(s.sums.weight)); err != nil {
		return err
	}
	return s.learner.Save(w)
}

// load reads a snapshot.
func (s *Service) load(path string) error {
	file, in, err := openSnapshot(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	line, err := in.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	var loss, weight uint64
	if _, err := fmt.Sscanf(line, preface, &s.origin, &loss, &weight); err != nil {
		return fmt.Errorf("%s is no snapshot of this version of descent serve: it begins with %.60q", path, line)
	}
	s.sums = sums{math.Float64frombits(loss), math.Float64frombits(weight)}
	if s.learner, err = online.Load(in); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// Model reads a model from its file or from a store's snapshot, with which a new
// store can begin where the log of another is damaged.
func Model(path string) (*online.Learner, error) {
	file, in, err := openSnapshot(path)
	if err != nil {
		return nil, fmt.Errorf("serve: %w", err)
	}
	defer func() { _ = file.Close() }()
	mark, _, _ := strings.Cut(preface, "%")
	if begin, _ := in.Peek(len(mark)); string(begin) == mark { // one that is shorter is no model either
		if _, err := in.ReadString('\n'); err != nil {
			return nil, fmt.Errorf("serve: %s: %w", path, err)
		}
	}
	l, err := online.Load(in)
	if err != nil {
		return nil, fmt.Errorf("serve: %s: %w", path, err)
	}
	return l, nil
}

func openSnapshot(path string) (*os.File, *bufio.Reader, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	return file, bufio.NewReaderSize(file, 1<<16), nil
}
