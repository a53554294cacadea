//go:build linux || darwin

package checkpoint

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestSymbolicLink(t *testing.T) {
	target := save(t, &File{})
	link := filepath.Join(t.TempDir(), "latest")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	if err := odd().Save(link); err != nil {
		t.Fatal(err)
	}
	if to, err := os.Readlink(link); to != target {
		t.Errorf("the link points to %q, %v", to, err)
	}
	f, err := Load(target)
	if err != nil {
		t.Fatal(err)
	}
	sameBits(t, f, odd())
	onlyFile(t, target)
	onlyFile(t, link)
}

// TestSaveToPipe uses a pipe of its own: code that went wrong would replace a
// device of the machine.
func TestSaveToPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := odd().Save(path); err == nil || !strings.Contains(err.Error(), "a device, pipe or socket") {
		t.Errorf("error %v", err)
	}
	onlyFile(t, path)
	if info, err := os.Lstat(path); err != nil || info.Mode().Type() != os.ModeNamedPipe {
		t.Errorf("the pipe became %v, %v", info.Mode(), err)
	}
}
