package compat

import (
	"path/filepath"
	"testing"
)

func TestTmpMXNet(t *testing.T) {
	for _, peer := range []string{"mxnet", "mxnet2"} {
		files, _ := filepath.Glob("/work/shared/traces/" + peer + "/*.json")
		for _, f := range files {
			r, err := Replay(f, nil)
			t.Log(peer, filepath.Base(f), r.Worst, r.Mismatch, err)
		}
	}
}
