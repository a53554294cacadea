package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// asProgram in the environment makes the test binary the program itself: what
// the tests run is what they were compiled with.
const asProgram = "DESCENT_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// command is the program with arguments, ready to be started.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}

// run runs the program.
func run(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := command(t, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// notes are the lines that say what was guessed.
var notes = regexp.MustCompile(`(?m)^note: .*$`)

// succeed runs the program, which must succeed with no more than notes on
// standard error, and gives what it printed.
func succeed(t *testing.T, args ...string) string {
	t.Helper()
	stdout, stderr, code := run(t, args...)
	if code != 0 || strings.Trim(notes.ReplaceAllString(stderr, ""), "\n") != "" {
		t.Fatalf("descent %s: exit code %d, expected 0\n%s", strings.Join(args, " "), code, stderr)
	}
	return stdout
}

// fail runs the program, which must fail with one message that holds all of
// want, and gives what it printed before.
func fail(t *testing.T, code int, args []string, want ...string) string {
	t.Helper()
	stdout, stderr, got := run(t, args...)
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
