package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/distributed/nats"
	"github.com/descent-go/descent/distributed/wire"
	"github.com/descent-go/descent/train"
)

// workerFlags is what the command line of worker says.
type workerFlags struct {
	trainFlags // of which the data's and the threads are used
	nats       natsFlags
	name       string
	wire       string

	so train.WorkProgress // how far it has come
}

func newWorker() *cobra.Command {
	f := &workerFlags{}
	f.cmd = &cobra.Command{
		Use:   "worker",
		Short: "Train what a parameter server elsewhere keeps",
		Long: `Be a worker of an asynchronous training that descent ps serves: pull weights,
compute a gradient on a batch, push it, again and again until all is done. What is
trained, and how, it learns from the server; your own data must be given to both,
and must be the same.

Workers may join and leave at any time. Control-C gives back the batch under way,
which another worker takes, and exits with 130. A server that does not answer is
waited for: it may be started later, or again.`,
		Example: `  descent worker
  descent worker --nats nats://host:4222 --token-file token --wire bfloat16
  descent worker --nats tls://cluster:4222 --creds me.creds --tls-ca ca.pem --job houses --data houses.csv --target price`,
		Args:              noArgs,
		ValidArgsFunction: nothing,
		RunE:              func(*cobra.Command, []string) error { return f.run() },
	}
	f.nats.cmd = f.cmd
	f.register()
	return f.cmd
}

func (f *workerFlags) register() {
	s := f.cmd.Flags()
	s.SortFlags = false
	s.StringVar(&f.nats.url, "nats", "nats://"+natsAddress, "`URL` of the NATS server, more after commas where it is a cluster")
	f.nats.register()
	s.StringVar(&f.name, "name", "", "`name` that no other worker has (default: made of the machine's and a number)")
	s.StringVar(&f.wire, "wire", "float32", "`form` in which gradients travel: float32, float16, bfloat16, sign or topk:0.01 (the largest hundredth)")
	s.StringVar(&f.data, "data", "", "`file` of your own data, the server's (default: MNIST)")
	s.StringVar(&f.target, "target", "", "`column` of the CSV file to predict; for IDX the labels file")
	s.StringVar(&f.task, "task", "", "classification or regression (`task`; default: decided from the target)")
	s.Float64Var(&f.held, "held", 0.2, "share of --data held out for the score")
	s.IntVar(&f.threads, "threads", 0, "threads to use (default: all processors)")
	s.BoolVar(&f.quiet, "quiet", false, "print nothing but errors")

	complete(f.cmd, "wire", cobra.FixedCompletions(wire.Names(), cobra.ShellCompDirectiveNoFileComp))
	complete(f.cmd, "task", cobra.FixedCompletions(tasks, cobra.ShellCompDirectiveNoFileComp))
	for _, name := range []string{"nats", "name", "threads", "held"} {
		complete(f.cmd, name, nothing)
	}
}

// checkWorker reports flags that make no sense.
func (f *workerFlags) checkWorker() (wire.Codec, error) {
	codec, err := wire.Parse(f.wire)
	switch {
	case err != nil:
		return nil, usagef("--wire: %s", strings.TrimPrefix(err.Error(), "wire: "))
	case f.threads < 0:
		return nil, usagef("--threads %d: expected 1 or more, or 0 for all processors", f.threads)
	case !(f.held > 0 && f.held < 1):
		return nil, usagef("--held %v: expected a share between 0 and 1", f.held)
	case len(f.name) > 128:
		return nil, usagef("--name: expected 128 bytes at most")
	}
	for _, name := range []string{"target", "task", "held"} {
		if f.data == "" && f.cmd.Flags().Changed(name) {
			return nil, usagef("--%s goes with --data FILE", name)
		}
	}
	return codec, nil
}

func (f *workerFlags) run() error {
	codec, err := f.checkWorker()
	if err != nil {
		return err
	}
	c, err := f.nats.connection((&notices{out: f.cmd.ErrOrStderr()}).notice)
	if err != nil {
		return err
	}
	ctx, stop := f.start()
	defer stop()
	show := newDisplay(f.cmd.OutOrStdout(), false, f.quiet)
	data, _, err := f.read(show)
	if err != nil {
		return err
	}
	client, err := nats.Dial(ctx, nats.Options{Connection: c, Job: f.nats.job, Wire: codec})
	if err != nil {
		return f.ended(ctx, err)
	}
	defer client.Close()
	return f.ended(ctx, f.work(ctx, client, data, show))
}

// work trains.
func (f *workerFlags) work(ctx context.Context, ps distributed.ParameterServer, data *dataset.Data, show *display) error {
	name := f.name
	if name == "" {
		host, _ := os.Hostname() // the numbers are enough
		name = fmt.Sprintf("%.64s-%d-%08x", host, os.Getpid(), rand.Uint32())
	}
	if !f.quiet {
		fmt.Fprintf(f.cmd.OutOrStdout(), "worker %s of job %s\n", name, f.nats.job)
	}
	err := train.Work(ctx, ps, data, name, func(p train.WorkProgress) { f.show(show, p) })
	show.clear()
	if err == nil && !f.quiet {
		fmt.Fprintf(f.cmd.OutOrStdout(), "all is done, %s here in %.1f s%s\n", count(f.so.Gradients, "step"), f.so.Elapsed.Seconds(), f.late())
	}
	return err
}

// show shows how far it has come.
func (f *workerFlags) show(d *display, p train.WorkProgress) {
	if p.Trouble != nil && f.so.Trouble == nil {
		d.clear()
		fmt.Fprintf(f.cmd.ErrOrStderr(), "warning: %v; the gradient is sent again until there is\n", p.Trouble)
	}
	f.so = p
	d.progress(train.Progress{Step: p.Step, Steps: p.Steps, Epoch: p.Epoch, Epochs: p.Epochs, Loss: p.Loss, Accuracy: p.Accuracy, Elapsed: p.Elapsed})
}

// late says how many gradients came too late.
func (f *workerFlags) late() string {
	if f.so.Lost == 0 {
		return ""
	}
	return fmt.Sprintf("; %s came too late and was another's to do", count(f.so.Lost, "gradient"))
}

// ended is the error with which the worker ends.
func (f *workerFlags) ended(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil && errors.Is(err, context.Canceled) {
		after := "interrupted after " + count(f.so.Gradients, "step")
		if f.so.Gradients > 0 {
			after += "; what was under way goes to another worker"
		}
		return interruptedError{errors.New(after)}
	}
	return err
}
