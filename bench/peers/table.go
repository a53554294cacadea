package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// same is how far movements of the same rule may differ: float32 and where a
// framework puts eps.
const same = 1e-3

// print writes all as Markdown.
func (r *Report) print(w io.Writer) {
	fmt.Fprintf(w, "%v; medians of %d rounds.\n\n", r.Machine, r.Rounds)
	table(w, r.Results)
	fmt.Fprintln(w)
	reasons(w, r.Results)
	for _, line := range r.Missing {
		fmt.Fprintln(w, "-", line)
	}
	if r.Scaling != nil {
		fmt.Fprintln(w)
		growing(w, r.Scaling)
	}
}

// growing writes the results of scaling, a line a size.
func growing(w io.Writer, results []Result) {
	fmt.Fprintln(w, "| weights | threads | peer | ns a weight | least to most | times descent |")
	fmt.Fprintln(w, "| --- | --- | --- | --- | --- | --- |")
	for _, r := range results {
		if r.Why != "" {
			continue
		}
		mid, low, high := r.median()
		n, ratio := float64(r.Weights), ""
		if base, ok := baseline(results, r); ok {
			m, _, _ := base.median()
			ratio = fmt.Sprintf("%.2f", mid/m)
		}
		fmt.Fprintf(w, "| %d | %d | %s | %.3f | %.3f to %.3f | %s |\n", r.Weights, r.Threads, r.Peer, mid/n, low/n, high/n, ratio)
	}
}

// table writes results as a table, those of a case and its threads together.
func table(w io.Writer, results []Result) {
	fmt.Fprintln(w, "| work | threads | peer | median | least to most | times descent | moves as descent |")
	fmt.Fprintln(w, "| --- | --- | --- | --- | --- | --- | --- |")
	for _, r := range results {
		if r.Why != "" {
			continue
		}
		base, ok := baseline(results, r)
		mid, low, high := r.median()
		unit, scale := "ns a weight", 1/float64(r.Weights*r.Tensors)
		if r.Weights*r.Tensors < 1_000_000 {
			unit, scale = "µs a step", 1e-3
		}
		ratio, moves := "", ""
		if ok {
			m, _, _ := base.median()
			ratio, moves = fmt.Sprintf("%.2f", mid/m), difference(r.Moved, base.Moved)
		}
		fmt.Fprintf(w, "| %s | %d | %s | %s %s | %s to %s | %s | %s |\n",
			r.Case, r.Threads, r.Peer, digits(mid*scale), unit, digits(low*scale), digits(high*scale), ratio, moves)
	}
}

// baseline finds what descent has done of the same work.
func baseline(results []Result, r Result) (Result, bool) {
	for _, b := range results {
		if b.Peer == "descent" && b.Case == r.Case && b.Threads == r.Threads && b.Weights == r.Weights && b.Why == "" {
			return b, true
		}
	}
	return Result{}, false
}

// difference says whether a movement is that of descent.
func difference(moved, descent float64) string {
	d := math.Abs(moved-descent) / descent
	switch {
	case d == 0:
		return "yes"
	case d <= same:
		return fmt.Sprintf("to %.0e", d)
	}
	return fmt.Sprintf("NO, %.3g times as far", moved/descent)
}

// digits is a number with three digits.
func digits(x float64) string {
	switch {
	case x < 10:
		return fmt.Sprintf("%.2f", x)
	case x < 100:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.0f", x)
}

// reasons lists why peers were not measured, each reason once.
func reasons(w io.Writer, results []Result) {
	cases := map[string][]string{}
	var order []string
	for _, r := range results {
		if r.Why == "" {
			continue
		}
		key := r.Peer + ": " + r.Why
		if cases[key] == nil {
			order = append(order, key)
		}
		if !slices.Contains(cases[key], r.Case) {
			cases[key] = append(cases[key], r.Case)
		}
	}
	for _, key := range order {
		fmt.Fprintf(w, "- %s: %s\n", key, strings.Join(cases[key], "; "))
	}
}
