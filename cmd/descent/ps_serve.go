package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"

	natsgo "github.com/nats-io/nats.go"

	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/distributed/nats"
	"github.com/descent-go/descent/distributed/server"
	"github.com/descent-go/descent/train"
)

// serve answers workers until all is done.
func (f *psFlags) serve(ctx context.Context, conn *natsgo.Conn, url string, c train.Config) (*train.Result, error) {
	place := nats.Place{Job: f.nats.job, Index: f.index, Servers: f.servers}
	o := train.AsyncOptions{MaxDelay: f.maxDelay, Lease: f.lease, Index: f.index, Servers: f.servers}
	if f.index == 0 {
		o.Gather = func(ctx context.Context, into []distributed.Tensor) error { return nats.Gather(ctx, conn, place, into) }
	}
	if err := nats.Vacant(ctx, conn, place); err != nil { // before anything is saved
		return nil, err
	}
	a, err := train.NewAsync(c, o)
	if err != nil {
		return nil, err
	}
	c.Train.X = nil // the examples are for workers, who have their own
	collectEarly(a.Server().Weights())
	running, cancel := context.WithCancel(ctx)
	defer cancel()
	served := make(chan error, 1)
	go func() {
		err := nats.Serve(running, conn, place, a.Server())
		if err != nil || f.index > 0 { // others than the first are told when to end
			cancel()
		}
		served <- err
	}()
	f.invite(url)
	result, err := a.Run(running)
	if err != nil {
		cancel()
	}
	serveErr := <-served // it says farewell to the workers first
	if serveErr != nil {
		result, err = nil, serveErr
	} else if err == nil && f.index == 0 {
		err = nats.End(ctx, conn, place)
	} else if ctx.Err() == nil && errors.Is(err, context.Canceled) {
		result.Interrupted, err = false, nil // the first server has ended this one
	}
	return result, errors.Join(err, a.Close())
}

// collectEarly has garbage collected early where the model is large, unless GOGC says
// when: with each push NATS leaves three gradients behind, and as much as is in use
// would pile up. Where the model is small collections would cost more than they save.
func collectEarly(model *server.Weights) {
	defer model.Release()
	numbers := 0
	for i := range model.Len() {
		numbers += len(model.Data(i))
	}
	if numbers >= 8<<20 && os.Getenv("GOGC") == "" {
		debug.SetGCPercent(25)
	}
}

// invite says how workers take part.
func (f *psFlags) invite(url string) {
	if f.json || f.quiet {
		return
	}
	words := []string{"descent worker"}
	if url != "nats://"+natsAddress {
		words = append(words, "--nats "+url)
	}
	if f.nats.job != "descent" {
		words = append(words, "--job "+f.nats.job)
	}
	if f.nats.tokenFile != "" {
		words = append(words, "--token-file "+f.nats.tokenFile)
	}
	if f.data != "" {
		words = append(words, dataWords(&f.trainFlags)...)
	}
	fmt.Fprintf(f.cmd.OutOrStdout(), "serving at %s; workers join by\n  %s\n", url, strings.Join(words, " "))
}

// dataWords are the flags by which a worker reads the same data.
func dataWords(f *trainFlags) []string {
	words := []string{"--data " + f.data}
	for name, value := range map[string]string{"target": f.target, "task": f.task} {
		if value != "" {
			words = append(words, "--"+name+" "+value)
		}
	}
	if f.cmd.Flags().Changed("held") {
		words = append(words, fmt.Sprint("--held ", f.held))
	}
	return words
}
