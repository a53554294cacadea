// Package source reads streams of examples for package online: Vowpal Wabbit's
// text, LibSVM, CSV with a header and JSON lines, plain or packed by gzip or
// zstd, and caches of what was read before.
//
// [Open] takes a file's name, [New] any reader; both find out what they have
// got. The readers of the formats, [NewVW], [NewLibSVM], [NewCSV] and [NewJSON],
// serve where that is known. A reader fills one example over and over and so
// allocates nothing once the example has grown.
//
// A malformed line is a [Fault]: it is reported, and reading goes on with what
// the fault says was done, or ends where [Options] say Strict.
package source

import (
	"fmt"
	"io"
	"os"

	"github.com/descent-go/descent/online"
)

// Format is how examples are written.
type Format string

// The formats that Open and New read.
const (
	Auto         Format = ""       // told by the name's ending, else by the first lines
	FormatVW     Format = "vw"     // Vowpal Wabbit's text
	FormatLibSVM Format = "libsvm" // label index:value ...
	FormatCSV    Format = "csv"    // a header, then a line for each example
	FormatJSON   Format = "json"   // an object on each line
)

// Source is an opened stream of examples. It is used by one goroutine at a
// time; Progress may be called from any.
type Source struct {
	Format   Format // found, or given
	Examples int64  // read so far: 0 at the end says that the stream was empty

	name   string
	in     *stream
	reader online.Reader
}

// Open opens a file, or standard input where the name is "-". Whether it is
// packed is told by its content, its format by the ending of its name (.vw,
// .csv, .tsv, .json, .jsonl, .ndjson, .svm, .libsvm, also before .gz and .zst)
// and else by its first lines. Errors name the file. Close it in the end.
func Open(name string, format Format, o Options) (*Source, error) {
	if name == "-" {
		return open("standard input", os.Stdin, io.NopCloser(nil), format, o)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("source: %w", err)
	}
	s, err := open(name, f, f, format, o)
	if err != nil {
		f.Close()
		return nil, err
	}
	return s, nil
}

// New is Open for a reader. The name is for errors, and its ending tells the
// format as a file's does. Close does not close r.
func New(r io.Reader, name string, format Format, o Options) (*Source, error) {
	return open(name, r, io.NopCloser(nil), format, o)
}

func open(name string, r io.Reader, c io.Closer, format Format, o Options) (*Source, error) {
	in, err := newStream(r, c)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if format == Auto {
		if format, err = in.detect(name); err != nil {
			in.unpacked.Close()
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	s := &Source{Format: format, name: name, in: in}
	switch format {
	case FormatVW:
		s.reader = NewVW(in.Reader, o)
	case FormatLibSVM:
		s.reader = NewLibSVM(in.Reader, o)
	case FormatCSV:
		if o.Columns.Separator == 0 && hasEnding(name, ".tsv") {
			o.Columns.Separator = '\t'
		}
		s.reader = NewCSV(in.Reader, o)
	case FormatJSON:
		s.reader = NewJSON(in.Reader, o)
	default:
		in.unpacked.Close()
		return nil, fmt.Errorf("source: format %q is none of %s, %s, %s and %s", format, FormatVW, FormatLibSVM, FormatCSV, FormatJSON)
	}
	return s, nil
}

// Read makes x the next example. At the end it returns io.EOF; other errors
// name the file, and a Fault is among them only where Options said Strict.
func (s *Source) Read(x *online.Example) error {
	err := s.reader.Read(x)
	if err == nil {
		s.Examples++
		return nil
	}
	if err == io.EOF {
		return err
	}
	return fmt.Errorf("%s: %w", s.name, err)
}

// Progress returns how many bytes of the file have been read, as it lies on
// the disk, and its size: 0 where that is not known, as of a pipe.
func (s *Source) Progress() (done, total int64) { return s.in.counter.done.Load(), s.in.total }

// Close ends reading and closes the file.
func (s *Source) Close() error { return s.in.Close() }
