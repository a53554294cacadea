package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/descent-go/descent/compare"
	"github.com/descent-go/descent/report"
)

// finish writes and prints what was found, as far as it goes where the comparison
// has ended early.
func (f *compareFlags) finish(result *compare.Result, failed error) error {
	written, err := f.write(result)
	if err == nil {
		err = f.print(result, written)
	}
	if errors.Is(failed, context.Canceled) {
		failed = interruptedError{fmt.Errorf("interrupted; what is done is kept in %s, the same command with --resume goes on", f.journal())}
	}
	if failed != nil {
		return failed
	}
	return err
}

// write writes the report and the CSV file, and names them.
func (f *compareFlags) write(result *compare.Result) ([]string, error) {
	if len(result.Standings) == 0 {
		return nil, nil
	}
	args := slices.DeleteFunc(slices.Clone(os.Args[1:]), func(arg string) bool { return strings.HasPrefix(arg, "--resume") })
	page, err := result.Page(shellCommand(args),
		report.Fact{Name: "made by", Value: fmt.Sprintf("descent %s, %s", version(), runtime.Version())},
		report.Fact{Name: "times", Value: fmt.Sprintf("on %s/%s, %s, %s", runtime.GOOS, runtime.GOARCH,
			count(runtime.GOMAXPROCS(0), "processor"), count(f.jobs, "run")+" at the same time")})
	if err != nil {
		return nil, fmt.Errorf("--report: %w", err)
	}
	var html, csv bytes.Buffer
	if _, err := page.WriteTo(&html); err != nil {
		return nil, fmt.Errorf("--report: %w", err)
	}
	if err := writeFile(f.report, html.Bytes()); err != nil {
		return nil, fmt.Errorf("--report: %w", err)
	}
	if f.csv == "" {
		return []string{f.report}, nil
	}
	if err := result.WriteCSV(&csv); err != nil {
		return nil, err
	}
	if err := writeFile(f.csv, csv.Bytes()); err != nil {
		return nil, fmt.Errorf("--csv: %w", err)
	}
	return []string{f.report, f.csv}, nil
}

// print prints the table and what was written.
func (f *compareFlags) print(result *compare.Result, written []string) error {
	out := f.cmd.OutOrStdout()
	if len(result.Standings) == 0 {
		return nil
	}
	if f.markdown {
		return result.WriteMarkdown(out)
	}
	fmt.Fprintln(out)
	if err := result.WriteTable(out); err != nil {
		return err
	}
	fmt.Fprintln(out)
	for _, file := range written {
		fmt.Fprintf(out, "wrote %s\n", file)
	}
	return nil
}

// compareProgress shows on a terminal which run is under way and the time left.
func compareProgress(show *display) func(compare.Progress) {
	return func(p compare.Progress) {
		text := fmt.Sprintf("%3.0f %%, %v left: %s", 100*p.Done, p.Left.Round(time.Second), p.Optimizer)
		if p.LR > 0 {
			text += fmt.Sprintf(", learning rate %.3g", p.LR)
		}
		if p.Stage == compare.Final {
			text += fmt.Sprintf(", seed %d", p.Seed)
		}
		show.status(text)
	}
}

// about is a time as one tells it beforehand.
func about(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return "a few seconds"
	case d < 90*time.Second:
		return fmt.Sprintf("%.0f seconds", max(10, d.Round(10*time.Second).Seconds()))
	case d < 90*time.Minute:
		return fmt.Sprintf("%.0f minutes", d.Minutes())
	}
	return fmt.Sprintf("%.1f hours", d.Hours())
}
