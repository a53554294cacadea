package compare

import (
	"fmt"
	"strings"

	"github.com/descent-go/descent/report"
)

// Page is the comparison as a page: what came out, the curves, how learning rates
// were chosen. The command that makes it again stands at its head, and facts, as
// of the machine, behind the settings.
func (r *Result) Page(command string, facts ...report.Fact) (*report.Page, error) {
	p := &report.Page{Title: "Optimizers on " + r.Task, Intro: r.Summary(), Command: command}
	for _, s := range r.Settings {
		p.Facts = append(p.Facts, report.Fact{Name: s.Name, Value: s.Value})
	}
	p.Facts = append(append(p.Facts, report.Fact{Name: "seeds", Value: fmt.Sprint(r.Seeds)}), facts...)
	if len(r.Standings) == 0 {
		return p, nil
	}
	var err error
	p.Sections, err = r.sections()
	return p, err
}

func (r *Result) sections() ([]report.Section, error) {
	ranks, err := r.ranks()
	if err != nil {
		return nil, err
	}
	curves := []curve{r.losses()}
	loss := "The loss is the function's value"
	if !r.onSurface() {
		curves = append(curves, r.scores())
		loss = "The loss is that of the training batches, averaged over some steps"
	}
	learning, err := r.charts(curves...)
	if err != nil {
		return nil, err
	}
	rates, err := r.charts(r.rates())
	if err != nil {
		return nil, err
	}
	names, rows := r.table()
	table := &report.Table{Rows: rows}
	for i, name := range names {
		table.Columns = append(table.Columns, report.Column{Name: name, Text: i == 0})
	}
	return []report.Section{
		{Title: "What came out", Text: "The large dot is the median of the seeds, each small one a run, and the line goes from the lowest to the highest.", Charts: ranks, Table: table},
		{Title: "On the way", Text: "A line is the median of the seeds; its band goes from the lowest to the highest. " + loss + ".", Charts: learning},
		{Title: "The choice of the learning rate", Text: r.Protocol + " A gap is a run that diverged.", Charts: rates},
	}, nil
}

// Summary says in a sentence or two what came out.
func (r *Result) Summary() string {
	if len(r.Standings) == 0 {
		return "No optimizer has made a run that counts yet."
	}
	var parts []string
	best := r.Standings[0]
	if !best.Lost() {
		unit := ""
		if r.Metric.Unit != "" {
			unit = " " + r.Metric.Unit
		}
		text := fmt.Sprintf("%s came out best: %s %s%s in the median (%s to %s)", best.Optimizer, r.Metric.Name,
			r.Metric.Format(best.Median), unit, r.Metric.Format(best.Low), r.Metric.Format(best.High))
		if best.LR > 0 {
			text += ", with the learning rate " + rate(best.LR)
		}
		parts = append(parts, text+".")
	}
	var lost []string
	for _, s := range r.Standings {
		if s.Diverged > 0 {
			lost = append(lost, fmt.Sprintf("%s (%s)", s.Optimizer, s.lost()))
		}
	}
	if len(lost) > 0 {
		parts = append(parts, "Diverged: "+strings.Join(lost, ", ")+".")
	}
	if len(r.Pending) > 0 {
		parts = append(parts, "The comparison is not finished; without a result yet: "+strings.Join(r.Pending, ", ")+".")
	}
	return strings.Join(parts, " ")
}
