package serve

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/descent-go/descent/online"
)

// listening serves a service as the program does and gives its address. end
// ends serving and gives its error.
func listening(t *testing.T, s *Service) (address string, end func() error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	t.Cleanup(cancel)
	return l.Addr().String(), func() error {
		cancel()
		return <-ended
	}
}

// dial connects to a service.
func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return conn
}

// Clients that are slow or lie about lengths are cut off, learn nothing, and
// keep nobody from being served.
func TestLiars(t *testing.T) {
	l := newLearner(t, online.Options{})
	s := open(t, t.TempDir(), l, Options{RequestTime: 300 * time.Millisecond, BodyBytes: 10_000})
	address, _ := listening(t, s)
	before := model(t, l)
	head := "POST /learn HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
	for name, x := range map[string]struct {
		text   string
		close  bool // the client's side after the text
		status int  // 0: no answer
	}{
		"half a header":        {"POST /learn HTTP/1.1\r\nHost: local", false, 0},
		"half a body":          {head + "Content-Length: 100\r\n\r\n1 |a b\n", false, 408},
		"less than it says":    {head + "Content-Length: 100\r\n\r\n1 |a b\n", true, 400},
		"a length below 0":     {head + "Content-Length: -5\r\n\r\n1 |a b\n", true, 400},
		"no length that it is": {head + "Content-Length: 99999999999999999999\r\n\r\n1 |a b\n", true, 400},
		"a huge length":        {head + "Content-Length: 999999999999\r\n\r\n1 |a b\n", true, 400},
		"two lengths":          {head + "Content-Length: 7\r\nContent-Length: 70\r\n\r\n1 |a b\n", true, 400},
		"half a chunk":         {head + "Transfer-Encoding: chunked\r\n\r\n20\r\n1 |a b\n", true, 400},
		"a chunk of nothing":   {head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n1 |a b\n", true, 400},
		"no end of chunks":     {head + "Transfer-Encoding: chunked\r\n\r\n7\r\n1 |a b\n\r\n", false, 408},
		"chunks for ever":      {head + "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("7\r\n1 |a b\n\r\n", 2000), true, 413},
		"no HTTP":              {"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03\r\n\r\n", true, 400},
		"a huge header":        {head + strings.Repeat("X: "+strings.Repeat("y", 1000)+"\r\n", 100) + "\r\n", true, 431},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := dial(t, address)
			go func() {
				_, _ = io.WriteString(conn, x.text) // fails where it is cut off
				if x.close {
					_ = conn.(*net.TCPConn).CloseWrite()
				}
			}()
			res, err := http.ReadResponse(bufio.NewReader(conn), nil)
			status := 0
			if err == nil {
				status = res.StatusCode
			}
			if status != x.status {
				t.Errorf("status %d, %v, want %d", status, err, x.status)
			}
		})
	}
	t.Cleanup(func() {
		if s.log.Next() != 0 || !bytes.Equal(before, model(t, l)) {
			t.Error("something was learned")
		}
	})
}

// A body in chunks is a body.
func TestChunked(t *testing.T) {
	s := open(t, t.TempDir(), newLearner(t, online.Options{}), Options{})
	address, _ := listening(t, s)
	c := &client{t: t, url: "http://" + address}
	got := c.ask("POST", "/learn", io.MultiReader(strings.NewReader("1 |a "), strings.NewReader("b\n-1 |"), strings.NewReader("c d")), "Content-Type", "text/plain").want(t, 200)
	if len(got.Predictions) != 2 {
		t.Errorf("the answer is %s", got.body)
	}
}

// Connections beyond the limit wait for one that ends.
func TestConnections(t *testing.T) {
	s := open(t, t.TempDir(), newLearner(t, online.Options{}), Options{Connections: 3, IdleTime: 100 * time.Millisecond})
	disk := &slow{s.log, make(chan struct{})}
	s.log = disk
	address, _ := listening(t, s)
	c := &client{t: t, url: "http://" + address}
	var learning sync.WaitGroup
	for range 3 {
		learning.Go(func() { c.vw("/learn", click(1)) })
	}
	waitFor(t, "the requests", func() bool { return s.queued.Load() >= 3*int64(len(click(1))) })
	fourth := dial(t, address)
	if _, err := io.WriteString(fourth, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if err := fourth.SetReadDeadline(time.Now().Add(300 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if n, err := fourth.Read(make([]byte, 100)); err == nil {
		t.Errorf("a fourth connection got %d bytes", n)
	}
	close(disk.wait)
	learning.Wait()
	if err := fourth.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := fourth.Read(make([]byte, 100)); err != nil {
		t.Error(err)
	}
}

// Who asks for the end gets what was asked before.
func TestGracefulEnd(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir, newLearner(t, online.Options{}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	disk := &slow{s.log, make(chan struct{})}
	s.log = disk
	address, end := listening(t, s)
	c := &client{t: t, url: "http://" + address}
	const n = 8
	answers := make(chan int, n)
	for i := range n {
		go func() { answers <- c.vw("/learn", click(i)).status }()
	}
	waitFor(t, "the requests", func() bool { return s.queued.Load() >= n*int64(len(click(0))) })
	ended := make(chan error)
	go func() { ended <- end() }()
	waitFor(t, "the end of listening", func() bool {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			_ = conn.Close()
		}
		return err != nil
	})
	close(disk.wait)
	for range n {
		if status := <-answers; status != 200 {
			t.Errorf("status %d", status)
		}
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closed again: %v", err)
	}
	again := open(t, dir, nil, Options{})
	if at, _, _ := again.log.Latest(); at != n || again.learner.Learned() != n {
		t.Errorf("snapshot at %d, %d learned, want %d", at, again.learner.Learned(), n)
	}
}

// What is no text is predicted or refused, as any text.
func TestBinary(t *testing.T) {
	s := open(t, t.TempDir(), newLearner(t, online.Options{}), Options{})
	c := serving(t, s)
	junk := make([]byte, 100_000)
	for i := range junk {
		junk[i] = byte(i * i / 7)
	}
	for _, kind := range []string{"text/plain", "application/json"} {
		for _, path := range []string{"/predict", "/learn"} {
			r := c.ask("POST", path, bytes.NewReader(junk), "Content-Type", kind)
			if r.status != 200 && r.status != 400 {
				t.Errorf("%s %s: status %d, %s", path, kind, r.status, r.body)
			}
		}
	}
	if s.log.Next() != 0 {
		t.Error("it was learned")
	}
	long := c.vw("/predict", "|a "+strings.Repeat("x", 1<<20)).want(t, 413)
	if !strings.Contains(long.Error, fmt.Sprint(1<<20)) {
		t.Errorf("it says %s", long.body)
	}
	c.vw("/predict", "|a "+strings.Repeat("x", 1<<20-4)).want(t, 200)
}
