package serve

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// refusal is why a request is not done. In JSON it is the answer's body.
type refusal struct {
	Status int    `json:"-"`
	Reason string `json:"-"` // in the metrics
	Text   string `json:"error"`
	place
}

// place is where in a body something is, in lines and bytes from 1; 0 where
// that is not known.
type place struct {
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`
}

// at is the place of a byte of a body.
func at(body []byte, offset int) place {
	before := body[:offset]
	return place{1 + bytes.Count(before, []byte{'\n'}), offset - bytes.LastIndexByte(before, '\n')}
}

// refuse makes the refusal of a body in which something is wrong.
func refuse(reason string, p place, format string, args ...any) *refusal {
	return &refusal{Status: http.StatusBadRequest, Reason: reason, Text: fmt.Sprintf(format, args...), place: p}
}

// answer writes the refusal and counts it.
func (r *refusal) answer(w http.ResponseWriter, m *metrics) {
	m.refused.WithLabelValues(r.Reason).Inc()
	switch r.Status {
	case http.StatusServiceUnavailable, http.StatusInsufficientStorage:
		w.Header().Set("Retry-After", "1")
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	body, _ := json.Marshal(r) // has texts and numbers only
	body = append(body, '\n')
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(r.Status)
	_, _ = w.Write(body) // the client may be gone
}
