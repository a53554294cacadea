package serve

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/online"
	"github.com/descent-go/descent/optim"
)

// newLearner makes a learner of clicks.
func newLearner(t testing.TB, o online.Options) *online.Learner {
	t.Helper()
	if o.Bits == 0 {
		o.Bits = 12
	}
	if o.Loss == nil {
		o.Loss = online.Logistic
	}
	l, err := online.New(optim.FTRL, o, descent.LR(0.1))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// open opens a service that the test closes.
func open(t testing.TB, dir string, start *online.Learner, o Options) *Service {
	t.Helper()
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(testLog{t}, nil))
	}
	s, err := Open(dir, start, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

type testLog struct{ t testing.TB }

func (l testLog) Write(p []byte) (int, error) {
	l.t.Logf("%s", p)
	return len(p), nil
}

// serving serves a service until the test ends.
func serving(t testing.TB, s *Service) *client {
	t.Helper()
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	return &client{t: t, url: server.URL}
}

// client asks a service.
type client struct {
	t   testing.TB
	url string
}

// response is an answer of /predict, /learn or of a refusal.
type response struct {
	status      int
	header      http.Header
	body        string
	Predictions []struct {
		Value, Raw *float64
		Loss       *float64
		Scores     []float64
		Tag        string
		Record     *uint64
	}
	Error        string
	Line, Column int
}

// ask sends a request; headers are name, value, name, value.
func (c *client) ask(method, path string, body io.Reader, headers ...string) response {
	c.t.Helper()
	req, err := http.NewRequest(method, c.url+path, body)
	if err != nil {
		c.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	content, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	r := response{status: res.StatusCode, header: res.Header, body: string(content)}
	if res.Header.Get("Content-Type") == "application/json" {
		_ = json.Unmarshal(content, &r) // an array of /live is not looked at here
	}
	return r
}

// vw posts Vowpal Wabbit's text.
func (c *client) vw(path, body string) response {
	c.t.Helper()
	return c.ask("POST", path, strings.NewReader(body), "Content-Type", "text/plain")
}

// json posts JSON.
func (c *client) json(path, body string) response {
	c.t.Helper()
	return c.ask("POST", path, strings.NewReader(body), "Content-Type", "application/json")
}

// want fails the test unless the answer has the status.
func (r response) want(t testing.TB, status int) response {
	t.Helper()
	if r.status != status {
		t.Fatalf("status %d: %s, want %d", r.status, r.body, status)
	}
	return r
}

// values are the values of the predictions.
func (r response) values() (all []float64) {
	for _, p := range r.Predictions {
		all = append(all, *p.Value)
	}
	return all
}

// click is an example of a stream, in Vowpal Wabbit's text.
func click(i int) string {
	return fmt.Sprintf("%d |ad id=%d size:%d |user u%d age:0.%d\n", 2*(i*i%7%2)-1, i%13, i%3, i%101, i%10)
}

// model is the model's file.
func model(t testing.TB, l *online.Learner) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := l.Save(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// plain learns what a service should have learned.
func plain(t testing.TB, l *online.Learner, texts ...string) *online.Learner {
	t.Helper()
	b := newBatch(l, &Options{LineBytes: 1 << 20, Features: 1 << 20})
	for _, text := range texts {
		form := vwText
		if strings.HasPrefix(text, "{") {
			form = jsonText
		}
		x, err := b.read(append([]byte{recordVersion, byte(form)}, text...))
		if err != nil {
			t.Fatal(err)
		}
		l.Learn(x)
	}
	return l
}
