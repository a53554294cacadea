package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/schedule"
)

// completer offers what may follow what was typed: "word\tdescription".
type completer = cobra.CompletionFunc

// complete sets the completer of a flag that the command has.
func complete(cmd *cobra.Command, flag string, c completer) {
	if err := cmd.RegisterFlagCompletionFunc(flag, c); err != nil {
		panic(err)
	}
}

// nothing is for free text and numbers: no file names are offered.
func nothing(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveNoFileComp
}

// completeRules offers optimizers, after a + as the next of a chain, and those
// of frameworks.
func completeRules(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	foreign := completeFrameworks(typed)
	if strings.Contains(typed, "/") {
		return foreign, cobra.ShellCompDirectiveNoFileComp
	}
	before := typed[:strings.LastIndexByte(typed, '+')+1]
	var words []string
	infos, err := allInfos()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	for _, info := range infos {
		if word := before + info.Name; strings.HasPrefix(word, typed) {
			words = append(words, word+"\t"+summary(info))
		}
	}
	if len(words) == 0 { // only what goes on behind the slash
		return foreign, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	return append(words, foreign...), cobra.ShellCompDirectiveNoFileComp
}

// completeNamed offers what hyperFlags.named takes: optimizers, and names for some
// with settings.
func completeNamed(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	words, directive := completeRules(cmd, args, typed)
	for _, name := range slices.Sorted(maps.Keys(settingNames)) {
		if strings.HasPrefix(name, typed) {
			words = append(words, name+"\t"+settingNames[name])
			directive &^= cobra.ShellCompDirectiveNoSpace
		}
	}
	return words, directive
}

// completeHypers offers name= for the hyperparameters of a rule.
func completeHypers(rule optim.Rule, err error) ([]string, cobra.ShellCompDirective) {
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	info, err := rule.Info()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var words []string
	for _, h := range info.Hypers {
		words = append(words, h.Name+"=\t"+h.FormatValue(h.Default)+" "+h.Range.String())
	}
	return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// completeSchedules offers schedules; those with parameters go on behind the colon.
func completeSchedules(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var words []string
	for _, s := range schedule.Names() {
		words = append(words, s.Name+"\t"+s.Usage)
	}
	return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// endings offers the files whose names have one of the endings.
func endings(list ...string) completer {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return list, cobra.ShellCompDirectiveFilterFileExt
	}
}
