package main

import (
	"os"
	"path/filepath"
	"testing"
)

// TestStatus follows what a notice leaves on a terminal: nothing, and it never
// takes more than its own width.
func TestStatus(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	stderr := os.Stderr
	os.Stderr = file
	d := &display{terminal: true}
	d.status("read")
	d.status("")
	os.Stderr = stderr
	got, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	if want := "\rread\r    \r\r"; string(got) != want {
		t.Errorf("the terminal got %q, want %q", got, want)
	}
}
