package dataset

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Task is what is done with a target.
type Task string

// The tasks.
const (
	Classification Task = "classification" // tell classes apart
	Regression     Task = "regression"     // predict a number
)

const (
	maxClasses    = 1000 // of a target of texts
	maxNumClasses = 20   // of integers that are taken for classes unasked
)

// A Target describes what is to be predicted.
type Target struct {
	// Name is the name of the CSV column, or "label".
	Name string `json:"name"`
	Task Task   `json:"task"`
	// Classes are the names of the classes, sorted (as numbers where they are
	// numbers); nil for regression.
	Classes []string `json:"classes,omitempty"`
	// Mean and Std, the standard deviation, scale the number of a regression.
	Mean float64 `json:"mean,omitempty"`
	Std  float64 `json:"std,omitempty"`
}

// Value gives a standardised number, as in Data.Y or predicted by a model
// trained on it, back in the target's own units. It is for regression.
func (t Target) Value(y float32) float64 { return float64(float64(y)*t.Std) + t.Mean }

func (t Target) check() error {
	switch t.Task {
	case Classification:
		if len(t.Classes) < 2 {
			return fmt.Errorf("schema: target %q has %d classes, two are needed", t.Name, len(t.Classes))
		}
	case Regression:
		if !isScale(t.Mean, t.Std) {
			return fmt.Errorf("schema: target %q has mean %v and standard deviation %v", t.Name, t.Mean, t.Std)
		}
	default:
		return fmt.Errorf("schema: the task %q is neither %s nor %s", t.Task, Classification, Regression)
	}
	return nil
}

// note says what the target is.
func (t Target) note() string {
	if t.Task == Regression {
		return fmt.Sprintf("target %q: regression, mean %.6g, standard deviation %.6g", t.Name, t.Mean, t.Std)
	}
	return fmt.Sprintf("target %q: classification, %d classes: %s", t.Name, len(t.Classes), list(t.Classes))
}

// targetOf decides from what was seen of a target what it is. The task may be
// given; "" leaves it to the values.
func targetOf(path string, p *profile, task Task) (Target, error) {
	t := Target{Name: p.name, Task: task}
	switch {
	case p.missing.n > 0:
		return t, lineError(path, p.missing.line, "target %q is missing; fill it in or remove the line", p.name)
	case p.isNumber() && p.nonfinite.n > 0:
		return t, lineError(path, p.nonfinite.line, "target %q: %q is not a finite number", p.name, p.nonfinite.text)
	case len(p.values) < 2:
		return t, fmt.Errorf("%s: target %q has the same value in every example, there is nothing to learn", path, p.name)
	case p.isNumber():
		return p.numberTarget(path, t)
	}
	return p.textTarget(path, t)
}

func (p *profile) numberTarget(path string, t Target) (Target, error) {
	classes := p.numbers()
	if len(classes) < 2 {
		return t, fmt.Errorf("%s: target %q has the same value in every example, there is nothing to learn", path, p.name)
	}
	if t.Task == "" {
		t.Task = Regression
		few := len(classes) <= maxNumClasses && p.number >= 2*len(classes)
		if p.integer && few || slices.Equal(classes, []float64{0, 1}) {
			t.Task = Classification
		}
	}
	if t.Task == Classification {
		if len(classes) > maxClasses {
			return t, tooManyClasses(path, p.name)
		}
		for _, c := range classes {
			t.Classes = append(t.Classes, formatNumber(c))
		}
		return t, nil
	}
	t.Mean, t.Std = p.fit.mean, p.fit.std()
	if !isScale(t.Mean, t.Std) {
		return t, fmt.Errorf("%s: target %q has values too large or too close to each other to standardise", path, p.name)
	}
	return t, nil
}

func (p *profile) textTarget(path string, t Target) (Target, error) {
	mixed := p.number > 0 && len(p.values) > maxNumClasses
	if t.Task == Regression || t.Task == "" && mixed {
		return t, lineError(path, p.text.line, "target %q: %s", p.name, cmp.Or(p.commas(), fmt.Sprintf("%q is not a number", p.text.text)))
	}
	if len(p.values) > maxClasses {
		return t, tooManyClasses(path, p.name)
	}
	t.Task, t.Classes = Classification, p.texts()
	return t, nil
}

func tooManyClasses(path, name string) error {
	return fmt.Errorf("%s: target %q has more than %d classes; choose another column", path, name, maxClasses)
}

// A labeler turns the texts of a target into numbers to train on.
type labeler struct {
	Target
	index map[string]int
}

func newLabeler(t Target) *labeler {
	l := &labeler{Target: t, index: make(map[string]int)}
	for i, c := range t.Classes {
		l.index[c] = i
	}
	return l
}

// encode returns the number for a cell that is not missing.
func (l *labeler) encode(cell string) (float32, error) {
	v, kind := parseCell(cell)
	if l.Task == Classification {
		i, ok := l.index[cell]
		if !ok && kind == numberCell {
			i, ok = l.index[formatNumber(v)]
		}
		if !ok {
			return 0, fmt.Errorf("target %q: %q is none of the classes %s", l.Name, cell, list(l.Classes))
		}
		return float32(i), nil
	}
	if kind != numberCell {
		return 0, fmt.Errorf("target %q: %q is not a finite number", l.Name, cell)
	}
	y, ok := standardise(v, l.Mean, l.Std)
	if !ok {
		return 0, fmt.Errorf("target %q: %s is too far from the mean %.6g", l.Name, cell, l.Mean)
	}
	return y, nil
}

func formatNumber(v float64) string { return strconv.FormatFloat(v+0, 'g', -1, 64) }

// list joins names for a message, the first dozen of them.
func list(names []string) string {
	const shown = 12
	if len(names) <= shown {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:shown], ", "), len(names)-shown)
}
