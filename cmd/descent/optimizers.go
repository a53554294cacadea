package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/descent-go/descent/compat"
	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/optim"
)

func newOptimizers() *cobra.Command {
	var asJSON bool
	var framework string
	cmd := &cobra.Command{
		Use:   "optimizers",
		Short: "List the optimizers, one line each",
		Long: `List the optimizers, one line each, and then the links: they change the gradient
or the step of an optimizer that they are chained with, as in
--optimizer centralize+adam+lookahead. With --framework list the optimizers of
another framework with their options, as --optimizer torch/AdamW takes them.`,
		Example: `  descent optimizers
  descent optimizers --framework torch
  descent optimizers --json | jq -r .name`,
		Args:              noArgs,
		ValidArgsFunction: nothing,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("framework") {
				return writeFramework(cmd, framework, asJSON)
			}
			infos, err := allInfos()
			if err != nil {
				return err
			}
			if asJSON {
				return writeInfosJSON(cmd, infos)
			}
			return writeInfos(cmd, infos)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a line")
	cmd.Flags().StringVar(&framework, "framework", "", "list those of another framework, by its `name`: "+strings.Join(compat.Peers(), ", "))
	complete(cmd, "framework", cobra.FixedCompletions(compat.Peers(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func allInfos() ([]optim.Info, error) {
	var infos []optim.Info
	for _, name := range optim.Names() {
		rule, err := optim.Lookup(name)
		if err != nil {
			return nil, err
		}
		info, err := rule.Info()
		if err != nil {
			return nil, err
		}
		infos = append(infos, info)
	}
	return infos, nil
}

// writeInfos writes the table, links apart.
func writeInfos(cmd *cobra.Command, infos []optim.Info) error {
	out := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	for _, info := range infos {
		if !info.Link {
			fmt.Fprintf(out, "%s\t%s\n", info.Name, summary(info))
		}
	}
	fmt.Fprint(out, "\nLinks, to chain with an optimizer as in centralize+adam+lookahead:\n")
	for _, info := range infos {
		if info.Link {
			fmt.Fprintf(out, "%s\t%s\n", info.Name, summary(info))
		}
	}
	return out.Flush()
}

// infoJSON is a line of --json.
type infoJSON struct {
	Name      string      `json:"name"`
	Summary   string      `json:"summary"`
	Link      bool        `json:"link"`
	Paper     string      `json:"paper,omitempty"`
	Elsewhere string      `json:"elsewhere,omitempty"`
	Hypers    []hyperJSON `json:"hyperparameters"`
}

// hyperJSON has the default and range as formulas write them: a default may be
// the name of a choice, a bound infinite.
type hyperJSON struct {
	Name    string `json:"name"`
	Default string `json:"default"`
	Range   string `json:"range,omitempty"`
}

func writeInfosJSON(cmd *cobra.Command, infos []optim.Info) error {
	enc := json.NewEncoder(cmd.OutOrStdout())
	enc.SetEscapeHTML(false)
	for _, info := range infos {
		line := infoJSON{info.Name, summary(info), info.Link, info.Paper, info.Elsewhere, hypersJSON(info.Hypers)}
		if err := enc.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

func hypersJSON(hypers []formula.Hyper) []hyperJSON {
	out := make([]hyperJSON, len(hypers))
	for i, h := range hypers {
		out[i] = hyperJSON{h.Name, h.FormatValue(h.Default), h.Range.String()}
	}
	return out
}
