package serve

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/descent-go/descent/internal/journal"
	"github.com/descent-go/descent/online"
)

// facts are what GET /model tells.
type facts struct {
	Rule        string    `json:"rule"`
	Loss        string    `json:"loss"`
	Link        string    `json:"link"`
	Bits        int       `json:"bits"`
	Classes     int       `json:"classes,omitempty"`
	Features    features  `json:"features"`
	Learned     int       `json:"learned"`
	AverageLoss *float64  `json:"average_loss,omitempty"`
	NonZero     int       `json:"nonzero"`
	Records     uint64    `json:"records"`
	Snapshot    uint64    `json:"snapshot"`
	Started     time.Time `json:"started"`
	Learning    string    `json:"learning"`
	Strongest   []weight  `json:"strongest,omitempty"`
}

// features is online.Features as JSON has it.
type features struct {
	NoConstant     bool     `json:"no_constant,omitempty"`
	Interactions   []string `json:"interactions,omitempty"`
	Permutations   bool     `json:"permutations,omitempty"`
	KeepDuplicates bool     `json:"keep_duplicates,omitempty"`
	Ignore         string   `json:"ignore,omitempty"`
	IgnoreLinear   string   `json:"ignore_linear,omitempty"`
	Keep           string   `json:"keep,omitempty"`
	Ngrams         []string `json:"ngrams,omitempty"`
	Skips          []string `json:"skips,omitempty"`
	Limits         []string `json:"limits,omitempty"`
}

// weight is one of the strongest.
type weight struct {
	Index uint32  `json:"index"`
	Value float32 `json:"value"`
	Name  string  `json:"name,omitempty"`
}

// model answers with facts, or the model's file.
func (s *Service) modelFacts(w http.ResponseWriter, r *http.Request) *refusal {
	query := r.URL.Query()
	if query.Get("download") == "1" {
		return s.download(w)
	}
	top := 0
	if text := query.Get("top"); text != "" {
		var err error
		if top, err = strconv.Atoi(text); err != nil || top < 0 || top > maxTop {
			return refuse("malformed", place{}, "top=%.20s: expected a whole number up to %d", text, maxTop)
		}
	}
	writeJSON(w, http.StatusOK, s.facts(top))
	return nil
}

func (s *Service) facts(top int) facts {
	o, now := s.learner.Options(), s.look()
	f := facts{
		Rule: s.learner.Rule().Name(), Loss: o.Loss.Name(), Link: o.Link.String(), Bits: o.Bits, Classes: o.Classes, Features: features(o.Features),
		Learned: now.learned, Records: s.log.Next(), Started: s.started, Learning: "yes",
	}
	if average := now.sums.average(); !math.IsNaN(average) && !math.IsInf(average, 0) {
		f.AverageLoss = &average
	}
	if err := s.trouble.Load(); err != nil {
		f.Learning = (*err).Error()
	}
	f.Snapshot, _, _ = s.log.Latest()
	var strong []online.Weight
	strong, f.NonZero = s.strong()
	for _, w := range strong[:min(top, len(strong))] {
		f.Strongest = append(f.Strongest, weight(w))
	}
	return f
}

// download makes a snapshot and sends the model in it.
func (s *Service) download(w http.ResponseWriter) *refusal {
	if err := s.keep(); err != nil {
		return notLearned(err)
	}
	n, path, _ := s.log.Latest()
	file, in, err := openSnapshot(path)
	if err == nil {
		defer func() { _ = file.Close() }()
		_, err = in.ReadString('\n')
	}
	if err != nil {
		return &refusal{Status: http.StatusServiceUnavailable, Reason: "log failed", Text: fmt.Sprintf("the snapshot cannot be read: %v", err)}
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="model-%d"`, n))
	_, _ = io.Copy(patient{w, http.NewResponseController(w), s.o.RequestTime}, in) // the client may be gone
	return nil
}

// patient gives every write the time of a whole answer.
type patient struct {
	w    io.Writer
	c    *http.ResponseController
	time time.Duration
}

func (p patient) Write(b []byte) (int, error) {
	_ = p.c.SetWriteDeadline(time.Now().Add(p.time)) // a writer of tests has none
	return p.w.Write(b)
}

// health tells whether the service does all it should. The status is 503 where
// starting anew may help.
func (s *Service) health(w http.ResponseWriter, _ *http.Request) *refusal {
	state := struct {
		Predicting bool   `json:"predicting"`
		Learning   bool   `json:"learning"`
		Reason     string `json:"reason,omitempty"`
	}{Predicting: true, Learning: true}
	status := http.StatusOK
	if err := s.trouble.Load(); err != nil {
		state.Learning, state.Reason = false, "the log cannot be written; starting anew may help"
		switch status = http.StatusServiceUnavailable; {
		case errors.Is(*err, journal.ErrFull):
			status, state.Reason = http.StatusOK, "the disk is full"
		case errors.Is(*err, errFrozen):
			status, state.Reason = http.StatusOK, errFrozen.Error()
		}
	}
	writeJSON(w, status, state)
	return nil
}

// livePoint is a point in the answer of GET /live.
type livePoint struct {
	Time        int64    `json:"time"` // in milliseconds since 1970
	Learned     int      `json:"learned"`
	Predictions int64    `json:"predictions"`
	Loss        *float64 `json:"loss"`   // sum of losses
	Weight      *float64 `json:"weight"` // sum of importances
}

// live answers with the points after the time ?since=, which is like theirs.
func (s *Service) live(w http.ResponseWriter, r *http.Request) *refusal {
	since := int64(0)
	if text := r.URL.Query().Get("since"); text != "" {
		var err error
		if since, err = strconv.ParseInt(text, 10, 64); err != nil {
			return refuse("malformed", place{}, "since=%.30s: expected milliseconds since 1970", text)
		}
	}
	points := []livePoint{}
	for _, p := range s.history.since(since) {
		points = append(points, livePoint{p.at.UnixMilli(), p.learned, p.predictions, finite(p.sums.loss), finite(p.sums.weight)})
	}
	writeJSON(w, http.StatusOK, points)
	return nil
}

// finite is nil for what JSON has not.
func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte(`{"error":"the answer cannot be written"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // the client may be gone
}
