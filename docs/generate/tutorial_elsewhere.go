package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/descent-go/descent/compat"
)

// elsewhereOf says what other frameworks compute under a rule's name.
func elsewhereOf(name string) (string, error) {
	info, err := infoOf(name)
	if err != nil {
		return "", err
	}
	all, err := compat.Compare(name)
	if err != nil {
		return "", err
	}
	rows := [][]string{{"", "epsilon", "weight decay", "bias corrected", "options and defaults"}}
	for _, c := range all {
		if c.Peer == "pytorch_optimizer" && slices.ContainsFunc(all, func(c compat.Comparison) bool { return c.Peer == "torch" }) {
			continue // PyTorch's own says it
		}
		options, err := defaultsOf(c)
		if err != nil {
			return "", err
		}
		rows = append(rows, []string{titleOf(c), cellOf(c.Epsilon), cellOf(c.WeightDecay), cellOf(c.Correction), options})
	}
	text := ""
	if info.Elsewhere != "" {
		text = strings.ToUpper(info.Elsewhere[:1]) + info.Elsewhere[1:] + "\n\n"
	}
	return text + pageTable(rows), nil
}

// titleOf names a framework's optimizer, with the options that ask for the rule.
func titleOf(c compat.Comparison) string {
	if c.Peer == "formula" {
		return "descent's `" + c.Rule + "`"
	}
	text := c.Peer + "/" + c.Optimizer
	for _, option := range slices.Sorted(maps.Keys(c.Given)) {
		text += fmt.Sprintf(" %s=%v", option, c.Given[option])
	}
	return "`" + text + "`"
}

// noFormula stands where there is no formula to read a finding from.
const noFormula = "(code)"

// cellOf is a finding of compat.Compare as a table shows it: where it is the
// line of a formula, as code.
func cellOf(finding string) string {
	switch {
	case finding == "?":
		return noFormula
	case strings.Contains(finding, " = "):
		return "`" + finding + "`"
	}
	return finding
}

// defaultsOf are the options that a framework's optimizer does not share with most others.
func defaultsOf(c compat.Comparison) (string, error) {
	if c.Peer == "formula" {
		return cell(c.Options, nil), nil
	}
	rows, err := peerRows(c.Peer)
	if err != nil {
		return "", err
	}
	shared := common(rows)
	own := slices.DeleteFunc(slices.Clone(c.Options), func(o compat.OptionInfo) bool {
		switch {
		case slices.Contains(inner, o.Name) || o.Kind == "unsupported" || o.Kind == "meaningless" || o.Kind == "other":
			return true
		case slices.Contains(usual, o.Name):
			return false
		}
		return shared[written(o)] != ""
	})
	return cell(own, nil), nil
}

// usual are options that are shown though most optimizers share them, inner are
// options that do not change what is computed.
var (
	usual = []string{"learning_rate", "lr", "weight_decay", "wd"}
	inner = []string{"lazy_update", "use_fused_step", "differentiable", "mu_dtype", "accumulator_dtype", "state_dtype"}
)

// pageTable is a table of a page, without the columns that say nothing in each row.
func pageTable(rows [][]string) string {
	text := ""
	for i, row := range rows {
		for k, c := range row {
			says := func(r []string) bool { return r[k] != "" && r[k] != "none" && r[k] != noFormula }
			if k == 0 || slices.ContainsFunc(rows[1:], says) {
				text += "| " + c + " "
			}
		}
		text += "|\n"
		if i == 0 {
			text += strings.Repeat("| --- ", strings.Count(text, "|")-1) + "|\n"
		}
	}
	return text
}
