package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/descent-go/descent/online"
)

// JSON reads an object on each line, as Vowpal Wabbit's --json does:
//
//	{"_label": 1, "price": 3.5, "new": true, "site": {"name": "a b"}, "_tag": "x"}
//
// A number makes a feature of its value, true one of the value 1, a text one
// of the value 1 whose name is the key with the text behind it (blanks, tabs,
// bars and colons are underscores there), false and null none. An object is a
// namespace, an array one whose numbers are counted, and may have further
// objects, whose features are of the same namespace. The words of _text are
// features. _label is a number, a text of label, importance and base, or an
// object of Label, Weight and Initial, which may also be called _label_Weight
// and so on. _tag is the tag. Other keys that begin with an underscore are
// passed over, but for _multi, _slots, _slot_id and _labelIndex, which are of
// examples of another kind.
//
// A line that is no such object is a fault and left out, where Vowpal Wabbit
// ends reading; an empty one is passed over.
type JSON struct {
	o     Options
	hash  online.Hasher
	in    cutter
	err   error // ended reading
	buf   bytes.Buffer
	dec   *jsontext.Decoder
	how   []jsontext.Options
	plain uint32 // the hash of the namespace of the object itself
	key   []byte // the last one
	text  []byte // the last value
	body  []byte // the object's text
	x     *online.Example
	space jsonSpace
	from  int // where the features of the group being made start
}

// A jsonSpace is a namespace.
type jsonSpace struct {
	hash  uint32
	group byte
	name  string // where names are kept
}

// NewJSON returns a reader of JSON lines. r may be nil where only Parse is
// used.
func NewJSON(r io.Reader, o Options) *JSON {
	j := &JSON{o: o, hash: o.hash(), err: io.EOF}
	j.how = []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}
	j.dec = jsontext.NewDecoder(&j.buf, j.how...)
	j.plain = j.hash([]byte{' '}, o.Seed)
	if r != nil {
		j.err, j.in = nil, newCutter(r, o.maxLine())
	}
	return j
}

// Read makes x the example of the next line. At the end it returns io.EOF.
func (j *JSON) Read(x *online.Example) error {
	for j.err == nil {
		text, err := j.in.line()
		if err == errCut {
			j.err = j.o.fault(j.in.long())
			continue
		}
		if j.err = err; err != nil {
			break
		}
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		mistake, err := j.parse(text, x, j.in.n)
		if mistake == nil {
			j.err = err
			return err
		}
		mistake.Done = "the line is left out"
		j.err = j.o.fault(*mistake)
	}
	return j.err
}

// Parse makes x the example of an object. The text is not kept. The error is a
// *Fault, in whose lines and columns the text is counted.
func (j *JSON) Parse(text []byte, x *online.Example) error {
	if len(text) > j.o.maxLine() {
		return &Fault{Text: fmt.Sprintf("expected at most %d bytes, found %d", j.o.maxLine(), len(text))}
	}
	mistake, err := j.parse(text, x, 1)
	if mistake != nil {
		return mistake
	}
	return err
}

// parse makes x the example of an object that begins on the given line. A
// mistake makes it useless; the error is that of a fault that was reported.
func (j *JSON) parse(text []byte, x *online.Example, line int) (mistake *Fault, err error) {
	x.Reset()
	x.Line = line
	j.x, j.from, j.body = x, 0, text
	j.buf = *bytes.NewBuffer(text)
	j.dec.Reset(&j.buf, j.how...)
	switch err := j.document().(type) {
	case nil:
		return nil, nil
	case *Fault:
		return nil, err
	case *jsontext.SyntacticError:
		return j.at(err.ByteOffset, err.Err.Error()), nil
	default:
		return j.at(j.dec.InputOffset(), err.Error()), nil
	}
}

// at makes a fault at a byte of the text.
func (j *JSON) at(offset int64, text string) *Fault {
	before := j.body[:min(int(offset), len(j.body))]
	column := len(before) - bytes.LastIndexByte(before, '\n')
	return &Fault{Line: j.x.Line + bytes.Count(before, []byte{'\n'}), Column: column, Text: text}
}

