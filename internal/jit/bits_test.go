//go:build amd64 && (linux || darwin || windows) && !race && !nojit

package jit

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"github.com/descent-go/descent/internal/interp"
	"github.com/descent-go/descent/internal/plan"
	"github.com/descent-go/descent/internal/randprog"
	"github.com/descent-go/descent/internal/randwork"
)

var counts = []int{0, 1, 7, 8, 15, 16, 17, 31, 33, 511, 512, 513, 1000}

// bitsOf compares one random program on random data.
func bitsOf(t *testing.T, seed int64, n int) {
	r := rand.New(rand.NewSource(seed))
	p := randprog.Program(r, randprog.Options{Grad: r.Intn(3) == 0})
	for _, o := range randwork.Forms {
		o.RowIsElem = r.Intn(4) == 0
		compare(t, sets, r, build(t, p, o), o, n, p)
	}
}

// Machine code gives the interpreter's bits.
func TestBits(t *testing.T) {
	for seed := range int64(100) {
		bitsOf(t, seed, counts[seed%int64(len(counts))])
	}
}

func FuzzBits(f *testing.F) {
	f.Add(int64(1), uint16(17))
	f.Fuzz(func(t *testing.T, seed int64, n uint16) { bitsOf(t, seed, int(n%2048)) })
}

// Formulas that random ones seldom come near.
func TestBitsByHand(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for _, text := range []string{
		adam,
		"hyper a = 0.1, b = 2\nx = a*w; y = b*g; w = x - y + (a*g - w) - (w - b*g) + x*x",
		"hyper a = 0.1\nx = a*w; y = x - x; z = (a*g) + (a*g); w = y + z - a*w + (0 - a*g)", // both sides the same
		"hyper a = 0.1\nw = (a - g)*(a/w) - (g - a)/(w + a) + a*(mod(g, a))",                // scalars on either side
		"hyper a = 0.1\nw = (a < g) + (a <= w) + (g < a) + (g <= a) + (a == g) + (a != w)",
		"hyper a = 0.1\nw = where(a < g, a, w) + where(w, g, a) + where(g <= a, 1, g)",
		"state a, b\nc = a; a = b; b = c; w = w - a", // arrays that change places
		"state v\nv = 0.5; w = v",
		"w = where(g > 0, 1, -1) + max(w, g) + sign(g) + clip(w, -1, g) + floor(g) - abs(-w)",
		"w = float16(w) + bfloat16(g) - float16(bfloat16(w*g))",
		"w = exp(w) + log(g) + sin(w) + cos(g) + abs(w)^g + w^3 + w^-2 + normal()",
		"w = normal() - normal()*g",
		"state a, b, c, d, e, f, h\na = a + g; b = b + a; c = c - b; d = d*c; e = e + d; f = f - e; h = h + f; w = w - h", // more arrays than registers
		"hyper lr = 0.1\nstate row r\nscalar s\nr = r + row.max(g); s = s + dot(g, w); w = w - lr*g/(r + s + norm(row.mean(w)*g) + all.max(abs(g)) + all.norm(w))",
	} {
		p := parse(t, text)
		for _, o := range randwork.Forms {
			for _, n := range counts {
				compare(t, sets, r, build(t, p, o), o, n, text)
			}
			o.RowIsElem = true
			compare(t, sets, r, build(t, p, o), o, 1000, text)
		}
	}
}

// A run of more than one call, and an end.
func TestManyWeights(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for _, text := range []string{
		adam,
		"hyper lr = 0.1\nstate m\nm = lr*m - g; w = w + m - lr*norm(g)*normal() + max(g)",
	} {
		for _, o := range randwork.Forms {
			compare(t, native, r, build(t, parse(t, text), o), o, 100_003, text)
		}
	}
}

// One memory may be two arrays: the weights are also those at which the gradient was taken.
func TestSameMemory(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	p := build(t, parse(t, "state m\nm = m + g; w = w - g - m*(w - 0.5*seen)"), plan.Options{})
	at := map[plan.ArrayKind]int{}
	for i, a := range p.Arrays {
		at[a.Kind] = i
	}
	for _, set := range sets {
		for _, n := range counts[1:] {
			got := randwork.Make(r, p, plan.Options{}, n)
			want := randwork.Twin(got)
			for _, w := range []*plan.Work{got, want} {
				w.Arrays[at[plan.Seen]] = w.Arrays[at[plan.Weights]]
			}
			backend{set}.Compile(p)[0][0].Run(got)
			interp.Backend{}.Compile(p)[0][0].Run(want)
			if at := randwork.Differ(got, want); at != "" {
				t.Errorf("%s, %d weights: %s", set.name, n, at)
			}
		}
	}
}

// Where the system refuses memory for machine code the interpreter runs.
func TestRefused(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	p := build(t, parse(t, adam), plan.Options{Type: plan.F64})
	got := randwork.Make(r, p, plan.Options{}, 100)
	want := randwork.Twin(got)
	k := backend{avx2}.Compile(p)[0][0].(*kernel)
	refused := variant{}
	for _, a := range k.layout.arrays {
		refused.types = append(refused.types, got.Arrays[a].Type())
	}
	k.variants.Store(&[]variant{refused})
	k.Run(got)
	k.portable.Run(want)
	if at := randwork.Differ(got, want); at != "" {
		t.Error(at)
	}
}

// More live values than registers: they spill, of both types at once.
func TestSpills(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for _, term := range []string{"(w + %d)*(g - %d.5)", "exp(w*%d - %d)*g", "(w + %d)*exp(g - %d)"} {
		var text, sum strings.Builder
		for i := range 50 {
			fmt.Fprintf(&text, "x%d = "+term+"\n", i, i, i)
			fmt.Fprintf(&sum, " + x%d*x%d", i, 49-i)
		}
		p := parse(t, text.String()+"w = w"+sum.String())
		for _, o := range randwork.Forms {
			pl := build(t, p, o)
			compare(t, sets, r, pl, o, 100, text.String())
			b := newBuilder(pl, &pl.Phases[0].Segments[0], avx2)
			l := newLayout(b, avx2)
			if _, slots := generate(b, l, avx2, make([]plan.Type, len(l.arrays))); slots < 20 {
				t.Errorf("%s, %+v: %d values spill, expected more", term, o, slots)
			}
		}
	}
}
