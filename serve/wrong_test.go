package serve

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/descent-go/descent/internal/journal"
	"github.com/descent-go/descent/online"
)

// Wrong bodies are refused as a whole, with the place of the mistake.
func TestMalformed(t *testing.T) {
	l := newLearner(t, online.Options{})
	s := open(t, t.TempDir(), l, Options{LineBytes: 1000, Examples: 20, Features: 50, BodyBytes: 50_000})
	c := serving(t, s)
	before := model(t, l)
	vw, js := "text/plain", "application/json"
	for _, x := range []struct {
		kind, body   string
		status       int
		line, column int
		part         string
	}{
		{vw, "", 400, 0, 0, "no example"},
		{vw, "\n\r\n\n", 400, 0, 0, "no example"},
		{vw, "1 |a b\n1 |a:x b\n", 400, 2, 6, "expected a number as the namespace's weight"},
		{vw, "1 |a b\n1 |a b:inf\n1 |a b", 400, 2, 8, "finite"},
		{vw, "1 |a b\n1 |a b:nan\n1 |a b", 400, 2, 8, "finite"},
		{vw, "1 |a b\n1 |a b:1e39\n1 |a b", 400, 2, 8, "finite"},
		{vw, "1 |a b\ninf |a b", 400, 2, 1, "finite number as label"},
		{vw, "nan |a b", 400, 1, 1, "finite number as label"},
		{vw, "1 inf |a b", 400, 1, 1, "finite number as importance"},
		{vw, "1 -1 |a b", 400, 1, 1, "importance -1"},
		{vw, "1 |a b\n2 |a b", 400, 2, 1, "label 2"},
		{vw, "|a b", 400, 1, 1, "expected a label"},
		{vw, "1 |a b\n1 2 3 4 5 6 |a b", 400, 2, 1, "words"},
		{vw, "1 |a b\n" + strings.Repeat("x", 1001), 413, 2, 1, "at most 1000"},
		{vw, strings.Repeat("1 |a b\n", 21), 413, 21, 1, "more than 20 examples"},
		{vw, "1 |a" + strings.Repeat(" b", 51), 413, 1, 1, "52 features"},
		{vw, strings.Repeat("1 |a b\n", 10_000), 413, 0, 0, "more than 50000 bytes"},
		{js, "", 400, 0, 0, "no example"},
		{js, "[]", 400, 0, 0, "no example"},
		{js, "{", 400, 1, 2, "expected JSON"},
		{js, "[{}", 400, 1, 4, "expected JSON"},
		{js, `[{"_label":1}] {"_label":1}`, 400, 1, 0, "nothing behind the array"},
		{js, `{"_label":1}]`, 400, 1, 13, "expected JSON"},
		{js, `{"_label":1},{"_label":1}`, 400, 1, 13, "expected JSON"},
		{js, "{\"_label\":1}\n{\"_label\":1,\n \"a\":}", 400, 3, 6, "expected JSON"},
		{js, `{"_label":1}` + "\n7", 400, 2, 1, "expected an object"},
		{js, `[{"_label":1},` + "\n" + `  {"_label":1,"a":1e39}]`, 400, 2, 0, "more than a number of 32 bits holds"},
		{js, "{\"_label\":1}\n{\"_label\":1,\n \"a\":1e39}", 400, 3, 0, "more than a number of 32 bits holds"},
		{js, `{"_label":NaN}`, 400, 1, 11, "expected JSON"},
		{js, `{"_label":"inf"}`, 400, 1, 0, "finite number as label"},
		{js, `{"_label":3}`, 400, 1, 1, "label 3"},
		{js, `{"a":3}`, 400, 1, 1, "expected a label"},
		{js, `{"_multi":[]}`, 400, 1, 0, "not supported"},
		{js, `{"_label":1,"a":"` + strings.Repeat("x", 1000) + `"}`, 413, 1, 1, "at most 1000"},
		{js, strings.Repeat("[", 20_000), 400, 1, 0, ""},
		{js, strings.Repeat(`{"a":`, 140) + "1" + strings.Repeat("}", 140), 400, 1, 1, "expected a label"},
		{"", "1 |a b", 415, 0, 0, "expected text/plain"},
		{"text/html", "1 |a b", 415, 0, 0, "expected text/plain"},
		{"application/x-www-form-urlencoded", "1 |a b", 415, 0, 0, "expected text/plain"},
	} {
		r := c.ask("POST", "/learn", strings.NewReader(x.body), "Content-Type", x.kind)
		name := fmt.Sprintf("%.60q", x.body)
		if r.status != x.status || !strings.Contains(r.Error, x.part) || r.Error == "" {
			t.Errorf("%s: status %d, %s", name, r.status, r.body)
		}
		if r.Line != x.line || x.column > 0 && r.Column != x.column {
			t.Errorf("%s: at line %d, column %d, want %d, %d: %s", name, r.Line, r.Column, x.line, x.column, r.Error)
		}
	}
	if s.log.Next() != 0 || !bytes.Equal(before, model(t, l)) {
		t.Error("a wrong body was learned")
	}
	c.vw("/learn", click(1)).want(t, 200)
}

