//go:build !windows

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestPSKilled: a server that is killed -9 and started again with the same command
// goes on, and its worker with it.
func TestPSKilled(t *testing.T) {
	at, dir := freeAddress(t), filepath.Join(t.TempDir(), "run")
	args := psArgs(at, "--checkpoint", dir, "--epochs", "60", "--lease", "2s")
	first := start(t, command(t, args...))
	var all sync.WaitGroup
	var out bytes.Buffer
	worker := command(t, workerArgs(at)...)
	worker.Stdout, worker.Stderr = &out, &out
	all.Go(func() {
		if err := worker.Run(); err != nil {
			t.Errorf("%v: %s", err, out.String())
		}
	})
	for {
		line, err := first.out.ReadString('\n')
		if err != nil {
			t.Fatal(err, first.errs.String())
		}
		if strings.HasPrefix(line, "epoch ") {
			break
		}
	}
	first.end(os.Kill)
	if out := succeed(t, args...); !strings.Contains(out, "60 epochs, 600 steps") || strings.Contains(out, "epoch  3/60") {
		t.Errorf("the second one says\n%s", out)
	}
	all.Wait()
}

// TestWorkerInterrupted: another worker does what is left.
func TestWorkerInterrupted(t *testing.T) {
	at := freeAddress(t)
	var all sync.WaitGroup
	all.Go(func() { succeed(t, psArgs(at, "--epochs", "100")...) })
	_, stderr, code := start(t, command(t, workerArgs(at)...)).end(os.Interrupt)
	if code != exitInterrupted || !strings.Contains(stderr, "interrupted after ") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	succeed(t, workerArgs(at)...)
	all.Wait()
}

func TestPSInterrupted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	_, stderr, code := start(t, command(t, psArgs(freeAddress(t), "--checkpoint", dir)...)).end(os.Interrupt)
	if code != exitInterrupted || !strings.Contains(stderr, "interrupted") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}

// TestPSServerInterrupted: a server that is not the first has measured nothing.
func TestPSServerInterrupted(t *testing.T) {
	at := freeAddress(t)
	first := start(t, command(t, psArgs(at, "--servers", "2")...))
	for want, more := range map[string][]string{"for want of --checkpoint": nil, "and saved": {"--checkpoint", filepath.Join(t.TempDir(), "run")}} {
		args := append([]string{"ps", "--nats", "nats://" + at, "--servers", "2", "--index", "1"}, psArgs(at, more...)[3:]...)
		out, stderr, code := start(t, command(t, args...)).end(os.Interrupt)
		if code != exitInterrupted || !strings.Contains(stderr, want) || strings.Contains(out, "RMSE") {
			t.Errorf("exit code %d, %s: %s", code, stderr, out)
		}
	}
	first.end(os.Interrupt)
}
