// Command generate makes what the documentation shows of the rules from the
// rules themselves: the picture docs/paths.svg, the README's table, and the
// tables and Go programs of docs/moving-from-*.md.
package main

import "log"

//go:generate go run .

func main() {
	log.SetFlags(0)
	if err := paths("../paths.svg"); err != nil {
		log.Fatal(err)
	}
	if err := table("../../README.md"); err != nil {
		log.Fatal(err)
	}
	if err := pages(); err != nil {
		log.Fatal(err)
	}
}
