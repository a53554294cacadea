package serve

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/descent-go/descent/internal/journal"
	"github.com/descent-go/descent/online"
)

// Every refusal is JSON and is counted, those of wrong paths, methods and
// origins too.
func TestRefusalsAreJSON(t *testing.T) {
	c := serving(t, open(t, t.TempDir(), newLearner(t, online.Options{}), Options{}))
	for _, x := range []struct {
		method, path, origin string
		status               int
		allow, reason        string
	}{
		{"GET", "/learn", "", 405, "POST", "method"},
		{"OPTIONS", "/predict", "", 405, "POST", "method"},
		{"DELETE", "/model", "", 405, "GET", "method"},
		{"GET", "/nothing", "", 404, "", "path"},
		{"POST", "/", "", 404, "", "path"},
		{"POST", "/learn", "cross-site", 403, "", "origin"},
	} {
		r := c.ask(x.method, x.path, nil, "Sec-Fetch-Site", x.origin).want(t, x.status)
		if r.Error == "" || r.header.Get("Allow") != x.allow {
			t.Errorf("%s %s: %q, Allow %q", x.method, x.path, r.body, r.header.Get("Allow"))
		}
		got := c.ask("GET", "/metrics", nil).want(t, 200).body
		if !strings.Contains(got, fmt.Sprintf("descent_refused_total{reason=%q}", x.reason)) {
			t.Errorf("%s %s is not counted", x.method, x.path)
		}
	}
	if got := c.ask("GET", "/metrics", nil).want(t, 200).body; !strings.Contains(got, `descent_requests_total{code="405",path="/learn"} 1`) {
		t.Error("no count of path and status")
	}
	head := c.ask("HEAD", "/model", nil).want(t, 200)
	if head.body != "" || head.header.Get("Content-Type") != "application/json" {
		t.Errorf("HEAD: %q, %v", head.body, head.header)
	}
}

// A refusal says what is wrong, and nothing of what a reader of files does then.
func TestMistakes(t *testing.T) {
	c := serving(t, open(t, t.TempDir(), newLearner(t, online.Options{}), Options{}))
	for _, body := range []string{"nan |a b", "1 |a b:inf", "1 |a:x b", "1 |a:inf b"} {
		if r := c.vw("/learn", body); r.status != 400 || strings.HasSuffix(r.Error, "taken") || strings.HasSuffix(r.Error, "left out") {
			t.Errorf("%s: status %d, %s", body, r.status, r.body)
		}
	}
}

// Many examples that are each small enough, but have many interactions, are
// refused together.
func TestManyFeatures(t *testing.T) {
	l := newLearner(t, online.Options{Features: online.Features{Interactions: []string{"::"}}})
	c := serving(t, open(t, t.TempDir(), l, Options{Features: 100}))
	line := "1 |a b c d e f g h i j\n" // 55 and a few features
	c.vw("/predict", strings.Repeat(line, 8)).want(t, 200)
	if r := c.vw("/learn", strings.Repeat(line, 20)).want(t, 413); !strings.Contains(r.Error, "more than 1000 features in a request") || r.Line < 10 {
		t.Errorf("it says %s", r.body)
	}
	c.vw("/learn", strings.Repeat(line, 8)).want(t, 200)
}

// A limit as good as none refuses nothing.
func TestUnlimitedFeatures(t *testing.T) {
	c := serving(t, open(t, t.TempDir(), newLearner(t, online.Options{}), Options{Features: math.MaxInt32}))
	c.vw("/learn", click(1)).want(t, 200)
}

// A batch that has had large examples is not kept, whatever it has now.
func TestLargeBatch(t *testing.T) {
	b := newBatch(newLearner(t, online.Options{}), &Options{LineBytes: 1 << 20, Features: 100_000, Examples: 1000})
	for _, body := range []string{"|a" + strings.Repeat(" b", 50_000), strings.Repeat("|a b\n", 100)} {
		b.reset()
		b.body.WriteString(body)
		if why := b.parse(vwText); why != nil {
			t.Fatal(why.Text)
		}
	}
	if !b.large() {
		t.Errorf("a batch of %d examples, the largest of %d features, is kept", cap(b.examples), b.largest)
	}
}

// A model that only predicts acknowledges nothing that it does not learn.
func TestPredictOnly(t *testing.T) {
	l := plain(t, newLearner(t, online.Options{}), clicks(0, 50)...).Freeze()
	s := open(t, t.TempDir(), l, Options{})
	c := serving(t, s)
	c.vw("/predict", click(1)).want(t, 200)
	if r := c.vw("/learn", click(1)).want(t, 409); !strings.Contains(r.Error, "only predicts") {
		t.Errorf("it says %s", r.body)
	}
	if r := c.ask("GET", "/healthz", nil).want(t, 200); !strings.Contains(r.body, `"learning":false`) {
		t.Errorf("it says %s", r.body)
	}
	if s.log.Next() != 0 {
		t.Error("it is in the log")
	}
}

