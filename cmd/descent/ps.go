package main

import (
	"context"
	"fmt"
	"net"
	"time"

	natsgo "github.com/nats-io/nats.go"
	"github.com/spf13/cobra"

	"github.com/descent-go/descent/distributed/nats"
	"github.com/descent-go/descent/distributed/server"
	"github.com/descent-go/descent/train"
)

// psFlags is what the command line of ps says.
type psFlags struct {
	trainFlags
	nats           natsFlags
	listen         string
	insecure       bool
	servers, index int
	lease          time.Duration
}

const (
	// embedded in place of a URL is a NATS server within the program.
	embedded = "embedded"
	// natsAddress is where it listens where it is not told.
	natsAddress = "127.0.0.1:4222"
)

func newPS() *cobra.Command {
	f := &psFlags{}
	f.cmd = &cobra.Command{
		Use:   "ps",
		Short: "Keep the weights that workers elsewhere train",
		Long: `Be the parameter server of an asynchronous training: workers, which descent worker
starts here or on other machines, pull weights from it and push gradients to it,
each at its own pace, over NATS, a messaging system. They may come, go and die
while it trains: their work goes to others, and every batch is applied once. It
ends when all epochs are done. What it trains, and how, the workers learn from it.

The NATS server is part of the program, or --nats names one that runs. With
--checkpoint all that is acknowledged is on disk: a server that was killed and is
started again with the same command goes on, and its workers with it.

Gradients come late: dcasgd corrects them; --max-delay bounds how late. Rules that
look at all parameters together, and --clip-norm, cannot be used.`,
		Example: `  descent ps --optimizer dcasgd --lr 0.1
  descent worker                               # in other terminals, as many as you like

  descent ps --listen 0.0.0.0:4222 --token-file token --optimizer dcasgd --lr 0.1 --checkpoint run/
  descent worker --nats nats://host:4222 --token-file token

  descent ps --nats nats://cluster:4222 --creds me.creds --job houses --data houses.csv --target price
  descent ps --servers 2 --index 0 --nats nats://cluster:4222   # and another with --index 1`,
		Args:              noArgs,
		ValidArgsFunction: nothing,
		RunE:              func(*cobra.Command, []string) error { return f.run() },
	}
	f.nats.cmd = f.cmd
	f.register()
	return f.cmd
}

func (f *psFlags) register() {
	s := f.cmd.Flags()
	s.SortFlags = false
	s.StringVar(&f.nats.url, "nats", embedded, "`URL` of a NATS server, as in nats://host:4222, or embedded: within the program")
	s.StringVar(&f.listen, "listen", natsAddress, "`address:port` at which the embedded server listens; port 0 is any that is free")
	s.BoolVar(&f.insecure, "insecure", false, "let other machines in without a token")
	f.nats.register()
	s.IntVar(&f.servers, "servers", 1, "parameter servers of the job, each with a share of the tensors")
	s.IntVar(&f.index, "index", 0, "which of them this is, from 0; the first hands out work")
	s.IntVar(&f.maxDelay, "max-delay", -1, "let no gradient be more than a `number` of updates late: workers wait, with 0 for each other")
	s.Lookup("max-delay").DefValue = "no bound"
	s.DurationVar(&f.lease, "lease", 30*time.Second, "`time` after which a worker that is not heard of is given up")
	f.registerOptimizer()
	f.registerSchedule()
	f.registerNetwork()
	f.registerFiles()
	s.StringVar(&f.checkpoint, "checkpoint", "", "`folder` in which nothing acknowledged is lost; one that is not empty goes on")
	s.DurationVar(&f.every, "every", time.Minute, "`time` from one snapshot in it to the next")

	complete(f.cmd, "nats", cobra.FixedCompletions([]string{embedded}, cobra.ShellCompDirectiveNoFileComp))
	complete(f.cmd, "checkpoint", folders)
	for _, name := range []string{"listen", "servers", "index", "max-delay", "lease", "every"} {
		complete(f.cmd, name, nothing)
	}
}

