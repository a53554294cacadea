//go:build unix

package vw_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// What is no file is written to, not replaced, and links are followed.
func TestDevices(t *testing.T) {
	folder := t.TempDir()
	pipe, link, real := filepath.Join(folder, "pipe"), filepath.Join(folder, "link"), filepath.Join(folder, "real")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	if err := os.WriteFile(real, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(real, link); err != nil {
		t.Fatal(err)
	}
	got := make(chan string)
	go func() {
		b, _ := os.ReadFile(pipe)
		got <- string(b)
	}()
	run(t, clicks(20), "-f", link, "--readable_model", pipe)
	if text := <-got; !strings.HasPrefix(text, "bits:18") {
		t.Errorf("through the pipe came %q", text)
	}
	if info, err := os.Lstat(pipe); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		t.Errorf("the pipe is %v, error %v", info, err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is %v, error %v", info, err)
	}
	if b, err := os.ReadFile(real); err != nil || len(b) == 0 {
		t.Errorf("behind the link are %d bytes, error %v", len(b), err)
	}
}
