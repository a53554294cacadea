package compat

import (
	"maps"
	"slices"

	"github.com/descent-go/descent"
)

// decay adds weight decay and reads which parameters have it.
func (c *optaxChain) decay(option string, def float64, mask string) {
	wd := c.set("wd", option, def)
	if !c.mask(mask, "add-decayed-weights.wd") {
		wd.value = 0.0
	}
	c.then(addDecayedWeights, wd)
}

// mask reads which parameters have something: all of them where it is null or
// true, none where it is false, or it has one of both for each parameter by
// name; where that is false, the hyperparameter is set to 0.
func (c *optaxChain) mask(option, hyper string) bool {
	value, _ := c.take(option)
	switch m := value.(type) {
	case nil:
	case bool:
		return m
	case map[string]any:
		for _, param := range slices.Sorted(maps.Keys(m)) {
			on, ok := m[param].(bool)
			if !ok {
				c.fail("option %s: parameter %s: expected true or false, found %s", option, param, show(m[param]))
			}
			if !on {
				c.extra = append(c.extra, descent.For(param, descent.Set(hyper, 0)))
			}
		}
	default:
		c.fail("option %s: expected true, false or one of both for each parameter by name, found %s", option, show(value))
	}
	return true
}
