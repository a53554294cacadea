package animate

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"
)

// The sizes of text, in points.
const (
	titleSize = 13
	textSize  = 9.5
	smallSize = 8.5
)

// short writes a number to three digits or more.
func short(v float64) string {
	size := math.Abs(v)
	if size != 0 && (size < 1e-3 || size >= 1e5) {
		return minus(exponents.Replace(strconv.FormatFloat(v, 'g', 3, 64)))
	}
	return minus(decimal(v, min(max(2-int(math.Floor(math.Log10(size))), 0), 5)))
}

// exponents are shorter than Go writes them.
var exponents = strings.NewReplacer("e-0", "e-", "e+0", "e", "e+", "e")

// minus gives a number a sign as wide as a plus.
func minus(s string) string { return strings.ReplaceAll(s, "-", "−") }

// set writes a formula as it is set in print, as far as characters go.
func set(formula string) string {
	return raised.ReplaceAllStringFunc(strings.ReplaceAll(minus(formula), "*", "·"), func(power string) string {
		return string([]rune("⁰¹²³⁴⁵⁶⁷⁸⁹")[power[1]-'0'])
	})
}

// raised is a power of one digit.
var raised = regexp.MustCompile(`\^\d\b`)

// settings are the hyperparameters as a picture names them, in as much room as
// there is: the learning rate and those changed always, others while they fit,
// what is 0 and so has no part in the formula never.
func (r *Run) settings(room vg.Length) string {
	left := r.hypers
	var text string
	for drop := len(left); drop >= 0; drop-- {
		var words []string
		for i, h := range left {
			if h.name == "lr" || h.changed || h.value != 0 && i < drop {
				words = append(words, h.name+" "+minus(exponents.Replace(h.text)))
			}
		}
		text = strings.Join(words, ", ")
		if (label{text: text, size: textSize}).width() <= room {
			break
		}
	}
	return text
}

// fitted is a text cut to the room that there is.
func fitted(l label, room vg.Length) label {
	full := []rune(l.text)
	for n := len(full); n > 0 && l.width() > room; n-- {
		l.text = strings.TrimSpace(string(full[:n-1])) + "…"
	}
	return l
}
