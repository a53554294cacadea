package main

import (
	"slices"
	"strconv"
	"strings"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// settingNames are names for an optimizer with settings, which explanations and
// papers use as if they were one of their own.
var settingNames = map[string]string{
	"momentum": "sgd:momentum=0.9",
}

// withSettings writes out a name of settingNames; others stay as they are.
func withSettings(arg string) string {
	name, own := splitOptions(arg)
	full, ok := settingNames[strings.ToLower(strings.TrimSpace(name))]
	switch {
	case !ok:
		return arg
	case own == "":
		return full
	}
	return full + "," + own[1:]
}

// named finds an optimizer by its name, behind which hyperparameters may stand,
// as in sgd:momentum=0.9 or torch/AdamW:betas=0.9,0.95. Those of the flags come
// first. One that demands a learning rate has some, for the verbs to choose a better.
func (h hyperFlags) named(arg string) (optim.Rule, []descent.Option, error) {
	name, own := splitOptions(withSettings(arg))
	if own != "" {
		more, err := assignments(arg, own[1:])
		if err != nil {
			return nil, nil, err
		}
		h.set = slices.Concat(h.set, more)
	}
	h.anyRate = true
	if x := asForeign(name); x != nil {
		if err := h.foreign(x); err != nil {
			return nil, nil, err
		}
		return x.make()
	}
	rule, err := findRule(name, "")
	if err != nil {
		return nil, nil, err
	}
	options, err := h.options()
	return rule, options, err
}

// setsLR reports whether name=value gives a learning rate.
func setsLR(assigned string) bool {
	name, _, _ := strings.Cut(assigned, "=")
	return slices.Contains(frameworkNames["lr"], strings.TrimSpace(name))
}

// splitNames reads names apart with commas between them, as in
// sgd:momentum=0.9,adam. Behind a colon name=value and a number belong to the name.
func splitNames(list string) []string {
	var names []string
	for part := range strings.SplitSeq(list, ",") {
		head, _, assigned := strings.Cut(part, "=")
		_, notNumber := strconv.ParseFloat(strings.TrimSpace(part), 64)
		goesOn := assigned && !strings.Contains(head, ":") || notNumber == nil
		if n := len(names); n > 0 && goesOn && strings.Contains(names[n-1], ":") {
			names[n-1] += "," + part
		} else {
			names = append(names, strings.TrimSpace(part))
		}
	}
	return names
}
