package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/descent-go/descent/online"
	"github.com/descent-go/descent/serve"
)

// serveFlags is what the command line of serve says.
type serveFlags struct {
	model, store string
	listen       string
	tokenFile    string
	insecure     bool
	cert, key    string
	verbose      bool
	o            serve.Options
	cmd          *cobra.Command
	bar          *waitBar // of learning again what is in the log
}

// serveAddress is where serve listens where it is not told.
const serveAddress = "127.0.0.1:8080"

// shortestToken is the length of a token that nobody guesses.
const shortestToken = 16

func newServe() *cobra.Command {
	f := &serveFlags{}
	f.cmd = &cobra.Command{
		Use:   "serve",
		Short: "Predict and learn over HTTP, losing nothing",
		Long: `Keep a model of descent learn behind HTTP: it predicts, and learns from what it is
told. What it has acknowledged is in the store, on disk, and is there after a crash
at any moment: the next start goes on as if nothing had happened. Predictions do
not wait for learning.

  POST /predict   examples as Vowpal Wabbit's text or JSON, one or many
  POST /learn     the same with labels; answers when they are on disk and learned
  GET  /model     what it is and has learned; ?top=20 the strongest weights, ?download=1 the file
  GET  /          a page that shows it at work
  GET  /healthz, /metrics (Prometheus), /debug/pprof (with --debug)

It listens to this machine only, until Control-C. Elsewhere it asks for a token
(--token-file), which goes over the net in clear without --tls-cert and --tls-key.`,
		Example: `  descent learn -d clicks.vw --loss_function logistic --ftrl -f model
  descent serve -i model --store clicks/       # the store is made from the model
  descent serve --store clicks/                # goes on with what the store has learned

  curl -H 'Content-Type: text/plain' --data-binary '|ad id=7 |user age:0.3' localhost:8080/predict
  curl -H 'Content-Type: text/plain' --data-binary @clicks.vw localhost:8080/learn
  curl -H 'Content-Type: application/json' -d '{"_label": 1, "ad": {"id": "7"}}' localhost:8080/learn
  curl -o model 'localhost:8080/model?download=1'

  descent serve --store clicks/ --listen :8443 --token-file token --tls-cert cert.pem --tls-key key.pem
  curl -H "Authorization: Bearer $(cat token)" https://HOST:8443/model`,
		Args:              noArgs,
		ValidArgsFunction: nothing,
		RunE:              func(*cobra.Command, []string) error { return f.run() },
	}
	f.flags()
	return f.cmd
}

func (f *serveFlags) flags() {
	s, o := f.cmd.Flags(), &f.o
	s.SortFlags = false
	s.StringVarP(&f.model, "model", "i", "", "`file` of the model, or snapshot of another store, that an empty store begins with")
	s.StringVar(&f.store, "store", "", "`folder` that keeps what is learned")
	s.StringVar(&f.listen, "listen", serveAddress, "`address:port` to listen at; port 0 is any that is free")
	s.StringVar(&f.tokenFile, "token-file", "", "`file` with the token that requests must bear, 16 characters or more")
	s.BoolVar(&f.insecure, "insecure", false, "let other machines in without a token")
	s.StringVar(&f.cert, "tls-cert", "", "`file` with the certificate for HTTPS, in PEM")
	s.StringVar(&f.key, "tls-key", "", "`file` with its key")
	s.BoolVar(&o.Debug, "debug", false, "serve profiles at /debug/pprof")
	s.BoolVar(&f.verbose, "verbose", false, "tell also of snapshots and of connections that failed")
	s.IntVar(&o.BodyBytes, "max-body", 4<<20, "largest request in `bytes`")
	s.IntVar(&o.LineBytes, "max-line", 1<<20, "longest example in `bytes`")
	s.IntVar(&o.Examples, "max-examples", 10_000, "most examples in a request")
	s.IntVar(&o.Features, "max-features", 100_000, "most features of an example, ten times as many of a request")
	s.IntVar(&o.QueueBytes, "max-queue", 64<<20, "`bytes` of examples that may wait to be learned; more are refused with 503")
	s.IntVar(&o.Connections, "max-connections", 1024, "most connections at once")
	s.DurationVar(&o.RequestTime, "request-time", 30*time.Second, "`time` in which a request must have arrived, and in twice of which it must be answered; slower clients are cut off")
	s.DurationVar(&o.IdleTime, "idle-time", 2*time.Minute, "`time` after which a connection that is not used is closed")
	s.IntVar(&o.SnapshotExamples, "snapshot-examples", 1_000_000, "examples learned after which a snapshot is made")
	s.IntVar(&o.SnapshotBytes, "snapshot-bytes", 256<<20, "`bytes` of examples learned after which a snapshot is made")
	s.DurationVar(&o.SnapshotTime, "snapshot-time", 10*time.Minute, "`time` after which a snapshot is made")
	for _, name := range []string{"listen", "max-body", "max-line", "max-examples", "max-features", "max-queue", "max-connections", "request-time", "idle-time",
		"snapshot-examples", "snapshot-bytes", "snapshot-time"} {
		complete(f.cmd, name, nothing)
	}
}

