package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/descent-go/descent/stability"
)

// tellStability prints what a map shows.
func tellStability(ctx context.Context, out io.Writer, m *stability.Map) error {
	system := m.System
	how := "by the eigenvalues of a step"
	if m.Steps > 0 {
		how = fmt.Sprintf("by running %s from x = 1", count(m.Steps, "step"))
	}
	fmt.Fprintf(out, "%s on h*x^2/2, h = %s, %s\n", system.Name(), plain(system.Curvature()), how)
	x, y := system.Value(m.X.Name), system.Value(m.Y.Name)
	set, err := m.At(ctx, x, y)
	if err != nil {
		return err
	}
	stretches, err := m.Intervals(ctx, y)
	if err != nil {
		return err
	}
	where := ""
	if m.Y.Name != "" {
		where = fmt.Sprintf(", where %s = %s", m.Y.Name, plain(y))
	}
	rows := [][]string{
		{"  set", tellPlace(m, x, y) + ": " + tellPoint(set)},
		{"  " + m.X.Name, tellIntervals(stretches, m) + where},
	}
	if x, y, p, ok := m.Best(); ok {
		rows = append(rows, []string{"  best", tellPlace(m, x, y) + ": " + tellPoint(p)})
	}
	return writeTable(out, rows)
}

// tellPlace names the values of the hyperparameters that are varied.
func tellPlace(m *stability.Map, x, y float64) string {
	text := fmt.Sprintf("%s = %s", m.X.Name, plain(x))
	if m.Y.Name != "" {
		text += fmt.Sprintf(", %s = %s", m.Y.Name, plain(y))
	}
	return text
}

// tellPoint says what a rule does.
func tellPoint(p stability.Point) string {
	switch p.Outcome {
	case stability.Converges:
		digits := ""
		if n := p.StepsPerDigit(); n >= 1 {
			digits = fmt.Sprintf(", %s for each digit", count(int(n+0.5), "step"))
		}
		return fmt.Sprintf("converges, the distance times %s a step%s", plain(p.Rate), digits)
	case stability.Stays:
		if p.Near > 0 {
			return fmt.Sprintf("stays within %.2g of the minimum, 1 at the start", p.Near)
		}
		return "stays, no nearer and no farther"
	}
	return fmt.Sprintf("diverges, the distance times %s a step", plain(p.Rate))
}

// tellIntervals says where on the axis x a rule converges.
func tellIntervals(list []stability.Interval, m *stability.Map) string {
	low, high := m.X.Values[0], m.X.Values[len(m.X.Values)-1]
	var parts []string
	for _, v := range list {
		part := "from " + plain(v.From)
		if low == 0 && v.From < 1e-9*high {
			part = "up"
		}
		part += " to " + plain(v.To)
		if v.ToEdge {
			part += " or more"
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		text := fmt.Sprintf("converges nowhere from %s to %s", plain(low), plain(high))
		if slices.ContainsFunc(slices.Concat(m.Points...), func(p stability.Point) bool { return p.Outcome == stability.Stays }) {
			text += " (at best it stays near the minimum)"
		}
		return text
	}
	return "converges " + strings.Join(parts, ", ")
}