// A few features that would make very many are refused before they are made.
func TestManyInteractions(t *testing.T) {
	l := newLearner(t, online.Options{Features: online.Features{Interactions: []string{":::"}}})
	s := open(t, t.TempDir(), l, Options{})
	c := serving(t, s)
	if r := c.vw("/learn", "1 |a"+strings.Repeat(" b", 1000)).want(t, 413); !strings.Contains(r.Error, "at most 100000") {
		t.Errorf("it says %s", r.body)
	}
	c.vw("/learn", "1 |a b c d").want(t, 200)
}

func TestWrongRequests(t *testing.T) {
	c := serving(t, open(t, t.TempDir(), newLearner(t, online.Options{}), Options{}))
	c.ask("GET", "/learn", nil).want(t, 405)
	c.ask("GET", "/nothing", nil).want(t, 404)
	c.ask("GET", "/debug/pprof/", nil).want(t, 404)
	c.ask("GET", "/live?since=x", nil).want(t, 400)
	c.ask("POST", "/learn", strings.NewReader(click(1)), "Content-Type", "text/plain", "Content-Encoding", "gzip").want(t, 415)
	evil := c.ask("POST", "/learn", strings.NewReader(click(1)), "Content-Type", "text/plain", "Host", "evil.example").want(t, 403)
	if !strings.Contains(evil.Error, "not to evil.example") {
		t.Errorf("it says %s", evil.body)
	}
	c.ask("POST", "/learn", strings.NewReader(click(1)), "Content-Type", "text/plain", "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site").want(t, 403)
	c.ask("POST", "/learn", strings.NewReader(click(1)), "Content-Type", "text/plain", "Origin", c.url, "Sec-Fetch-Site", "same-origin").want(t, 200)
	if r := c.ask("GET", "/", nil).want(t, 200); !strings.Contains(r.header.Get("Content-Security-Policy"), "default-src 'none'") || r.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("headers %v", r.header)
	}
}

func TestToken(t *testing.T) {
	const token = "sixteen-and-more-characters"
	c := serving(t, open(t, t.TempDir(), newLearner(t, online.Options{}), Options{Token: token, Debug: true}))
	for _, path := range []string{"/model", "/model?download=1", "/live", "/metrics", "/debug/pprof/", "/debug/pprof/cmdline"} {
		for _, got := range []string{"", "Bearer ", "Bearer x" + token, token, "Basic " + token} {
			r := c.ask("GET", path, nil, "Authorization", got).want(t, 401)
			if r.header.Get("WWW-Authenticate") != "Bearer" || strings.Contains(r.body, token) {
				t.Errorf("%s: %s", path, r.body)
			}
		}
		c.ask("GET", path, nil, "Authorization", "Bearer "+token).want(t, 200)
	}
	c.vw("/learn", click(1)).want(t, 401)
	c.vw("/predict", click(1)).want(t, 401)
	c.ask("POST", "/learn", strings.NewReader(click(1)), "Content-Type", "text/plain", "Authorization", "bearer "+token, "Host", "a.proxy").want(t, 200)
	c.ask("GET", "/healthz", nil).want(t, 200)
	c.ask("GET", "/", nil).want(t, 200)
}

// failing is a log whose disk has no more space, or fails.
type failing struct {
	logbook
	err error
}

func (f *failing) Append(records [][]byte, apply func(uint64)) (uint64, error) {
	if f.err != nil {
		return 0, fmt.Errorf("journal: %w", f.err)
	}
	return f.logbook.Append(records, apply)
}

