package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strconv"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/descent-go/descent/chart"
)

// studyFiles is where the results of studies are.
const studyFiles = "../studies/"

// study is what a program of bench/distributed/studies has measured.
type study struct {
	columns []string
	rows    [][]string
}

func readStudy(file string) (*study, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return &study{all[0], all[1:]}, nil
}

// text is what a row has in a column.
func (s *study) text(row []string, column string) string {
	return row[slices.Index(s.columns, column)]
}

func (s *study) number(row []string, column string) (float64, error) {
	return strconv.ParseFloat(s.text(row, column), 64)
}

// rules are those of a way, in order.
func (s *study) rules(way string) (all []string) {
	for _, row := range s.rows {
		if rule := s.text(row, "rule"); s.text(row, "way") == way && !slices.Contains(all, rule) {
			all = append(all, rule)
		}
	}
	return all
}

// errors are the wrong answers in percent of a rule: the mean over the seeds for
// each value of x, and the best and the worst seed.
func (s *study) errors(way, rule, x string) (points plotter.XYs, low, high []float64, err error) {
	var seeds []float64
	for _, row := range s.rows {
		if s.text(row, "way") != way || s.text(row, "rule") != rule {
			continue
		}
		at, err := s.number(row, x)
		if err != nil {
			return nil, nil, nil, err
		}
		accuracy, err := s.number(row, "accuracy")
		if err != nil {
			return nil, nil, nil, err
		}
		if len(points) == 0 || points[len(points)-1].X != at {
			points, low, high, seeds = append(points, plotter.XY{X: at}), append(low, 0), append(high, 0), nil
		}
		seeds = append(seeds, 100*(1-accuracy))
		last := len(points) - 1
		points[last].Y, low[last], high[last] = average(seeds), slices.Min(seeds), slices.Max(seeds)
	}
	return points, low, high, nil
}

// line is a column of a rule over another.
func (s *study) line(way, rule, x, y string) (plotter.XYs, error) {
	var points plotter.XYs
	for _, row := range s.rows {
		if s.text(row, "way") != way || s.text(row, "rule") != rule {
			continue
		}
		at, err := s.number(row, x)
		if err != nil {
			return nil, err
		}
		value, err := s.number(row, y)
		if err != nil {
			return nil, err
		}
		points = append(points, plotter.XY{X: at, Y: value})
	}
	return points, nil
}

func average(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v / float64(len(values))
	}
	return sum
}

// panelOf is a plot of the wrong answers of all rules in one way, with a legend or
// without.
func (s *study) panelOf(way, title, x string, legend bool) (chart.Picture, error) {
	p := chart.New(title, x, "test images wrong (%)")
	chart.LogX(p)
	chart.LogY(p)
	var lines []chart.Line
	for i, rule := range s.rules(way) {
		points, low, high, err := s.errors(way, rule, x)
		if err != nil {
			return nil, err
		}
		if !legend {
			rule = ""
		}
		lines = append(lines, chart.Line{Name: rule, Points: points, Low: low, High: high, Dots: true, Variant: i})
	}
	err := chart.AddLines(p, lines...)
	p.Y.Min, p.Y.Max = 4, 100
	return p, err
}

// compared draws the ways of a study, each with its title, beside each other.
func compared(file, x string, ways ...[2]string) func() ([]byte, error) {
	return func() ([]byte, error) {
		s, err := readStudy(studyFiles + file)
		if err != nil {
			return nil, err
		}
		var all chart.Row
		for i, way := range ways {
			p, err := s.panelOf(way[0], way[1], x, i == len(ways)-1)
			if err != nil {
				return nil, err
			}
			share := 3.0
			if i == len(ways)-1 { // it has the legend
				share = 4.2
			}
			all = append(all, chart.Part{Picture: p, Share: share})
		}
		return chart.Render(all, pageWidth, 3.6*vg.Inch, "svg")
	}
}

// largeBatches and lateGradients are the studies of the last two sections.
var (
	largeBatches = compared("batches.csv", "batch",
		[2]string{"scaled", "Learning rate by the scaling rule"}, [2]string{"chosen", "Learning rate chosen for each size"})
	lateGradients = compared("delays.csv", "workers",
		[2]string{"same lr", "Learning rate as without delay"}, [2]string{"chosen", "Learning rate chosen for each number"})
)

// accuraciesOf is a table of a way of a study: "batches batch scaled".
func accuraciesOf(of string) (string, error) {
	var file, x, way string
	if _, err := fmt.Sscanf(of, "%s %s %s", &file, &x, &way); err != nil {
		return "", err
	}
	if way == "same" {
		way = "same lr"
	}
	s, err := readStudy(studyFiles + file + ".csv")
	if err != nil {
		return "", err
	}
	text := ""
	for i, rule := range s.rules(way) {
		points, low, high, err := s.errors(way, rule, x)
		if err != nil {
			return "", err
		}
		head, line, row := "| "+x+" |", "| --- |", "| "+rule+" |"
		for k, p := range points {
			head += fmt.Sprintf(" %.0f |", p.X)
			line += " --- |"
			row += fmt.Sprintf(" %.1f ± %.1f |", 100-p.Y, (high[k]-low[k])/2)
		}
		if i == 0 {
			text = head + "\n" + line + "\n"
		}
		text += row + "\n"
	}
	return text, nil
}
