//go:build mpi

package mpi

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/descent-go/descent/distributed"
)

// step is an exchange as a training makes one after the other.
func step(c distributed.Collective) error {
	return distributed.AllReduce(c, make([]float32, 100_000), distributed.Mean)
}

// lost is what a scene expects: that the error is of a rank, with a text.
func lost(err error, rank int, text string) error {
	var r *distributed.RankError
	if !errors.As(err, &r) || r.Rank != rank || !strings.Contains(r.Error(), text) {
		return fmt.Errorf("the error is %w, expected one of rank %d with %q", err, rank, text)
	}
	return nil
}

func TestAbort(t *testing.T) {
	out := breaks(t, "abort", 3)
	if n := strings.Count(out, "knows"); n != 3 {
		t.Errorf("%d of 3 ranks know why:\n%s", n, out)
	}
}

// Rank 1 aborts while the others wait for it.
func init() {
	scenes["abort"] = func(c distributed.Collective) error {
		err := step(c)
		if c.Rank() == 1 {
			c.Abort(errors.New("the loss is NaN"))
		}
		if err == nil {
			err = step(c)
		}
		if err := lost(err, 1, "the loss is NaN"); err != nil {
			return err
		}
		if err := lost(step(c), 1, "the loss is NaN"); err != nil { // for good
			return err
		}
		fmt.Println("rank", c.Rank(), "knows")
		c.Close()
		os.Exit(7)
		return nil
	}
}

func TestLeave(t *testing.T) { succeeds(t, "leave", 3) }

// Rank 1 leaves when its work is done. What it has sent still comes, and without it
// the others may go on.
func init() {
	scenes["leave"] = func(c distributed.Collective) error {
		if c.Rank() == 2 {
			time.Sleep(200 * time.Millisecond) // rank 0 hears meanwhile that rank 1 has left
		}
		err := errors.Join(pass(c, 2, 0), pass(c, 1, 0))
		if c.Rank() == 1 {
			return err
		}
		return errors.Join(err, pass(c, 2, 0))
	}
}

// pass is an exchange in which one rank gives another a byte.
func pass(c distributed.Collective, from, to int) error {
	send, recv := make([][]byte, c.Size()), make([][]byte, c.Size())
	switch c.Rank() {
	case from:
		send[to] = []byte{1}
	case to:
		recv[from] = []byte{0}
	}
	return c.Start(send, recv).Wait()
}

func TestHearsay(t *testing.T) {
	says(t, breaks(t, "hearsay", 3), "rank 1: distributed: rank 2: it has left")
}

// Rank 1 waits for rank 0, which fails since rank 2 has left.
func init() {
	scenes["hearsay"] = func(c distributed.Collective) error {
		if c.Rank() == 2 {
			return nil
		}
		return errors.Join(pass(c, 2, 0), pass(c, 0, 1))
	}
}

func TestLeaveEarly(t *testing.T) {
	says(t, breaks(t, "leave early", 3), "rank 2: it has left")
}

func init() {
	scenes["leave early"] = func(c distributed.Collective) error {
		if c.Rank() == 2 {
			return nil
		}
		return step(c)
	}
}

func TestKilled(t *testing.T) {
	begin := time.Now()
	out, exit := stage(t, 3, "killed")
	if exit == 0 || time.Since(begin) > time.Minute {
		t.Errorf("exit code %d after %v:\n%s", exit, time.Since(begin), out)
	}
	says(t, out, "ignal 9")
	if os.Getenv("MPIRUN") == "" { // MPICH's does not name the rank
		says(t, out, "process rank 1")
	}
}

// Rank 1 is killed, the others wait for it without end.
func init() {
	scenes["killed"] = func(c distributed.Collective) error {
		for {
			if c.Rank() == 1 {
				syscall.Kill(os.Getpid(), syscall.SIGKILL)
			}
			if err := step(c); err != nil {
				return err
			}
		}
	}
}

func TestPatience(t *testing.T) {
	says(t, breaks(t, "patience", 3), "rank 1: nothing came from it for 1s")
}

// Rank 1 stops, as a machine does that is suspended.
func init() {
	scenes["patience"] = func(c distributed.Collective) error {
		if err := step(c); err != nil {
			return err
		}
		if c.Rank() == 1 {
			syscall.Kill(os.Getpid(), syscall.SIGSTOP)
		}
		return step(c)
	}
}
