package source

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/descent-go/descent/online"
)

func TestParseFloat(t *testing.T) {
	inf := float32(math.Inf(1))
	for _, c := range []struct {
		text string
		want float32
		n    int
	}{
		{"", 0, 0}, {"x", 0, 0}, {"\x005", 0, 0}, {"--1", 0, 0}, {"+-1", 0, 0}, {"+", 0, 0}, {".x", 0, 0}, {"\t1", 0, 0},
		{"-", 0, 1}, {".", 0, 1}, {"e", 0, 1}, {" ", 0, 1}, {"-.e-", 0, 4},
		{"1", 1, 1}, {"  1", 1, 3}, {"-1.5 2", -1.5, 4}, {".5", .5, 2}, {"5.", 5, 2}, {"1e2", 100, 3}, {"1E-2\n", .01, 4}, {"1e", 1, 2}, {"1e-", 1, 3},
		{"+1", 1, 2}, {"1|", 1, 1}, {"1.5abc", 1.5, 3}, {"1e+2", 100, 4}, {"1e+x", 1, 1}, {"1ex", 1, 1}, {"\r\v 1", 1, 4}, {"1_0", 1, 1},
		{"0x10", 16, 4}, {"-0X.8|", -.5, 5}, {"0x1p3 ", 8, 5}, {"0x1p|", 1, 3}, {"0xg", 0, 1}, {"0x1pa", 1, 3}, {"0x.", 0, 1},
		{"inf", inf, 3}, {"-INFINITY", -inf, 9}, {"infinit", inf, 3}, {"1e39", inf, 4}, {"1e400", inf, 5}, {"0e400", 0, 5}, {"0x1p400", inf, 7},
		{"1e-37", 1e-37, 5}, {"1.0e-37", 0, 7}, {"1e-400", 0, 6}, {"1e-99999999999999999999", 0, 23}, {"1e38", 1.0000001e38, 4}, {"0.1e39", 1.0000001e38, 6},
		{"00000000000000000000000000000000000000000000000001", 1, 50},
		{"12345678901234567890123", 1.2345682e22, 23},
		{"0.123456789012345678901234567890123456789012345", 0.123456806, 47},
	} {
		if got, n := parseFloat([]byte(c.text)); got != c.want || n != c.n {
			t.Errorf("%q: %v and %d bytes, want %v and %d", c.text, got, n, c.want, c.n)
		}
	}
	for text, want := range map[string]int{"nan": 3, "-NaN(a_1)x": 9, "nan(a": 3, "nan(-)": 3, "nan()": 5, "nana)": 3} {
		if got, n := parseFloat([]byte(text)); got == got || n != want {
			t.Errorf("%q: %v and %d bytes, want NaN and %d", text, got, n, want)
		}
	}
}

// padded is a text the way the reader has it.
func padded(text string) []byte {
	return append([]byte(text+"\n"), make([]byte, padding)...)
}

// exponential reads a number as exponentials does; n is 0 where it does not.
func exponential(text string) (f float32, n int) {
	v := &VW{b: padded(" 13:" + text + " "), weight: 1}
	v.x = &online.Example{Hashes: make([]uint32, 1), Values: make([]float32, 1)}
	if v.exponentials(0) == 0 {
		return 0, 0
	}
	return v.x.Values[0], len(text)
}

func TestQuickFloatsAreParseFloats(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	formats := []string{"%.7e", "%.6g", "%.8g", "%.3f", "%.0f"}
	taken := map[string]int{}
	for range 200000 {
		format := formats[random.IntN(len(formats))]
		text := fmt.Sprintf(format, random.NormFloat64()*math.Pow(10, float64(random.IntN(60)-30)))
		want, _ := parseFloat([]byte(text))
		if got, n := plain(padded(text), 0); n > 0 {
			taken[format]++
			if got != want || n != len(text) {
				t.Fatalf("%s: plain has %v, %d bytes, want %v", text, got, n, want)
			}
		}
		if got, n := exponential(text); n > 0 {
			taken["exponentials"]++
			if got != want {
				t.Fatalf("%s: exponentials has %v, want %v", text, got, want)
			}
		}
	}
	for _, format := range append(formats, "exponentials") {
		if taken[format] < 1000 {
			t.Errorf("the quick path took %d of %s", taken[format], format)
		}
	}
}

// asThere is Vowpal Wabbit's parse_float for a number that strtof need not read,
// character by character.
func asThere(text string) float32 {
	acc, sign, decimals, exp, power := float32(0), float32(1), 0, 0, float32(1)
	for i, behind, inExp := 0, false, false; i < len(text); i++ {
		switch c := text[i]; {
		case c == '-' && i == 0:
			sign = -1
		case c == '.':
			behind = true
		case c == 'e':
			inExp = true
			exp, _ = strconv.Atoi(text[i+1:])
		case inExp:
		case behind:
			acc = float32(acc * 10)
			acc = float32(acc + float32(c-'0'))
			decimals++
		default:
			acc = float32(acc * 10)
			acc = float32(acc + float32(c))
			acc = float32(acc - '0')
		}
	}
	if decimals-exp > 37 {
		return 0 // its table ends there
	}
	for range max(exp-decimals, 0) {
		power = float32(power * 10)
	}
	for range max(decimals-exp, 0) {
		power = float32(power / 10)
	}
	return sign * float32(acc*power)
}

// The bits are those of Vowpal Wabbit.
func TestParseFloatIsVWs(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 200000 {
		format := []string{"%.7e", "%.6g", "%g", "%.3f", "%.12f", "%.17g", "%.0f"}[random.IntN(7)]
		text := strings.Replace(fmt.Sprintf(format, random.NormFloat64()*math.Pow(10, float64(random.IntN(40)-20))), "e+", "e", 1)
		got, n := parseFloat([]byte(text))
		if want := asThere(text); got != want || n != len(text) {
			t.Fatalf("%s: %v and %d bytes, want %v", text, got, n, want)
		}
	}
}

// parseFloat has the number, but for what adding up digits in float32 rounds away.
func TestParseFloatIsNear(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 200000 {
		text := strconv.FormatFloat(random.NormFloat64()*math.Pow(10, float64(random.IntN(45)-12)), 'e', random.IntN(17), 64)
		got, _ := parseFloat([]byte(text))
		want, err := strconv.ParseFloat(text, 32)
		if err == nil && math.Abs(float64(got)-want) > 2e-6*math.Abs(want) {
			t.Fatalf("%s: %v, want %v", text, got, want)
		}
	}
}
