package main

import (
	"fmt"
	"slices"
	"strings"
)

// Case is work to measure.
type Case struct {
	Name    string
	Rule    string
	Weights int // of a tensor
	Tensors int
	First   bool // the first step of an optimizer, made and compiled for it, instead of later ones
}

var cases = []Case{
	{"adam, 25 M", "adam", 25_000_000, 1, false},
	{"sgd with momentum, 25 M", "momentum", 25_000_000, 1, false},
	{"rmsprop, 25 M", "rmsprop", 25_000_000, 1, false},
	{"adagrad, 25 M", "adagrad", 25_000_000, 1, false},
	{"lamb, 25 M", "lamb", 25_000_000, 1, false},
	{"adam, 10 thousand", "adam", 10_000, 1, false},
	{"adam, 10,000 tensors of 64", "adam", 64, 10_000, false},
	{"sgd, 10,000 tensors of 64", "sgd", 64, 10_000, false},
	{"adam, first step", "adam", 64, 1, true},
}

// choose gives the cases whose names hold one of the words, "first|10 thousand",
// or all of them for "all", or none for "none".
func choose(words string) ([]Case, error) {
	if words == "all" {
		return cases, nil
	}
	if words == "none" {
		return nil, nil
	}
	var some []Case
	list := strings.Split(words, "|")
	for _, c := range cases {
		if slices.ContainsFunc(list, func(word string) bool { return strings.Contains(c.Name, strings.TrimSpace(word)) }) {
			some = append(some, c)
		}
	}
	if some == nil {
		return nil, fmt.Errorf("--cases: no case has %q in its name; there are\n%s", words, names(cases))
	}
	return some, nil
}

func names(list []Case) string {
	var b strings.Builder
	for _, c := range list {
		b.WriteString("  " + c.Name + "\n")
	}
	return b.String()
}

// small is the case at a size for comparing results.
func (c Case) small() Case {
	c.Weights, c.Tensors = min(c.Weights, 1000), min(c.Tensors, 3)
	return c
}
