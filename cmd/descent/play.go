package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/pkg/browser"
	"github.com/spf13/cobra"

	"github.com/descent-go/descent/playground"
)

// playFlags is what the command line of play says.
type playFlags struct {
	listen    string
	noBrowser bool
	cmd       *cobra.Command
}

// playAddress is where play listens where it is not told.
const playAddress = "127.0.0.1:7777"

func newPlay() *cobra.Command {
	f := &playFlags{}
	f.cmd = &cobra.Command{
		Use:   "play",
		Short: "Open the playground: type a formula, watch it descend",
		Long: `Open the playground in the browser: type a formula, set its hyperparameters, let it
race others down a surface, or train a small network with it. All is computed in
the browser by this library, compiled to WebAssembly; no other host is asked.

It serves the playground's page and nothing else, to this machine only, until
Control-C. --listen lets others in.`,
		Example: `  descent play
  descent play --no-browser
  descent play --listen 127.0.0.1:0     # any free port
  descent play --listen :8080           # for every machine that reaches this one`,
		Args:              noArgs,
		ValidArgsFunction: nothing,
		RunE:              func(*cobra.Command, []string) error { return f.run() },
	}
	s := f.cmd.Flags()
	s.SortFlags = false
	s.StringVar(&f.listen, "listen", playAddress, "`address:port` to serve at; port 0 is any that is free")
	s.BoolVar(&f.noBrowser, "no-browser", false, "do not open the browser")
	complete(f.cmd, "listen", nothing)
	return f.cmd
}

func (f *playFlags) run() error {
	listener, err := f.open()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(f.cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	url := playURL(listener.Addr())
	out := f.cmd.OutOrStdout()
	fmt.Fprintf(out, "the playground is at %s; Control-C ends it\n", url)
	if who := reaches(listener.Addr()); who != "" {
		fmt.Fprintf(out, "%s can open it; it shows the playground's page and no file of this machine\n", who)
	}
	server := &http.Server{Handler: playground.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	if !f.noBrowser {
		go openBrowser(f.cmd.ErrOrStderr(), url)
	}
	select {
	case err := <-failed:
		return fmt.Errorf("play: %w", err)
	case <-ctx.Done():
	}
	stop() // a second Control-C ends it at once
	soon, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := server.Shutdown(soon); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("play: %w", err)
	}
	return nil
}

// open listens: where the usual port cannot be had and no other was asked for,
// at one that is free.
func (f *playFlags) open() (net.Listener, error) {
	host, port, err := net.SplitHostPort(f.listen)
	if err != nil || port == "" {
		return nil, usagef("--listen %q: expected address:port, as in %s or :8080", f.listen, playAddress)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return nil, usagef("--listen %q: the port is %s: expected 0, for any that is free, to 65535", f.listen, port)
	}
	listener, err := net.Listen("tcp", f.listen)
	free := net.JoinHostPort(host, "0")
	if err != nil && !f.cmd.Flags().Changed("listen") {
		listener, err = net.Listen("tcp", free)
	}
	if err != nil {
		return nil, fmt.Errorf("play: cannot listen at %s: %w; give another address, or port 0 for any that is free, as in --listen %s", f.listen, reason(err), free)
	}
	return listener, nil
}

// reason is the cause of an error of package net without its "listen tcp".
func reason(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}

// playURL is what a browser on this machine opens.
func playURL(a net.Addr) string {
	at := a.(*net.TCPAddr)
	host := at.IP.String()
	if at.IP.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, fmt.Sprint(at.Port)) + "/"
}

// reaches says who besides this machine can open the address; nobody is empty.
func reaches(a net.Addr) string {
	switch at := a.(*net.TCPAddr); {
	case at.IP.IsLoopback():
		return ""
	case at.IP.IsUnspecified():
		return fmt.Sprintf("every machine that reaches port %d of this one", at.Port)
	default:
		return "every machine that reaches " + at.String()
	}
}

// openBrowser opens the page, or says that it did not.
func openBrowser(errs io.Writer, url string) {
	browser.Stdout, browser.Stderr = io.Discard, io.Discard
	if err := browser.OpenURL(url); err != nil {
		fmt.Fprintf(errs, "no browser opened (%s): open %s yourself\n", strings.TrimSuffix(err.Error(), "\n"), url)
	}
}
