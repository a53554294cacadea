package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// TestRace: what the code draws is what is there. Other processors may draw a
// point elsewhere by a last bit.
func TestRace(t *testing.T) {
	there, err := os.ReadFile("../race.gif")
	if err != nil {
		t.Fatal(err)
	}
	if len(there) > 1_500_000 {
		t.Errorf("race.gif has %d bytes, expected at most 1.5 million", len(there))
	}
	if runtime.GOARCH != "amd64" {
		t.Skip("other processors may draw a point elsewhere")
	}
	file := filepath.Join(t.TempDir(), "race.gif")
	if err := race(file); err != nil {
		t.Fatal(err)
	}
	if now, err := os.ReadFile(file); err != nil || !bytes.Equal(now, there) {
		t.Errorf("docs/race.gif is stale: run go generate ./docs/generate (%v)", err)
	}
}
