// Command generate makes what the documentation shows of the rules from the
// rules themselves: the animation docs/race.gif, the README's table, the
// tables and Go programs of docs/moving-from-*.md, the formulas, tables,
// programs, pictures and animations of docs/tutorial, the picture of
// docs/distributed.md, and the tables, sessions and picture of docs/online.md.
package main

import "log"

//go:generate go run .

func main() {
	log.SetFlags(0)
	if err := race("../race.gif"); err != nil {
		log.Fatal(err)
	}
	if err := table("../../README.md"); err != nil {
		log.Fatal(err)
	}
	if err := pages(moving, movingParts); err != nil {
		log.Fatal(err)
	}
	if err := pages(tutorial, tutorialParts); err != nil {
		log.Fatal(err)
	}
	if err := tutorialPictures(); err != nil {
		log.Fatal(err)
	}
	if err := scalingPicture(); err != nil {
		log.Fatal(err)
	}
	if err := streamsPage(); err != nil {
		log.Fatal(err)
	}
}
