package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/online"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/serve"
)

// descentServer is this program as a service.
var descentServer = server{"descent serve", startDescent, dialHTTP}

func startDescent() (address string, stop func() error, err error) {
	dir, err := os.MkdirTemp("", "bench-serve-")
	if err != nil {
		return "", nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return "", nil, err
	}
	cmd := exec.Command(self, "-child", dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return "", nil, err
	}
	end := stopping(cmd)
	return strings.TrimSpace(line), func() error { return errors.Join(end(), os.RemoveAll(dir)) }, nil
}

// serveChild is the service that is measured. It prints its address.
func serveChild(dir string) error {
	l, err := online.New(optim.FTRL, online.Options{Loss: online.Logistic}, descent.LR(0.1))
	if err != nil {
		return err
	}
	s, err := serve.Open(dir, l, serve.Options{})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	fmt.Println(listener.Addr())
	return errors.Join(s.Serve(ctx, listener), s.Close())
}

// wabbitServer is Vowpal Wabbit's daemon, which has a process for each connection.
func wabbitServer(python string, l load) server {
	return server{"Vowpal Wabbit's daemon", func() (string, func() error, error) {
		free, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return "", nil, err
		}
		address := free.Addr().String()
		port := free.Addr().(*net.TCPAddr).Port
		if err := free.Close(); err != nil {
			return "", nil, err
		}
		cmd := exec.Command(python, "-m", "vowpalwabbit", "--daemon", "--foreground", "--port", strconv.Itoa(port), "--num_children", strconv.Itoa(l.connections+teachers),
			"--passes", "1", // without it the Python package serves nobody
			"--quiet", "--loss_function", "logistic", "--ftrl", "--ftrl_alpha", "0.1")
		if err := cmd.Start(); err != nil {
			return "", nil, err
		}
		time.Sleep(3 * time.Second) // until all processes are there
		return address, stopping(cmd), nil
	}, dialLines}
}

// lines is a connection of lines, each answered by one.
type lines struct {
	net.Conn
	in *bufio.Reader
}

// patience is how long a connection may take for all that is asked of it.
const patience = time.Minute

func dialLines(address string) (talker, error) { return connect(address) }

func connect(address string) (*lines, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	return &lines{conn, bufio.NewReader(conn)}, conn.SetDeadline(time.Now().Add(patience))
}

func (l *lines) predict(example string) error { return l.learn([]string{example}) }

func (l *lines) learn(examples []string) error {
	if _, err := l.Write([]byte(strings.Join(examples, "\n") + "\n")); err != nil {
		return err
	}
	for range examples {
		if _, err := l.in.ReadSlice('\n'); err != nil {
			return err
		}
	}
	return nil
}

// web is a connection of HTTP. It reads answers with less effort than net/http,
// which would take from the server the time that is measured.
type web struct {
	*lines
	out []byte
}

func dialHTTP(address string) (talker, error) {
	l, err := connect(address)
	return &web{lines: l}, err
}

func (w *web) predict(example string) error { return w.post("/predict", example) }

func (w *web) learn(examples []string) error { return w.post("/learn", strings.Join(examples, "\n")) }

func (w *web) post(path, body string) error {
	w.out = fmt.Appendf(w.out[:0], "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s", path, len(body), body)
	if _, err := w.Write(w.out); err != nil {
		return err
	}
	status, err := w.in.ReadString('\n')
	if err != nil {
		return err
	}
	length := 0
	for line := []byte{0, 0, 0}; len(line) > len("\r\n"); {
		if line, err = w.in.ReadSlice('\n'); err != nil {
			return err
		}
		if n, found := strings.CutPrefix(string(line), "Content-Length: "); found {
			length, _ = strconv.Atoi(strings.TrimSpace(n)) // the service's own
		}
	}
	if _, err := w.in.Discard(length); err != nil {
		return err
	}
	if !strings.HasPrefix(status, "HTTP/1.1 200 ") {
		return fmt.Errorf("%s: %s", path, strings.TrimSpace(status))
	}
	return nil
}
