package checkpoint

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// mount mounts a small file system in memory, where one may be mounted.
func mount(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("no small file system can be mounted: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// TestFolderFullDisk has no room for a third checkpoint, then for the manifest only.
func TestFolderFullDisk(t *testing.T) {
	dir := mount(t)
	d := Folder(filepath.Join(dir, "checkpoints"))
	if err := d.Make(); err != nil {
		t.Fatal(err)
	}
	big := func(step int) *File {
		f := small(step)
		f.Tensors = append(f.Tensors, Tensor{Name: "big", Shape: []int{100_000}, F32: make([]float32, 100_000)})
		return f
	}
	mustSave(t, d, 1, 2, big(1))
	mustSave(t, d, 2, 2, big(2))
	for step := 3; step < 6; step++ {
		if err := saveStep(d, step, 2, big(step)); !errors.Is(err, unix.ENOSPC) || !strings.Contains(err.Error(), "no space left on device") {
			t.Fatalf("error %v", err)
		}
		latest(t, d, 2, big(2))
	}
	if err := d.Begin(6); err != nil {
		t.Fatal(err)
	}
	p, err := d.Part(6, 0, 1, &File{})
	if err != nil {
		t.Fatal(err)
	}
	hog := filepath.Join(dir, "hog")
	if err := os.WriteFile(hog, make([]byte, 1<<20), 0o666); !errors.Is(err, unix.ENOSPC) {
		t.Fatalf("error %v", err)
	}
	if err := d.Commit(6, []Part{p}, nil); !errors.Is(err, unix.ENOSPC) {
		t.Errorf("error %v", err)
	}
	latest(t, d, 2, big(2))
	if err := os.Remove(hog); err != nil {
		t.Fatal(err)
	}
	mustSave(t, d, 7, 1, small(7))
	latest(t, d, 7, small(7))
	if got := stepFolders(t, d); got != "step-000002 step-000007" {
		t.Errorf("there are %s", got)
	}
}

// TestFolderReadOnly reads where nothing can be written.
func TestFolderReadOnly(t *testing.T) {
	dir := mount(t)
	d := Folder(dir)
	mustSave(t, d, 1, 2, small(1))
	if err := unix.Mount("", dir, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Skip(err)
	}
	latest(t, d, 1, small(1))
	if err := d.Make(); !errors.Is(err, unix.EROFS) || !strings.Contains(err.Error(), "no checkpoints can be written there") {
		t.Errorf("error %v", err)
	}
	if err := d.Begin(2); !errors.Is(err, unix.EROFS) {
		t.Errorf("error %v", err)
	}
}
