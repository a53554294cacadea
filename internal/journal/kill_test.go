package journal

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"fmt"
	"hash/crc64"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const childVariable = "DESCENT_JOURNAL_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childVariable); dir != "" {
		fmt.Println(learn(dir, time.Now().UnixNano()))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

var killOptions = Options{SegmentBytes: 200_000}

// digest stands for a record in what the learner says.
func digest(r []byte) string { return fmt.Sprintf("%x", sha256.Sum256(r)) }

// A learned is what a learner knows: a checksum of all records in order.
type learned uint64

var table = crc64.MakeTable(crc64.ECMA)

func (l *learned) learn(digest string) {
	*l = learned(crc64.Update(uint64(*l), table, []byte(digest)))
}

// restore gives what a learner knows that starts now.
func restore(l *Log) (state learned, err error) {
	n, path, ok := l.Latest()
	if ok {
		content, err := os.ReadFile(path)
		if err != nil {
			return 0, err
		}
		if _, err := fmt.Sscan(string(content), &state); err != nil {
			return 0, err
		}
	}
	err = l.Replay(n, func(_ uint64, r []byte) error {
		state.learn(digest(r))
		return nil
	})
	return state, err
}

// learn appends from eight goroutines, makes snapshots, and says what is on disk, until
// the process is killed. Some records are so long that a kill can tear them.
func learn(dir string, name int64) error {
	l, err := Open(dir, killOptions)
	if err != nil {
		return err
	}
	state, err := restore(l) // then guarded by l
	if err != nil {
		return err
	}
	failed := make(chan error)
	for g := range 8 {
		go func() {
			for i := 0; ; i++ {
				batch := make([][]byte, 1+i%3)
				for j := range batch {
					batch[j] = fmt.Appendf(nil, "%d.%d.%d.%d ", name, g, i, j)
				}
				if i%20 == 10 {
					batch[0] = bytes.Repeat(batch[0], 1+rand.IntN(60_000))
				}
				_, err := l.Append(batch, func(first uint64) {
					for j, r := range batch {
						state.learn(digest(r))
						_, _ = os.Stdout.WriteString(fmt.Sprintln("ack", first+uint64(j), digest(r)))
					}
				})
				if err != nil {
					failed <- err
				}
			}
		}()
	}
	go func() {
		for {
			time.Sleep(3 * time.Millisecond)
			var now learned
			n, err := l.Append(nil, func(uint64) { now = state })
			if err == nil {
				err = l.Snapshot(n, func(w io.Writer) error { _, err := fmt.Fprintln(w, now); return err })
			}
			if err != nil {
				failed <- err
			}
		}
	}()
	return <-failed
}

// TestKill kills such a process again and again. After each time every acknowledged
// record is there, whole, once and at its number, what was there before is unchanged,
// and snapshot and log together give what all records in order do.
func TestKill(t *testing.T) {
	lives := 100
	if testing.Short() {
		lives = 10
	}
	dir := t.TempDir()
	var known []string // digests by number, of all lives
	torn, snapshots := 0, uint64(0)
	for life := range lives {
		acknowledged := kill(t, dir, life%2 == 0)
		l := open(t, dir, killOptions)
		torn += len(l.Notes())
		if n, _, _ := l.Latest(); n > snapshots {
			snapshots = n
		}
		known = gather(t, l, known)
		for n, want := range acknowledged {
			if n >= uint64(len(known)) || known[n] != "" && known[n] != want {
				t.Fatalf("life %d: acknowledged record %d is lost; the log ends at %d", life, n, l.Next())
			}
			known[n] = want
		}
		if i := slices.Index(known, ""); i >= 0 {
			t.Fatalf("life %d: record %d is neither in the log nor acknowledged", life, i)
		}
		var want learned
		for _, record := range known {
			want.learn(record)
		}
		if got, err := restore(l); err != nil || got != want {
			t.Fatalf("life %d: restored to %d, %v; want %d", life, got, err, want)
		}
		closeLog(t, l)
	}
	t.Logf("%d records in %d lives, %d ends torn, %d records in the last snapshot", len(known), lives, torn, snapshots)
	if snapshots == 0 {
		t.Error("no snapshot was made")
	}
	slices.Sort(known)
	if len(slices.Compact(known)) != len(known) {
		t.Error("records are there twice")
	}
}

// gather reads what is in the log; what is known does not change.
func gather(t *testing.T, l *Log, known []string) []string {
	t.Helper()
	end := l.Next()
	if end < uint64(len(known)) {
		t.Fatalf("the log ends at %d, and %d records were there", end, len(known))
	}
	known = append(known, make([]string, end-uint64(len(known)))...)
	err := l.Replay(l.segments[0], func(n uint64, r []byte) error {
		if known[n] != "" && known[n] != digest(r) {
			t.Fatalf("record %d has changed, it is %.40q", n, r)
		}
		known[n] = digest(r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return known
}

// kill starts a learner, kills it, at once or after its first word, and returns what it
// acknowledged.
func kill(t *testing.T, dir string, wait bool) map[uint64]string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(exe)
	child.Env = append(os.Environ(), childVariable+"="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(out)
	if wait {
		_, _ = in.Peek(1)
	}
	acknowledged := make(map[uint64]string)
	var reading sync.WaitGroup
	reading.Go(func() {
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				return // the last line may be torn
			}
			var n uint64
			var digest string
			if _, err := fmt.Sscanf(line, "ack %d %s\n", &n, &digest); err != nil {
				t.Errorf("the learner says %s", strings.TrimSpace(line))
			} else if acknowledged[n] != "" {
				t.Errorf("record %d was acknowledged twice", n)
			}
			acknowledged[n] = digest
		}
	})
	time.Sleep(time.Duration(rand.Int64N(int64(50 * time.Millisecond))))
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	reading.Wait()
	_ = child.Wait()
	return acknowledged
}
