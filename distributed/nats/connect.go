package nats

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	natsgo "github.com/nats-io/nats.go"
)

// Connection says how to reach a NATS server.
type Connection struct {
	URL      string        // as in nats://host:4222, more after commas where it is a cluster; tls://host asks for TLS
	Token    string        // what the server asks for, "" nothing
	Creds    string        // file with a user's credentials (.creds), "" none
	TLS      *tls.Config   // for a server with TLS, nil: as the URL says, with the system's authorities
	Patience time.Duration // how long to try before giving up, DefaultPatience where it is 0
	// Notice is told what is waited for, and "" when it has come. It may be called
	// from any goroutine.
	Notice func(text string)

	options []natsgo.Option // more of them
}

// DefaultPatience is how long nobody answers before that is an error.
const DefaultPatience = 2 * time.Minute

// The pauses between attempts to connect: the first, and the longest, to which
// they double.
const (
	firstPause = 100 * time.Millisecond
	mostPause  = 2 * time.Second
)

// Connect connects to a NATS server. While there is none it tries again, until
// patience is over. A server that refuses what it is told is an error at once.
// A connection that is lost later comes back by itself.
func Connect(ctx context.Context, c Connection) (*natsgo.Conn, error) {
	if c.Creds != "" {
		if _, err := os.Stat(c.Creds); err != nil {
			return nil, fmt.Errorf("nats: the credentials: %w", err)
		}
	}
	for url := range strings.SplitSeq(c.address(), ", ") {
		if scheme, _, given := strings.Cut(url, "://"); given && !slices.Contains([]string{"nats", "tls", "ws", "wss"}, scheme) {
			return nil, fmt.Errorf("nats: the URL %s: expected nats://, tls://, ws:// or wss://", url)
		}
	}
	start := time.Now()
	for pause := firstPause; ; pause = min(2*pause, mostPause) {
		conn, err := natsgo.Connect(c.URL, c.natsOptions()...)
		if err == nil {
			c.notice("")
			return conn, nil
		}
		if !absent(err) {
			return nil, c.refusal(err)
		}
		c.notice(fmt.Sprintf("waiting for a NATS server at %s, for up to %v: %v", c.address(), c.patience(), err))
		waited := time.Since(start).Round(100 * time.Millisecond)
		if pause = min(pause, c.patience()-time.Since(start)); pause <= 0 {
			return nil, fmt.Errorf("nats: no server answered at %s for %v: %w; is it started, and the address right?", c.address(), waited, err)
		}
		if err := sleep(ctx, pause); err != nil {
			return nil, err
		}
	}
}

// natsOptions are those of the library.
func (c *Connection) natsOptions() []natsgo.Option {
	options := []natsgo.Option{
		natsgo.Name("descent"),
		natsgo.MaxReconnects(-1),
		natsgo.CustomReconnectDelay(func(attempts int) time.Duration {
			return min(firstPause<<min(attempts, 10), mostPause)
		}),
		natsgo.ReconnectBufSize(-1), // what is not sent is sent again by those who wait for an answer
		natsgo.PingInterval(20 * time.Second),
		natsgo.Timeout(5 * time.Second),
		natsgo.ErrorHandler(func(*natsgo.Conn, *natsgo.Subscription, error) {}), // the default one prints
	}
	if c.Token != "" {
		options = append(options, natsgo.Token(c.Token))
	}
	if c.Creds != "" {
		options = append(options, natsgo.UserCredentials(c.Creds))
	}
	if c.TLS != nil {
		options = append(options, natsgo.Secure(c.TLS))
	}
	return append(options, c.options...)
}

// absent reports whether nobody was there to answer: it may be better later.
func absent(err error) bool {
	if _, wrong := errors.AsType[*net.AddrError](err); wrong { // a port of 99999
		return false
	}
	_, broken := errors.AsType[*net.OpError](err)
	_, unnamed := errors.AsType[*net.DNSError](err)
	return broken || unnamed || errors.Is(err, natsgo.ErrNoServers) || errors.Is(err, natsgo.ErrTimeout) || errors.Is(err, natsgo.ErrConnectionClosed) ||
		errors.Is(err, os.ErrDeadlineExceeded) || strings.Contains(err.Error(), "EOF")
}

// refusal is the error of a server that does not want this client.
func (c *Connection) refusal(err error) error {
	if !unauthorised(err) {
		return fmt.Errorf("nats: connecting to %s: %w", c.address(), err)
	}
	switch {
	case c.Creds != "":
		return fmt.Errorf("nats: the server at %s refuses the credentials of %s: %w", c.address(), c.Creds, err)
	case c.Token != "":
		return fmt.Errorf("nats: the server at %s refuses the token: %w", c.address(), err)
	}
	return fmt.Errorf("nats: the server at %s asks for a token or credentials: %w", c.address(), err)
}

func unauthorised(err error) bool {
	return err != nil && (errors.Is(err, natsgo.ErrAuthorization) || errors.Is(err, natsgo.ErrAuthExpired) || errors.Is(err, natsgo.ErrAuthRevoked) ||
		strings.Contains(strings.ToLower(err.Error()), "authorization violation"))
}

// address is where the server is, without a password.
func (c *Connection) address() string {
	var all []string
	for url := range strings.SplitSeq(c.URL, ",") {
		if at := strings.LastIndex(url, "@"); at >= 0 {
			scheme, _, _ := strings.Cut(url, "://")
			url = scheme + "://" + url[at+1:]
		}
		all = append(all, strings.TrimSpace(url))
	}
	return strings.Join(all, ", ")
}

func (c *Connection) patience() time.Duration {
	if c.Patience == 0 {
		return DefaultPatience
	}
	return c.Patience
}

func (c *Connection) notice(text string) {
	if c.Notice != nil {
		c.Notice(text)
	}
}

// sleep waits, unless the context ends.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
