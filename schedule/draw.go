package schedule

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// blocks fill a character from below in eighths.
var blocks = []rune(" ▁▂▃▄▅▆▇█")

// Draw returns the curve of s over the steps 0 to total-1 as text, to be shown
// in a fixed-width font: at most width characters by height lines (and no less
// than 40 by 5), the factor upwards, the step to the right. A column shows the
// largest factor of its steps.
func Draw(s Schedule, total, width, height int) string {
	total, width, height = max(total, 1), max(width, 40), max(height, 5)
	const margin = 12                             // the factor's labels and the axis
	columns, rows := width-margin, (height-3)/2*2 // even, so that the middle has a line
	values := sample(s, total, columns)
	low, high := 0.0, 0.0
	for _, v := range values {
		if !math.IsInf(v, 0) {
			low, high = min(low, v), max(high, v)
		}
	}
	if low == high {
		high = 1
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%*s\n", margin-2, "factor")
	for row := range rows {
		label, tick := "", '│'
		if row == 0 || row == rows/2 {
			label, tick = number(high-(high-low)*float64(row)/float64(rows)), '┤'
		}
		line := fmt.Sprintf("%*s %c", margin-2, label, tick)
		for _, v := range values {
			line += string(cell((v-low)/(high-low), rows-1-row, rows))
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	fmt.Fprintf(&b, "%*s └%s\n", margin-2, number(low), strings.Repeat("─", columns))
	fmt.Fprintf(&b, "%*s%s\n", margin, "", steps(total, columns))
	return b.String()
}

// steps labels the axis below: its start, its end and, if there is room, its middle.
func steps(total, columns int) string {
	first, middle, last := "step 0", strconv.Itoa(total/2), strconv.Itoa(total)
	line := []byte(strings.Repeat(" ", columns))
	copy(line, first)
	if len(first)+len(middle)+len(last)+4 <= columns {
		copy(line[(columns-len(middle))/2:], middle)
	}
	copy(line[columns-len(last):], last)
	return string(line)
}

// sample returns the largest of 16 finite factors in each column, -Inf for none.
func sample(s Schedule, total, columns int) []float64 {
	const each = 16
	values := make([]float64, columns)
	for i := range values {
		values[i] = math.Inf(-1)
		for j := range each {
			at := float64(i*each+j) / float64(columns*each-1) * float64(total-1)
			if v := s.At(int(math.Round(at))); !math.IsNaN(v) && !math.IsInf(v, 0) {
				values[i] = max(values[i], v)
			}
		}
	}
	return values
}

// cell returns the block that a column of the given height, 0 to 1, shows in a
// row counted from below. A column that is not empty shows at least one eighth.
func cell(height float64, row, rows int) rune {
	eighths := math.Round(height * float64(8*rows))
	if height > 0 {
		eighths = max(eighths, 1)
	}
	fill := eighths - float64(8*row)
	if !(fill > 0) {
		return ' '
	}
	return blocks[int(min(fill, 8))]
}

// number returns x in at most ten characters.
func number(x float64) string {
	return strconv.FormatFloat(x, 'g', 3, 64)
}
