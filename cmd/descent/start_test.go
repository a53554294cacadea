package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"regexp"
	"testing"
)

// started is a program that runs and has printed a line.
type started struct {
	t     *testing.T
	cmd   *exec.Cmd
	first string
	out   *bufio.Reader
	errs  *bytes.Buffer
}

// start starts the program and waits for its first line.
func start(t *testing.T, cmd *exec.Cmd) *started {
	t.Helper()
	var errs bytes.Buffer
	cmd.Stderr = &errs
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	out := bufio.NewReader(pipe)
	first, err := out.ReadString('\n')
	if err != nil {
		t.Fatal(err, errs.String())
	}
	return &started{t, cmd, first, out, &errs}
}

// address finds an address in the first line, which must match the expression.
func (s *started) address(expression string) string {
	s.t.Helper()
	found := regexp.MustCompile(expression).FindStringSubmatch(s.first)
	if found == nil {
		s.t.Fatalf("it says %q", s.first)
	}
	return found[1]
}

// end ends the program by a signal and gives what it printed.
func (s *started) end(signal os.Signal) (stdout, stderr string, code int) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
	return s.wait()
}

// wait waits for its end and gives what it printed.
func (s *started) wait() (stdout, stderr string, code int) {
	s.t.Helper()
	rest, err := io.ReadAll(s.out)
	if err != nil {
		s.t.Fatal(err)
	}
	_ = s.cmd.Wait() // its exit code tells
	return s.first + string(rest), s.errs.String(), s.cmd.ProcessState.ExitCode()
}
