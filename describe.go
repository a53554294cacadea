package descent

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/descent-go/descent/internal/plan"
)

// Describe says in lines of text, "what: value", all that decides what steps do:
// the rule's formulas, hyperparameters, options, schedules at some steps and
// parameters, but not weights and states. Optimizers that are to do the same, as
// those of [Shard], have the same lines, and else the first that differs says
// what is wrong.
func (o *Optimizer) Describe() []string {
	if o.e == nil {
		return nil
	}
	s := o.settings
	lines := []string{"rule: " + o.rule.Name()}
	if o.e.Before != nil {
		lines = append(lines, formulaLines(o.e.Before.String())...)
	}
	lines = append(lines, formulaLines(o.e.Program.String())...)
	live := slices.Compact(slices.Sorted(slices.Values(s.live)))
	lines = append(lines,
		fmt.Sprintf("seed: %d", o.e.Seed),
		fmt.Sprintf("gradients accumulated: %d", max(o.e.Accumulate, 1)),
		fmt.Sprintf("check that gradients are finite: %v", s.checkFinite),
		fmt.Sprintf("master weights: %v", !s.noMaster),
		"type of states: "+cmp.Or(s.stateType.String(), "as computed"),
		"live hyperparameters: "+strings.Join(live, " "))
	lines = append(lines, o.describeHypers(o.all, "")...)
	for _, sc := range s.schedules {
		lines = append(lines, describeSchedule(sc))
	}
	for _, g := range o.groups {
		if g.key != "" {
			lines = append(lines, o.describeHypers(g, o.member(g))...)
		}
	}
	for _, p := range o.params {
		lines = append(lines, fmt.Sprintf("parameter %s: %s%v", p.name, typeNames[p.w.Type()], p.shape))
	}
	return lines
}

// formulaLines is the lines of a formula.
func formulaLines(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, "formula: "+line)
		}
	}
	return out
}

// describeHypers gives a group's hyperparameters with their multipliers.
func (o *Optimizer) describeHypers(g *group, who string) []string {
	var out []string
	for i := range o.hypers {
		h := &o.hypers[i]
		line := h.Name + who + ": " + h.FormatValue(g.values[h.Name].v)
		if m, ok := g.mult[h.Name]; ok {
			line += fmt.Sprintf(" times %v", m)
		}
		out = append(out, line)
	}
	return append(out, fmt.Sprintf("lazy%s: %v", who, g.lazy))
}

// describeSchedule gives some of a schedule's factors.
func describeSchedule(s scheduled) string {
	line := "schedule of " + s.name + " at 0, 1, 2, 4 and so on:"
	for step := 0; step <= 1<<20; step = max(1, 2*step) {
		line += fmt.Sprintf(" %v", s.s.At(step))
	}
	return line
}

// typeNames is the types' names.
var typeNames = [...]string{plan.F32: "float32", plan.F64: "float64", plan.F16: "float16", plan.BF16: "bfloat16"}
