package formula

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Check reports why v is no legal value of the hyperparameter, nil if it is one.
func (h *Hyper) Check(v float64) error {
	r := h.Range
	if len(r.Choices) > 0 {
		if v != math.Trunc(v) || v < 0 || v >= float64(len(r.Choices)) {
			return fmt.Errorf("%s = %v is not a choice: expected one of %s", h.Name, v, strings.Join(r.Choices, ", "))
		}
		return nil
	}
	if r.unbounded() && !math.IsNaN(v) && !math.IsInf(v, 0) {
		return nil
	}
	if math.IsNaN(v) || v < r.Lo || v > r.Hi || r.OpenLo && v == r.Lo || r.OpenHi && v == r.Hi {
		expected := "a finite number"
		if s := r.String(); s != "" {
			expected = "a value in " + s
		}
		return fmt.Errorf("%s = %s is out of range: expected %s", h.Name, formatNumber(v), expected)
	}
	return nil
}

// ParseValue reads a value of the hyperparameter as one writes it: a number or
// the name of a choice.
func (h *Hyper) ParseValue(text string) (float64, error) {
	for i, c := range h.Range.Choices {
		if c == text {
			return float64(i), nil
		}
	}
	if len(h.Range.Choices) > 0 {
		return 0, fmt.Errorf("%s = %q is not a choice: expected one of %s", h.Name, text, strings.Join(h.Range.Choices, ", "))
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, fmt.Errorf("%s = %q is not a number", h.Name, text)
	}
	return v, h.Check(v)
}

// FormatValue writes a value of the hyperparameter as ParseValue reads it.
func (h *Hyper) FormatValue(v float64) string {
	if i := int(v); len(h.Range.Choices) > 0 && i >= 0 && i < len(h.Range.Choices) {
		return h.Range.Choices[i]
	}
	return formatNumber(v)
}

// unbounded reports whether the range is that of a hyperparameter without one:
// any finite number. The zero Range is.
func (r Range) unbounded() bool {
	if len(r.Choices) > 0 {
		return false
	}
	return r.Lo == 0 && r.Hi == 0 || math.IsInf(r.Lo, -1) && math.IsInf(r.Hi, 1) && r.OpenLo && r.OpenHi
}

// String writes the range as a formula does: [0,1) or {linear, sqrt}; an
// unbounded one is empty.
func (r Range) String() string {
	if len(r.Choices) > 0 {
		return "{" + strings.Join(r.Choices, ", ") + "}"
	}
	if r.unbounded() {
		return ""
	}
	open, end := "[", "]"
	if r.OpenLo {
		open = "("
	}
	if r.OpenHi {
		end = ")"
	}
	return open + formatNumber(r.Lo) + "," + formatNumber(r.Hi) + end
}

func formatNumber(v float64) string {
	switch {
	case math.IsInf(v, 1):
		return "inf"
	case math.IsInf(v, -1):
		return "-inf"
	}
	text := strconv.FormatFloat(v, 'g', -1, 64)
	return strings.Replace(text, "e-0", "e-", 1) // 1e-08: papers write 1e-8
}
