//go:build !windows

package main

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
)

// played is a playground that runs.
type played struct {
	url string
	end func() (stdout, stderr string, code int) // by Control-C
}

// play starts the program and waits for its address.
func play(t *testing.T, env []string, args ...string) played {
	t.Helper()
	cmd := command(t, append([]string{"play"}, args...)...)
	cmd.Env = append(cmd.Env, env...)
	s := start(t, cmd)
	return played{
		s.address(`^the playground is at (http://\S+/); Control-C ends it\n$`),
		func() (string, string, int) { return s.end(os.Interrupt) },
	}
}

func TestPlay(t *testing.T) {
	p := play(t, []string{"PATH="}, "--listen", "127.0.0.1:0", "--no-browser") // a browser would be missed
	answer, err := http.Get(p.url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if page, err := io.ReadAll(answer.Body); err != nil || answer.StatusCode != 200 || !bytes.Contains(page, []byte("<html")) {
		t.Errorf("%s: %v\n%s", answer.Status, err, page)
	}
	stdout, stderr, code := p.end()
	if code != 0 || stderr != "" || strings.Count(stdout, "\n") != 1 {
		t.Errorf("it ends with %d\n%s%s", code, stdout, stderr)
	}
}

// Whoever opens it to others is told so.
func TestPlayForOthers(t *testing.T) {
	p := play(t, nil, "--listen", ":0", "--no-browser")
	if !strings.HasPrefix(p.url, "http://localhost:") {
		t.Errorf("its address is %s", p.url)
	}
	stdout, _, _ := p.end()
	if !strings.Contains(stdout, "every machine that reaches port") {
		t.Errorf("it does not say who can open it:\n%s", stdout)
	}
}

func TestPlayWithoutBrowser(t *testing.T) {
	p := play(t, []string{"PATH="}, "--listen", "127.0.0.1:0")
	if answer, err := http.Get(p.url); err != nil || answer.StatusCode != 200 {
		t.Errorf("it does not serve: %v", err)
	}
	_, stderr, code := p.end()
	if code != 0 || !strings.HasPrefix(stderr, "no browser opened (") || !strings.Contains(stderr, "open "+p.url+" yourself") {
		t.Errorf("it ends with %d: %s", code, stderr)
	}
}

func TestPlayPortTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	fail(t, exitFailed, []string{"play", "--no-browser", "--listen", taken.Addr().String()}, "cannot listen at "+taken.Addr().String(), "--listen 127.0.0.1:0")
	// Without --listen another port will do. This one is taken now, by us or another.
	if usual, err := net.Listen("tcp", playAddress); err == nil {
		defer usual.Close()
	}
	p := play(t, nil, "--no-browser")
	if strings.Contains(p.url, playAddress) {
		t.Errorf("its address is %s, which is taken", p.url)
	}
	p.end()
}

func TestPlayWrong(t *testing.T) {
	for _, address := range []string{"7777", "localhost", "127.0.0.1:", ""} {
		fail(t, exitUsage, []string{"play", "--listen", address}, "expected address:port")
	}
	fail(t, exitUsage, []string{"play", "--listen", "127.0.0.1:99999"}, "the port is 99999: expected 0, for any that is free, to 65535")
	fail(t, exitUsage, []string{"play", "adam"}, "takes no argument")
}
