package source

import (
	"bytes"

	"github.com/descent-go/descent/online"
)

// stops are the bytes that end a name.
var stops = [256]bool{' ': true, '\t': true, ':': true, '|': true, '\r': true, '\n': true}

// blank reports whether a byte ends a feature: the next one, the next namespace
// or nothing follows.
func blank(c byte) bool { return stops[c] && c != ':' }

// namespaces reads all namespaces, the first of which has its bar at p.
func (v *VW) namespaces(p int) (err error) {
	for v.b[p] == '|' {
		if p, err = v.namespace(p + 1); err != nil {
			return err
		}
	}
	if c := v.b[p]; c != '\n' && c != '\r' {
		return v.fault(p, "the rest of the line left out", "expected a blank, | or the line's end, found %s", v.found(p))
	}
	return nil
}

// namespace reads the namespace whose bar is before p. It returns where it ends.
func (v *VW) namespace(p int) (int, error) {
	v.base, v.seed, v.weight, v.anon = nil, v.plain, 1, 0
	group := online.Group{Name: ' ', From: v.n}
	switch c := v.b[p]; {
	case c == ':':
		return p, nil // a fault of the line
	case !stops[c]:
		name := v.name(p)
		group.Name = c
		v.base, v.seed = name, v.hash(name, v.o.Seed)
		if p += len(name); v.b[p] == ':' {
			var err error
			if p, err = v.namespaceWeight(p + 1); err != nil {
				return p, err
			}
		}
	}
	p, err := v.features(p)
	if group.To = v.n; group.To > group.From {
		v.x.Groups = append(v.x.Groups, group)
	}
	return p, err
}

// namespaceWeight reads what the namespace's values are multiplied by.
func (v *VW) namespaceWeight(p int) (int, error) {
	f, n := parseFloat(v.b[p:v.end])
	v.weight = f
	switch {
	case n == 0:
		return p, v.fault(p, "0 taken", "expected a number as the namespace's weight, found %s", v.found(p))
	case f-f != 0:
		v.weight = 1
		return p + n, v.fault(p, "1 taken", "expected a finite number as the namespace's weight, found %s", v.found(p))
	}
	return p + n, nil
}

// name returns the name that begins at p.
func (v *VW) name(p int) []byte {
	q := p
	for !stops[v.b[q]] {
		q++
	}
	return v.b[p:q]
}

// features reads the features of a namespace, from the blank at p on.
func (v *VW) features(p int) (int, error) {
	for {
		if v.quick {
			p = v.quickly(p)
		}
		if v.b[p] != ' ' && v.b[p] != '\t' {
			return p, nil
		}
		p++
		if !blank(v.b[p]) {
			var err error
			if p, err = v.feature(p); err != nil {
				return p, err
			}
		}
	}
}

// feature reads any feature.
func (v *VW) feature(p int) (int, error) {
	name := v.name(p)
	p += len(name)
	value := v.weight
	var word []byte // a value that is no number
	var err error
	if v.b[p] == ':' {
		p++
		f, n := plain(v.b, p)
		if n == 0 {
			f, n = parseFloat(v.b[p:v.end])
		}
		value = float32(value * f)
		switch {
		case n == 0:
			word, p = v.word(p)
			value = 1
		case value-value != 0:
			err = v.fault(p, "feature left out", "expected a finite number as the feature's value, found %s", v.found(p))
			value = 0
		}
		p += n
	}
	v.add(v.hashOf(name, word), value)
	if v.o.Names && value != 0 {
		v.x.Names = append(v.x.Names, nameOf(v.base, name, word))
	}
	return p, err
}

// hashOf returns the hash of a feature. One without name and word is the next
// of those.
func (v *VW) hashOf(name, word []byte) uint32 {
	switch {
	case len(word) > 0:
		return v.hash(word, v.hash(name, v.seed))
	case len(name) > 0:
		return v.hash(name, v.seed)
	}
	v.anon++
	return v.seed + v.anon - 1
}

const white = " \t\r\n"

// word returns the next word, before which there may be white space, and where
// it ends.
func (v *VW) word(p int) ([]byte, int) {
	word := bytes.TrimLeft(v.b[p:v.end], white)
	if n := bytes.IndexAny(word, white); n >= 0 {
		word = word[:n]
	}
	return word, v.end - len(bytes.TrimLeft(v.b[p:v.end], white)) + len(word)
}

// nameOf returns a feature's name as Vowpal Wabbit prints it.
func nameOf(base, name, word []byte) string {
	s := make([]byte, 0, len(base)+len(name)+len(word)+2)
	if len(base) > 0 {
		s = append(append(s, base...), '^')
	}
	s = append(s, name...)
	if len(word) > 0 {
		s = append(append(s, '^'), word...)
	}
	return string(s)
}
