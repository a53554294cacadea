package server

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/descent-go/descent/internal/journal"
	"github.com/descent-go/descent/optim"
)

// TestFullDisk fills a real file system in memory, where one may be mounted: a push
// says so and can be sent again when there is space.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=2m"); err != nil {
		t.Skipf("no small file system can be mounted: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	hog := filepath.Join(dir, "hog")
	if err := os.WriteFile(hog, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	warned := 0
	config := Config{Rule: optim.DCASGD, Tensors: model(), Store: filepath.Join(dir, "store"), MaxDelay: -1}
	config.Warn = func(err error) {
		if warned++; !errors.Is(err, journal.ErrFull) || !strings.Contains(err.Error(), "workers wait until there is space") {
			t.Error(err)
		}
	}
	s, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	plain := newTestServer(t, Config{Rule: optim.DCASGD, MaxDelay: -1})
	seq := uint64(0)
	fill := func() error {
		for {
			seq++
			if _, err := s.Pull(ctx, "a", seq, model()); err != nil {
				t.Fatal(err)
			}
			if _, err := plain.Pull(ctx, "a", seq, model()); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Push(ctx, "a", seq, gradients(seq)); err != nil {
				return err
			}
			if _, err := plain.Push(ctx, "a", seq, gradients(seq)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 2 {
		before := warned
		if err := fill(); !errors.Is(err, journal.ErrFull) {
			t.Fatal(err)
		}
		if _, err := s.Push(ctx, "a", seq, gradients(seq)); !errors.Is(err, journal.ErrFull) || warned != before+1 {
			t.Errorf("%v, warned %d times", err, warned-before)
		}
		equal(t, "with a full disk", s, plain)
		if err := os.RemoveAll(hog); err != nil {
			t.Fatal(err)
		}
		ack, err := s.Push(ctx, "a", seq, gradients(seq))
		if err != nil && !errors.Is(err, journal.ErrFull) {
			t.Fatal(err)
		}
		if err == nil {
			if _, err := plain.Push(ctx, "a", seq, gradients(seq)); err != nil || ack.Again {
				t.Error(fmt.Sprint(err, ack))
			}
		}
	}
	t.Logf("%d pushes fit; closing: %v", s.Updates(), s.Close()) // whose snapshot may have no space
	if again, err := New(config); err != nil {
		t.Error(err)
	} else {
		equal(t, "opened again", again, plain)
		_ = again.Close() // as above
	}
}