// checkServer reports flags that make no sense.
func (f *psFlags) checkServer() error {
	given := f.cmd.Flags().Changed
	switch {
	case f.lease <= 0:
		return usagef("--lease %v: expected a time such as 30s", f.lease)
	case f.servers < 1:
		return usagef("--servers %d: expected 1 or more", f.servers)
	case f.index < 0 || f.index >= f.servers:
		return usagef("--servers %d --index %d: expected an index from 0 to %d", f.servers, f.index, f.servers-1)
	case f.servers > 1 && f.nats.url == embedded && f.index > 0:
		return usagef("--index %d: give --nats, the URL of the NATS server of --index 0", f.index)
	case f.index > 0 && (given("save") || given("report") || given("plot")):
		return usagef("--save, --report and --plot go with --index 0, which gathers the weights")
	case f.nats.url != embedded && (given("listen") || given("insecure")):
		return usagef("--listen and --insecure go with the embedded NATS server")
	case f.nats.url == embedded && (f.nats.creds != "" || f.nats.ca != ""):
		return usagef("--creds and --tls-ca go with --nats URL")
	}
	return nil
}

func (f *psFlags) run() error {
	if err := f.checkServer(); err != nil {
		return err
	}
	f.distributed = "async"
	f.goOn()
	if err := f.check(); err != nil {
		return err
	}
	rule, options, err := f.rule()
	if err != nil {
		return err
	}
	if err := f.checkFiles(); err != nil {
		return err
	}
	ctx, stop := f.start()
	defer stop()
	conn, url, end, err := f.connect(ctx)
	if err != nil {
		return err
	}
	defer end()
	show := f.display()
	trainData, testData, err := f.read(show)
	if err != nil {
		return err
	}
	c := f.config(trainData)
	c.Test, c.Rule, c.Options, c.Progress = testData, rule, options, show.progress
	c.Checkpoint, c.Every = f.checkpoint, f.every
	c.Note = func(text string) { fmt.Fprintf(f.cmd.ErrOrStderr(), "note: %s\n", text) }
	if f.report != "" || f.plot {
		c.History = &train.History{}
	}
	if f.plot {
		show.live = c.History
	}
	result, err := f.serve(ctx, conn, url, c)
	show.clear()
	if f.index > 0 && result != nil {
		return f.done(result, err)
	}
	return f.finish(show, c.History, result, err)
}

// done ends a server that is not the first and has no score to tell.
func (f *psFlags) done(result *train.Result, err error) error {
	switch {
	case result.Interrupted && f.checkpoint == "":
		return interruptedError{fmt.Errorf("interrupted after %s; nothing saved, for want of --checkpoint", count(result.Steps, "step"))}
	case result.Interrupted:
		return f.interrupted(result.Steps)
	case err == nil:
		fmt.Fprintf(f.cmd.OutOrStdout(), "all is done, in %s; the first server has the score\n", count(result.Steps, "step"))
	}
	return err
}

// goOn makes a run that is in the folder of --checkpoint the one to go on from.
func (f *psFlags) goOn() {
	if f.checkpoint == "" || f.resume != "" {
		return
	}
	if _, err := server.ReadStored(f.checkpoint); err == nil {
		f.resume = f.checkpoint
	}
}

// connect starts the embedded NATS server, or connects to that of the URL.
func (f *psFlags) connect(ctx context.Context) (conn *natsgo.Conn, url string, end func(), err error) {
	c, err := f.nats.connection((&notices{out: f.cmd.ErrOrStderr()}).notice)
	if err != nil {
		return nil, "", nil, err
	}
	if f.nats.url != embedded {
		conn, err = nats.Connect(ctx, c)
		if err != nil {
			return nil, "", nil, err
		}
		return conn, f.nats.url, conn.Close, nil
	}
	e, err := f.embed(c)
	if err != nil {
		return nil, "", nil, err
	}
	end = func() { _ = e.Close() } // it has nothing to say
	if conn, err = e.Connect(ctx); err != nil {
		end()
	}
	return conn, e.URL(), end, err
}

// embed starts the embedded NATS server, where that is allowed.
func (f *psFlags) embed(c nats.Connection) (*nats.Embedded, error) {
	if _, _, err := net.SplitHostPort(f.listen); err != nil {
		return nil, usagef("--listen %q: expected address:port, as in %s or :4222", f.listen, natsAddress)
	}
	e, err := nats.Embed(nats.EmbedOptions{Address: f.listen, Token: c.Token, TLS: c.TLS})
	if err != nil {
		return nil, fmt.Errorf("%w; give another address by --listen, with port 0 for any that is free", err)
	}
	who := reaches(e.Addr())
	switch {
	case who == "" || c.Token != "":
	case !f.insecure:
		_ = e.Close()
		return nil, usagef("--listen %s: %s could take part: give --token-file, or --insecure where all of them may", f.listen, who)
	default:
		fmt.Fprintf(f.cmd.ErrOrStderr(), "warning: %s can take part\n", who)
	}
	return e, nil
}
