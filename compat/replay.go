package compat

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// Report says how a replay went.
type Report struct {
	Name     string    // the file, as Replay was given it
	Steps    int       // of the recording
	Worst    float64   // the largest deviation, in tolerances: at most 1 where all values agree
	Mismatch *Mismatch // the first value that differs, nil where all agree
}

// Mismatch is a value that differs from the recorded one by more than the
// recording's tolerance.
type Mismatch struct {
	Step      int    // counts from 1
	Param     string // the parameter's name
	Element   int    // of the parameter, row by row, from 0
	Got, Want float64
}

// String says what differs.
func (m *Mismatch) String() string {
	return fmt.Sprintf("step %d, parameter %s, element %d: got %v, recorded %v", m.Step, m.Param, m.Element, m.Got, m.Want)
}

// Replay runs a recording again, from a file that may be compressed with gzip,
// in float32 or float64 as it was recorded, and compares the parameters after
// every step. A nil rule is the recording's own optimizer with its options, as
// New finds it. Any other rule runs with its own defaults, and the recording's
// options are ignored: a way to check one's formula against a framework's
// recordings. Values that differ are no error: the report names the first.
func Replay(path string, rule optim.Rule) (Report, error) {
	report := Report{Name: path}
	f, err := os.Open(path)
	if err != nil {
		return report, fmt.Errorf("compat: %w", err)
	}
	defer f.Close()
	t, err := decode(f)
	if err == nil {
		err = t.check()
	}
	if err == nil {
		report.Steps = len(t.Steps)
		err = t.replay(rule, &report)
	}
	if err != nil {
		return report, fmt.Errorf("compat: %s: %w", path, err)
	}
	return report, nil
}

func (t *Trace) replay(rule optim.Rule, report *Report) error {
	b := &ball{rule: rule}
	if rule == nil {
		var err error
		if b, err = t.translate(); err != nil {
			return err
		}
	}
	switch t.DType {
	case "float32":
		return play[float32](t, b, report)
	case "float64":
		return play[float64](t, b, report)
	}
	return fmt.Errorf("recorded in %s: only float32 and float64 can be replayed", t.DType)
}

// ball is what rolls down: a rule with its options.
type ball struct {
	rule    optim.Rule
	options []descent.Option
	steps   [][]setting // that change before each step
}

// translate reads the recording's own optimizer and options: those of the
// whole, what parameters have for themselves, and what changes before a step.
func (t *Trace) translate() (*ball, error) {
	m, err := find(t.framework(), t.Optimizer)
	if err != nil {
		return nil, err
	}
	options := m.merge(t.Options, t.circumstances())
	base, err := m.make(options)
	if err != nil {
		return nil, fmt.Errorf("options: %w", err)
	}
	b := &ball{base.rule, append(set(base.settings), base.options...), make([][]setting, len(t.Steps))}
	names, own := make([]string, len(t.Params)), map[string]map[string]any{}
	for i, param := range t.Params {
		names[i] = param.Name
		own[param.Name] = param.Options
	}
	groups, err := m.groups(options, names, own)
	if err != nil {
		return nil, err
	}
	b.options = append(b.options, groups...)
	live := map[string]bool{}
	now := options
	for i, s := range t.Steps {
		if b.steps[i], err = m.changed(now, s.Options); err != nil {
			return nil, fmt.Errorf("step %d: options: %w", i+1, err)
		}
		now = m.merge(now, s.Options)
		for _, s := range b.steps[i] {
			live[s.name] = true
		}
	}
	b.options = append(b.options, descent.Live(slices.Sorted(maps.Keys(live))...))
	return b, nil
}

// changed gives the settings that differ once others replace some options.
func (m maker) changed(options, others map[string]any) ([]setting, error) {
	if len(others) == 0 {
		return nil, nil
	}
	before, err := m.make(options)
	if err != nil {
		return nil, err
	}
	if m.canonical != nil { // the same option twice under two names is a mistake
		if _, err := m.make(others); err != nil {
			return nil, err
		}
	}
	after, err := m.make(m.merge(options, others))
	if err != nil {
		return nil, err
	}
	if after.rule.Name() != before.rule.Name() {
		return nil, fmt.Errorf("they make %s of %s, which cannot be", after.rule.Name(), before.rule.Name())
	}
	was, now := values(before.settings), values(after.settings)
	var out []setting
	for _, name := range slices.Sorted(maps.Keys(now)) {
		if was[name] != now[name] {
			out = append(out, setting{name, now[name]})
		}
	}
	return out, nil
}

