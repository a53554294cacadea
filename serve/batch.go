package serve

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/descent-go/descent/online"
	"github.com/descent-go/descent/online/source"
)

// format is how an example's text is written. It is part of the log's records.
type format byte

const (
	vwText   format = 'v'
	jsonText format = 'j'
)

// requestFeatures is how many times as many features as an example a request
// may have.
const requestFeatures = 10

// recordVersion begins every record: a format and an example's text follow.
const recordVersion = 1

// batch has the examples of a request. Its memory is used again.
type batch struct {
	learner     *online.Learner
	o           *Options
	vw          *source.VW
	json        *source.JSON
	body        bytes.Buffer
	form        format
	texts       []span // of the examples, in the body
	examples    []online.Example
	features    int64 // that the examples take, interactions among them
	largest     int   // the most features that an example has ever taken
	predictions []online.Prediction
	arena       []byte
	records     [][]byte // parts of the arena
	learned     bool
	first       uint64 // the number of the first record, where it is learned
	out         []byte
}

// span is a part of a body.
type span struct{ from, to int }

func newBatch(l *online.Learner, o *Options) *batch {
	reading := readOptions(l)
	reading.MaxLine = o.LineBytes
	return &batch{learner: l, o: o, vw: source.NewVW(nil, reading), json: source.NewJSON(nil, reading)}
}

// readOptions are those with which a model's examples are read.
func readOptions(l *online.Learner) source.Options {
	o := l.Options()
	r := source.Options{Strict: true, Names: o.Names, Seed: o.HashSeed}
	if o.HashAll {
		r.Hash = online.HashAll
	}
	return r
}

// reset forgets what the batch was about.
func (b *batch) reset() {
	b.body.Reset()
	b.texts, b.examples, b.predictions, b.records = b.texts[:0], b.examples[:0], b.predictions[:0], b.records[:0]
	b.arena, b.out, b.learned, b.features = b.arena[:0], b.out[:0], false, 0
}

// large reports whether the batch has too much memory to be kept.
func (b *batch) large() bool {
	return cap(b.examples)*b.largest > 1<<20 || b.body.Cap() > 256<<10 || cap(b.examples) > 1000 || cap(b.arena) > 256<<10 || cap(b.out) > 256<<10
}

// parse makes the examples of the body.
func (b *batch) parse(form format) *refusal {
	b.form = form
	if form == vwText {
		return b.lines()
	}
	return b.objects()
}

// lines makes an example of each line but those that are empty.
func (b *batch) lines() *refusal {
	from := 0
	for line := range bytes.Lines(b.body.Bytes()) {
		text := span{from, from + len(line)}
		from = text.to
		if len(bytes.TrimRight(line, "\r\n")) == 0 {
			continue
		}
		if why := b.add(text); why != nil {
			return why
		}
	}
	return b.any()
}

// objects makes an example of each object: of an array or one after the other.
func (b *batch) objects() *refusal {
	body := b.body.Bytes()
	d := jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	array := d.PeekKind() == '['
	if array {
		_, _ = d.ReadToken() // as it has peeked
	}
	for !array || d.PeekKind() != ']' {
		value, err := d.ReadValue()
		if !array && err == io.EOF {
			return b.any()
		}
		if err != nil {
			return broken(body, err)
		}
		end := int(d.InputOffset())
		if why := b.add(span{end - len(value), end}); why != nil {
			return why
		}
	}
	_, _ = d.ReadToken() // as it has peeked
	if _, err := d.ReadToken(); err != io.EOF {
		return refuse("malformed", at(body, int(d.InputOffset())), "expected nothing behind the array")
	}
	return b.any()
}

// broken is what is wrong with the JSON of a body.
func broken(body []byte, err error) *refusal {
	if wrong, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return refuse("malformed", at(body, int(wrong.ByteOffset)), "expected JSON: %v", wrong.Err)
	}
	return refuse("malformed", at(body, len(body)), "expected JSON: %v", err)
}

// any refuses a body without examples.
func (b *batch) any() *refusal {
	if len(b.examples) > 0 {
		return nil
	}
	return refuse("malformed", place{}, "the body has no example")
}

