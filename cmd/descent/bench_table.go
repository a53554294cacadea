package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/internal/measure"
)

// print prints what was measured.
func (f *benchFlags) print(machine measure.Machine, rows []measure.Row, interrupted bool) error {
	out := f.cmd.OutOrStdout()
	if f.json {
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		return enc.Encode(newBenchJSON(machine, rows, interrupted))
	}
	fmt.Fprintf(out, "%s\n", strings.Join(machineLines(machine), "\n"))
	if len(rows) == 0 {
		return nil
	}
	fmt.Fprintln(out)
	writeBench(out, rows)
	return nil
}

// machineLines says what the steps ran on.
func machineLines(m measure.Machine) []string {
	first := fmt.Sprintf("%s/%s, GOMAXPROCS %d, %s", m.OS, m.Arch, m.GOMAXPROCS, m.Go)
	if m.Processor != "" {
		first = m.Processor + ", " + first
	}
	return []string{first, m.Backend}
}

// column is a column of the table.
type column struct {
	title string
	left  bool // set to the left
	cell  func(r measure.Row) string
}

var benchColumns = []column{
	{"rule", true, func(r measure.Row) string { return r.Rule }},
	{"size", false, func(r measure.Row) string { return workName(r.Work) }},
	{"type", true, func(r measure.Row) string { return string(r.Type) }},
	{"threads", false, func(r measure.Row) string { return fmt.Sprint(r.Threads) }},
	{"ns/weight", false, func(r measure.Row) string { return digits(r.NSPerWeight()) }},
	{"spread", false, func(r measure.Row) string { return fmt.Sprintf("±%.0f %%", 100*r.Step.Spread()) }},
	{"GB/s", false, func(r measure.Row) string { return ifKnown(r, fmt.Sprintf("%.1f", r.GBPerSecond())) }},
	{"of bandwidth", false, func(r measure.Row) string { return ifKnown(r, fmt.Sprintf("%.0f %%", 100*r.BandwidthShare())) }},
}

// tensorColumn stands in the table where there are several tensors.
var tensorColumn = column{"ns/tensor", false, func(r measure.Row) string {
	if r.Tensors == 1 {
		return ""
	}
	return fmt.Sprintf("%.0f", r.NSPerTensor())
}}

// ifKnown is a text, or a dash where the traffic is not known.
func ifKnown(r measure.Row, text string) string {
	if r.Bytes == 0 {
		return "-"
	}
	return text
}

// digits writes a positive number with three digits, without an exponent.
func digits(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	case v >= 1:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.3f", v)
}

// writeBench writes the table, with a line between works.
func writeBench(out io.Writer, rows []measure.Row) {
	columns := benchColumns
	if slices.ContainsFunc(rows, func(r measure.Row) bool { return r.Tensors > 1 }) {
		columns = append(slices.Clone(columns), tensorColumn)
	}
	widths := make([]int, len(columns))
	for i, c := range columns {
		widths[i] = utf8.RuneCountInString(c.title)
		for _, r := range rows {
			widths[i] = max(widths[i], utf8.RuneCountInString(c.cell(r)))
		}
	}
	line := func(cell func(c column) string) {
		var text strings.Builder
		for i, c := range columns {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell(c)))
			if c.left {
				text.WriteString(cell(c) + pad + "  ")
			} else {
				text.WriteString(pad + cell(c) + "  ")
			}
		}
		fmt.Fprintln(out, strings.TrimRight(text.String(), " "))
	}
	line(func(c column) string { return c.title })
	for i, r := range rows {
		if i > 0 && rows[i-1].Work != r.Work {
			fmt.Fprintln(out)
		}
		line(func(c column) string { return c.cell(r) })
	}
}

// benchJSON is what --json prints.
type benchJSON struct {
	Version     string          `json:"version"`
	Machine     measure.Machine `json:"machine"`
	Interrupted bool            `json:"interrupted"`
	Rows        []benchRow      `json:"rows"`
}

// benchRow is a row of --json. What is not known is left out.
type benchRow struct {
	Rule            string       `json:"rule"`
	Tensors         int          `json:"tensors"`
	Size            int          `json:"weights_per_tensor"`
	Weights         int          `json:"weights"`
	Type            measure.Type `json:"type"`
	StateType       string       `json:"state_type,omitempty"` // where the states have another
	Threads         int          `json:"threads"`
	Rounds          int          `json:"rounds"`
	NSPerStep       float64      `json:"ns_per_step"`
	NSPerTensor     float64      `json:"ns_per_tensor"`
	NSPerWeight     float64      `json:"ns_per_weight"`
	NSPerWeightMin  float64      `json:"ns_per_weight_min"`
	NSPerWeightMax  float64      `json:"ns_per_weight_max"`
	Spread          float64      `json:"spread"`
	BytesPerWeight  float64      `json:"bytes_per_weight,omitempty"`
	GBPerSecond     float64      `json:"gb_per_s,omitempty"`
	LoopGBPerSecond float64      `json:"loop_gb_per_s,omitempty"`
	BandwidthShare  float64      `json:"bandwidth_share,omitempty"`
}

func newBenchJSON(machine measure.Machine, rows []measure.Row, interrupted bool) benchJSON {
	out := benchJSON{version(), machine, interrupted, []benchRow{}}
	for _, r := range rows {
		weights := float64(r.Weights())
		rule, low := strings.CutSuffix(r.Rule, inBF16)
		stateType := ""
		if low {
			stateType = descent.BF16.String()
		}
		out.Rows = append(out.Rows, benchRow{
			Rule: rule, StateType: stateType, Tensors: r.Tensors, Size: r.Size, Weights: r.Weights(), Type: r.Type, Threads: r.Threads,
			Rounds: len(r.Step), NSPerStep: r.Step.Median(), NSPerTensor: r.NSPerTensor(), NSPerWeight: r.NSPerWeight(),
			NSPerWeightMin: r.Step.Min() / weights, NSPerWeightMax: r.Step.Max() / weights, Spread: r.Step.Spread(),
			BytesPerWeight: r.Bytes, GBPerSecond: r.GBPerSecond(), LoopGBPerSecond: r.LoopGBPerSecond(),
			BandwidthShare: r.BandwidthShare(),
		})
	}
	return out
}
