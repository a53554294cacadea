//go:build !windows

package nats

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/descent-go/descent/distributed/server"
)

// The test binary is a server or a worker where the environment says so: what
// follows is its folder, address and
// number of units, or the URL and its name.
const (
	serverVariable = "DESCENT_NATS_TEST_SERVER"
	workerVariable = "DESCENT_NATS_TEST_WORKER"
)

func TestMain(m *testing.M) {
	var err error
	switch {
	case os.Getenv(serverVariable) != "":
		err = beServer(strings.Fields(os.Getenv(serverVariable)))
	case os.Getenv(workerVariable) != "":
		err = beWorker(strings.Fields(os.Getenv(workerVariable)))
	default:
		os.Exit(m.Run())
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// killConfig is what is trained then.
func killConfig(store string, units int) server.Config {
	c := counting(units)
	c.Lease, c.Store = 500*time.Millisecond, store
	return c
}

// beServer is a process with NATS and a parameter server, which ends when all is
// done, and with standard input. At its end it says how many pulls were lost.
func beServer(words []string) error {
	e, err := Embed(EmbedOptions{Address: words[1]})
	if err != nil {
		return err
	}
	conn, err := e.Connect(context.Background())
	if err != nil {
		return err
	}
	units, err := strconv.Atoi(words[2])
	if err != nil {
		return err
	}
	ps, err := server.New(killConfig(words[0], units))
	if err != nil {
		return err
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	fmt.Println("ready")
	err = Serve(context.Background(), conn, Place{Job: "job"}, ps)
	fmt.Fprint(os.Stderr, ps.Stats().Lost)
	return err
}

// beWorker is a process that works until all is done.
func beWorker(words []string) error {
	c, err := Dial(context.Background(), Options{Connection: Connection{URL: words[0]}, Job: "job"})
	if err != nil {
		return err
	}
	hurry(c.caller)
	fmt.Println("ready")
	return labour(context.Background(), c, words[1], 30*time.Millisecond)
}

// child starts the test binary as something else and waits until it is ready.
func child(t *testing.T, variable, value string) (*exec.Cmd, error) {
	cmd := exec.Command(os.Args[0])
	return cmd, be(t, cmd, variable, value)
}

// be starts a command that runs the test binary.
func be(t *testing.T, cmd *exec.Cmd, variable, value string) error {
	cmd.Env = append(os.Environ(), variable+"="+value)
	_, inErr := cmd.StdinPipe() // stays open as long as this process lives
	out, err := cmd.StdoutPipe()
	if err := errors.Join(inErr, err); err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	t.Cleanup(func() { kill(cmd) })
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		return fmt.Errorf("the child says %q, %w", line, err)
	}
	return nil
}

// kill kills -9.
func kill(cmd *exec.Cmd) {
	_ = cmd.Process.Kill() // it may have ended
	_ = cmd.Wait()
}

// faults is how often something happens to processes. More are for a long run;
// there must be work for as long.
var (
	faults = flag.Int("faults", 5, "how many processes are killed or paused in each test of it")
	units  = flag.Int("units", 100, "units of work meanwhile")
)

// whileWorking does something a number of times while workers do all the work.
func whileWorking(t *testing.T, url string, workers int, do func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var doing sync.WaitGroup
	over := make(chan bool)
	doing.Go(func() {
		for range *faults {
			select {
			case <-over:
				return
			default:
			}
			if err := do(ctx); err != nil {
				t.Error(err)
				cancel()
				return
			}
		}
	})
	labourUntil(ctx, t, workers, func() *Client { return dial(t, url, Options{}) }, 20*time.Millisecond)
	close(over)
	doing.Wait()
	cancel()
}

// TestKillServer: server and NATS are killed -9 and started again while workers
// are at work; these go on by themselves.
func TestKillServer(t *testing.T) {
	store, at := t.TempDir(), nowhere(t)
	value := fmt.Sprint(store, " ", at, " ", *units)
	cmd, err := child(t, serverVariable, value)
	if err != nil {
		t.Fatal(err)
	}
	kills := 0
	whileWorking(t, "nats://"+at, 3, func(ctx context.Context) error {
		_ = sleep(ctx, 400*time.Millisecond)
		kill(cmd)
		kills++
		next, err := child(t, serverVariable, value)
		if err == nil {
			cmd = next
		}
		return err
	})
	kill(cmd)
	exactlyOnce(t, newServer(t, killConfig(store, *units)))
	t.Log(kills, "kills")
}

// TestKillWorkers: workers are killed -9 while they work, others come; in the end
// every unit is done.
func TestKillWorkers(t *testing.T) {
	e := embed(t, EmbedOptions{})
	ps := newServer(t, killConfig("", *units))
	serve(t, connect(t, e), Place{Job: "job"}, ps)
	kills := 0
	whileWorking(t, e.URL(), 1, func(ctx context.Context) error {
		kills++
		cmd, err := child(t, workerVariable, fmt.Sprint(e.URL(), " victim", kills))
		if err == nil {
			_ = sleep(ctx, 100*time.Millisecond)
			kill(cmd)
		}
		return err
	})
	exactlyOnce(t, ps)
	t.Log(kills, "kills,", ps.Stats().Lost, "pulls lost")
}

// TestPauseWorker: a worker is paused for longer than the lease. Another does its
// work; it comes back and goes on.
func TestPauseWorker(t *testing.T) {
	e := embed(t, EmbedOptions{})
	ps := newServer(t, killConfig("", *units))
	serve(t, connect(t, e), Place{Job: "job"}, ps)
	cmd, err := child(t, workerVariable, e.URL()+" sleeper")
	if err != nil {
		t.Fatal(err)
	}
	whileWorking(t, e.URL(), 1, func(ctx context.Context) error {
		_ = sleep(ctx, 100*time.Millisecond)
		_ = cmd.Process.Signal(syscall.SIGSTOP) // where it has ended all is done
		_ = sleep(ctx, 700*time.Millisecond)
		_ = cmd.Process.Signal(syscall.SIGCONT)
		return nil
	})
	exactlyOnce(t, ps)
	stats := ps.Stats()
	if stats.Lost == 0 || stats.Workers["sleeper"] == 0 {
		t.Errorf("%+v", stats)
	}
}
