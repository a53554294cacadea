package serve

import (
	"encoding/json"
	"math"
	"strconv"

	"github.com/descent-go/descent/online"
)

// learnOne learns an example of a batch.
func (s *Service) learnOne(b *batch, i int) online.Prediction {
	x := &b.examples[i]
	s.model.Lock()
	defer s.model.Unlock()
	p := s.learner.Learn(x)
	s.sums.add(x, p)
	if p.Skipped {
		s.metrics.skipped.Inc()
	}
	return p
}

// appendText writes a prediction a line.
func (b *batch) appendText() {
	for _, p := range b.predictions {
		b.out = append(strconv.AppendFloat(b.out, float64(p.Value), 'g', -1, 32), '\n')
	}
}

// appendJSON writes an object of all predictions.
func (b *batch) appendJSON() {
	b.out = append(b.out, `{"predictions":[`...)
	for i, p := range b.predictions {
		if i > 0 {
			b.out = append(b.out, ',')
		}
		b.out = append(b.out, `{"value":`...)
		b.out = appendNumber(b.out, p.Value)
		b.out = append(b.out, `,"raw":`...)
		b.out = appendNumber(b.out, p.Raw)
		b.appendScores(p.Scores)
		b.appendRest(i, p)
		b.out = append(b.out, '}')
	}
	b.out = append(b.out, "]}\n"...)
}

func (b *batch) appendScores(scores []float32) {
	for i, score := range scores {
		part := `,`
		if i == 0 {
			part = `,"scores":[`
		}
		b.out = appendNumber(append(b.out, part...), score)
	}
	if len(scores) > 0 {
		b.out = append(b.out, ']')
	}
}

// appendRest writes what only some examples have: a loss, a tag, that nothing
// was learned from it since numbers became too large, a record of the log.
func (b *batch) appendRest(i int, p online.Prediction) {
	x := &b.examples[i]
	if x.Label == x.Label {
		b.out = appendNumber(append(b.out, `,"loss":`...), p.Loss)
	}
	if len(x.Tag) > 0 {
		tag, _ := json.Marshal(string(x.Tag)) // a text has no error
		b.out = append(append(b.out, `,"tag":`...), tag...)
	}
	if p.Skipped {
		b.out = append(b.out, `,"skipped":true`...)
	}
	if b.learned {
		b.out = strconv.AppendUint(append(b.out, `,"record":`...), b.first+uint64(i), 10)
	}
}

// appendNumber writes a number, or null for one that JSON has not.
func appendNumber(to []byte, x float32) []byte {
	if v := float64(x); math.IsNaN(v) || math.IsInf(v, 0) {
		return append(to, "null"...)
	}
	return strconv.AppendFloat(to, float64(x), 'g', -1, 32)
}
