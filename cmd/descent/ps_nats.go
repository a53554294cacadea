package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/descent-go/descent/distributed/nats"
)

// natsFlags say how to reach a NATS server, and which job.
type natsFlags struct {
	cmd              *cobra.Command
	url, job         string
	tokenFile, creds string
	ca, cert, key    string
	patience         time.Duration
}

func (f *natsFlags) register() {
	s := f.cmd.Flags()
	s.StringVar(&f.job, "job", "descent", "`name` of the training, the same for its servers and workers")
	s.StringVar(&f.tokenFile, "token-file", "", "`file` with the token that the NATS server asks for")
	s.StringVar(&f.creds, "creds", "", "`file` with a user's credentials for the NATS server (.creds)")
	s.StringVar(&f.ca, "tls-ca", "", "`file` with the authority that vouches for the NATS server, in PEM (default: those of the system)")
	s.StringVar(&f.cert, "tls-cert", "", "`file` with a certificate, in PEM")
	s.StringVar(&f.key, "tls-key", "", "`file` with its key")
	s.DurationVar(&f.patience, "patience", nats.DefaultPatience, "`time` after which a server that does not answer is an error")

	for _, name := range []string{"job", "patience"} {
		complete(f.cmd, name, nothing)
	}
	complete(f.cmd, "creds", endings("creds"))
}

// connection reads what the flags name.
func (f *natsFlags) connection(notice func(string)) (c nats.Connection, err error) {
	if f.url == "" {
		return c, usagef("--nats: expected a URL, as in nats://host:4222")
	}
	if f.patience <= 0 {
		return c, usagef("--patience %v: expected a time such as 2m", f.patience)
	}
	if (f.cert == "") != (f.key == "") {
		return c, usagef("--tls-cert and --tls-key belong together: give both or none")
	}
	c = nats.Connection{URL: f.url, Creds: f.creds, Patience: f.patience, Notice: notice}
	if c.Token, err = f.token(); err != nil {
		return c, err
	}
	if f.ca != "" || f.cert != "" {
		c.TLS, err = f.tls()
	}
	return c, err
}

// token reads the token, "" where there is none.
func (f *natsFlags) token() (string, error) {
	if f.tokenFile == "" {
		return "", nil
	}
	content, err := os.ReadFile(f.tokenFile)
	if err != nil {
		return "", fmt.Errorf("--token-file: %w", err)
	}
	token := strings.TrimSpace(string(content))
	if token == "" || strings.ContainsAny(token, " \t\r\n") {
		return "", usagef("--token-file %s: expected one word, as `openssl rand -hex 32` makes", f.tokenFile)
	}
	return token, nil
}

// tls reads authority and certificate.
func (f *natsFlags) tls() (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if f.ca != "" {
		content, err := os.ReadFile(f.ca)
		if err != nil {
			return nil, fmt.Errorf("--tls-ca: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(content) {
			return nil, fmt.Errorf("--tls-ca %s: expected certificates in PEM", f.ca)
		}
	}
	if f.cert != "" {
		pair, err := tls.LoadX509KeyPair(f.cert, f.key)
		if err != nil {
			return nil, fmt.Errorf("--tls-cert %s, --tls-key %s: %w", f.cert, f.key, err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

// notices tells once that something is waited for, at once where nothing has ever
// answered, else when that takes long, and when it is over.
type notices struct {
	mu       sync.Mutex
	out      io.Writer
	answered bool
	since    time.Time // zero where nothing is waited for
	told     bool
}

// notice is that of a connection.
func (w *notices) notice(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if text == "" {
		if w.told {
			fmt.Fprintln(w.out, "note: it has answered")
		}
		w.answered, w.since, w.told = true, time.Time{}, false
		return
	}
	if w.since.IsZero() {
		w.since = time.Now()
	}
	if !w.told && (!w.answered || time.Since(w.since) >= patience) {
		fmt.Fprintf(w.out, "note: %s\n", text)
		w.told = true
	}
}
