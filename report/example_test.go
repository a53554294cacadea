package report_test

import (
	"fmt"
	"strings"

	"github.com/descent-go/descent/report"
)

func ExamplePage() {
	page := &report.Page{
		Title: "Two optimizers",
		Intro: "Adam comes further.",
		Sections: []report.Section{{
			Title: "Results",
			Table: &report.Table{
				Columns: []report.Column{{Name: "optimizer", Text: true}, {Name: "loss"}},
				Rows:    [][]string{{"sgd", "0.31"}, {"adam", "0.12"}},
			},
		}},
	}
	var out strings.Builder
	_, err := page.WriteTo(&out) // or to a file
	fmt.Println(strings.Count(out.String(), "<td"), "cells,", err)
	// Output: 4 cells, <nil>
}
