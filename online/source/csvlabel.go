package source

import (
	"bytes"
	"fmt"
	"math"

	"github.com/descent-go/descent/online"
)

// fillLabel reads label, importance and tag of the record.
func (c *CSV) fillLabel(x *online.Example) error {
	h := c.header
	if h.label >= 0 {
		text, _ := c.record.cell(h.label)
		if fault, done := parseLabel(text, x); fault != "" {
			if err := c.cellFault(h.label, done, fault); err != nil {
				return err
			}
		}
	}
	if h.tag >= 0 {
		text, _ := c.record.cell(h.tag)
		x.Tag = append(x.Tag, bytes.TrimPrefix(text, []byte{'\''})...)
	}
	if h.weight < 0 {
		return nil
	}
	text, _ := c.record.cell(h.weight)
	if len(text) == 0 {
		return nil
	}
	v, n := parseFloat(text)
	if n == len(text) && v-v == 0 {
		x.Weight = v
		return nil
	}
	x.Weight = 0
	return c.cellFault(h.weight, "0 taken", fmt.Sprintf("expected a finite number as importance, found %.40q", text))
}

func (c *CSV) cellFault(cell int, done, text string) error {
	return c.o.fault(Fault{Line: c.record.line, Text: fmt.Sprintf("column %q: %s", c.header.titles[cell], text), Done: done})
}

// cellNumber is a cell's number: ok where all of the cell is one, and not nan, which
// Vowpal Wabbit takes for a text.
func cellNumber(text []byte) (v float32, ok bool) {
	v, n := parseFloat(text)
	return v, n == len(text) && v == v
}

func infinite(v float32) bool { return math.IsInf(float64(v), 0) }
