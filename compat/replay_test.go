package compat_test

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/descent-go/descent/compat"
	"github.com/descent-go/descent/optim"
)

const traces = "../testdata/traces"

// glob lists files that must be there.
func glob(t *testing.T, least int, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) < least {
		t.Fatalf("%s: %d files, expected at least %d (%v)", pattern, len(files), least, err)
	}
	return files
}

// passes replays a recording and reports what differs.
func passes(t *testing.T, path string, rule optim.Rule) {
	t.Helper()
	r, err := compat.Replay(path, rule)
	switch {
	case err != nil:
		t.Fatal(err)
	case r.Mismatch != nil:
		t.Fatalf("%v", r.Mismatch)
	case r.Worst > 1 || r.Steps == 0 || r.Name != path:
		t.Errorf("all values agree, yet the report is %+v", r)
	}
}

// TestFormula replays the recordings of the framework formula by their own names and options.
func TestFormula(t *testing.T) {
	for _, path := range glob(t, 13, traces+"/formula/*.json.gz") {
		t.Run(filepath.Base(path), func(t *testing.T) { passes(t, path, nil) })
	}
}

// TestRules replays recordings of every framework through formulas written for them.
func TestRules(t *testing.T) {
	for _, path := range glob(t, 70, "../testdata/rules/*/*.rule") {
		name := strings.TrimSuffix(filepath.ToSlash(path), ".rule")
		name = strings.TrimPrefix(name, "../testdata/rules/")
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			rule, err := optim.Parse(filepath.Base(path), string(text))
			if err != nil {
				t.Fatal(err)
			}
			passes(t, traces+"/"+name+".json.gz", rule)
		})
	}
}

// TestMismatch replays Adam's recording with another beta1: the first step is
// the same, since the correction undoes the factor.
func TestMismatch(t *testing.T) {
	rule, err := optim.Parse("wrong", `
		hyper lr = 0.01, beta1 = 0.8, beta2 = 0.999, eps = 1e-8
		state m, v
		m = beta1*m + (1-beta1)*g
		v = beta2*v + (1-beta2)*g^2
		w = w - lr*(m/(1-beta1^t))/(sqrt(v/(1-beta2^t)) + eps)`)
	if err != nil {
		t.Fatal(err)
	}
	r, err := compat.Replay(traces+"/torch/adam-1.json.gz", rule)
	if err != nil {
		t.Fatal(err)
	}
	m := r.Mismatch
	if m == nil || m.Step != 2 || m.Param != "w0" || m.Element != 0 || m.Got == m.Want || r.Worst <= 1 {
		t.Fatalf("got %+v, %v", r, m)
	}
	if text := m.String(); !strings.HasPrefix(text, "step 2, parameter w0, element 0: got ") {
		t.Error(text)
	}
}

// TestNaN replays through a formula whose weights are no numbers.
func TestNaN(t *testing.T) {
	rule, err := optim.Parse("nan", "w = sqrt(-1 - g^2)")
	if err != nil {
		t.Fatal(err)
	}
	r, err := compat.Replay(traces+"/torch/adam-1.json.gz", rule)
	if err != nil || r.Mismatch == nil || !math.IsInf(r.Worst, 1) || !math.IsNaN(r.Mismatch.Got) {
		t.Errorf("got %+v, %v, %v", r, r.Mismatch, err)
	}
}

func TestReplayErrors(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	with := func(old, text string) string {
		out := strings.Replace(small, old, text, 1)
		if out == small {
			t.Fatalf("%q is not in the recording", old)
		}
		return out
	}
	rule := func(name string) optim.Rule {
		r, err := optim.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for name, c := range map[string]struct {
		text string
		rule optim.Rule
		want string
	}{
		"framework":    {with(`"formula"`, `"torsch"`), nil, `unknown framework "torsch"`},
		"optimizer":    {with(`"adam"`, `"adamm"`), nil, `formula has no optimizer "adamm": did you mean adam`},
		"option":       {with(`"lr": 0.1`, `"lambda": 0.1`), nil, `options: there is no option "lambda": it has lr`},
		"param option": {with(`"shape": [2],`, `"shape": [2], "options": {"x": 1},`), nil, `parameter w: options: there is no option "x"`},
		"step option":  {with(`{"grads"`, `{"options": {"lr": -1}, "grads"`), nil, `step 1: options: option lr: lr = -1 is out of range`},
		"master":       {with(`"steps": [{`, `"master_tolerance": {"rtol": 0, "atol": 0}, "steps": [{"master": [[1, 2], [3]], `), nil, `step 1: descent: parameter w has no state descent.master`},
		"lookahead":    {small, rule("nag"), `this recording gives only those that were used: replay one with an objective`},
		"link":         {small, rule("centralize"), `is a link`},
		"broken":       {with(`"steps"`, `"stops"`), nil, `no steps`},
	} {
		path := write(strings.ReplaceAll(name, " ", "-")+".json", c.text)
		_, err := compat.Replay(path, c.rule)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "compat: "+path) {
			t.Errorf("%s: got %v, expected the file and %q", name, err, c.want)
		}
	}
	if _, err := compat.Replay(filepath.Join(dir, "none.json"), nil); err == nil || !strings.Contains(err.Error(), "none.json") {
		t.Errorf("a file that is not there: %v", err)
	}
	if _, err := compat.Replay(dir, nil); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("a directory: %v", err)
	}
}
