package protocol

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// ErrLost is the error of a peer that has ended, or says what it was not asked.
var ErrLost = errors.New("the peer is lost")

// Remote is a peer at the other end of two pipes.
type Remote struct {
	to   io.Writer
	from *bufio.Reader
}

// NewRemote makes a peer of the pipes to its input and from its output.
func NewRemote(to io.Writer, from io.Reader) *Remote {
	return &Remote{to, bufio.NewReader(from)}
}

// ask sends a line and gives what follows word in the answer.
func (r *Remote) ask(word, format string, args ...any) (string, error) {
	if _, err := fmt.Fprintf(r.to, format+"\n", args...); err != nil {
		return "", fmt.Errorf("%w: %w", ErrLost, err)
	}
	line, err := r.from.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrLost, err)
	}
	first, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	switch first {
	case word:
		return rest, nil
	case "no":
		return "", errors.New(rest)
	}
	return "", fmt.Errorf("%w: answer %q, expected %q", ErrLost, strings.TrimSpace(line), word)
}

// Prepare is Peer's.
func (r *Remote) Prepare(w Work) error {
	_, err := r.ask("ok", "prepare %v", w)
	return err
}

// Run is Peer's.
func (r *Remote) Run(steps int) (time.Duration, error) {
	answer, err := r.ask("ns", "run %d", steps)
	if err != nil {
		return 0, err
	}
	var ns int64
	if _, err := fmt.Sscan(answer, &ns); err != nil {
		return 0, fmt.Errorf("%w: answer %q to run: %w", ErrLost, answer, err)
	}
	return time.Duration(ns), nil
}

// Scale is Peer's.
func (r *Remote) Scale(factor float32) error {
	_, err := r.ask("ok", "scale %g", factor)
	return err
}

// Moved is Peer's.
func (r *Remote) Moved() (float64, error) {
	answer, err := r.ask("moved", "moved")
	if err != nil {
		return 0, err
	}
	var x float64
	if _, err := fmt.Sscan(answer, &x); err != nil {
		return 0, fmt.Errorf("%w: answer %q to moved: %w", ErrLost, answer, err)
	}
	return x, nil
}

// Drop is Peer's.
func (r *Remote) Drop() error {
	_, err := r.ask("ok", "drop")
	return err
}
