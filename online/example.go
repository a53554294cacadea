package online

import "math"

// Example is one example of a stream: features in namespaces, and what is known
// of it. Its memory is used again after Reset, so a loop that fills one Example
// over and over allocates nothing.
type Example struct {
	Label  float32 // NaN where there is none
	Weight float32 // importance: the example counts as so many; 1 unless given
	Base   float32 // what the prediction starts from; 0 unless given
	Tag    []byte  // printed beside the prediction
	Blank  bool    // an empty line
	Line   int     // of the text it was read from, counted from 1; 0 without a text

	// Hashes and Values are the features, namespace after namespace, as Groups
	// cuts them. A hash is the whole 32 bits; the learner uses its lower ones.
	Hashes []uint32
	Values []float32
	Groups []Group

	// Names has the name of every feature where the reader was told to keep
	// them, and is empty elsewhere.
	Names []string

	by      *Learner  // that has prepared it
	at      []uint32  // the weights of what it has made of the features
	value   []float32 // and their values
	shifted []uint32  // those of another class
	scores  []float32
	unseen  int      // features that only interact
	scratch *scratch // what making them needs
	builder builder  // of examples made without text
	in      input
}

// Group is a run of features of one namespace. Several groups may be of the
// same namespace.
type Group struct {
	Name     byte // the first byte of the namespace's name; a space for that without a name
	From, To int  // its features are Hashes[From:To]
}

// Reset empties the example: no label, importance 1, no features.
func (x *Example) Reset() {
	x.Label, x.Weight, x.Base = float32(math.NaN()), 1, 0
	x.Tag, x.Blank, x.Line = x.Tag[:0], false, 0
	x.Hashes, x.Values, x.Groups, x.Names = x.Hashes[:0], x.Values[:0], x.Groups[:0], x.Names[:0]
	x.by, x.builder = nil, builder{}
}

// Reader reads a stream of examples.
type Reader interface {
	// Read makes x the next example. At the end of the stream it returns io.EOF.
	Read(x *Example) error
}
