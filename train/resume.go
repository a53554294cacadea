package train

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/optim"
)

// fill takes from a saved run what the Config leaves open. What must be the same
// and is not is an error that names every difference.
func (s *saved) fill(c Config) (Config, error) {
	var diffs []string
	differ := func(what string, theirs, ours any) {
		diffs = append(diffs, fmt.Sprintf("%s: %v in the file, %v in this run", what, theirs, ours))
	}
	if err := s.fillRule(&c, differ); err != nil {
		return c, err
	}
	if c.Kind == "" {
		c.Kind = s.Model
	}
	if c.Hidden == nil {
		c.Hidden = s.Hidden
	}
	if c.Kind != s.Model {
		differ("model", s.Model, c.Kind)
	} else if !slices.Equal(c.Hidden, s.Hidden) {
		differ("hidden layers", s.Hidden, c.Hidden)
	}
	stateType, err := descent.ParseType(s.StateType)
	if err != nil {
		return c, fmt.Errorf("train: %s: %w", s.path, err)
	}
	if c.StateType == descent.AsComputed {
		c.StateType = stateType
	}
	if c.StateType != stateType {
		differ("type of the states", "as computed", c.StateType)
	}
	if c.Batch == 0 {
		c.Batch = s.Batch
	}
	if c.Batch != s.Batch {
		differ("batch", s.Batch, c.Batch)
	}
	if c.Seed == 0 {
		c.Seed = s.Seed
	}
	if c.Seed != s.Seed {
		differ("seed", s.Seed, c.Seed)
	}
	if c.Epochs == 0 {
		c.Epochs = s.Epochs
	}
	if c.Schedule == "" {
		c.Schedule = s.Schedule
	}
	s.compareData(c.Train, differ)
	if len(diffs) > 0 {
		return c, fmt.Errorf("train: %s does not fit this run:\n\t%s", s.path, strings.Join(diffs, "\n\t"))
	}
	options, err := s.options(c.Rule)
	c.Options = append(options, c.Options...)
	return c, err
}

func (s *saved) fillRule(c *Config, differ func(string, any, any)) error {
	if c.Rule == nil {
		c.RuleName = s.Optimizer
		var err error
		c.Rule, err = s.rule()
		return err
	}
	text, err := ruleText(c.Rule)
	switch {
	case err != nil:
		return err
	case text == s.Formula:
	case c.Rule.Name() != s.Rule:
		differ("optimizer", s.Optimizer, c.withDefaults().RuleName)
	default:
		differ("formula of "+s.Optimizer, "\n"+s.Formula, "\n"+text)
	}
	return nil
}

// rule is the rule of a saved run.
func (s *saved) rule() (optim.Rule, error) {
	if rule, err := optim.Lookup(s.Rule); err == nil {
		if text, err := ruleText(rule); err == nil && text == s.Formula {
			return rule, nil
		}
	}
	rule, err := optim.Parse(s.Rule, s.Formula)
	if err != nil {
		return nil, fmt.Errorf("train: %s: its optimizer %s cannot be made from the file alone, give the optimizer too: %w", s.path, s.Optimizer, err)
	}
	return rule, nil
}

// options set the hyperparameters of a saved run.
func (s *saved) options(rule optim.Rule) ([]descent.Option, error) {
	info, err := rule.Info()
	if err != nil {
		return nil, err
	}
	own := map[string]bool{}
	for _, h := range info.Hypers {
		own[h.Name] = true
	}
	var options []descent.Option
	for _, name := range slices.Sorted(maps.Keys(s.Hypers)) {
		link := linkOptions[name]
		if own[name] || link == nil {
			options = append(options, descent.Set(name, s.Hypers[name]))
			continue
		}
		v, err := strconv.ParseFloat(s.Hypers[name], 64)
		if err != nil {
			return nil, fmt.Errorf("train: %s: hyperparameter %s: %w", s.path, name, err)
		}
		options = append(options, link(v))
	}
	return options, nil
}

// compareData reports where the data is not of the kind of the saved run's.
func (s *saved) compareData(d *dataset.Data, differ func(string, any, any)) {
	theirs, ours := s.Schema, d.Schema
	compare := func(what string, theirs, ours any) {
		if a, b := text(theirs), text(ours); a != b {
			differ(what, a, b)
		}
	}
	compare("format of the data", theirs.Format, ours.Format)
	compare("shape of an example", theirs.Shape, ours.Shape)
	compare("target", theirs.Target, ours.Target)
	compare("columns", len(theirs.Columns), len(ours.Columns))
	for i := range min(len(theirs.Columns), len(ours.Columns)) {
		compare(fmt.Sprintf("column %d", i+1), theirs.Columns[i], ours.Columns[i])
	}
	compare("examples", s.Examples, d.N)
}

// text shows a value as JSON, which has no difference between nil and empty.
func text(v any) string {
	out, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(out)
}
