package server

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/internal/journal"
	"github.com/descent-go/descent/optim"
)

// script lets three workers pull and push in turns that make gradients late.
func script(t *testing.T, s *Server, from, to uint64) {
	t.Helper()
	for round := from; round < to; round++ {
		for i := range 3 {
			if _, err := s.Pull(ctx, fmt.Sprint(i), round, model()); err != nil {
				t.Fatal(err)
			}
		}
		for i := range 3 {
			grads := gradients(10*round + uint64(i))
			if i == 1 && round%2 == 0 {
				grads = grads[1:]
			}
			if _, err := s.Push(ctx, fmt.Sprint((i+int(round))%3), round, grads); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// copyStore is what a crash leaves of a store: its files, as they are.
func copyStore(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "store")
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

// TestStore starts servers from what others have left, at a crash and at the end,
// with snapshots at different places: they go on with the same bits.
func TestStore(t *testing.T) {
	for _, rule := range []optim.Rule{optim.SGD, optim.DCASGD, optim.Adam, optim.Chain(optim.Adam, optim.EMA)} {
		config := Config{Rule: rule, MaxDelay: -1, Options: []descent.Option{descent.LR(0.01)}, Work: 30}
		config.Store = filepath.Join(t.TempDir(), "store")
		s := newTestServer(t, config)
		script(t, s, 1, 5)
		// A snapshot while pulls are under way, of which one is pushed later.
		for i := range 2 {
			if _, err := s.Pull(ctx, fmt.Sprint("late", i), 1, model()); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Pull(ctx, "early", 1, model()); err != nil {
			t.Fatal(err)
		}
		early, err := s.Push(ctx, "early", 1, gradients(98))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.keep(); err != nil {
			t.Fatal(err)
		}
		script(t, s, 5, 8)
		if _, err := s.Push(ctx, "late0", 1, gradients(99)); err != nil {
			t.Fatal(err)
		}
		crashed := config
		crashed.Store = copyStore(t, config.Store)
		again := newTestServer(t, crashed)
		equal(t, rule.Name()+" after a crash", s, again)
		ack, err := again.Push(ctx, "late0", 1, gradients(99))
		if err != nil || !ack.Again || ack.Version != 23 {
			t.Errorf("%+v, %v", ack, err)
		}
		ack, err = again.Push(ctx, "early", 1, gradients(98))
		if early.Again = true; err != nil || ack != early {
			t.Errorf("%+v, %v; want %+v", ack, err, early)
		}
		if _, err := again.Push(ctx, "late1", 1, gradients(100)); err != distributed.ErrExpired {
			t.Error(err)
		}
		ticket, err := again.Pull(ctx, "new", 1, model())
		if done := again.Stats().WorkDone; err != nil || ticket.Work != 13 || done != 23 {
			t.Errorf("%+v, %v, %d done", ticket, err, done)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		closed := newTestServer(t, config)
		equal(t, rule.Name()+" after its end", s, closed)
		stored, err := ReadStored(copyStore(t, config.Store))
		if err != nil || stored.Updates != 23 || stored.Rule != s.core.rule {
			t.Errorf("%+v, %v", stored, err)
		}
	}
}

// equal compares weights and states.
func equal(t *testing.T, what string, a, b *Server) {
	t.Helper()
	tensors, states := holds(t, a)
	again, statesAgain := holds(t, b)
	if !same(tensors, again) || fmt.Sprint(states) != fmt.Sprint(statesAgain) {
		t.Errorf("%s: other weights or states", what)
	}
}

func TestStoreOfOthers(t *testing.T) {
	config := Config{Rule: optim.DCASGD, Tensors: model(), Store: filepath.Join(t.TempDir(), "store"), Work: 5, Meta: "settings"}
	s := newTestServer(t, config)
	if _, err := New(config); err == nil || !strings.Contains(err.Error(), "is in use by another process") {
		t.Error(err)
	}
	for i := range uint64(3) {
		if _, err := s.Pull(ctx, "a", i+1, model()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Push(ctx, "a", i+1, gradients(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*Config){
		`there was "rule: dcasgd", now there is "rule: sgd"`:                 func(c *Config) { c.Rule = optim.SGD },
		`there was "lr: 0.01", now there is "lr: 7"`:                         func(c *Config) { c.Options = []descent.Option{descent.LR(7)} },
		`there was "parameter fc.bias: float32[90]", now there is "nothing"`: func(c *Config) { c.Tensors = c.Tensors[:1] },
		`there was "parameter fc.bias: float32[90]", now there is "parameter `: func(c *Config) {
			c.Tensors = []distributed.Tensor{c.Tensors[0], {Name: "fc.bias", Data: []float32{1}, Shape: []int{1}}}
		},
		"has handed out 3 units of work, there are now 2": func(c *Config) { c.Work = 2 },
	} {
		c := config
		c.Tensors = model()
		change(&c)
		if s, err := New(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
			if s != nil {
				_ = s.Close()
			}
		}
	}
	if stored, err := ReadStored(config.Store); err != nil || stored.Meta != "settings" {
		t.Errorf("%+v, %v", stored, err)
	}
	for _, dir := range []string{t.TempDir(), filepath.Join(t.TempDir(), "none")} {
		if _, err := ReadStored(dir); !errors.Is(err, os.ErrNotExist) {
			t.Error(err)
		}
	}
}

// TestSnapshots are made in time, and their failure is told and stops nothing.
func TestSnapshots(t *testing.T) {
	warned := make(chan error, 10)
	config := Config{Store: filepath.Join(t.TempDir(), "store"), SnapshotEvery: 5 * time.Millisecond, MaxDelay: -1, Warn: func(err error) { warned <- err }}
	s := newTestServer(t, config)
	script(t, s, 1, 3)
	until(t, func() bool {
		stored, _ := filepath.Glob(filepath.Join(config.Store, "*.snapshot"))
		return len(stored) == 2
	})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	config.SnapshotEvery = time.Hour
	s = newTestServer(t, config)
	blocked := filepath.Join(config.Store, "snapshot.tmp")
	if err := os.MkdirAll(filepath.Join(blocked, "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	script(t, s, 3, 4)
	s.store.snapshot <- struct{}{}
	if err := <-warned; !strings.Contains(err.Error(), "no snapshot was made, the log has everything") {
		t.Error(err)
	}
	script(t, s, 4, 6)
	if err := os.RemoveAll(blocked); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	config.Store = copyStore(t, config.Store)
	equal(t, "after a failed snapshot", s, newTestServer(t, config))
}

// FuzzRecord reads what may be in a log.
func FuzzRecord(f *testing.F) {
	core, err := NewCore(Config{Rule: optim.SGD, Tensors: small()})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(slices.Concat(core.recordOf(&worker{name: "a", seq: 7, version: 6, unit: -1}, small())...))
	f.Add([]byte{1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := core.readRecord(b, make([][]float32, 1))
		if err != nil {
			return
		}
		b = slices.Concat(core.recordOf(&worker{name: r.worker, seq: r.seq, version: r.version, unit: r.unit}, r.grads)...)
		again, err := core.readRecord(b, make([][]float32, 1))
		if err != nil || !same(again.grads, r.grads) || again.worker != r.worker || again.seq != r.seq || again.version != r.version || again.unit != r.unit {
			t.Errorf("%+v, %v; want %+v", again, err, r)
		}
	})
}

// TestDamagedRecord is a log with a record that no server has written.
func TestDamagedRecord(t *testing.T) {
	for want, record := range map[string][]byte{
		"it is of another version":       {9},
		"no push of this model":          {1, 1, 'a', 1},
		"it is of weights of update 5":   {1, 1, 'a', 1, 5, 1, 0},
		"has a gradient of unit 0 twice": {1, 1, 'a', 2, 0, 0, 0},
		"unit 63, there are now 9":       {1, 1, 'a', 2, 0, 126, 0},
	} {
		config := Config{Rule: optim.SGD, Tensors: small(), Store: t.TempDir(), Work: 9}
		s := newTestServer(t, config)
		if _, err := s.Pull(ctx, "a", 1, small()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Push(ctx, "a", 1, small()); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		log, err := journal.Open(config.Store, journal.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := log.Append([][]byte{record}, nil); err != nil {
			t.Fatal(err)
		}
		if err := log.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := New(config); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "record 1") {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