// add makes an example of a text.
func (b *batch) add(text span) *refusal {
	n := len(b.examples)
	if n == b.o.Examples {
		return b.tooLarge(text, "more than %d examples in a request: send them in several", n)
	}
	if size := text.to - text.from; size > b.o.LineBytes {
		return b.tooLarge(text, "an example of %d bytes: at most %d are taken", size, b.o.LineBytes)
	}
	b.examples = slices.Grow(b.examples, 1)[:n+1]
	b.texts = append(b.texts, text)
	x := &b.examples[n]
	if err := b.example(b.form, b.body.Bytes()[text.from:text.to], x); err != nil {
		return b.malformed(text, err)
	}
	return b.prepare(x, text)
}

// prepare makes what the learner sees of an example, unless that takes too much
// memory.
func (b *batch) prepare(x *online.Example, text span) *refusal {
	size := b.learner.Size(x)
	b.features += int64(size)
	switch most := requestFeatures * int64(b.o.Features); {
	case size > b.o.Features:
		return b.tooLarge(text, "an example of %d features, interactions among them: at most %d are taken", size, b.o.Features)
	case b.features > most:
		return b.tooLarge(text, "more than %d features in a request, interactions among them: send it in several", most)
	}
	b.largest = max(b.largest, size)
	b.learner.Prepare(x)
	return nil
}

func (b *batch) place(text span) place { return at(b.body.Bytes(), text.from) }

func (b *batch) tooLarge(text span, format string, args ...any) *refusal {
	r := refuse("too large", b.place(text), format, args...)
	r.Status = http.StatusRequestEntityTooLarge
	return r
}

// malformed refuses a text that cannot be read. Faults count from its begin.
func (b *batch) malformed(text span, err error) *refusal {
	p := b.place(text)
	fault, ok := errors.AsType[*source.Fault](err)
	if !ok {
		return refuse("malformed", p, "%s", strings.TrimPrefix(err.Error(), "online: "))
	}
	if fault.Line > 1 {
		p = place{p.Line + fault.Line - 1, fault.Column}
	} else {
		p.Column += max(fault.Column, 1) - 1
	}
	return refuse("malformed", p, "%s", fault.Text)
}

// example reads a text.
func (b *batch) example(form format, text []byte, x *online.Example) error {
	switch form {
	case vwText:
		return b.vw.Parse(text, x)
	case jsonText:
		return b.json.Parse(text, x)
	}
	return fmt.Errorf("format %q is not known: it is of another version of descent", form)
}

// fits refuses examples with labels or importances that the model does not
// take.
func (s *Service) fits(b *batch) *refusal {
	for i := range b.examples {
		s.model.RLock() // for one at a time: what is to be learned would wait, and predictions behind it
		err := b.learner.Check(&b.examples[i])
		s.model.RUnlock()
		if err != nil {
			return refuse("does not fit", b.place(b.texts[i]), "%s", strings.TrimPrefix(err.Error(), "online: "))
		}
	}
	return nil
}

// labelled refuses examples from which nothing can be learned.
func (b *batch) labelled() *refusal {
	for i := range b.examples {
		if math.IsNaN(float64(b.examples[i].Label)) {
			return refuse("no label", b.place(b.texts[i]), "expected a label to learn from")
		}
	}
	return nil
}

// toLog makes the records of the examples.
func (b *batch) toLog() [][]byte {
	size := 0
	for _, text := range b.texts {
		size += text.to - text.from + 2
	}
	b.arena = slices.Grow(b.arena[:0], size)
	for _, text := range b.texts {
		from := len(b.arena)
		b.arena = append(append(b.arena, recordVersion, byte(b.form)), b.body.Bytes()[text.from:text.to]...)
		b.records = append(b.records, b.arena[from:])
	}
	return b.records
}

// read makes the example of a record.
func (b *batch) read(record []byte) (*online.Example, error) {
	if len(record) < 2 || record[0] != recordVersion {
		return nil, errors.New("it is of another version of descent")
	}
	if len(b.examples) == 0 {
		b.examples = make([]online.Example, 1)
	}
	x := &b.examples[0]
	return x, b.example(format(record[1]), record[2:], x)
}
