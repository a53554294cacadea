package main

import (
	"context"
	"os"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/animate"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/surface"
)

// race draws the race of the README. So does
//
//	descent animate --race sgd,momentum,nag,adam --surface beale
func race(file string) error {
	s, err := surface.Lookup("beale")
	if err != nil {
		return err
	}
	a, err := animate.Race(context.Background(), []animate.Runner{
		{Rule: optim.SGD, Tune: true},
		{Name: "momentum", Rule: optim.SGD, Options: []descent.Option{descent.Momentum(0.9)}, Tune: true},
		{Rule: optim.NAG, Tune: true},
		{Rule: optim.Adam, Tune: true},
	}, animate.Options{Surface: s, Seed: 1})
	if err != nil {
		return err
	}
	gif, err := a.Encode(context.Background(), "gif", nil)
	if err != nil {
		return err
	}
	return os.WriteFile(file, gif, 0o666)
}
