package wire

import (
	"bytes"
	"encoding/hex"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/descent-go/descent/internal/half"
)

var (
	inf     = float32(math.Inf(1))
	nan     = math.Float32frombits(0xffc12345)
	negZero = float32(math.Copysign(0, -1))
)

func codecs(t testing.TB) []Codec {
	t.Helper()
	var all []Codec
	for _, name := range append(Names(), "topk:1", "topk:0.3", "topk:1e-09") {
		c, err := Parse(name)
		if err != nil || c.Name() != name {
			t.Fatalf("%s: %v", name, err)
		}
		all = append(all, c)
	}
	return all
}

// send encodes x, which becomes what is fed back, and decodes it.
func send(t testing.TB, c Codec, x []float32) (data []byte, got []float32) {
	t.Helper()
	data = bytes.Repeat([]byte{0xa5}, c.Size(len(x)))
	c.Encode(data, x)
	got = slices.Repeat([]float32{42}, len(x))
	if err := c.Decode(got, data); err != nil {
		t.Fatal(err)
	}
	return data, got
}

// same compares bits.
func same(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) })
}

// TestBytes fixes the forms: what is written, what is read and what is fed back.
func TestBytes(t *testing.T) {
	top, err := TopK(0.4)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		codec     Codec
		x         []float32
		data      string
		got, rest []float32
	}{
		{Float32, []float32{1, negZero, inf, nan}, "0000803f 00000080 0000807f 4523c1ff", []float32{1, negZero, inf, nan}, make([]float32, 4)},
		{Float16, []float32{1, negZero, 1.00048828125, -70000, 1e-8, -inf, inf}, "003c 0080 003c fffb 0000 00fc 007c",
			[]float32{1, negZero, 1, -65504, 0, -inf, inf}, []float32{0, 0, 0.00048828125, -4496, 1e-8, 0, 0}},
		{BFloat16, []float32{1, -inf, math.MaxFloat32, 1.001953125}, "803f 80ff 7f7f 803f",
			[]float32{1, -inf, 0x1.fep127, 1}, []float32{0, 0, 0x1.fffffep127 - 0x1.fep127, 0.001953125}},
		{Sign, []float32{0, negZero, -1e-45, 5, -5, 1, 1, 1, -3}, "00 1401", []float32{1, 1, -1, 1, -1, 1, 1, 1, -1}, make([]float32, 9)},
		{Sign, []float32{}, "00", nil, nil},
		{top, []float32{1, -2, 2, 3, -2, 0}, "01000000 000000c0 02000000 00000040 03000000 00004040", // ceil(2.4); -2 at 4 is not sent
			[]float32{0, -2, 2, 3, 0, 0}, []float32{1, 0, 0, 0, -2, 0}},
		{top, []float32{7, inf, -7}, "00000000 0000e040 01000000 0000807f", []float32{7, inf, 0}, []float32{0, 0, -7}},
		{top, nil, "", nil, nil},
	} {
		data, got := send(t, c.codec, c.x)
		if h := hex.EncodeToString(data); h != strings.ReplaceAll(c.data, " ", "") {
			t.Errorf("%s: bytes %s, want %s", c.codec.Name(), h, c.data)
		}
		if !same(got, c.got) || !same(c.x, c.rest) {
			t.Errorf("%s: decoded %v, fed back %v; want %v and %v", c.codec.Name(), got, c.x, c.got, c.rest)
		}
	}
}

// TestFedBack has what is decoded and what is fed back be the number together.
func TestFedBack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range codecs(t) {
		for n := range 200 {
			x := make([]float32, n)
			for i := range x {
				x[i] = float32(r.NormFloat64() * math.Exp2(float64(r.IntN(40)-30)))
			}
			rest := slices.Clone(x)
			_, got := send(t, c, rest)
			for i := range x {
				want := x[i] - got[i]
				if c.Vote() {
					want = 0
				}
				if rest[i] != want {
					t.Fatalf("%s: of %v it sends %v and feeds back %v", c.Name(), x[i], got[i], rest[i])
				}
			}
		}
	}
}

// TestNothingLost sends the same gradient again and again: what arrives in all is
// what was sent in all, but for what waits. Its numbers have few binary digits, so
// that no sum is rounded.
func TestNothingLost(t *testing.T) {
	for _, c := range codecs(t) {
		if c.Vote() {
			continue
		}
		gradient := []float32{0x1p-30, -3, 0.125, 0x1.001p-13, 66000, 0x1.01p-6, -0.3125, 7}
		residual, sum := make([]float32, 8), make([]float64, 8)
		const times = 1000
		for range times {
			for i, g := range gradient {
				residual[i] += g
			}
			_, got := send(t, c, residual)
			for i, v := range got {
				sum[i] += float64(v)
			}
		}
		for i, g := range gradient {
			if got := sum[i] + float64(residual[i]); got != float64(g)*times {
				t.Errorf("%s: %v arrives and waits of %v, sent in %d parts", c.Name(), got, float64(g)*times, times)
			}
		}
	}
}

// TestFloat16 compares with internal/half near every number of half precision and
// half way between two.
func TestFloat16(t *testing.T) {
	for h := range uint32(1 << 16) {
		x := half.Float16(h).Float32()
		if x != x || x-x != 0 {
			continue // TestNotFinite
		}
		if got := number16(h); math.Float32bits(got) != math.Float32bits(x) {
			t.Fatalf("%#04x is read as %v, it is %v", h, got, x)
		}
		for _, u := range []uint32{magnitude(x), magnitude(x) + 1, magnitude(x) - 1, magnitude(x) + 0x1000, magnitude(x) + 0xfff, magnitude(x) + 0x1001,
			magnitude(x + 0x1p-25), magnitude(x+0x1p-25) + 1, magnitude(x+0x1p-25) - 1} {
			if u > most16 {
				continue
			}
			want := half.ToFloat16(math.Float32frombits(u))
			if got, sent := round16(u); got != uint32(want) || sent != want.Float32() {
				t.Fatalf("%v is sent as %#04x, %v; want %#04x, %v", math.Float32frombits(u), got, sent, want, want.Float32())
			}
		}
	}
}

