package source

import (
	"fmt"

	"github.com/descent-go/descent/online"
)

// Options are those of every reader. The zero value reads as Vowpal Wabbit does
// unless told otherwise.
type Options struct {
	Hash    online.Hasher // of names; nil: online.HashStrings, and faster than naming it
	Seed    uint32        // what the hash of a namespace's name starts from: --hash_seed
	Names   bool          // keep the features' names in Example.Names
	Strict  bool          // a fault ends reading, with the *Fault as the error
	Report  func(Fault)   // is told every fault; nil: nobody is
	MaxLine int           // longest line in bytes; 0: 16 MiB. A longer one is a fault and left out
	Columns Columns       // of CSV
}

// hash returns the hash function.
func (o *Options) hash() online.Hasher {
	if o.Hash == nil {
		return online.HashStrings
	}
	return o.Hash
}

// maxLine returns the longest line's length.
func (o *Options) maxLine() int {
	if o.MaxLine <= 0 {
		return 16 << 20
	}
	return o.MaxLine
}

// fault reports a fault. The error is the fault where reading has to end.
func (o *Options) fault(f Fault) error {
	if o.Strict {
		f.Done = ""
	}
	if o.Report != nil {
		o.Report(f)
	}
	if o.Strict {
		return &f
	}
	return nil
}

// A Fault is a mistake in the text. Reading goes on after it, as Vowpal Wabbit
// does, unless Options.Strict says otherwise.
type Fault struct {
	Line   int    // counted from 1; 0 where there is none
	Column int    // in bytes from 1; 0 where it is not known
	Text   string // what was expected and what was found
	Done   string // what was done instead; empty where reading ended
}

// Error says where the fault is, what it is, and what was done.
func (f *Fault) Error() string {
	text := f.Text
	if f.Done != "" {
		text += ": " + f.Done
	}
	switch {
	case f.Line <= 0 && f.Column <= 0:
		return "source: " + text
	case f.Line <= 0:
		return fmt.Sprintf("source: column %d: %s", f.Column, text)
	case f.Column <= 0:
		return fmt.Sprintf("source: line %d: %s", f.Line, text)
	}
	return fmt.Sprintf("source: line %d, column %d: %s", f.Line, f.Column, text)
}
