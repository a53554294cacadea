package main

import (
	"regexp"
	"strings"
)

// harmless are the words that a shell takes as they are.
var harmless = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// shellCommand is a command line of this program, to be given to a shell.
func shellCommand(args []string) string {
	words := []string{"descent"}
	for _, arg := range args {
		if !harmless.MatchString(arg) {
			arg = "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
		}
		words = append(words, arg)
	}
	return strings.Join(words, " ")
}
