package serve

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/descent-go/descent/online"
)

// FuzzPredict: whatever a body is, the answer is predictions or a refusal in
// JSON, and what can be learned is learned again at the next start.
func FuzzPredict(f *testing.F) {
	for _, body := range []string{
		click(1), click(1) + click(2), "1 2 0.5 'tag|a:2 b:3 :4 c:x", "\xef\xbb\xbf|a b\r\n", "|", "1 |a b:1e39", "\x00\xff|\x01 \x02:3",
	} {
		f.Add(false, body)
	}
	for _, body := range []string{
		`{"_label":1,"a":{"b":0.5}}`, `[{"a":1},{"b":"c","_text":"d e"}]`, `{"a":1}{"b":2}`, `{"_label":"1 2","a":[1,{"b":true}]}`, `[`, `{"a":1e999}`, "{\"a\":\n\n}",
	} {
		f.Add(true, body)
	}
	learner := newLearner(f, online.Options{Names: true, Features: online.Features{Interactions: []string{"::"}, Ngrams: []string{"2"}}})
	s := open(f, f.TempDir(), learner, Options{Features: 5000})
	handler := s.Handler()
	again := newBatch(learner, &s.o)
	f.Fuzz(func(t *testing.T, isJSON bool, body string) {
		kind := "text/plain"
		if isJSON {
			kind = "application/json"
		}
		for _, path := range []string{"/predict", "/learn"} {
			r := httptest.NewRequest("POST", path, strings.NewReader(body))
			r.Header.Set("Content-Type", kind)
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			var got response
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
				t.Fatalf("%s answers %q: %v", path, w.Body, err)
			}
			switch {
			case w.Code == http.StatusOK && len(got.Predictions) > 0 && got.Error == "":
			case (w.Code == http.StatusBadRequest || w.Code == http.StatusRequestEntityTooLarge) && got.Error != "" && len(got.Predictions) == 0:
			default:
				t.Fatalf("%s: status %d, %s", path, w.Code, w.Body)
			}
			if got.Line > 1+strings.Count(body, "\n") || got.Column > len(body)+1 {
				t.Fatalf("%s: a mistake at line %d, column %d: %s", path, got.Line, got.Column, w.Body)
			}
			if path == "/learn" && w.Code == http.StatusOK {
				learnedAgain(t, again, s, *got.Predictions[0].Record)
			}
		}
	})
}

// learnedAgain reads the log's records as the next start does.
func learnedAgain(t *testing.T, b *batch, s *Service, from uint64) {
	t.Helper()
	err := s.log.Replay(from, func(n uint64, record []byte) error {
		_, err := b.read(record)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
