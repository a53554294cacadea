package online

import (
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"
)

// made gives the names of what is made of a line.
func made(t *testing.T, f Features, line string) string {
	t.Helper()
	e, err := newExpander(f, 1, 1<<18-1)
	if err != nil {
		t.Fatal(err)
	}
	var x Example
	built(&x, line)
	return strings.Join(e.names(&x), " ")
}

func TestFeatures(t *testing.T) {
	for _, c := range []struct {
		name, line, want string
		f                Features
	}{
		{"merged", "|a x |b y |a z", "a^x a^z b^y Constant", Features{}},
		{"no features", "|", "Constant", Features{}},
		{"nothing", "", "", Features{NoConstant: true}},
		{"only interacts", "|a x |b y |c z", "b^y Constant a^x*b^y", Features{IgnoreLinear: "ac", Interactions: []string{"ab"}}},
		{"keep above ignore", "|a x |b y", "a^x Constant", Features{Ignore: "a", Keep: "a"}},
		{"pairs", "|a x y", "a^x a^y a^x*a^x a^x*a^y a^y*a^y", Features{NoConstant: true, Interactions: []string{"aa"}}},
		{"ordered pairs", "|a x y", "a^x a^y a^x*a^x a^x*a^y a^y*a^x a^y*a^y", Features{NoConstant: true, Interactions: []string{"aa"}, Permutations: true}},
		{"constant interacts when named", "|a x", "a^x Constant a^x*Constant", Features{Interactions: []string{"a\x80"}}},
		{"constant is no wildcard", "|a x", "a^x Constant a^x*a^x", Features{Interactions: []string{"::"}}},
		{"namespace that is a colon", "|:a x |b y", ":a^x b^y :a^x*:a^x :a^x*b^y b^y*b^y", Features{NoConstant: true, Interactions: []string{"::"}}},
		{"empty namespace", "|a x |b", "a^x", Features{NoConstant: true, Interactions: []string{"ab", "abb"}}},
		{"limited to none", "|a x |b y", "b^y", Features{NoConstant: true, Limits: []string{"a0"}, Interactions: []string{"ab"}}},
		{"n-grams of the nameless", "| c a^b", "c a^b c^a^b", Features{NoConstant: true, Ngrams: []string{"2"}}},
	} {
		if got := made(t, c.f, c.line); got != c.want {
			t.Errorf("%s: %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestFeaturesWrong(t *testing.T) {
	for _, c := range []struct {
		want string
		f    Features
	}{
		{`interaction "a"`, Features{Interactions: []string{"a"}}},
		{`interaction ""`, Features{Interactions: []string{"ab", ""}}},
		{`n-gram "x"`, Features{Ngrams: []string{"x"}}},
		{`n-gram ""`, Features{Ngrams: []string{""}}},
		{`n-gram "2x"`, Features{Ngrams: []string{"2x"}}},
		{`skip "a+1"`, Features{Ngrams: []string{"2"}, Skips: []string{"a+1"}}},
		{`limit "99999999999"`, Features{Limits: []string{"99999999999"}}},
		{"skips without n-grams", Features{Skips: []string{"2"}}},
		{"more than 1000 kinds", Features{Ngrams: []string{"5"}, Skips: []string{"1000000000"}}},
		{"more than 1000 kinds", Features{Ngrams: []string{"a2000000000"}}},
	} {
		_, err := newExpander(c.f, 1, 255)
		if err == nil || !strings.HasPrefix(err.Error(), "online: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %s", c.f, err, c.want)
		}
	}
}

// many is an example of n features in each namespace.
func many(n int, spaces string) *Example {
	var x Example
	x.Reset()
	for i := range len(spaces) {
		x.Namespace(spaces[i : i+1])
		for j := range n {
			x.Feature("", float32(j+1))
		}
	}
	return &x
}

func TestTooManyFeatures(t *testing.T) {
	for _, c := range []struct {
		f    Features
		x    *Example
		size int
	}{
		{Features{Interactions: []string{"aa"}}, many(100_000, "a"), math.MaxInt32},
		{Features{Interactions: []string{"::"}}, many(100, "abcdefghijklmn"), 1401 + 1400*1401/2},
		{Features{Ngrams: []string{"9"}, Skips: []string{"3"}}, many(1_000_000, "a"), 0},
		{Features{Interactions: []string{strings.Repeat("a", 100)}}, many(2, "a"), 3 + 101},
		{Features{Interactions: []string{strings.Repeat("a", 1000)}}, many(3, "a"), 4 + 1001*1002/2},
		{Features{Interactions: []string{strings.Repeat(":", 9)}}, many(1, "abcdefghijklmnopqrstuvwxyz"), math.MaxInt32},
		{Features{Interactions: []string{"aa"}, NoConstant: true}, many(3000, "a"), 3000 + 3000*3001/2},
	} {
		e, err := newExpander(c.f, 1, 1<<18-1)
		if err != nil {
			t.Fatal(err)
		}
		size := e.size(c.x)
		if c.size > 0 && size != c.size {
			t.Errorf("%v: size %d, want %d", c.f, size, c.size)
		}
		want := size
		if size > maxFeatures {
			if want = len(c.x.Hashes) + 1; e.fits(c.x) == nil {
				t.Errorf("%v: fits", c.f)
			}
		} else if err := e.fits(c.x); err != nil {
			t.Error(err)
		}
		if at, value := e.expand(c.x); len(at) != want || len(value) != want {
			t.Errorf("%v: %d and %d, want %d", c.f, len(at), len(value), want)
		}
	}
}

// What wildcards stand for does not depend on what has been seen before, nor
// on how many learn of it at once.
func TestWildcardsOfOthers(t *testing.T) {
	f := Features{Interactions: []string{"::::", "a:"}}
	const spaces = " !0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ~"
	busy, _ := newExpander(f, 1, 1<<18-1)
	var wait sync.WaitGroup
	for k := range 4 {
		wait.Go(func() {
			for i := range len(spaces) - 4 {
				x := many(2, spaces[i:i+1+k])
				fresh, _ := newExpander(f, 1, 1<<18-1)
				a, _ := fresh.expand(x)
				b, _ := busy.expand(x)
				if !reflect.DeepEqual(a, b) {
					t.Errorf("%s: other features after others", spaces[i:i+1+k])
				}
			}
		})
	}
	wait.Wait()
	if n := len(busy.all.Load().list); n > maxKept {
		t.Errorf("%d interactions kept", n)
	}
}

// The straight copy makes what the general way makes.
func TestPlain(t *testing.T) {
	plain, _ := newExpander(Features{}, 4, 1<<10-1)
	general, _ := newExpander(Features{Ignore: "~"}, 4, 1<<10-1)
	if !plain.plain || general.plain {
		t.Fatal("plain")
	}
	for _, line := range []string{"", "|", "|a x y:2", "| a |b c |bb d", "|a x |b y |a z", "|\x80 x |a y", "|a |b x |a"} {
		var x Example
		built(&x, line)
		a, v := plain.expand(&x)
		b, w := general.expand(&x)
		if !reflect.DeepEqual(a, b) || !reflect.DeepEqual(v, w) {
			t.Errorf("%q: %v %v, want %v %v", line, a, v, b, w)
		}
		if len(a) == 0 || a[len(a)-1] != 11650396*4&1023 && !strings.Contains(line, "\x80") {
			t.Errorf("%q: no constant", line)
		}
	}
}

// The features of an example may lie before those of another.
func TestFeaturesOfOthers(t *testing.T) {
	for _, f := range []Features{{}, {Ignore: "~"}} {
		e, _ := newExpander(f, 1, 255)
		hashes, values := []uint32{1, 2, 3}, []float32{1, 2, 3}
		x := Example{Hashes: hashes[:2], Values: values[:2], Groups: []Group{{'a', 0, 2}}}
		e.expand(&x)
		if hashes[2] != 3 || values[2] != 3 {
			t.Errorf("%+v: %v %v: the feature behind the example's changed", f, hashes, values)
		}
	}
}

// Groups that a program has got wrong lose features, no more.
func TestGroupsWrong(t *testing.T) {
	e, _ := newExpander(Features{Interactions: []string{"ab", "::"}, Ngrams: []string{"2"}}, 1, 255)
	plain, _ := newExpander(Features{}, 1, 255)
	x := Example{Hashes: []uint32{1, 2, 3}, Values: []float32{1, 1}, Names: []string{"x"}}
	for _, groups := range [][]Group{nil, {{'a', -5, 7}}, {{'a', 2, 1}}, {{'a', 1, 3}, {'b', 0, 2}}, {{'a', math.MaxInt, math.MinInt}}} {
		x.Groups = groups
		for _, e := range []*expander{e, plain} {
			at, value := e.expand(&x)
			if names := e.names(&x); len(names) != len(at) || len(value) != len(at) {
				t.Errorf("%v: %d, %d, %d", groups, len(at), len(value), len(names))
			}
		}
	}
}

// Features that only interact are counted.
func TestUnseen(t *testing.T) {
	e, _ := newExpander(Features{IgnoreLinear: "a", Interactions: []string{"ab"}}, 1, 255)
	var x Example
	built(&x, "|a x y |b z")
	if at, _ := e.expand(&x); len(at) != 4 || x.unseen != 2 {
		t.Errorf("%d features and %d unseen, want 4 and 2", len(at), x.unseen)
	}
}

// Only what groups have counts.
func TestFeaturesOutsideGroups(t *testing.T) {
	e, _ := newExpander(Features{}, 1, 255)
	x := Example{Hashes: []uint32{1, 2, 3}, Values: []float32{1, 1, 1}, Groups: []Group{{'a', 1, 3}}}
	if at, _ := e.expand(&x); !reflect.DeepEqual(at, []uint32{2, 3, 11650396 & 255}) {
		t.Error(at)
	}
}

func TestFeature(t *testing.T) {
	var x Example
	x.Reset()
	x.Feature("price", 2)
	x.Feature("", 1)
	x.Feature("", 0)
	x.Feature("", 3)
	x.Feature("nan", float32(math.NaN()))
	x.Namespace("user")
	x.Feature("17", 1)
	x.Namespace("empty")
	want := Example{
		Hashes: []uint32{HashAll([]byte("price"), 0), 0, 2, HashAll([]byte("user"), 0) + 17},
		Values: []float32{2, 1, 3, 1},
		Groups: []Group{{' ', 0, 3}, {'u', 3, 4}, {'e', 4, 4}},
	}
	if !reflect.DeepEqual([]any{x.Hashes, x.Values, x.Groups}, []any{want.Hashes, want.Values, want.Groups}) {
		t.Errorf("%v %v %v", x.Hashes, x.Values, x.Groups)
	}
	x.Reset()
	if x.Feature("a", 1); x.Groups[0] != (Group{' ', 0, 1}) || x.Hashes[0] != HashAll([]byte("a"), 0) {
		t.Error("Reset keeps a namespace")
	}
}

func TestFeaturesAllocate(t *testing.T) {
	for _, f := range []Features{
		{},
		{Interactions: []string{"ab", "a:", "aaa", "abab"}, IgnoreLinear: "b", Ignore: "c"},
		{Ngrams: []string{"3"}, Skips: []string{"1"}, Limits: []string{"5"}},
	} {
		e, err := newExpander(f, 1, 1<<18-1)
		if err != nil {
			t.Fatal(err)
		}
		var x Example
		n := testing.AllocsPerRun(20, func() {
			x.Reset()
			for _, space := range [...]string{"aspace", "b", "c", "aspace"} {
				x.Namespace(space)
				x.Feature("a-long-name-of-a-feature-with-more-than-thirty-two-bytes", 1)
				x.Feature("", 2)
				x.Feature("x", 3)
			}
			x.at, x.value = e.expand(&x)
		})
		if n != 0 {
			t.Errorf("%+v: %v allocations", f, n)
		}
	}
}

func BenchmarkExpand(b *testing.B) {
	for name, f := range map[string]Features{"plain": {}, "ignore": {Ignore: "z"}, "pairs": {Interactions: []string{"ab"}}, "wild": {Interactions: []string{"::"}}} {
		b.Run(name, func(b *testing.B) {
			e, _ := newExpander(f, 1, 1<<18-1)
			x := many(40, "ab")
			for b.Loop() {
				x.at, x.value = e.expand(x)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(x.at)), "ns/feature")
		})
	}
}
