package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/optim"
)

// The tutorial and the examples that it shows.
const (
	tutorial         = "../tutorial/*.md"
	tutorialExamples = "../tutorial/*_test.go"
)

// tutorialParts make what stands in the tutorial: all but example and source
// are of a rule, whose name settings may follow, as in "sgd momentum=0.9".
var tutorialParts = makers{
	"formula": formulaOf, "source": sourceOf, "hypers": hypersOf, "example": exampleOutput,
	"elsewhere": elsewhereOf, "paper": paperOf, "memory": memoryOf, "mathematics": mathematicsOf, "accuracies": accuraciesOf,
}

// formulaOf is a rule's formula as mathematics.
func formulaOf(name string) (string, error) {
	rule, err := optim.Lookup(name)
	if err != nil {
		return "", err
	}
	program, err := optim.Flatten(optim.Links(rule))
	if err != nil {
		return "", err
	}
	return "$$\n" + program.LaTeX() + "\n$$\n", nil
}

// sourceOf is a file of the tutorial with a formula, as text.
func sourceOf(file string) (string, error) {
	text, err := os.ReadFile("../tutorial/" + file)
	return "```formula\n" + string(text) + "```\n", err
}

// mathematicsOf is a file of the tutorial with a formula, as mathematics.
func mathematicsOf(file string) (string, error) {
	text, err := os.ReadFile("../tutorial/" + file)
	if err != nil {
		return "", err
	}
	program, err := formula.Parse(file, string(text))
	if err != nil {
		return "", err
	}
	return "$$\n" + program.LaTeX() + "\n$$\n", nil
}

// hypersOf lists a rule's hyperparameters, and what it keeps with the settings.
func hypersOf(of string) (string, error) {
	name, settings, _ := strings.Cut(of, " ")
	rule, err := optim.Lookup(name)
	if err != nil {
		return "", err
	}
	info, err := rule.Info()
	if err != nil {
		return "", err
	}
	text := "| hyperparameter | default | range |\n| --- | --- | --- |\n"
	for _, h := range info.Hypers {
		legal := h.Range.String()
		if legal == "" {
			legal = "any number"
		}
		text += fmt.Sprintf("| `%s` | %s | %s |\n", h.Name, h.FormatValue(h.Default), legal)
	}
	kept, err := keeps(rule, settings)
	if err != nil {
		return "", err
	}
	sentence := "Keeps " + kept.String() + "."
	if settings != "" {
		sentence = "With `" + settings + "` it keeps " + kept.String() + "."
	}
	return text + "\n" + sentence + "\n", nil
}

// memoryOf is a table of what rules keep; commas separate them.
func memoryOf(list string) (string, error) {
	text := "| rule | bytes | states |\n| --- | --- | --- |\n"
	for of := range strings.SplitSeq(list, ",") {
		name, settings, _ := strings.Cut(of, " ")
		rule, err := optim.Lookup(name)
		if err != nil {
			return "", err
		}
		kept, err := keeps(rule, settings)
		if err != nil {
			return "", err
		}
		text += fmt.Sprintf("| `%s` | %d | %s |\n", of, kept.bytes, strings.Join(append(kept.weight, kept.other...), ", "))
	}
	return text, nil
}

// kept is what a rule keeps from step to step: states with a number for every
// weight, how many bytes they take for one, and others.
type kept struct {
	weight, other []string
	bytes         int
}

// String says it within a sentence.
func (k kept) String() string {
	text := "nothing from step to step"
	if len(k.weight) > 0 {
		text = fmt.Sprintf("%s: %d bytes for every weight of 4", strings.Join(k.weight, ", "), k.bytes)
	}
	if len(k.other) > 0 {
		text += "; besides " + strings.Join(k.other, ", ") + ", one number for every parameter"
	}
	return text
}

// rowsKept and columnsKept are the shape of the parameter that keeps measures with.
const rowsKept, columnsKept = 3, 5

// keeps finds what a rule with settings keeps.
func keeps(rule optim.Rule, settings string) (kept, error) {
	value, grad := make([]float32, rowsKept*columnsKept), make([]float32, rowsKept*columnsKept)
	opt, err := descent.New(rule, []descent.Param{descent.NewParam("w", value, grad, rowsKept, columnsKept)}, optionsOf(settings)...)
	if err != nil {
		return kept{}, err
	}
	defer opt.Close()
	var k kept
	for _, s := range opt.States() {
		switch n := len(s.F32) + len(s.F64); {
		case s.Name == "t" || strings.HasPrefix(s.Name, "descent."):
		case n == rowsKept*columnsKept:
			k.weight = append(k.weight, "`"+s.Name+"`")
			k.bytes += s.Bytes() / n
		default:
			k.other = append(k.other, "`"+s.Name+"`")
		}
	}
	return k, nil
}

// exampleOutput is the body of an example of the tutorial, and what it prints.
func exampleOutput(name string) (string, error) { return outputOf(tutorialExamples, name) }

// outputOf is the body of an example, and what it prints.
func outputOf(pattern, name string) (string, error) {
	text, err := body(pattern, "Example_"+name)
	if err != nil {
		return "", err
	}
	code, output, ok := strings.Cut(text, "// Output:")
	if !ok {
		return "", fmt.Errorf("example %s has no output", name)
	}
	output = strings.ReplaceAll(strings.TrimSpace(output), "// ", "")
	return "```go\n" + code + "```\n\nIt prints\n\n```text\n" + output + "\n```\n", nil
}

// paperOf is where a rule was published.
func paperOf(name string) (string, error) {
	info, err := infoOf(name)
	return strings.TrimSpace(info.Paper) + "\n", err
}

func infoOf(name string) (optim.Info, error) {
	rule, err := optim.Lookup(name)
	if err != nil {
		return optim.Info{}, err
	}
	return rule.Info()
}
