package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A model of two features that predict and one that does not: the strongest are
// shown with their names, the first before the second.
func TestModelShow(t *testing.T) {
	folder := t.TempDir()
	data, model := filepath.Join(folder, "data.vw"), filepath.Join(folder, "model")
	if err := os.WriteFile(data, []byte(strings.Repeat("1 |a strong weak:0.1 other\n-1 |a other\n", 50)), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, stderr, code := run(t, "learn", "-d", data, "--loss_function", "logistic", "--ftrl", "--names", "--quiet", "-q", "aa", "-b", "16", "-f", model); code != 0 {
		t.Fatal(stderr)
	}
	out, stderr, code := run(t, "model", "show", model, "--top", "3")
	if code != 0 {
		t.Fatal(stderr)
	}
	for _, want := range []string{"ftrl: beta 1, l1 0, l2 0, lr 0.5", "logistic, link identity", "--interactions aa", "100 examples", "of 2^16 are not 0", "a^strong", "█"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "Constant") {
		t.Errorf("a weak weight is among the strongest:\n%s", out)
	}
	out, stderr, code = run(t, "model", "show", model, "--top", "100", "--json")
	var m modelJSON
	if code != 0 || json.Unmarshal([]byte(out), &m) != nil || m.Learned != 100 || m.NonZero != len(m.Weights) {
		t.Errorf("JSON: %s\n%s", stderr, out)
	}
	content, err := os.ReadFile(model)
	if err != nil || m.Bytes != int64(len(content)) {
		t.Errorf("%d bytes, error %v", m.Bytes, err)
	}
	if piped, err := inspect("-", bytes.NewReader(content), 3); err != nil || piped.NonZero != m.NonZero || piped.Bytes != m.Bytes {
		t.Errorf("from standard input %+v, error %v", piped, err)
	}
	for _, c := range []struct {
		code int
		want string
		args []string
	}{
		{2, "expected one file", []string{"model", "show"}},
		{2, "--top -1", []string{"model", "show", model, "--top", "-1"}},
		{1, "no model that descent learn", []string{"model", "show", data}},
		{1, "nowhere", []string{"model", "show", "nowhere"}},
		{2, "show", []string{"model", "sow"}},
	} {
		if _, stderr, code := run(t, c.args...); code != c.code || !strings.Contains(stderr, c.want) {
			t.Errorf("%q: exit %d, %s; expected %d and %q", c.args, code, stderr, c.code, c.want)
		}
	}
}