// What would ruin the model is not learned, the answer says so, and predictions
// and the average stay numbers, after a restart too.
func TestTooLarge(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, newLearner(t, online.Options{}), Options{})
	c := serving(t, s)
	c.vw("/learn", click(1)).want(t, 200)
	sums := s.sums
	for _, body := range []string{"1 1e20 |ad a1", "1 |ad a1:1e20", "1 3e38 |ad a1:3e38"} {
		if r := c.vw("/learn", body).want(t, 200); !strings.Contains(r.body, `"skipped":true,"record":`) {
			t.Errorf("%s: the answer is %s", body, r.body)
		}
	}
	check := func(c *client, s *Service) {
		t.Helper()
		if p := c.vw("/predict", "|ad a1").want(t, 200).Predictions; p[0].Raw == nil {
			t.Error("the prediction is no number")
		}
		if s.sums != sums {
			t.Errorf("the sums are %v, before %v", s.sums, sums)
		}
	}
	check(c, s)
	if got := c.ask("GET", "/metrics", nil).want(t, 200).body; !strings.Contains(got, "\ndescent_skipped_total 3\n") {
		t.Error("it is not counted")
	}
	before := model(t, s.learner)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, dir, nil, Options{})
	check(serving(t, again), again)
	if !bytes.Equal(before, model(t, again.learner)) {
		t.Error("it is another model after a restart")
	}
}

// While the disk keeps a group waiting, everything but learning goes on.
func TestPredictDuringSync(t *testing.T) {
	s := open(t, t.TempDir(), newLearner(t, online.Options{}), Options{})
	disk := &syncing{s.log, make(chan struct{}), make(chan struct{})}
	s.log = disk
	c := serving(t, s)
	learned := make(chan int)
	for i := range 2 {
		go func() { learned <- c.vw("/learn", click(i)).status }()
	}
	<-disk.begun
	waitFor(t, "the other request", func() bool { return s.queued.Load() >= int64(len(click(0)+click(1))) })
	for range 20 {
		c.vw("/predict", click(1)).want(t, 200)
	}
	for _, path := range []string{"/healthz", "/live", "/metrics", "/"} {
		c.ask("GET", path, nil).want(t, 200)
	}
	select {
	case <-learned:
		t.Error("it was acknowledged before it was on disk")
	default:
	}
	close(disk.end)
	for range 2 {
		if status := <-learned; status != 200 {
			t.Errorf("status %d", status)
		}
	}
}

// syncing is a log whose first group takes as long as the test wants to come to
// disk.
type syncing struct {
	logbook
	begun, end chan struct{}
}

func (l *syncing) Append(records [][]byte, apply func(uint64)) (uint64, error) {
	return l.logbook.Append(records, func(first uint64) {
		if first == 0 {
			close(l.begun)
			<-l.end
		}
		apply(first)
	})
}

// The beginning and the end of a full disk are told, once each.
func TestTroubleIsTold(t *testing.T) {
	var out bytes.Buffer
	s := open(t, t.TempDir(), newLearner(t, online.Options{}), Options{Log: slog.New(slog.NewTextHandler(&out, nil))})
	disk := &failing{logbook: s.log, err: journal.ErrFull}
	s.log = disk
	c := serving(t, s)
	for range 3 {
		if r := c.vw("/learn", click(1)).want(t, 507); r.header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	}
	disk.err = nil
	for range 3 {
		c.vw("/learn", click(1)).want(t, 200)
	}
	if text := out.String(); strings.Count(text, "learning is refused") != 1 || strings.Count(text, "learning goes on") != 1 {
		t.Errorf("the log is %s", text)
	}
}

// snapless is a log that makes no snapshots.
type snapless struct {
	logbook
	tries atomic.Int32
}

func (l *snapless) Snapshot(uint64, writing) error {
	l.tries.Add(1)
	return journal.ErrFull
}

// A snapshot that fails is not tried again with every example: learning waits
// for it.
func TestSnapshotFails(t *testing.T) {
	s := open(t, t.TempDir(), newLearner(t, online.Options{}), Options{SnapshotExamples: 1})
	inner := s.log
	disk := &snapless{logbook: inner}
	s.log = disk
	s.retry = 300 * time.Millisecond
	c := serving(t, s)
	start := time.Now()
	for i := range 30 {
		c.vw("/learn", click(i)).want(t, 200)
	}
	waitFor(t, "another try", func() bool { return disk.tries.Load() > 1 })
	if n, most := disk.tries.Load(), 1+int32(time.Since(start)/s.retry); n > most {
		t.Errorf("%d tries, at most %d in that time", n, most)
	}
	close(s.stop)
	s.stopped.Wait()
	s.stop, s.log = make(chan struct{}), inner // for the snapshot of Close
}

// A connection has one request at a time, with TLS too.
func TestOneRequestAConnection(t *testing.T) {
	made := httptest.NewUnstartedServer(nil)
	made.StartTLS()
	defer made.Close()
	s := open(t, t.TempDir(), newLearner(t, online.Options{}), Options{TLS: &tls.Config{Certificates: made.TLS.Certificates}})
	address, _ := listening(t, s)
	made.Client().Transport.(*http.Transport).ForceAttemptHTTP2 = true
	res, err := made.Client().Get("https://" + address + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err != nil || !json.Valid(body) || res.ProtoMajor != 1 {
		t.Errorf("%s: %s, %v", res.Proto, body, err)
	}
}