// TestNotFinite has every NaN or infinity be seen by the receiver, wherever it is, and
// none be fed back.
func TestNotFinite(t *testing.T) {
	for _, c := range codecs(t) {
		for _, bad := range []float32{inf, -inf, nan, math.Float32frombits(0x7f800001)} {
			for _, n := range []int{1, 7, 8, 64, 100, 129} {
				for at := range n {
					x := make([]float32, n)
					for i := range x {
						x[i] = float32(i) - 3
					}
					x[at] = bad
					_, got := send(t, c, x)
					if v := float64(got[at]); !math.IsNaN(v) && !math.IsInf(v, 0) {
						t.Fatalf("%s: %v among %d arrives as %v", c.Name(), bad, n, v)
					}
					if x[at] != 0 {
						t.Fatalf("%s: of %v %v is fed back", c.Name(), bad, x[at])
					}
				}
			}
		}
	}
}

// TestManyNotFinite has none be fed back where there are more than are sent.
func TestManyNotFinite(t *testing.T) {
	for _, c := range codecs(t) {
		x := slices.Repeat([]float32{nan, inf, -inf}, 50)
		if send(t, c, x); !same(x, make([]float32, len(x))) {
			t.Errorf("%s: %v is fed back", c.Name(), x)
		}
	}
}

// TestTopK compares with sorting, on numbers of which many are equal.
func TestTopK(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		n := 1 + r.IntN(60)
		c := &topK{0.01 + 0.99*r.Float64()}
		x, order := make([]float32, n), make([]int, n)
		for i := range x {
			order[i] = i
			x[i] = float32(r.IntN(7)-3) * float32(math.Exp2(float64(r.IntN(3)*10)))
			if r.IntN(20) == 0 {
				x[i] = math.Float32frombits(r.Uint32())
			}
		}
		slices.SortStableFunc(order, func(a, b int) int { return int(magnitude(x[b])) - int(magnitude(x[a])) })
		want := make([]float32, n)
		for _, i := range order[:int(math.Ceil(c.share*float64(n)))] {
			want[i] = x[i]
		}
		if _, got := send(t, c, slices.Clone(x)); !same(got, want) {
			t.Fatalf("%s of %v: sent %v, want %v", c.Name(), x, got, want)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	top := &topK{0.5}
	for _, c := range []struct {
		codec Codec
		n     int
		data  string
		want  string
	}{
		{Float32, 2, "00000000", "float32: 2 numbers take 8 bytes, there are 4"},
		{Float16, 1, "000000", "float16: 1 numbers take 2 bytes, there are 3"},
		{BFloat16, 1, "", "bfloat16: 1 numbers take 2 bytes, there are 0"},
		{Sign, 9, "0000", "sign: 9 numbers take 3 bytes, there are 2"},
		{Sign, 0, "", "take 1 bytes"},
		{Sign, 3, "0008", "bits after those of 3 numbers"},
		{Sign, 3, "0200", "first byte is 2"},
		{Sign, 0, "01", "first byte is 1"},
		{Sign, 3, "0101", "not to be finite"},
		{top, 2, "00000000", "topk:0.5: 2 numbers take 8 bytes, there are 4"},
		{top, 2, "0200000000000000", "place 2 of a number, expected one from 0 to 1"},
		{top, 2, "ffffffff00000000", "place 4294967295"},
		{top, 4, "01000000000000000100000000000000", "place 1 of a number, expected one from 2 to 3"},
	} {
		data, err := hex.DecodeString(c.data)
		if err != nil {
			t.Fatal(err)
		}
		x := slices.Repeat([]float32{42}, c.n)
		err = c.codec.Decode(x, data)
		if err == nil || !strings.HasPrefix(err.Error(), "wire: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s of %s: error %v, want %q", c.codec.Name(), c.data, err, c.want)
		}
		if slices.ContainsFunc(x, func(v float32) bool { return v != 42 }) {
			t.Errorf("%s of %s: an error, and the numbers are %v", c.codec.Name(), c.data, x)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for name, want := range map[string]string{
		"":           `unknown form ""; there are float32, float16, bfloat16, sign and topk:SHARE`,
		"fp16":       `unknown form "fp16"`,
		"sign:1":     `unknown form "sign:1"`,
		"topk":       `"topk": topk needs the share`,
		"topk:":      `as topk:0.01 for a hundredth`,
		"topk:some":  "topk needs the share",
		"topk:0":     "the share is 0; it must be more than 0 and at most 1",
		"topk:-0.1":  "the share is -0.1",
		"topk:1.001": "the share is 1.001",
		"topk:nan":   "the share is NaN",
		"topk:Inf":   "the share is +Inf",
	} {
		if c, err := Parse(name); c != nil || err == nil || !strings.HasPrefix(err.Error(), "wire: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, error %v; want %q", name, c, err, want)
		}
	}
}

// TestAllocations has nothing be allocated.
func TestAllocations(t *testing.T) {
	x := make([]float32, 1000)
	for _, c := range codecs(t) {
		data := make([]byte, c.Size(len(x)))
		if n := testing.AllocsPerRun(10, func() {
			c.Encode(data, x)
			if err := c.Decode(x, data); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations", c.Name(), n)
		}
	}
}
