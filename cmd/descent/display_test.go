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

func TestLossText(t *testing.T) {
	for loss, want := range map[float64]string{0.1234: "0.123", 12: "12.000", 4.2735e27: "4.27e+27"} {
		if got := lossText(loss); got != want {
			t.Errorf("%v is %s, expected %s", loss, got, want)
		}
	}
}
