package compat

import (
	"path/filepath"
	"testing"
)

func TestOptaxTmp(t *testing.T) {
	files, _ := filepath.Glob("/tmp/optaxrec/*.json")
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			r, err := Replay(f, nil)
			if err != nil || r.Mismatch != nil {
				t.Error(err, r.Mismatch)
			}
			t.Log(r.Worst)
		})
	}
}
