package nats

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

var netns = flag.Bool("netns", false, "cut a real network, between network namespaces; for root")

// namespaces makes two network namespaces that a cable joins, with the addresses
// 10.217.0.1 and 10.217.0.2 at its ends, and tells their names.
func namespaces(t *testing.T) (near, far string) {
	near, far = fmt.Sprint("descent-near-", os.Getpid()), fmt.Sprint("descent-far-", os.Getpid())
	for i, name := range []string{near, far} {
		ip(t, "netns add "+name)
		t.Cleanup(func() { ip(t, "netns del "+name) })
		if i == 1 {
			ip(t, "-n "+near+" link add cable type veth peer name cable netns "+far)
		}
	}
	for i, name := range []string{near, far} {
		ip(t, fmt.Sprintf("-n %s addr add 10.217.0.%d/24 dev cable", name, i+1))
		ip(t, "-n "+name+" link set cable up")
		ip(t, "-n "+name+" link set lo up")
	}
	return near, far
}

// ip runs the command of that name.
func ip(t *testing.T, words string) {
	t.Helper()
	if out, err := exec.Command("ip", strings.Fields(words)...).CombinedOutput(); err != nil {
		t.Fatalf("ip %s: %v: %s", words, err, out)
	}
}

// TestNetworkCut: the cable between the server and two of its three workers is
// cut again and again, for three times as long as their lease. Each time their
// work goes to the third; each time they come back. Every unit is done once.
//
//	go test ./distributed/nats -run NetworkCut -args -netns -faults 20 -units 1500
func TestNetworkCut(t *testing.T) {
	if !*netns {
		t.Skip("without -netns")
	}
	near, far := namespaces(t)
	in := func(namespace string) *exec.Cmd { return exec.Command("ip", "netns", "exec", namespace, os.Args[0]) }
	store := t.TempDir()
	var lost strings.Builder
	server := in(near)
	server.Stderr = &lost
	if err := be(t, server, serverVariable, fmt.Sprint(store, " 10.217.0.1:4222 ", *units)); err != nil {
		t.Fatal(err)
	}
	workers := []*exec.Cmd{in(near), in(far), in(far)}
	for i, w := range workers {
		if err := be(t, w, workerVariable, fmt.Sprint("nats://10.217.0.1:4222 worker", i)); err != nil {
			t.Fatal(err)
		}
	}
	over := make(chan error, 1)
	go func() { over <- server.Wait() }()
	cuts := 0
	for ended := false; !ended; {
		select {
		case err := <-over:
			if err != nil {
				t.Fatal(err)
			}
			ended = true
		case <-time.After(500 * time.Millisecond):
			if cuts < *faults {
				ip(t, "-n "+far+" link set cable down")
				time.Sleep(1500 * time.Millisecond)
				ip(t, "-n "+far+" link set cable up")
				cuts++
			}
		}
	}
	for _, w := range workers {
		if err := w.Wait(); err != nil {
			t.Error(err)
		}
	}
	exactlyOnce(t, newServer(t, killConfig(store, *units)))
	if n, err := strconv.Atoi(lost.String()); err != nil || n == 0 {
		t.Errorf("%d cuts, but %q pulls were lost, %v", cuts, lost.String(), err)
	}
	t.Log(cuts, "cuts,", lost.String(), "pulls lost")
}
