package serve

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/descent-go/descent/internal/journal"
	"github.com/descent-go/descent/online"
)

// childStore is set where the test's program is to be a service.
const childStore = "DESCENT_SERVE_TEST_STORE"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childStore); dir != "" {
		if err := child(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// child is a service that prints where it listens, until SIGTERM.
func child(dir string) error {
	l, err := startOfChild()
	if err != nil {
		return err
	}
	s, err := Open(dir, l, Options{SnapshotExamples: 100})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	fmt.Println(listener.Addr())
	if err := s.Serve(ctx, listener); err != nil {
		return err
	}
	return s.Close()
}

// startOfChild is the model that the child's store begins with.
func startOfChild() (*online.Learner, error) {
	return online.New(online.DefaultVW(), online.Options{Bits: 10, Names: true})
}

// startChild starts a child on a store.
func startChild(t *testing.T, dir string) (cmd *exec.Cmd, address string) {
	t.Helper()
	cmd = exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childStore+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // has ended, but after a failure
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return cmd, strings.TrimSpace(line)
}

// ack is an example that a service says it has learned.
type ack struct {
	record uint64
	text   string
	value  float64
}

// acks are those of all clients.
type acks struct {
	mu  sync.Mutex
	all []ack
}

// teach learns examples, two a request, until the service is gone.
func (a *acks) teach(address, name string) {
	for i := 0; ; i++ {
		texts := []string{fmt.Sprintf("%d |a %s x:%d.5\n", i%3, name, i%7), fmt.Sprintf("0.5 |a %s |b y%d\n", name, i%11)}
		res, err := http.Post("http://"+address+"/learn", "text/plain", strings.NewReader(texts[0]+texts[1]))
		if err != nil {
			return
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		var r response
		if err != nil || res.StatusCode != 200 || json.Unmarshal(body, &r) != nil {
			return
		}
		a.mu.Lock()
		for j, p := range r.Predictions {
			a.all = append(a.all, ack{*p.Record, texts[j], *p.Value})
		}
		a.mu.Unlock()
	}
}

// inLog reads the texts in the log of a store from a record on.
func inLog(t *testing.T, dir string, from int) (texts []string) {
	t.Helper()
	log, err := journal.Open(dir, journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = log.Replay(uint64(from), func(_ uint64, record []byte) error {
		texts = append(texts, string(record[2:]))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	return texts
}

// Killed again and again under load, a service has all that it has
// acknowledged, once, where it said, and predicts as one that was never killed.
func TestKill(t *testing.T) {
	kills := 100
	if testing.Short() {
		kills = 5
	}
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(1, 2))
	var texts []string
	var acknowledged []ack
	for kill := range kills {
		cmd, address := startChild(t, dir)
		var a acks
		var clients sync.WaitGroup
		for i := range 6 {
			clients.Go(func() { a.teach(address, fmt.Sprintf("k%d_%d", kill, i)) })
		}
		time.Sleep(time.Duration(20+random.IntN(150)) * time.Millisecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed
		clients.Wait()
		texts = append(texts, inLog(t, dir, len(texts))...)
		for _, x := range a.all {
			if x.record >= uint64(len(texts)) || texts[x.record] != x.text {
				t.Fatalf("kill %d: record %d of %d is not %q", kill, x.record, len(texts), x.text)
			}
		}
		acknowledged = append(acknowledged, a.all...)
	}
	sameAsNeverKilled(t, dir, texts, acknowledged)
	t.Logf("%d kills, %d examples acknowledged, %d in the log", kills, len(acknowledged), len(texts))
	if len(acknowledged) < 10*kills {
		t.Errorf("only %d acknowledged", len(acknowledged))
	}
}

func sameAsNeverKilled(t *testing.T, dir string, texts []string, acknowledged []ack) {
	t.Helper()
	l, err := startOfChild()
	if err != nil {
		t.Fatal(err)
	}
	b := newBatch(l, &Options{LineBytes: 1 << 20})
	var values []float32
	for _, text := range texts {
		x, err := b.read([]byte("\x01v" + text))
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, l.Learn(x).Value)
	}
	for _, x := range acknowledged {
		if values[x.record] != float32(x.value) {
			t.Errorf("record %d was predicted as %g, want %g", x.record, x.value, values[x.record])
		}
	}
	s := open(t, dir, nil, Options{})
	if !bytes.Equal(model(t, s.learner), model(t, l)) {
		t.Error("the model is not that of a learner that was never killed")
	}
}

// After SIGTERM a service has made a snapshot of everything.
func TestTerm(t *testing.T) {
	dir := t.TempDir()
	cmd, address := startChild(t, dir)
	var a acks
	var clients sync.WaitGroup
	for i := range 4 {
		clients.Go(func() { a.teach(address, fmt.Sprint("t", i)) })
	}
	time.Sleep(100 * time.Millisecond)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Skip("there is no such signal here: ", err)
	}
	clients.Wait()
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir, nil, Options{})
	if n, _, _ := s.log.Latest(); n != s.log.Next() || n < uint64(len(a.all)) || n == 0 {
		t.Errorf("snapshot at %d of %d records, %d acknowledged", n, s.log.Next(), len(a.all))
	}
}
