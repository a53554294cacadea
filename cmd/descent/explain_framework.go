package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// foreign explains the optimizer of another framework.
func (f *explainFlags) foreign(out io.Writer, x *foreign) error {
	if err := f.hyper.foreign(x); err != nil {
		return err
	}
	rule, options, err := x.make()
	if err != nil {
		return err
	}
	if f.latex || f.mathml {
		return f.set(out, rule)
	}
	fmt.Fprintf(out, "%s is, in descent's words,\n", x)
	if err := explain(out, rule, options); err != nil {
		return err
	}
	return x.explainOptions(out)
}

// explainOptions prints the framework's options.
func (x *foreign) explainOptions(out io.Writer) error {
	all, err := x.describe()
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return nil
	}
	fmt.Fprintf(out, "\nOptions of %s, their defaults, kinds and ranges\n", x.peer)
	var rows [][]string
	for _, o := range all {
		row := []string{"  " + o.Name, o.DefaultText(), o.Kind, o.Range.String()}
		if o.Required {
			row[1] = "(required)"
		}
		if v, ok := x.options[o.Name]; ok {
			row = append(row, fmt.Sprint("here ", v))
		}
		rows = append(rows, row)
	}
	return writeTable(out, rows)
}

// writeTable writes columns, without spaces at the ends of lines.
func writeTable(out io.Writer, rows [][]string) error {
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(table, strings.Join(row, "\t"))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for line := range strings.Lines(text.String()) {
		fmt.Fprintln(out, strings.TrimRight(line, " \n"))
	}
	return nil
}