// document reads the object and sees that nothing is behind it.
func (j *JSON) document() error {
	switch kind := j.dec.PeekKind(); {
	case len(bytes.TrimSpace(j.body)) == 0:
		return errors.New("expected an object, found nothing")
	case kind != '{' && kind != 0:
		return fmt.Errorf(`expected an object, {"key": value}, found %s`, kind)
	}
	if err := j.object(jsonSpace{hash: j.plain, group: ' '}); err != nil {
		return err
	}
	if j.dec.PeekKind() != 0 {
		return errors.New("expected nothing behind the object")
	}
	if _, err := j.dec.ReadToken(); err != io.EOF {
		return err
	}
	return nil
}

// object reads an object into a namespace.
func (j *JSON) object(s jsonSpace) error {
	if _, err := j.dec.ReadToken(); err != nil {
		return err
	}
	outer := j.enter(s)
	for j.dec.PeekKind() == '"' {
		var err error
		if j.key, err = j.readString(j.key); err == nil {
			err = j.member()
		}
		if err != nil {
			return err
		}
	}
	_, err := j.dec.ReadToken()
	j.enter(outer)
	return err
}

// enter goes on in another namespace, and returns that it was in.
func (j *JSON) enter(s jsonSpace) (outer jsonSpace) {
	outer = j.space
	endGroup(j.x, outer.group, j.from)
	j.space, j.from = s, len(j.x.Hashes)
	return outer
}

// member reads the value of a key.
func (j *JSON) member() error {
	if len(j.key) > 0 && j.key[0] == '_' {
		return j.special()
	}
	switch j.dec.PeekKind() {
	case '0':
		v, err := j.number()
		if err != nil {
			return err
		}
		j.add(j.hash(j.key, j.space.hash), v, j.key)
		return nil
	case '"':
		var err error
		if j.text, err = j.readString(j.text); err != nil {
			return err
		}
		underscores(j.text)
		j.key = append(j.key, j.text...)
		j.add(j.hash(j.key, j.space.hash), 1, j.key)
		return nil
	case 't':
		j.add(j.hash(j.key, j.space.hash), 1, j.key)
	case '{':
		return j.object(j.named())
	case '[':
		return j.array(j.named())
	}
	return j.dec.SkipValue()
}

// named is the namespace that the key names.
func (j *JSON) named() jsonSpace {
	s := jsonSpace{hash: j.hash(j.key, j.o.Seed)}
	if len(j.key) > 0 {
		s.group = j.key[0]
	}
	if j.o.Names {
		s.name = string(j.key)
	}
	return s
}

// array reads an array into a namespace.
func (j *JSON) array(s jsonSpace) error {
	if _, err := j.dec.ReadToken(); err != nil {
		return err
	}
	outer := j.enter(s)
	for i := uint32(0); ; {
		var err error
		switch kind := j.dec.PeekKind(); kind {
		case '0':
			var v float32
			v, err = j.number()
			j.add(s.hash+i, v, nil)
			i++
		case '{':
			err = j.object(s)
		case ']':
			_, err = j.dec.ReadToken()
			j.enter(outer)
			return err
		case 'n', 0:
			err = j.dec.SkipValue()
		default:
			err = fmt.Errorf("expected numbers and objects in an array, found %s", kind)
		}
		if err != nil {
			return err
		}
	}
}

// add appends a feature. It is known by its place in an array where it has no
// name.
func (j *JSON) add(hash uint32, v float32, name []byte) {
	if v == 0 {
		return
	}
	x := j.x
	x.Hashes, x.Values = append(x.Hashes, hash), append(x.Values, v)
	if !j.o.Names {
		return
	}
	full := string(name)
	if name == nil {
		full = "[" + strconv.FormatUint(uint64(hash-j.space.hash), 10) + "]"
	}
	if j.space.name != "" {
		full = j.space.name + "^" + full
	}
	x.Names = append(x.Names, full)
}
