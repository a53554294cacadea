package nats

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	natsserver "github.com/nats-io/nats-server/v2/server"
	natsgo "github.com/nats-io/nats.go"
)

// EmbedOptions are those of a NATS server within the program.
type EmbedOptions struct {
	Address    string      // to listen at, as in 127.0.0.1:4222; port 0 is any that is free
	Token      string      // that clients must give, "" none
	TLS        *tls.Config // with the server's certificate, nil: no TLS
	MaxPayload int         // bytes of a message, 0 is 1 MiB
}

// Embedded is a NATS server within the program.
type Embedded struct {
	server  *natsserver.Server
	options EmbedOptions
}

// mostPending is how many bytes may wait for a client before it counts as too
// slow. What is under way is bounded by those who ask for it, far below.
const mostPending = 512 << 20

// Embed starts a NATS server within the program. It prints nothing and keeps
// nothing on disk.
func Embed(o EmbedOptions) (*Embedded, error) {
	host, port, err := net.SplitHostPort(o.Address)
	if err != nil {
		return nil, fmt.Errorf("nats: the address %q: expected host:port, as in 127.0.0.1:4222", o.Address)
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("nats: the address %q: expected a port from 0 to 65535", o.Address)
	}
	options := &natsserver.Options{
		Host: host, Port: int(number), NoSigs: true, NoSystemAccount: true,
		Authorization: o.Token, TLSConfig: o.TLS, TLS: o.TLS != nil, TLSTimeout: 5,
		MaxPayload: int32(o.MaxPayload), MaxPending: mostPending,
	}
	if number == 0 {
		options.Port = natsserver.RANDOM_PORT
	}
	s, err := natsserver.NewServer(options)
	if err != nil {
		return nil, fmt.Errorf("nats: %w", err)
	}
	log := &fatal{over: make(chan struct{})}
	s.SetLogger(log, false, false)
	go s.Start()
	if err := log.ready(s); err != nil {
		s.Shutdown()
		return nil, fmt.Errorf("nats: cannot listen at %s: %w", o.Address, err)
	}
	return &Embedded{s, o}, nil
}

// URL is where clients find it.
func (e *Embedded) URL() string {
	scheme := "nats"
	if e.options.TLS != nil {
		scheme = "tls"
	}
	return scheme + "://" + e.server.Addr().String()
}

// Addr is where it listens.
func (e *Embedded) Addr() net.Addr { return e.server.Addr() }

// Connect connects within the program, past the net.
func (e *Embedded) Connect(ctx context.Context) (*natsgo.Conn, error) {
	c := Connection{Token: e.options.Token, options: []natsgo.Option{natsgo.InProcessServer(e.server)}}
	c.URL = "nats://" + e.server.Addr().String() // without TLS
	return Connect(ctx, c)
}

// Clients is how many are connected.
func (e *Embedded) Clients() int { return e.server.NumClients() }

// Close ends it.
func (e *Embedded) Close() error {
	e.server.Shutdown()
	e.server.WaitForShutdown()
	return nil
}

// fatal is a log that keeps the first fatal message only, or the error in it.
type fatal struct {
	once sync.Once
	over chan struct{}
	err  error
}

func (f *fatal) Fatalf(format string, v ...any) {
	f.once.Do(func() {
		f.err = fmt.Errorf(format, v...)
		for _, a := range v {
			if err, ok := a.(error); ok {
				f.err = err
			}
		}
		close(f.over)
	})
}

func (*fatal) Noticef(string, ...any) {}
func (*fatal) Warnf(string, ...any)   {}
func (*fatal) Errorf(string, ...any)  {}
func (*fatal) Debugf(string, ...any)  {}
func (*fatal) Tracef(string, ...any)  {}

// ready waits until the server listens or has failed.
func (f *fatal) ready(s *natsserver.Server) error {
	for !s.ReadyForConnections(10 * time.Millisecond) {
		select {
		case <-f.over:
			return f.err
		default:
		}
	}
	return nil
}
