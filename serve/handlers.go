package serve

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/descent-go/descent/internal/journal"
)

// predict answers with the predictions for a body's examples.
func (s *Service) predict(w http.ResponseWriter, r *http.Request) *refusal {
	b := s.batches.Get().(*batch)
	defer s.giveBack(b)
	if why := s.receive(b, w, r); why != nil {
		return why
	}
	for i := range b.examples {
		s.model.RLock()
		p := s.learner.Predict(&b.examples[i])
		s.model.RUnlock()
		b.predictions = append(b.predictions, p)
	}
	s.metrics.predicted.Add(int64(len(b.examples)))
	b.answer(w, r)
	return nil
}

// learn learns a body's examples, all or none, and answers with the predictions
// from before each.
func (s *Service) learn(w http.ResponseWriter, r *http.Request) *refusal {
	if s.learner.Frozen() {
		return &refusal{Status: http.StatusConflict, Reason: "predicts only", Text: errFrozen.Error()}
	}
	b := s.batches.Get().(*batch)
	defer s.giveBack(b)
	if why := s.receive(b, w, r); why != nil {
		return why
	}
	if why := b.labelled(); why != nil {
		return why
	}
	records := b.toLog()
	size := int64(len(b.arena))
	if s.queued.Add(size) > int64(s.o.QueueBytes) {
		s.queued.Add(-size)
		return &refusal{Status: http.StatusServiceUnavailable, Reason: "busy", Text: "too much waits to be learned: try again soon"}
	}
	s.metrics.waiting.Add(float64(len(records)))
	err := s.append(b, records)
	s.queued.Add(-size)
	s.metrics.waiting.Sub(float64(len(records)))
	if err != nil {
		return notLearned(err)
	}
	b.answer(w, r)
	return nil
}

// append brings the records to the log and learns the examples.
func (s *Service) append(b *batch, records [][]byte) error {
	s.still.RLock()
	defer s.still.RUnlock()
	_, err := s.log.Append(records, func(first uint64) {
		b.first, b.learned = first, true
		for i := range b.examples {
			b.predictions = append(b.predictions, s.learnOne(b, i))
		}
	})
	if err != nil {
		if s.trouble.Swap(&err) == nil {
			s.o.Log.Error("learning is refused, predicting goes on", "error", err)
		}
		return err
	}
	if s.trouble.Swap(nil) != nil {
		s.o.Log.Warn("learning goes on")
	}
	s.metrics.learned.Add(float64(len(records)))
	s.learned(len(records), len(b.arena))
	return nil
}

// errFrozen is why some models do not learn.
var errFrozen = errors.New("this model only predicts: it was kept without what learning needs")

// notLearned refuses what could not be brought to the log.
func notLearned(err error) *refusal {
	if errors.Is(err, journal.ErrFull) {
		return &refusal{Status: http.StatusInsufficientStorage, Reason: "disk full", Text: "nothing was learned: the disk is full; predicting goes on"}
	}
	return &refusal{Status: http.StatusServiceUnavailable, Reason: "log failed", Text: fmt.Sprintf("nothing was learned: %v; predicting goes on", err)}
}

// receive reads a request's body and makes its examples.
func (s *Service) receive(b *batch, w http.ResponseWriter, r *http.Request) *refusal {
	form, why := formatOf(r)
	if why != nil {
		return why
	}
	if why := s.read(b, w, r); why != nil {
		return why
	}
	if why := b.parse(form); why != nil {
		return why
	}
	return s.fits(b)
}

// formatOf is what a request says its body is.
func formatOf(r *http.Request) (format, *refusal) {
	kind := r.Header.Get("Content-Type")
	media, _, err := mime.ParseMediaType(kind)
	coding := r.Header.Get("Content-Encoding")
	switch {
	case coding != "" && coding != "identity":
		return 0, &refusal{Status: http.StatusUnsupportedMediaType, Reason: "media type", Text: fmt.Sprintf("Content-Encoding %q: expected a body that is not packed", coding)}
	case err == nil && media == "text/plain":
		return vwText, nil
	case err == nil && (media == "application/json" || media == "application/x-ndjson"):
		return jsonText, nil
	}
	return 0, &refusal{Status: http.StatusUnsupportedMediaType, Reason: "media type",
		Text: fmt.Sprintf("Content-Type %q: expected text/plain for Vowpal Wabbit's text or application/json", kind)}
}

// read reads a request's body.
func (s *Service) read(b *batch, w http.ResponseWriter, r *http.Request) *refusal {
	_, err := b.body.ReadFrom(http.MaxBytesReader(w, r.Body, int64(s.o.BodyBytes)))
	if err == nil {
		return nil
	}
	why := &refusal{Status: http.StatusBadRequest, Reason: "cut off", Text: "the body could not be read: " + err.Error()}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		why.Status, why.Reason = http.StatusRequestEntityTooLarge, "too large"
		why.Text = fmt.Sprintf("a body of more than %d bytes: send it in several", s.o.BodyBytes)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		why.Status, why.Reason = http.StatusRequestTimeout, "slow"
		why.Text = fmt.Sprintf("the body did not arrive in %v", s.o.RequestTime)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		why.Text = "the body ends before its Content-Length"
	}
	return why
}

// giveBack keeps a batch for another request.
func (s *Service) giveBack(b *batch) {
	if b.large() {
		return
	}
	b.reset()
	s.batches.Put(b)
}

// answer writes the predictions, as text where the request asks for that.
func (b *batch) answer(w http.ResponseWriter, r *http.Request) {
	kind := "application/json"
	if wantsText(r) {
		kind = "text/plain; charset=utf-8"
		b.appendText()
	} else {
		b.appendJSON()
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(b.out)))
	_, _ = w.Write(b.out) // the client may be gone
}

// wantsText reports whether a request asks for text and not for JSON.
func wantsText(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "text/plain") && !strings.Contains(accept, "application/json")
}