func (f *failing) Snapshot(n uint64, write func(io.Writer) error) error {
	if f.err != nil {
		return fmt.Errorf("journal: %w", f.err)
	}
	return f.logbook.Snapshot(n, write)
}

func TestDiskFails(t *testing.T) {
	l := newLearner(t, online.Options{})
	s := open(t, t.TempDir(), l, Options{})
	disk := &failing{logbook: s.log}
	s.log = disk
	c := serving(t, s)
	c.vw("/learn", click(1)).want(t, 200)
	before := model(t, l)

	disk.err = fmt.Errorf("%w: %w", journal.ErrFull, syscall.ENOSPC)
	if r := c.vw("/learn", click(2)).want(t, 507); !strings.Contains(r.Error, "the disk is full") {
		t.Errorf("it says %s", r.body)
	}
	c.vw("/predict", click(2)).want(t, 200)
	c.ask("GET", "/model?download=1", nil).want(t, 507)
	if r := c.ask("GET", "/healthz", nil).want(t, 200); !strings.Contains(r.body, `"learning":false,"reason":"the disk is full"`) {
		t.Errorf("it says %s", r.body)
	}

	disk.err = errors.New("records could not be brought to disk")
	if r := c.vw("/learn", click(2)).want(t, 503); !strings.Contains(r.Error, "could not be brought to disk") {
		t.Errorf("it says %s", r.body)
	}
	c.vw("/predict", click(2)).want(t, 200)
	if r := c.ask("GET", "/healthz", nil).want(t, 503); !strings.Contains(r.body, `"learning":false`) {
		t.Errorf("it says %s", r.body)
	}
	if !bytes.Equal(before, model(t, l)) {
		t.Error("what was refused was learned")
	}
	disk.err = nil
	c.vw("/learn", click(2)).want(t, 200)
	if r := c.ask("GET", "/healthz", nil).want(t, 200); !strings.Contains(r.body, `"learning":true`) {
		t.Errorf("it says %s", r.body)
	}
}

// slow is a log that waits.
type slow struct {
	logbook
	wait chan struct{}
}

func (s *slow) Append(records [][]byte, apply func(uint64)) (uint64, error) {
	<-s.wait
	return s.logbook.Append(records, apply)
}

func TestQueue(t *testing.T) {
	s := open(t, t.TempDir(), newLearner(t, online.Options{}), Options{QueueBytes: 200})
	disk := &slow{s.log, make(chan struct{})}
	s.log = disk
	c := serving(t, s)
	answers := make(chan int)
	for range 20 {
		go func() {
			res, err := http.Post(c.url+"/learn", "text/plain", strings.NewReader("1 |ad id=0123456789 0123456789 0123456789"))
			if err != nil {
				answers <- 0
				return
			}
			if res.StatusCode == 503 && res.Header.Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
			_ = res.Body.Close()
			answers <- res.StatusCode
		}()
	}
	for range 16 { // 4 of 43 bytes fit
		if status := <-answers; status != 503 {
			t.Errorf("status %d", status)
		}
	}
	c.vw("/predict", click(1)).want(t, 200)
	close(disk.wait)
	for range 4 {
		if status := <-answers; status != 200 {
			t.Errorf("status %d", status)
		}
	}
	c.vw("/learn", click(1)).want(t, 200)
}

func TestMetrics(t *testing.T) {
	c := serving(t, open(t, t.TempDir(), newLearner(t, online.Options{}), Options{}))
	c.vw("/learn", strings.Join(clicks(0, 7), "")).want(t, 200)
	c.vw("/predict", strings.Join(clicks(0, 5), "")).want(t, 200)
	c.vw("/learn", "|a b").want(t, 400)
	got := c.ask("GET", "/metrics", nil).want(t, 200).body
	for _, line := range []string{
		"descent_learned_total 7", "descent_predictions_total 5", `descent_refused_total{reason="no label"} 1`,
		`descent_request_seconds_count{path="/learn"} 2`, "descent_waiting 0", "descent_average_loss 0.", "descent_fsync_seconds_count 1", "descent_group_records_sum 7",
	} {
		if !strings.Contains(got, "\n"+line) {
			t.Errorf("no line %s", line)
		}
	}
}
