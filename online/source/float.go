package source

import (
	"bytes"
	"math"
	"strconv"
)

// parseFloat reads the number that b begins with, as Vowpal Wabbit reads one:
// n bytes of it, blanks before it counted; 0 where b begins with no number. A
// decimal number may end in blanks, a tab, a line end or b's end; before
// anything else C's strtof decides, which knows signs, hexadecimal numbers,
// inf and nan, too.
//
// The bits are Vowpal Wabbit's: digits are added up in float32, one after the
// other, and powers of ten come from its table. Only an exponent below -128 or
// above 127 does not wrap.
func parseFloat(b []byte) (v float32, n int) {
	p := 0
	for p < len(b) && b[p] == ' ' {
		p++
	}
	negative := p < len(b) && b[p] == '-'
	if negative {
		p++
	}
	var d decimal
	p = d.scan(b, p)
	if p < len(b) && b[p] != ' ' && b[p] != '\t' && b[p] != '\n' {
		return strtof(b)
	}
	v = d.float()
	if negative {
		v = -v
	}
	return v, p
}

// A decimal is a number as it is being read: mantissa times ten to the power of
// exp.
type decimal struct {
	mantissa float32
	exp      int // what is written, less the digits behind the point
}

// scan reads digits, a point and an exponent, any of which may be missing, from
// p on. It returns where they end.
func (d *decimal) scan(b []byte, p int) int {
	for ; p < len(b) && isDigit(b[p]); p++ { // adds the character and takes '0' away again, both rounded
		d.mantissa = float32(float32(d.mantissa*10)+float32(b[p])) - '0'
	}
	if p < len(b) && b[p] == '.' {
		for p++; p < len(b) && isDigit(b[p]); p++ {
			if d.exp > -35 { // Vowpal Wabbit leaves out those behind
				d.exp--
				d.mantissa = float32(d.mantissa*10) + float32(b[p]-'0')
			}
		}
	}
	if p == len(b) || b[p]|0x20 != 'e' {
		return p
	}
	p++
	sign := 1
	if p < len(b) && b[p] == '-' {
		sign = -1
		p++
	}
	e := 0
	for ; p < len(b) && isDigit(b[p]); p++ {
		e = min(10*e+int(b[p]-'0'), 1<<20)
	}
	d.exp += sign * e
	return p
}

// float returns the value. A power of ten that no float32 holds makes it 0,
// whatever the mantissa.
func (d *decimal) float() float32 {
	switch {
	case d.mantissa == 0 || d.exp < -maxTen:
		return 0
	case d.exp < 0:
		return d.mantissa * tenths[-d.exp]
	case d.exp >= len(tens):
		return float32(math.Inf(1))
	}
	return d.mantissa * tens[d.exp]
}

// maxTen is the largest power of ten that divides: a float32 has no smaller one.
const maxTen = 37

// tenths are the powers of ten from 1 down, 0 where no float32 holds them, and
// tens those from 1 up, each made from the last by a rounded operation.
var tenths, tens = func() (down [128]float32, up [39]float32) {
	down[0], up[0] = 1, 1
	for i := range maxTen {
		down[i+1] = down[i] / 10
	}
	for i := range up[1:] {
		up[i+1] = up[i] * 10
	}
	return down, up
}()

func isDigit(c byte) bool { return c-'0' < 10 }

func isHex(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }

// strtof is C's: the number that b begins with, after white space, and the
// bytes that it takes, 0 where there is none.
func strtof(b []byte) (float32, int) {
	p := 0
	for p < len(b) && (b[p] == ' ' || b[p] >= '\t' && b[p] <= '\r') {
		p++
	}
	from := p
	if p < len(b) && (b[p] == '-' || b[p] == '+') {
		p++
	}
	if f, n := word(b[p:]); n > 0 {
		if b[from] == '-' {
			f = -f
		}
		return f, p + n
	}
	if len(b)-p > 2 && b[p] == '0' && b[p+1]|0x20 == 'x' {
		if end, ended := prefix(b, p+2, isHex, 'p'); end > p+2 {
			power := ""
			if !ended {
				power = "p0" // ParseFloat wants one
			}
			v, _ := strconv.ParseFloat(string(b[from:end])+power, 32) // out of range is infinite
			return float32(v), end
		}
	}
	end, _ := prefix(b, p, isDigit, 'e')
	if end == p {
		return 0, 0
	}
	v, _ := strconv.ParseFloat(string(b[from:end]), 32)
	return float32(v), end
}

// prefix returns where digits with an optional point and an optional power
// behind the letter end, and whether there was a power; p where there is no
// digit.
func prefix(b []byte, p int, digit func(byte) bool, letter byte) (end int, power bool) {
	digits := func(i int) int {
		for i < len(b) && digit(b[i]) {
			i++
		}
		return i
	}
	end = digits(p)
	n := end - p
	if end < len(b) && b[end] == '.' {
		behind := digits(end + 1)
		n += behind - (end + 1)
		end = behind
	}
	if n == 0 {
		return p, false
	}
	if end == len(b) || b[end]|0x20 != letter {
		return end, false
	}
	i := end + 1
	if i < len(b) && (b[i] == '-' || b[i] == '+') {
		i++
	}
	digit = isDigit
	if last := digits(i); last > i {
		return last, true
	}
	return end, false
}

// word reads inf, infinity or nan, behind which letters may stand in
// parentheses.
func word(b []byte) (f float32, n int) {
	switch {
	case hasWord(b, "infinity"):
		return float32(math.Inf(1)), 8
	case hasWord(b, "inf"):
		return float32(math.Inf(1)), 3
	case !hasWord(b, "nan"):
		return 0, 0
	}
	if len(b) > 3 && b[3] == '(' {
		end := 4
		for end < len(b) && (isDigit(b[end]) || b[end] == '_' || b[end]|0x20 >= 'a' && b[end]|0x20 <= 'z') {
			end++
		}
		if end < len(b) && b[end] == ')' {
			return float32(math.NaN()), end + 1
		}
	}
	return float32(math.NaN()), 3
}

func hasWord(b []byte, lower string) bool {
	return len(b) >= len(lower) && bytes.EqualFold(b[:len(lower)], []byte(lower))
}
