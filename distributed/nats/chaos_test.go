package nats

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// proxy stands between clients and a NATS server and does to messages what nets
// do: it loses, doubles and delays them, so that they come in another order, and
// damages them. It can be cut, so that nothing gets through.
type proxy struct {
	listener net.Listener
	to       string

	does   mischief
	mu     sync.Mutex
	cut    bool
	random *rand.Rand
	conns  map[net.Conn]bool
	count  map[string]int // what was done
}

// mischief is which share of messages is lost, and so on.
type mischief struct{ lose, double, late, spoil float64 }

// standBetween starts a proxy for the server at an address.
func standBetween(t testing.TB, url string, does mischief) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{does: does, listener: l, to: strings.TrimPrefix(url, "nats://"), random: rand.New(rand.NewPCG(1, 2)), conns: map[net.Conn]bool{}, count: map[string]int{}}
	go p.accept()
	t.Cleanup(func() {
		_ = l.Close()
		p.drop()
	})
	return p
}

func (p *proxy) url() string { return "nats://" + p.listener.Addr().String() }

func (p *proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.to)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.mu.Lock()
		p.conns[client], p.conns[server] = true, true
		p.mu.Unlock()
		go p.copy(client, server)
		go p.copy(server, client)
	}
}

// drop closes all connections.
func (p *proxy) drop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		_ = c.Close()
	}
	clear(p.conns)
}

// setCut cuts the net, without a word to either side, or mends it.
func (p *proxy) setCut(cut bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut = cut
}

// copy hands on what NATS sends, frame by frame.
func (p *proxy) copy(from, to net.Conn) {
	defer func() { _, _ = from.Close(), to.Close() }()
	in := bufio.NewReaderSize(from, 1<<16)
	var writing sync.Mutex
	for {
		frame, message, err := readFrame(in)
		if err != nil {
			return
		}
		for i, delay := range p.fate(frame, message) {
			b := frame
			if i > 0 {
				b = append([]byte(nil), frame...)
			}
			send := func() {
				writing.Lock()
				defer writing.Unlock()
				_, _ = to.Write(b) // where it is closed the other direction sees it
			}
			if delay == 0 {
				send()
			} else {
				time.AfterFunc(delay, send)
			}
		}
	}
}

// fate is when a frame is sent, and how often.
func (p *proxy) fate(frame []byte, message bool) []time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := func(share float64, what string) bool {
		hit := message && p.random.Float64() < share
		if hit {
			p.count[what]++
		}
		return hit
	}
	if p.cut || at(p.does.lose, "lost") {
		return nil
	}
	fate := []time.Duration{0}
	if at(p.does.late, "late") {
		fate[0] = time.Duration(p.random.IntN(50)) * time.Millisecond
	}
	if at(p.does.double, "doubled") {
		fate = append(fate, time.Duration(p.random.IntN(50))*time.Millisecond)
	}
	if len(frame) > 300 && at(p.does.spoil, "damaged") {
		frame[len(frame)-3-p.random.IntN(min(40, len(frame)/2))] ^= 1 << p.random.IntN(8) // in the data
	}
	return fate
}

// readFrame reads a line of NATS' protocol with its payload; message says that it
// is one.
func readFrame(in *bufio.Reader) (frame []byte, message bool, err error) {
	line, err := in.ReadBytes('\n')
	if err != nil {
		return nil, false, err
	}
	words := strings.Fields(string(line))
	if len(words) < 2 {
		return line, false, nil
	}
	switch words[0] {
	case "PUB", "HPUB", "MSG", "HMSG":
		n, err := strconv.Atoi(words[len(words)-1])
		if err != nil {
			return nil, false, fmt.Errorf("%q: %w", line, err)
		}
		frame = append(line, make([]byte, n+2)...)
		_, err = io.ReadFull(in, frame[len(line):])
		return frame, true, err
	}
	return line, false, nil
}
