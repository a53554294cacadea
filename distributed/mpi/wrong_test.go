//go:build mpi

package mpi

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/descent-go/descent/distributed"
)

// fails is what a scene expects: an error with a text.
func fails(err error, text string) error {
	if err == nil || !strings.Contains(err.Error(), text) {
		return fmt.Errorf("the error is %v, expected %q", err, text)
	}
	return nil
}

func TestWrongUse(t *testing.T) { succeeds(t, "wrong use", 1, 2) }

func init() {
	scenes["wrong use"] = func(c distributed.Collective) error {
		_, again := Open()
		parts := make([][]byte, c.Size())
		own := make([][]byte, c.Size())
		own[c.Rank()] = []byte{1}
		wrong := errors.Join(
			fails(again, "once"),
			fails(c.Start(nil, parts).Wait(), "0 parts to send"),
			fails(c.Start(parts, append(parts, nil)).Wait(), fmt.Sprintf("%d to receive", c.Size()+1)),
			fails(c.Start(own, parts).Wait(), "1 bytes to itself and receives 0"))
		if err := step(c); err != nil { // nothing is spoiled
			return err
		}
		return errors.Join(wrong, c.Close(), c.Close(), fails(distributed.Barrier(c), "closed"))
	}
}

func TestLengths(t *testing.T) {
	for _, scene := range []string{"too long", "too short"} {
		says(t, breaks(t, scene, 2), "rank 0: distributed: rank 1: ")
	}
}

// Rank 1 sends another number of bytes than rank 0 expects.
func init() {
	for scene, n := range map[string]int{"too long": 20, "too short": 5} {
		scenes[scene] = func(c distributed.Collective) error {
			send, recv := make([][]byte, 2), make([][]byte, 2)
			send[0], recv[1] = make([]byte, n), make([]byte, 10)
			if c.Rank() == 0 {
				send[0] = nil
				return c.Start(send, recv).Wait()
			}
			return c.Start(send, make([][]byte, 2)).Wait()
		}
	}
}

func TestCloseUnderWay(t *testing.T) {
	says(t, breaks(t, "close under way", 2), "rank 1: it was closed while an exchange was under way")
}

// Rank 1 closes before rank 0 has sent what it waits for.
func init() {
	scenes["close under way"] = func(c distributed.Collective) error {
		send, recv := make([][]byte, 2), make([][]byte, 2)
		other := 1 - c.Rank()
		send[other], recv[other] = make([]byte, 1<<20), make([]byte, 1<<20)
		if c.Rank() == 0 {
			if err := distributed.Barrier(c); err != nil {
				return err
			}
			return c.Start(send, recv).Wait()
		}
		if err := distributed.Barrier(c); err != nil {
			return err
		}
		p := c.Start(send, recv)
		c.Close()
		return p.Wait()
	}
}
