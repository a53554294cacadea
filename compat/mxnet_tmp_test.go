package compat

import (
	"os"
	"path/filepath"
	"testing"
)

func TestTmp2MXNet(t *testing.T) {
	for _, dir := range []string{"one", "two"} {
		files, _ := filepath.Glob("/tmp/mxrec/" + dir + "/*.json")
		for _, f := range files {
			r, err := Replay(f, nil)
			if r.Worst > 1 || err != nil {
				data, _ := os.ReadFile(f)
				i := 0
				for i < len(data) && i < 700 && string(data[i:min(i+9,len(data))]) != "\"params\":" { i++ }
				t.Log(dir, filepath.Base(f), r.Worst, r.Mismatch, err, string(data[100:i]))
			}
		}
	}
}
