package optim_test

import (
	"encoding/binary"
	"flag"
	"fmt"
	"hash"
	"hash/fnv"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

var updateGolden = flag.Bool("update", false, "write testdata/golden.txt anew")

const (
	goldenFile = "testdata/golden.txt"
	goldenHead = "# Hashes of the bits of all weights and states after each step, from amd64; to write them anew: go test ./optim -run Golden -update\n" +
		"# rule               float32          float64          Float16          BFloat16\n"
)

// TestGolden compares the bits that every rule gives, with its defaults and
// with the hyperparameters of handCases, with those on file: they are the same
// on every platform.
func TestGolden(t *testing.T) {
	got := goldenHead
	for _, name := range optim.Names() {
		got += fmt.Sprintf("%-20s %016x %016x %016x %016x\n", name, golden[float32](t, name), golden[float64](t, name),
			golden[descent.Float16](t, name), golden[descent.BFloat16](t, name))
	}
	if *updateGolden {
		if err := os.WriteFile(goldenFile, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	onFile := strings.Split(strings.ReplaceAll(string(want), "\r", ""), "\n")
	for line := range strings.SplitSeq(got, "\n") {
		if !slices.Contains(onFile, line) {
			t.Errorf("%s, whose first line says how to write it anew, lacks: %s", goldenFile, line)
		}
	}
}

// golden is the hash of what a rule does to weights of a type.
func golden[T descent.Float](t *testing.T, name string) uint64 {
	t.Helper()
	h := fnv.New64a()
	for _, hypers := range append([]hp{{}}, handCases[name]...) {
		rule, options := inRule(t, name, hypers)
		valleys := []*goldenParam[T]{newGoldenParam[T](1, 7, 5), newGoldenParam[T](2, 33), newGoldenParam[T](3), newGoldenParam[T](4, 2, 3, 4)}
		var params []descent.Param
		for i, v := range valleys {
			params = append(params, descent.NewParam(fmt.Sprint("w", i), v.w, v.g, v.shape...))
		}
		opt, err := descent.New(rule, params, append([]descent.Option{descent.Seed(5)}, options...)...)
		if err != nil {
			t.Fatal(err)
		}
		if err := descent.SetSeen(opt, "w0", slices.Clone(valleys[0].w)); err != nil {
			t.Fatal(err)
		}
		for step := range 12 {
			_, err := opt.StepFunc(func() (loss float64, err error) {
				for _, v := range valleys {
					loss += v.loss(step)
				}
				return loss, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range opt.States() {
				addBits(t, h, s.F32)
				addBits(t, h, s.F64)
			}
			addWeights(t, h, valleys)
		}
		if err := opt.Eval(); err != nil {
			t.Fatal(err)
		}
		addWeights(t, h, valleys)
	}
	return h.Sum64()
}

// goldenParam is a parameter in a quadratic valley whose lowest point moves
// from step to step. It has no function of package math and no sum that
// a platform could round otherwise.
type goldenParam[T descent.Float] struct {
	seed  int
	shape []int
	w, g  []T
}

func newGoldenParam[T descent.Float](seed int, shape ...int) *goldenParam[T] {
	n := 1
	for _, d := range shape {
		n *= d
	}
	v := &goldenParam[T]{seed, shape, make([]T, n), make([]T, n)}
	for i := range v.w {
		v.w[i] = rounded[T](pseudo(seed, 0, i))
	}
	return v
}

// loss sets the gradient.
func (v *goldenParam[T]) loss(step int) (sum float64) {
	for i, w := range v.w {
		d := number(w) - pseudo(v.seed, 1+step, i)
		slope := float64(d * float64(1+i%5) / 4)
		v.g[i] = rounded[T](slope)
		sum += float64(slope * d)
	}
	return sum / 2
}

// pseudo is a number in [-2, 2), of 24 bits.
func pseudo(seed, step, i int) float64 {
	x := (uint64(seed)<<40 + uint64(step)<<20 + uint64(i) + 1) * 0x9E3779B97F4A7C15
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return float64(int64(x>>40)-1<<23) / (1 << 22)
}

func rounded[T descent.Float](x float64) (out T) {
	switch p := any(&out).(type) {
	case *float32:
		*p = float32(x)
	case *float64:
		*p = x
	case *descent.Float16:
		*p = descent.ToFloat16(float32(x))
	case *descent.BFloat16:
		*p = descent.ToBFloat16(float32(x))
	}
	return out
}

func number[T descent.Float](x T) float64 {
	switch x := any(x).(type) {
	case float32:
		return float64(x)
	case float64:
		return x
	case descent.Float16:
		return float64(x.Float32())
	case descent.BFloat16:
		return float64(x.Float32())
	}
	panic("not a type of weights")
}

func addWeights[T descent.Float](t *testing.T, h hash.Hash, valleys []*goldenParam[T]) {
	t.Helper()
	for _, v := range valleys {
		addBits(t, h, v.w)
	}
}

// addBits adds numbers to a hash. NaN, whose bits differ between platforms,
// must not be among them.
func addBits[T descent.Float](t *testing.T, h hash.Hash, x []T) {
	t.Helper()
	for _, x := range x {
		if math.IsNaN(number(x)) {
			t.Fatal("NaN among weights or states")
		}
	}
	if err := binary.Write(h, binary.LittleEndian, x); err != nil {
		t.Fatal(err)
	}
}