// values gives what settings come to, later ones winning.
func values(settings []setting) map[string]any {
	out := map[string]any{}
	for _, s := range settings {
		out[s.name] = s.value
	}
	return out
}

// merge gives options with others in their place.
func (m maker) merge(options, others map[string]any) map[string]any {
	all := map[string]any{}
	for _, from := range []map[string]any{options, others} {
		for name, v := range from {
			if m.canonical != nil {
				name = m.canonical(name)
			}
			all[name] = v
		}
	}
	return all
}

// player replays a recording in one type.
type player[T descent.Float] struct {
	t      *Trace
	opt    *descent.Optimizer
	w, g   [][]T
	frozen []bool
	x, dx  []float64 // weights and gradient, for an objective
}

func play[T descent.Float](t *Trace, b *ball, report *Report) error {
	p := &player[T]{t: t, frozen: make([]bool, len(t.Params)), x: make([]float64, t.weights()), dx: make([]float64, t.weights())}
	var params []descent.Param
	for i, param := range t.Params {
		p.w = append(p.w, make([]T, len(param.Value)))
		p.g = append(p.g, make([]T, len(param.Value)))
		fill(p.w[i], param.Value)
		params = append(params, descent.NewParam(param.Name, p.w[i], p.g[i], param.Shape...))
	}
	var err error
	if p.opt, err = descent.New(b.rule, params, b.options...); err != nil {
		return err
	}
	defer p.opt.Close()
	if t.Objective == nil && p.opt.NeedsFunc() {
		return fmt.Errorf("%s asks for gradients at points of its own, and this recording gives only those that were used: replay one with an objective", b.rule.Name())
	}
	for i := range t.Steps {
		var settings []setting
		if b.steps != nil {
			settings = b.steps[i]
		}
		if err := p.step(&t.Steps[i], settings); err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
		p.compare(i, report)
	}
	return nil
}

func (p *player[T]) step(s *TraceStep, settings []setting) error {
	for _, set := range settings {
		v, ok := set.value.(float64)
		if !ok {
			return fmt.Errorf("option %s cannot change during training", set.name)
		}
		if err := p.opt.Set(set.name, v); err != nil {
			return err
		}
	}
	if p.t.Objective != nil {
		_, err := p.opt.StepFunc(p.objective)
		return err
	}
	for i, g := range s.Grads {
		if err := p.give(i, g); err != nil {
			return fmt.Errorf("parameter %s: %w", p.t.Params[i].Name, err)
		}
	}
	return p.opt.Step()
}

// give gives a parameter its gradient; one without rests.
func (p *player[T]) give(i int, g *TraceGrad) error {
	if g != nil && g.Rows != nil {
		return errors.New("row-sparse gradients cannot be replayed yet")
	}
	if g != nil {
		fill(p.g[i], g.Values)
	}
	if p.frozen[i] == (g == nil) {
		return nil
	}
	p.frozen[i] = g == nil
	if g == nil {
		return p.opt.Freeze(p.t.Params[i].Name)
	}
	return p.opt.Unfreeze(p.t.Params[i].Name)
}

// objective fills the gradients at the present weights.
func (p *player[T]) objective() (float64, error) {
	at := 0
	for _, w := range p.w {
		for i, v := range w {
			p.x[at+i] = float64(v)
		}
		at += len(w)
	}
	f := p.t.Objective.at(p.x, p.dx)
	at = 0
	for _, g := range p.g {
		fill(g, p.dx[at:at+len(g)])
		at += len(g)
	}
	return f, nil
}

func fill[T descent.Float](to []T, from []float64) {
	for i, v := range from {
		to[i] = T(v)
	}
}

// compare compares the weights with those recorded after the i-th step.
func (p *player[T]) compare(i int, report *Report) {
	for k, want := range p.t.Steps[i].Values {
		for e, ref := range want {
			got := float64(p.w[k][e])
			off := p.t.Tolerance.deviation(got, ref)
			report.Worst = max(report.Worst, off)
			if off > 1 && report.Mismatch == nil {
				report.Mismatch = &Mismatch{i + 1, p.t.Params[k].Name, e, got, ref}
			}
		}
	}
}

// deviation is how far x is from ref, in tolerances.
func (t Tolerance) deviation(x, ref float64) float64 {
	switch off := math.Abs(x - ref); {
	case off == 0:
		return 0
	case off == off:
		return off / (t.ATol + t.RTol*math.Abs(ref))
	}
	return math.Inf(1) // not a number
}
