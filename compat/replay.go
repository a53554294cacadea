package compat

import (
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// Report says how a replay went.
type Report struct {
	Name     string    // the file, as Replay was given it, and of a schedule its place and name there
	Peer     string    // the framework, as Peers lists it; "" where the file could not be read
	Steps    int       // of the recording; of a schedule its values
	Worst    float64   // the largest deviation, in tolerances: at most 1 where all values agree
	Mismatch *Mismatch // the first value that differs, nil where all agree
}

// Mismatch is a value that differs from the recorded one by more than the
// recording's tolerance.
type Mismatch struct {
	Step      int    // counts from 1; of a schedule the updates made
	Param     string // the parameter's name; "" of a schedule
	Element   int    // of the parameter, row by row, from 0
	Got, Want float64
}

// String says what differs.
func (m *Mismatch) String() string {
	if m.Param == "" {
		return fmt.Sprintf("after %d updates: got %v, recorded %v", m.Step, m.Got, m.Want)
	}
	return fmt.Sprintf("step %d, parameter %s, element %d: got %v, recorded %v", m.Step, m.Param, m.Element, m.Got, m.Want)
}

// Replay runs a recording again, from a file that may be compressed with gzip,
// in the type in which it was recorded, and compares the parameters after
// every step. A nil rule is the recording's own optimizer with its options, as
// New finds it. Any other rule runs with its own defaults, and the recording's
// options are ignored: a way to check one's formula against a framework's
// recordings. Values that differ are no error: the report names the first.
func Replay(path string, rule optim.Rule) (Report, error) {
	data, err := readFile(path)
	if err != nil {
		return Report{Name: path}, err
	}
	return replayTrace(path, data, rule)
}

func replayTrace(path string, data []byte, rule optim.Rule) (Report, error) {
	report := Report{Name: path}
	t, err := decodeTrace(data)
	if err == nil {
		err = t.check()
	}
	if err == nil {
		report.Peer, report.Steps = t.framework(), len(t.Steps)
		err = t.replay(rule, &report)
	}
	if err != nil {
		return report, fmt.Errorf("compat: %s: %w", path, err)
	}
	return report, nil
}

// readFile reads a file of recordings.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("compat: %w", err)
	}
	defer f.Close()
	data, err := content(f)
	if err != nil {
		return nil, fmt.Errorf("compat: %s: %w", path, err)
	}
	return data, nil
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
	case "float16":
		return play[descent.Float16](t, b, report)
	case "bfloat16":
		return play[descent.BFloat16](t, b, report)
	}
	return fmt.Errorf("recorded in %s: expected %s", t.DType, strings.Join(dtypes, ", "))
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
		if err := p.compareMaster(i, report); err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
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
	name := p.t.Params[i].Name
	switch {
	case g != nil && g.Rows != nil:
		values := make([]T, len(g.Values))
		fill(values, g.Values)
		if err := descent.SetRows(p.opt, name, g.Rows, values); err != nil {
			return err
		}
	case g != nil:
		fill(p.g[i], g.Values)
		if err := descent.SetGrad(p.opt, name, p.g[i]); err != nil {
			return err
		}
	}
	if p.frozen[i] == (g == nil) {
		return nil
	}
	p.frozen[i] = g == nil
	if g == nil {
		return p.opt.Freeze(name)
	}
	return p.opt.Unfreeze(name)
}

// objective fills the gradients at the present weights.
func (p *player[T]) objective() (float64, error) {
	at := 0
	for _, w := range p.w {
		for i, v := range w {
			p.x[at+i] = number64(v)
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

// fill converts numbers, those of half precision by way of float32.
func fill[T descent.Float](to []T, from []float64) {
	switch to := any(to).(type) {
	case []float32:
		for i, v := range from {
			to[i] = float32(v)
		}
	case []float64:
		copy(to, from)
	case []descent.Float16:
		for i, v := range from {
			to[i] = descent.ToFloat16(float32(v))
		}
	case []descent.BFloat16:
		for i, v := range from {
			to[i] = descent.ToBFloat16(float32(v))
		}
	}
}

// number64 is a number of any type in float64.
func number64[T descent.Float](v T) float64 {
	switch v := any(v).(type) {
	case float32:
		return float64(v)
	case float64:
		return v
	case descent.Float16:
		return float64(v.Float32())
	case descent.BFloat16:
		return float64(v.Float32())
	}
	return math.NaN()
}

// compare compares the weights with those recorded after the i-th step.
func (p *player[T]) compare(i int, report *Report) {
	for k, want := range p.t.Steps[i].Values {
		for e, ref := range want {
			report.compare(p.t.Tolerance, Mismatch{i + 1, p.t.Params[k].Name, e, number64(p.w[k][e]), ref})
		}
	}
}

// compareMaster compares the master copies with those recorded, where there are.
func (p *player[T]) compareMaster(i int, report *Report) error {
	for k, want := range p.t.Steps[i].Master {
		name := p.t.Params[k].Name
		master, err := p.opt.StateOf(name, "descent.master")
		if err != nil {
			return err
		}
		for e, ref := range want {
			report.compare(*p.t.MasterTolerance, Mismatch{i + 1, name, e, float64(master.F32[e]), ref})
		}
	}
	return nil
}

// compare notes a value and, where it is the first to differ too much, what it is.
func (r *Report) compare(t Tolerance, m Mismatch) {
	off := t.deviation(m.Got, m.Want)
	r.Worst = max(r.Worst, off)
	if off > 1 && r.Mismatch == nil {
		r.Mismatch = &m
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
