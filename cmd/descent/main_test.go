package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// binary is the program, built once for all tests.
var binary string

func TestMain(m *testing.M) {
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "descent")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "descent")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// runBinary runs the program.
func runBinary(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command(binary, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// succeed runs the program, which must succeed, and gives what it printed.
func succeed(t *testing.T, args ...string) string {
	t.Helper()
	stdout, stderr, code := runBinary(t, args...)
	if code != 0 || stderr != "" {
		t.Fatalf("descent %s: exit code %d, expected 0\n%s", strings.Join(args, " "), code, stderr)
	}
	return stdout
}

// fail runs the program, which must fail with one message that holds all of
// want, and gives what it printed before.
func fail(t *testing.T, code int, args []string, want ...string) string {
	t.Helper()
	stdout, stderr, got := runBinary(t, args...)
	if got != code {
		t.Errorf("descent %s: exit code %d, expected %d\n%s", strings.Join(args, " "), got, code, stderr)
	}
	if !strings.HasPrefix(stderr, "descent: ") || strings.Count(stderr, "descent: ") != 1 || strings.Contains(stderr, "Usage:") {
		t.Errorf("descent %s: expected one message that begins with \"descent: \", got\n%s", strings.Join(args, " "), stderr)
	}
	for _, w := range want {
		if !strings.Contains(stderr, w) {
			t.Errorf("descent %s: expected a message with %q, got\n%s", strings.Join(args, " "), w, stderr)
		}
	}
	return stdout
}

// write makes a file in a folder of the test.
func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}
