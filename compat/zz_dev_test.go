package compat

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/descent-go/descent/optim"
)

func TestDev(t *testing.T) {
	rules, _ := filepath.Glob("/tmp/rules/*/*.rule")
	for _, r := range rules {
		name := strings.TrimSuffix(strings.TrimPrefix(r, "/tmp/rules/"), ".rule")
		if f := os.Getenv("ONLY"); f != "" && !strings.Contains(name, f) {
			continue
		}
		text, _ := os.ReadFile(r)
		x, err := optim.Parse(name, string(text))
		if err != nil {
			t.Error(err)
			continue
		}
		rep, err := Replay("/work/shared/traces/"+name+".json", x)
		s := ""
		if rep.Mismatch != nil || err != nil {
			s = "FAIL"
		}
		t.Logf("%-4s %s %v %.3f %v", s, name, err, rep.Worst, rep.Mismatch)
	}
}
