package nats

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	mathrand "math/rand/v2"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	natsgo "github.com/nats-io/nats.go"
)

func TestToken(t *testing.T) {
	e := embed(t, EmbedOptions{Token: "secret"})
	serve(t, connect(t, e), Place{Job: "job"}, newServer(t, config(model())))
	dial(t, e.URL(), Options{Connection: Connection{Token: "secret"}})
	for token, want := range map[string]string{"wrong": "refuses the token", "": "asks for a token"} {
		start := time.Now()
		_, err := Dial(t.Context(), Options{Connection: Connection{URL: e.URL(), Token: token, Patience: time.Hour}, Job: "job"})
		if err == nil || !strings.Contains(err.Error(), want) || time.Since(start) > 10*time.Minute {
			t.Errorf("token %q: %v", token, err)
		}
	}
}

func TestCredsMissing(t *testing.T) {
	_, err := Connect(t.Context(), Connection{URL: "nats://127.0.0.1:1", Creds: "nowhere.creds"})
	if err == nil || !strings.Contains(err.Error(), "nowhere.creds") {
		t.Error(err)
	}
}

// certificate is one for this machine, which vouches for itself.
func certificate(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, &tls.Config{RootCAs: pool}
}

func TestTLS(t *testing.T) {
	with, trusting := certificate(t)
	e := embed(t, EmbedOptions{TLS: with, Token: "secret"})
	serve(t, connect(t, e), Place{Job: "job"}, newServer(t, config(model())))
	dial(t, e.URL(), Options{Connection: Connection{TLS: trusting, Token: "secret"}})
	_, err := Connect(t.Context(), Connection{URL: e.URL(), Token: "secret", Patience: time.Hour})
	if err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("an unknown authority: %v", err)
	}
}

// nowhere is an address at which nobody listens. Its port is none of those that
// systems give to connections: one that tries it again and again would at some
// time come from there, and reach itself.
func nowhere(t *testing.T) string {
	t.Helper()
	for {
		l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", 10_000+mathrand.IntN(20_000)))
		if err != nil {
			continue // taken
		}
		defer l.Close()
		return l.Addr().String()
	}
}

func TestNobody(t *testing.T) {
	at := nowhere(t)
	var told, over atomic.Int32
	_, err := Dial(t.Context(), Options{Job: "job", Connection: Connection{
		URL: "nats://user:password@" + at, Patience: 500 * time.Millisecond,
		Notice: func(text string) {
			if strings.Contains(text, "waiting for a NATS server at nats://"+at) {
				told.Add(1)
			}
			if text == "" {
				over.Add(1)
			}
		}}})
	if err == nil || !strings.Contains(err.Error(), at) || !strings.Contains(err.Error(), "ms") || strings.Contains(err.Error(), "password") {
		t.Errorf("%v", err)
	}
	if told.Load() == 0 || over.Load() > 0 {
		t.Errorf("told %d times, and %d times that it is over", told.Load(), over.Load())
	}
}

// TestLost: a server that is gone for longer than patience lasts.
func TestLost(t *testing.T) {
	e := embed(t, EmbedOptions{})
	stop := serve(t, connect(t, e), Place{Job: "job"}, newServer(t, config(model())))
	c := dial(t, e.URL(), Options{Connection: Connection{Patience: 300 * time.Millisecond}})
	stop()
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	for c.conn.IsConnected() {
		time.Sleep(time.Millisecond)
	}
	if _, err := c.Pull(t.Context(), "w", 1, room(model())); err == nil || !strings.Contains(err.Error(), "there is no connection") {
		t.Errorf("%v", err)
	}
}

// TestAddress: an address that cannot be one is not tried again and again.
func TestAddress(t *testing.T) {
	for _, url := range []string{"nats://127.0.0.1:99999", "nats://127.0.0.1:x", "nats://127.0.0.1:4222, http://127.0.0.1:1"} {
		if _, err := Connect(t.Context(), Connection{URL: url, Patience: time.Hour}); err == nil {
			t.Errorf("%s is taken", url)
		}
	}
}

// TestLater: the servers come after the worker.
func TestLater(t *testing.T) {
	at := nowhere(t)
	dialled := make(chan error, 1)
	go func() {
		c, err := Dial(context.Background(), Options{Job: "job", Connection: Connection{URL: "nats://" + at, Patience: time.Minute}})
		if err == nil {
			err = c.Close()
		}
		dialled <- err
	}()
	time.Sleep(150 * time.Millisecond)
	e := embed(t, EmbedOptions{Address: at})
	time.Sleep(150 * time.Millisecond)
	serve(t, connect(t, e), Place{Job: "job"}, newServer(t, config(model())))
	if err := <-dialled; err != nil {
		t.Error(err)
	}
}

// TestNoServer: there is NATS, but nobody at the place.
func TestNoServer(t *testing.T) {
	e := embed(t, EmbedOptions{})
	_, err := Dial(t.Context(), Options{Job: "other", Connection: Connection{URL: e.URL(), Patience: 300 * time.Millisecond}})
	if err == nil || !strings.Contains(err.Error(), "no answer from descent.other.server.0") || !errors.Is(err, natsgo.ErrNoResponders) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := Dial(ctx, Options{Job: "other", Connection: Connection{URL: e.URL()}}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

// TestOtherVersion: programs that speak another version are told so at once.
func TestOtherVersion(t *testing.T) {
	e, _ := pair(t, config(model()))
	conn := connect(t, e)
	newer := func(m *message) []byte {
		b := m.bytes()
		binary.LittleEndian.PutUint16(b[4:], 2)
		return b
	}
	dial(t, e.URL(), Options{})
	reply, err := conn.Request(Place{Job: "job"}.subject(), newer(&message{kind: askJob}), time.Minute)
	if err != nil || binary.LittleEndian.Uint16(reply.Data[4:]) != protocol {
		t.Errorf("the server says %v, %v", reply, err)
	}
	if _, err := conn.Subscribe(Place{Job: "newer"}.subject(), func(m *natsgo.Msg) { _ = m.Respond(newer(&message{kind: askJob})) }); err != nil {
		t.Fatal(err)
	}
	_, err = Dial(t.Context(), Options{Job: "newer", Connection: Connection{URL: e.URL(), Patience: time.Hour}})
	if err == nil || !strings.Contains(err.Error(), "version 2 of the protocol, this program 1") {
		t.Errorf("%v", err)
	}
}

func TestEmbedErrors(t *testing.T) {
	e := embed(t, EmbedOptions{})
	for address, want := range map[string]string{
		strings.TrimPrefix(e.URL(), "nats://"): "in use",
		"here":                                 "expected host:port",
		"127.0.0.1:x":                          "expected a port",
	} {
		if _, err := Embed(EmbedOptions{Address: address}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, expected %q", address, err, want)
		}
	}
}
