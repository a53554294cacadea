package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/descent-go/descent/compat"
)

// writeFramework lists the optimizers of a framework with their options.
func writeFramework(cmd *cobra.Command, framework string, asJSON bool) error {
	names := compat.Optimizers(framework)
	if names == nil {
		peers := compat.Peers()
		return usagef("--framework %s: unknown%s", framework, hint(framework, peers, "there is "+strings.Join(peers, ", ")))
	}
	out := cmd.OutOrStdout()
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for _, name := range names {
		options, err := compat.Describe(framework, name)
		if err != nil {
			return err
		}
		if !asJSON {
			fmt.Fprintf(out, "%s/%s\n%s\n", framework, name, wrap(defaults(options), "  "))
			continue
		}
		if err := enc.Encode(newForeignLine(framework, name, options)); err != nil {
			return err
		}
	}
	return nil
}

// foreignLine is a line of --framework --json.
type foreignLine struct {
	Name    string       `json:"name"`
	Options []optionJSON `json:"options"`
}

// optionJSON has the default as --set takes it, "" where there is none.
type optionJSON struct {
	Name     string `json:"name"`
	Kind     string `json:"kind"`
	Default  string `json:"default"`
	Required bool   `json:"required,omitempty"`
	Range    string `json:"range,omitempty"`
}

func newForeignLine(framework, name string, options []compat.OptionInfo) foreignLine {
	line := foreignLine{Name: framework + "/" + name, Options: []optionJSON{}}
	for _, o := range options {
		line.Options = append(line.Options, optionJSON{o.Name, o.Kind, o.DefaultText(), o.Required, o.Range.String()})
	}
	return line
}
