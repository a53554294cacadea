package checkpoint

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// TestFolderDamaged changes each file of the newest checkpoint in each way: it is
// passed over for the one before, and the note says which file.
func TestFolderDamaged(t *testing.T) {
	d := Folder(t.TempDir())
	f := odd()
	f.Tensors = f.Tensors[:len(f.Tensors)-1] // all but the long one
	mustSave(t, d, 1, 2, small(1))
	mustSave(t, d, 2, 3, f)
	entries, err := os.ReadDir(d.path(2))
	if err != nil || len(entries) != 4 {
		t.Fatal(entries, err)
	}
	for _, e := range entries {
		path := filepath.Join(d.path(2), e.Name())
		whole := contents(t, path)
		for i := range 40 {
			at := i * len(whole) / 40
			flipped := bytes.Clone(whole)
			flipped[at] ^= 1 << (i % 8)
			passedOver(t, d, e.Name(), path, flipped)
			passedOver(t, d, e.Name(), path, whole[:at])
		}
		passedOver(t, d, e.Name(), path, append(bytes.Clone(whole), whole...))
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		s := latest(t, d, 1, small(1))
		if e.Name() != manifestName && (len(s.Notes) != 1 || !strings.Contains(s.Notes[0], e.Name()+" is damaged: it is not there")) {
			t.Errorf("%s removed: notes %q", e.Name(), s.Notes)
		}
		if err := os.WriteFile(path, whole, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	latest(t, d, 2, f)
}

func passedOver(t *testing.T, d Folder, name, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o666); err != nil {
		t.Fatal(err)
	}
	s := latest(t, d, 1, small(1))
	if len(s.Notes) != 1 || !strings.HasPrefix(s.Notes[0], d.path(2)+" is passed over: ") || !strings.Contains(s.Notes[0], name) {
		t.Errorf("%s with %d bytes: notes %q", name, len(content), s.Notes)
	}
}

// TestFolderAllDamaged has an error say why none is whole.
func TestFolderAllDamaged(t *testing.T) {
	d := Folder(t.TempDir())
	mustSave(t, d, 0, 1, small(0))
	mustSave(t, d, 1, 1, small(1))
	for step := range 2 {
		if err := os.WriteFile(filepath.Join(d.path(step), manifestName), []byte("{}"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	s, err := d.Latest()
	if s != nil || !errors.Is(err, ErrNone) || strings.Count(err.Error(), "is passed over: manifest.json: ") != 2 {
		t.Errorf("%v, %v", s, err)
	}
}

// TestFolderDamagedLater goes on from the checkpoint before a damaged one: the next
// save removes that, and keeps the one before.
func TestFolderDamagedLater(t *testing.T) {
	d := Folder(t.TempDir())
	mustSave(t, d, 20, 2, small(20))
	mustSave(t, d, 30, 1, small(30))
	entries, err := filepath.Glob(filepath.Join(d.path(30), "part-*"))
	if err != nil || len(entries) != 1 {
		t.Fatal(entries, err)
	}
	content := contents(t, entries[0])
	content[len(content)-1]++
	if err := os.WriteFile(entries[0], content, 0o666); err != nil {
		t.Fatal(err)
	}
	latest(t, d, 20, small(20))
	mustSave(t, d, 25, 2, small(25))
	latest(t, d, 25, small(25))
	if got := stepFolders(t, d); got != "step-000020 step-000025" {
		t.Errorf("there are %s", got)
	}
}

// TestFolderOtherVersion leaves alone what a later version has written, and keeps the
// one before, which it can read.
func TestFolderOtherVersion(t *testing.T) {
	d := Folder(t.TempDir())
	mustSave(t, d, 1, 1, small(1))
	mustSave(t, d, 2, 1, small(2))
	m, err := d.manifest(2)
	if err != nil {
		t.Fatal(err)
	}
	m.Format = 2
	if err := m.write(d.path(2)); err != nil {
		t.Fatal(err)
	}
	if s := latest(t, d, 1, small(1)); len(s.Notes) != 1 || !strings.Contains(s.Notes[0], "it has format 2, this program knows 1") {
		t.Errorf("notes %q", s.Notes)
	}
	if err := d.Begin(1); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(d.path(2), manifestName)); err != nil {
		t.Error(err)
	}
	mustSave(t, d, 3, 1, small(3))
	if got := stepFolders(t, d); got != "step-000001 step-000003" {
		t.Errorf("there are %s", got)
	}
}

// TestFolderLeftovers has Begin remove what a save has left that did not end, of its
// own step and of others, and nothing else.
func TestFolderLeftovers(t *testing.T) {
	d := Folder(t.TempDir())
	mustSave(t, d, 2, 1, small(2))
	for _, step := range []int{1, 2, 3, 5} {
		if err := os.MkdirAll(d.path(step), 0o777); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"part-1-of-2-0123456789abcdef.safetensors", ".part-0-0123456789abcdef.tmp", ".manifest.json-0123456789abcdef.tmp"} {
			if err := os.WriteFile(filepath.Join(d.path(step), name), nil, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := d.Begin(3); err != nil {
		t.Fatal(err)
	}
	if got := stepFolders(t, d); got != "step-000002 step-000003" {
		t.Errorf("there are %s", got)
	}
	for step, want := range map[int]int{2: 2, 3: 0} {
		if entries, err := os.ReadDir(d.path(step)); len(entries) != want {
			t.Errorf("step %d has %v, %v", step, entries, err)
		}
	}
	latest(t, d, 2, small(2))
}

// withRoom has all files that are made from now on share a disk of so many bytes,
// which it returns.
func withRoom(t *testing.T, room int64) *atomic.Int64 {
	real := create
	t.Cleanup(func() { create = real })
	left := &atomic.Int64{}
	left.Store(room)
	create = func(path string) (output, error) {
		out, err := real(path)
		return &sharing{out, left}, err
	}
	return left
}

type sharing struct {
	output
	left *atomic.Int64
}

func (s *sharing) Write(p []byte) (int, error) {
	if s.left.Add(-int64(len(p))) < 0 {
		return 0, errFull
	}
	return s.output.Write(p)
}

// TestFolderFull fills the disk at several places of a save by three ranks: it fails,
// says so, and the earlier checkpoint is the newest; with room again it goes on.
func TestFolderFull(t *testing.T) {
	d := Folder(t.TempDir())
	mustSave(t, d, 1, 3, odd())
	disk := withRoom(t, 0)
	for room := int64(0); room < 400_000; room += 20_000 {
		disk.Store(room)
		if err := saveStep(d, 2, 3, odd()); !errors.Is(err, errFull) || !strings.Contains(err.Error(), "step 2, part of rank") {
			t.Fatalf("room for %d bytes: error %v", room, err)
		}
		latest(t, d, 1, odd())
		if left, err := filepath.Glob(filepath.Join(d.path(2), ".*")); len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	}
	disk.Store(1 << 20)
	mustSave(t, d, 3, 3, odd())
	latest(t, d, 3, odd())
	if got := stepFolders(t, d); got != "step-000001 step-000003" {
		t.Errorf("there are %s", got)
	}
}

// TestFolderRead has one read while another saves: what is found is always whole, and
// never older than what was there before.
func TestFolderRead(t *testing.T) {
	d := Folder(t.TempDir())
	mustSave(t, d, 0, 2, small(0))
	const steps = 40
	var saved atomic.Int64
	done := make(chan error)
	go func() {
		for step := 1; step <= steps; step++ {
			if err := saveStep(d, step, 2, small(step)); err != nil {
				done <- err
				return
			}
			saved.Store(int64(step))
		}
		done <- nil
	}()
	for found := 0; found < steps && !t.Failed(); {
		before := int(saved.Load())
		s, err := d.Latest()
		if err != nil {
			t.Error(err)
			continue
		}
		if s.Step < before || s.Step < found {
			t.Errorf("found step %d, when %d was saved and %d had been found; notes %q", s.Step, before, found, s.Notes)
		}
		if len(s.Notes) > 0 {
			t.Errorf("notes %q", s.Notes)
		}
		sameBits(t, s.File, small(s.Step))
		found = s.Step
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}
