package compare

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

// column is a column of tables.
type column struct {
	name string
	text func(*Standing) string
}

// columns are those of tables; what no optimizer has is left out.
func (r *Result) columns() []column {
	columns := []column{
		{"optimizer", func(s *Standing) string { return s.Optimizer }},
		{"learning rate", (*Standing).rate},
		{r.Metric.label(), func(s *Standing) string { return r.score(s, r.Metric.Format(s.Median)) }},
		{"lowest and highest", func(s *Standing) string { return r.score(s, r.Metric.Format(s.Low)+" to "+r.Metric.Format(s.High)) }},
	}
	some := func(has func(*Standing) bool) bool { return slices.ContainsFunc(r.Standings, has) }
	if some(func(s *Standing) bool { return s.Diverged > 0 }) {
		columns = append(columns, column{"diverged", (*Standing).lost})
	}
	if r.onSurface() {
		return columns
	}
	return append(columns,
		column{"ms/step", func(s *Standing) string { return strconv.FormatFloat(1e3*s.StepSeconds, 'f', 2, 64) }},
		column{"state, B/weight", func(s *Standing) string { return strconv.Itoa(s.StateBytes) }})
}

// score is what is said of a score, if there is one.
func (r *Result) score(s *Standing, text string) string {
	if s.Lost() {
		return "–"
	}
	return text
}

// table has the names of the columns, and a row for each standing.
func (r *Result) table() (names []string, rows [][]string) {
	columns := r.columns()
	for _, c := range columns {
		names = append(names, c.name)
	}
	for _, s := range r.Standings {
		var row []string
		for _, c := range columns {
			row = append(row, c.text(s))
		}
		rows = append(rows, row)
	}
	return names, rows
}

// rate is the learning rate chosen, with a mark where it is at an end of the grid.
func (s *Standing) rate() string {
	switch {
	case s.LR == 0:
		return "as it is"
	case s.AtEnd:
		return rate(s.LR) + " (end)"
	}
	return rate(s.LR)
}

func rate(lr float64) string { return strconv.FormatFloat(lr, 'g', -1, 64) }

// lost says how many runs have diverged.
func (s *Standing) lost() string {
	if s.Diverged == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d", s.Diverged, len(s.Final))
}

// WriteTable writes the standings as an aligned table, to be read on a terminal.
func (r *Result) WriteTable(w io.Writer) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	names, rows := r.table()
	for _, row := range append([][]string{names}, rows...) {
		fmt.Fprintln(out, strings.Join(row, "\t"))
	}
	return out.Flush()
}

// WriteMarkdown writes the standings as a table in Markdown.
func (r *Result) WriteMarkdown(w io.Writer) error {
	names, rows := r.table()
	lines := []string{"| " + strings.Join(names, " | ") + " |", "| ---" + strings.Repeat(" | ---:", len(names)-1) + " |"}
	for _, row := range rows {
		row[0] = "`" + row[0] + "`"
		lines = append(lines, "| "+strings.Join(row, " | ")+" |")
	}
	_, err := fmt.Fprintln(w, strings.Join(lines, "\n"))
	return err
}

// WriteCSV writes all runs, a line for each, in the order of the standings, and
// those that choose a learning rate before those that count. A score is in the
// metric's unit, an accuracy from 0 to 1; it and the loss are empty where a run
// diverged.
func (r *Result) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	head := []string{"optimizer", "stage", "learning_rate", "seed", "steps", "diverged", strings.ReplaceAll(r.Metric.Name, " ", "_"), "loss", "state_bytes_per_weight", "seconds_per_step"}
	if err := out.Write(head); err != nil {
		return err
	}
	for _, s := range r.Standings {
		for _, runs := range [][]*Run{s.Choice, s.Final} {
			for _, run := range runs {
				if err := out.Write(run.record()); err != nil {
					return err
				}
			}
		}
	}
	out.Flush()
	return out.Error()
}

// record is a line of the CSV file.
func (r *Run) record() []string {
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	lr, score, loss := "", "", ""
	if r.LR > 0 {
		lr = number(r.LR)
	}
	if !r.Diverged {
		score, loss = number(r.Score), number(r.Loss)
	}
	return []string{r.Optimizer, string(r.Stage), lr, strconv.FormatUint(r.Seed, 10), strconv.Itoa(r.Steps),
		strconv.FormatBool(r.Diverged), score, loss, strconv.Itoa(r.StateBytes), number(r.StepSeconds)}
}