func (f *serveFlags) run() error {
	if err := f.check(); err != nil {
		return err
	}
	listener, err := f.open()
	if err != nil {
		return err
	}
	service, err := f.start()
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	ctx, stop := signal.NotifyContext(f.cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	url := playURL(listener.Addr())
	if f.o.TLS != nil {
		url = strings.Replace(url, "http:", "https:", 1)
	}
	fmt.Fprintf(f.cmd.OutOrStdout(), "serving at %s; Control-C ends it\n", url)
	err = service.Serve(ctx, listener)
	stop() // a second Control-C ends it at once
	if err = errors.Join(err, service.Close()); err != nil {
		return err
	}
	fmt.Fprintln(f.cmd.OutOrStdout(), "ended; all that was learned is in", f.store)
	return nil
}

// check reads what the flags name and says what is wrong with them.
func (f *serveFlags) check() (err error) {
	if f.store == "" {
		return usagef("serve needs --store, a folder that keeps what is learned; see descent serve --help")
	}
	if f.tokenFile != "" {
		if f.o.Token, err = f.readToken(); err != nil {
			return err
		}
	}
	if (f.cert == "") != (f.key == "") {
		return usagef("--tls-cert and --tls-key belong together: give both or none")
	}
	if f.cert != "" {
		pair, err := tls.LoadX509KeyPair(f.cert, f.key)
		if err != nil {
			return fmt.Errorf("serve: --tls-cert %s, --tls-key %s: %w", f.cert, f.key, err)
		}
		f.o.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	}
	return f.positive()
}

// positive refuses limits that let nothing through.
func (f *serveFlags) positive() error {
	o := f.o
	for name, positive := range map[string]bool{"max-body": o.BodyBytes > 0, "max-line": o.LineBytes > 0, "max-examples": o.Examples > 0, "max-features": o.Features > 0,
		"max-queue": o.QueueBytes > 0, "max-connections": o.Connections > 0, "request-time": o.RequestTime > 0, "idle-time": o.IdleTime > 0,
		"snapshot-examples": o.SnapshotExamples > 0, "snapshot-bytes": o.SnapshotBytes > 0, "snapshot-time": o.SnapshotTime > 0} {
		if !positive {
			return usagef("--%s: expected more than 0", name)
		}
	}
	return nil
}

// readToken reads the token, and warns where others can.
func (f *serveFlags) readToken() (string, error) {
	content, err := os.ReadFile(f.tokenFile)
	if err != nil {
		return "", fmt.Errorf("serve: --token-file: %w", err)
	}
	token := strings.TrimSpace(string(content))
	if len(token) < shortestToken || strings.ContainsAny(token, " \t\r\n") {
		return "", usagef("--token-file %s: expected one word of %d characters or more, as `openssl rand -hex 32` makes", f.tokenFile, shortestToken)
	}
	info, err := os.Stat(f.tokenFile)
	if err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		fmt.Fprintf(f.cmd.ErrOrStderr(), "warning: others on this machine can read %s: chmod 600 keeps them out\n", f.tokenFile)
	}
	return token, nil
}

// open listens, where that is allowed.
func (f *serveFlags) open() (net.Listener, error) {
	if _, _, err := net.SplitHostPort(f.listen); err != nil {
		return nil, usagef("--listen %q: expected address:port, as in %s or :8080", f.listen, serveAddress)
	}
	listener, err := net.Listen("tcp", f.listen)
	if err != nil {
		return nil, fmt.Errorf("serve: cannot listen at %s: %w; give another address, or port 0 for any that is free, as in --listen 127.0.0.1:0", f.listen, reason(err))
	}
	who := reaches(listener.Addr())
	if who == "" || f.o.Token != "" {
		return listener, nil
	}
	if !f.insecure {
		_ = listener.Close()
		return nil, usagef("--listen %s: %s could teach the model: give --token-file, or --insecure where all of them may", f.listen, who)
	}
	fmt.Fprintf(f.cmd.ErrOrStderr(), "warning: %s can teach the model and read it\n", who)
	return listener, nil
}

// start opens the store.
func (f *serveFlags) start() (*serve.Service, error) {
	level := slog.LevelWarn
	if f.verbose {
		level = slog.LevelDebug
	}
	f.o.Log = slog.New(slog.NewTextHandler(f.cmd.ErrOrStderr(), &slog.HandlerOptions{Level: level}))
	f.o.Progress = func(done, records uint64) {
		if f.bar == nil {
			f.bar = newWaitBar(int(records))
		}
		f.bar.set(int(done))
	}
	var model *online.Learner
	if f.model != "" {
		var err error
		if model, err = serve.Model(f.model); err != nil {
			return nil, err
		}
	}
	service, err := serve.Open(f.store, model, f.o)
	if f.bar != nil {
		f.bar.clear()
	}
	return service, err
}
