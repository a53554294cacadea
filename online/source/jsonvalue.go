package source

import (
	"bytes"
	"fmt"
	"math"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// readString reads a text or a key into memory of before.
func (j *JSON) readString(into []byte) ([]byte, error) {
	v, err := j.dec.ReadValue()
	if err != nil {
		return into, err
	}
	return unquote(into[:0], v), nil
}

// number reads a number, which must be finite.
func (j *JSON) number() (float32, error) {
	v, err := j.dec.ReadValue()
	if err != nil {
		return 0, err
	}
	f, _ := strconv.ParseFloat(string(v), 64) // out of range is infinite
	if n := float32(f); n-n == 0 {
		return n, nil
	}
	return 0, fmt.Errorf("%.40s is more than a number of 32 bits holds", v)
}

// underscores stand for what Vowpal Wabbit's text gives a meaning.
func underscores(text []byte) {
	for i, c := range text {
		switch c {
		case ' ', '\t', '|', ':':
			text[i] = '_'
		}
	}
}

// special reads the value of a key that begins with an underscore.
func (j *JSON) special() error {
	switch key := j.key; {
	case string(key) == "_label":
		return j.label()
	case string(key) == "_text":
		return j.words()
	case bytes.EqualFold(key, []byte("_tag")):
		return j.tag()
	case bytes.HasPrefix(key, []byte("_label_")):
		return j.labelProperty(key[len("_label_"):])
	case bytes.HasPrefix(key, []byte("_label")), string(key) == "_multi", string(key) == "_slots", string(key) == "_slot_id":
		return fmt.Errorf("%q is not supported: expected _label, or a key for examples of one label", key)
	}
	return j.dec.SkipValue()
}

// label reads a label in one of its forms.
func (j *JSON) label() (err error) {
	x := j.x
	switch kind := j.dec.PeekKind(); kind {
	case '0':
		x.Label, err = j.number()
		return err
	case '"':
		if j.text, err = j.readString(j.text); err != nil {
			return err
		}
		if fault, done := parseLabel(j.text, x); fault != "" {
			f := j.at(j.dec.InputOffset(), fault)
			f.Done = done
			return j.o.fault(*f)
		}
		return nil
	case '{':
		x.Label, x.Weight, x.Base = float32(math.NaN()), 1, 0
		return j.labelObject()
	case 'n', 0:
		return j.dec.SkipValue()
	default:
		return fmt.Errorf("expected a number, a text or an object as _label, found %s", kind)
	}
}

func (j *JSON) labelObject() error {
	if _, err := j.dec.ReadToken(); err != nil {
		return err
	}
	for j.dec.PeekKind() == '"' {
		var err error
		if j.key, err = j.readString(j.key); err == nil {
			err = j.labelProperty(j.key)
		}
		if err != nil {
			return err
		}
	}
	_, err := j.dec.ReadToken()
	return err
}

// labelProperty reads a part of a label.
func (j *JSON) labelProperty(name []byte) error {
	var into *float32
	switch {
	case bytes.EqualFold(name, []byte("Label")):
		into = &j.x.Label
	case bytes.EqualFold(name, []byte("Weight")):
		into = &j.x.Weight
	case bytes.EqualFold(name, []byte("Initial")):
		into = &j.x.Base
	default:
		return fmt.Errorf("part %q of a label is not supported: expected Label, Weight or Initial", name)
	}
	var err error
	switch kind := j.dec.PeekKind(); kind {
	case '0':
		*into, err = j.number()
		return err
	case 'n', 0:
		return j.dec.SkipValue()
	case '"':
		if j.text, err = j.readString(j.text); err != nil {
			return err
		}
		if into == &j.x.Label && bytes.EqualFold(j.text, []byte("NaN")) {
			j.x.Label = float32(math.NaN())
			return nil
		}
		return fmt.Errorf("expected a number, found %.40q", j.text)
	default:
		return fmt.Errorf("expected a number, found %s", kind)
	}
}

// words reads _text: its words are features of the namespace.
func (j *JSON) words() error {
	switch kind := j.dec.PeekKind(); kind {
	case 'n', 0:
		return j.dec.SkipValue()
	case '"':
	default:
		return fmt.Errorf("expected a text as _text, found %s", kind)
	}
	var err error
	if j.text, err = j.readString(j.text); err != nil {
		return err
	}
	for rest := j.text; len(rest) > 0; {
		word := rest
		if end := bytes.IndexAny(rest, " \t"); end >= 0 {
			word, rest = rest[:end], rest[end+1:]
		} else {
			rest = nil
		}
		if len(word) > 0 {
			underscores(word)
			j.add(j.hash(word, j.space.hash), 1, word)
		}
	}
	return nil
}

// tag reads the tag.
func (j *JSON) tag() error {
	switch kind := j.dec.PeekKind(); kind {
	case 'n', 0:
		return j.dec.SkipValue()
	case '"':
	default:
		return fmt.Errorf("expected a text as _tag, found %s", kind)
	}
	var err error
	j.text, err = j.readString(j.text)
	j.x.Tag = append(j.x.Tag, j.text...)
	return err
}

// unquote appends a JSON string's text; UTF-8 that is wrong stays as it is
// where nothing is escaped.
func unquote(to []byte, quoted jsontext.Value) []byte {
	inner := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(inner, '\\') < 0 {
		return append(to, inner...)
	}
	to, _ = jsontext.AppendUnquote(to, quoted) // its only error is wrong UTF-8, which it replaces
	return to
}
