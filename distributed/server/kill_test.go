package server

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/internal/journal"
	"github.com/descent-go/descent/optim"
)

// childVariable has the store of a server that is to be killed.
const childVariable = "DESCENT_SERVER_TEST_STORE"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childVariable); dir != "" {
		fmt.Println(serve(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// killConfig is that of the server which is killed. Units never end.
func killConfig(dir string) Config {
	return Config{Rule: optim.DCASGD, Tensors: small(), Store: dir, MaxDelay: -1, Work: 1 << 30, SnapshotEvery: 4 * time.Millisecond}
}

// serve has eight workers push, each gradient of its own unit, and says what is
// acknowledged, until the process is killed.
func serve(dir string) error {
	s, err := New(killConfig(dir))
	if err != nil {
		return err
	}
	fmt.Println("serves")
	failed := make(chan error)
	life := time.Now().UnixNano()
	for i := range 8 {
		go func() {
			name := fmt.Sprint(life, "-", i)
			for seq := uint64(1); ; seq++ {
				ticket, err := s.Pull(ctx, name, seq, small())
				if err != nil {
					failed <- err
					return
				}
				ack, err := s.Push(ctx, name, seq, gradientOf(ticket.Work))
				if err != nil || ack.Again {
					failed <- fmt.Errorf("%+v: %w", ack, errors.Join(err))
					return
				}
				_, _ = os.Stdout.WriteString(fmt.Sprintln("ack", ticket.Work, ack.Version, name, seq))
			}
		}()
	}
	return <-failed
}

// gradientOf is that of a unit.
func gradientOf(unit int) []distributed.Tensor {
	return []distributed.Tensor{{Name: "w", Shape: []int{1}, Data: []float32{float32(unit%17) - 8}}}
}

// acknowledged is a push of which the server has said that it is applied.
type acknowledged struct {
	unit    int
	version uint64
	worker  string
	seq     uint64
}

// TestKill kills a server under load again and again. After each time every
// acknowledged push is there, once and as the update that it was said to be; each
// unit is done once; and the weights are those that the log's pushes give one after
// the other, from the first on.
func TestKill(t *testing.T) {
	kills := 100
	if testing.Short() {
		kills = 10
	}
	dir := filepath.Join(t.TempDir(), "store")
	witness := newTestCore(t, Config{Rule: optim.DCASGD, Tensors: small(), MaxDelay: -1, Work: 1 << 30})
	seen := map[uint64]*Weights{0: witness.Weights()}
	units := map[int]uint64{} // the update of each
	total, snapshots := 0, 0
	for kill := range kills {
		all := killed(t, dir)
		from := witness.Updates()
		replayLog(t, dir, witness, seen, units)
		for _, a := range all {
			if units[a.unit] != a.version {
				t.Fatalf("kill %d: acknowledged as update %d: %+v; the log has it as %d", kill, a.version, a, units[a.unit])
			}
		}
		if total += len(all); uint64(len(all)) > witness.Updates()-from {
			t.Fatalf("kill %d: %d pushes acknowledged, %d are in the log", kill, len(all), witness.Updates()-from)
		}
		stored, err := filepath.Glob(filepath.Join(dir, "*.snapshot"))
		if err != nil {
			t.Fatal(err)
		}
		snapshots += len(stored) - 1
		if kill%10 > 0 {
			continue
		}
		sameAsWitness(t, dir, witness, all)
	}
	t.Logf("%d kills, %d pushes acknowledged, %d in the log, %d later snapshots", kills, total, witness.Updates(), snapshots)
	if total < 10*kills || snapshots == 0 {
		t.Error("that is too little to mean anything")
	}
}

// sameAsWitness starts a server on a copy of the store.
func sameAsWitness(t *testing.T, dir string, witness *Core, all []acknowledged) {
	t.Helper()
	s := newTestServer(t, killConfig(copyStore(t, dir)))
	got, want := small(), small()
	if _, err := s.Copy(got); err != nil {
		t.Fatal(err)
	}
	if _, err := witness.Copy(want); err != nil {
		t.Fatal(err)
	}
	if !same(got, want) || s.Updates() != witness.Updates() {
		t.Fatalf("%v after %d updates; the log's pushes give %v after %d", got[0].Data, s.Updates(), want[0].Data, witness.Updates())
	}
	last := map[string]acknowledged{}
	for _, a := range all {
		last[a.worker] = a
	}
	for _, a := range last { // the worker may not have heard of it
		ack, err := s.Push(ctx, a.worker, a.seq, gradientOf(a.unit))
		if err != nil && !errors.Is(err, distributed.ErrExpired) || err == nil && (!ack.Again || ack.Version < a.version) {
			t.Errorf("pushed again: %+v, %v; it was acknowledged as %d", ack, err, a.version)
		}
	}
}

// replayLog applies what the log has, one push after the other. The witness begins
// with no snapshot, and all earlier weights are kept for it.
func replayLog(t *testing.T, dir string, witness *Core, seen map[uint64]*Weights, units map[int]uint64) {
	t.Helper()
	log, err := journal.Open(copyStore(t, dir), journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	room := make([][]float32, len(witness.tensors))
	err = log.Replay(witness.Updates(), func(n uint64, b []byte) error {
		r, err := witness.readRecord(b, room)
		if err != nil {
			return err
		}
		if units[r.unit] != 0 {
			t.Fatalf("unit %d is in the log twice", r.unit)
		}
		if !slices.Equal(r.grads[0].Data, gradientOf(r.unit)[0].Data) {
			t.Fatalf("unit %d has the gradient %v", r.unit, r.grads[0].Data)
		}
		if err := witness.redo(r, seen[r.version]); err != nil {
			return err
		}
		units[r.unit] = n + 1
		seen[n+1] = witness.Weights()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// killed starts a server, kills it and returns what it has acknowledged.
func killed(t *testing.T, dir string) (all []acknowledged) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childVariable+"="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(out)
	if line, err := in.ReadString('\n'); err != nil || line != "serves\n" {
		t.Fatalf("the server says %q, %v", line, err)
	}
	var reading sync.WaitGroup
	reading.Go(func() {
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				return // the last line may be torn
			}
			var a acknowledged
			if _, err := fmt.Sscanf(line, "ack %d %d %s %d\n", &a.unit, &a.version, &a.worker, &a.seq); err != nil {
				t.Errorf("the server says %s", strings.TrimSpace(line))
			}
			all = append(all, a)
		}
	})
	time.Sleep(time.Duration(rand.Int64N(int64(60 * time.Millisecond))))
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	reading.Wait()
	_ = child.Wait() // it was killed
	return all
}
