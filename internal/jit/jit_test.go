//go:build amd64 && (linux || darwin || windows) && !race && !nojit

package jit

import (
	"strings"
	"testing"

	"github.com/descent-go/descent/internal/plan"
)

func TestChoose(t *testing.T) {
	for _, c := range []struct {
		setting, lacks2, lacks512 string
		name, reason, err         string
	}{
		{"", "", "", "AVX-512", "", ""},
		{"", "", "AVX-512F", "AVX2", "the processor has no AVX-512F", ""},
		{"", "F16C", "AVX-512F", "", "unavailable: the processor has no F16C", ""},
		{"avx2", "", "", "AVX2", "DESCENT_JIT=avx2", ""},
		{"avx512", "", "", "AVX-512", "", ""},
		{"avx2", "AVX2, F16C", "", "", "unavailable: the processor has no AVX2, F16C", ""},
		{"avx512", "", "AVX-512VL", "AVX2", "the processor has no AVX-512VL", ""},
		{"off", "", "", "", "unavailable: DESCENT_JIT=off", ""},
		{"AVX", "", "", "", "", "must be off, avx2 or avx512"},
	} {
		b, reason, err := choose(c.setting, c.lacks2, c.lacks512)
		name := ""
		if b != nil {
			name = b.(backend).set.name
		}
		if name != c.name || reason != c.reason || (err != nil) != (c.err != "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%+v: got %q, %q, %v", c, name, reason, err)
		}
	}
}

// The environment decides.
func TestNew(t *testing.T) {
	t.Setenv("DESCENT_JIT", "off")
	if b, reason, err := New(); b != nil || reason == "" || err != nil {
		t.Errorf("off: got %v, %q, %v", b, reason, err)
	}
	t.Setenv("DESCENT_JIT", "")
	b, reason, err := New()
	if err != nil || (b == nil) != strings.HasPrefix(reason, "unavailable: ") {
		t.Fatalf("got %v, %q, %v", b, reason, err)
	}
	if len(native) > 0 && !strings.HasPrefix(b.Name(), "machine code (AVX") {
		t.Errorf("the name is %q", b.Name())
	}
}

// Once its scratch memory has grown and its code is made, a kernel allocates nothing.
func TestNoAllocations(t *testing.T) {
	for _, text := range []string{adam, "w = w - g/norm(g) + normal()"} {
		p := build(t, parse(t, text), plan.Options{})
		for _, set := range native {
			k, w := backend{set}.Compile(p)[0][0], training(p, 1003)
			k.Grow(w.Scratch)
			grown := len(w.Scratch.F64)
			k.Run(w)
			if n := len(w.Scratch.F64); n != grown {
				t.Errorf("%s: Grow makes %d float64, Run needs %d\n%s", set.name, grown, n, text)
			}
			if n := testing.AllocsPerRun(10, func() { k.Run(w) }); n != 0 {
				t.Errorf("%s: %v allocations\n%s", set.name, n, text)
			}
		}
	}
}
