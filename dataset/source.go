package dataset

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

const headSize = 1 << 16 // of a file, enough to tell its format

// A source is a file that can be read from the start more than once.
type source struct {
	path    string
	content []byte // all of it, where the file cannot be opened twice (a pipe)
}

func newSource(path string) (*source, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, fmt.Errorf("%s is a directory; name a file in it", path)
	}
	s := &source{path: path}
	if !info.Mode().IsRegular() {
		if s.content, err = os.ReadFile(path); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// name is the file's base name, for Data.Name.
func (s *source) name() string { return filepath.Base(s.path) }

// A stream reads a source once, unpacked.
type stream struct {
	*bufio.Reader
	file io.Closer
	head []byte // what it starts with, headSize bytes or the whole; valid until the first read
}

func (s *source) open() (*stream, error) {
	var in stream
	if s.content != nil {
		in.Reader, in.file = bufio.NewReaderSize(bytes.NewReader(s.content), headSize), io.NopCloser(nil)
	} else {
		f, err := os.Open(s.path)
		if err != nil {
			return nil, err
		}
		in.Reader, in.file = bufio.NewReaderSize(f, headSize), f
	}
	if err := in.unpack(); err != nil {
		in.file.Close()
		return nil, fmt.Errorf("%s: %w", s.path, err)
	}
	return &in, nil
}

func (in *stream) Close() error { return in.file.Close() }

// unpack puts a gzip reader in between where the file is compressed, whatever
// its name, and looks at the head.
func (in *stream) unpack() error {
	magic, _ := in.Peek(2)
	if bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(in.Reader)
		if err != nil {
			return damaged{err}
		}
		in.Reader = bufio.NewReaderSize(gzipReader{z}, headSize)
	}
	var err error
	if in.head, err = in.Peek(headSize); err != nil && err != io.EOF {
		return err
	}
	if len(in.head) == 0 {
		return fmt.Errorf("the file is empty")
	}
	return nil
}

// A gzipReader says of an error that it lies in the compression.
type gzipReader struct{ z *gzip.Reader }

func (r gzipReader) Read(p []byte) (int, error) {
	n, err := r.z.Read(p)
	if err != nil && err != io.EOF {
		err = damaged{err}
	}
	return n, err
}

type damaged struct{ error }

func (e damaged) Error() string { return "the gzip data is damaged or cut off: " + e.error.Error() }
func (e damaged) Unwrap() error { return e.error }

// checkText refuses a head with NUL bytes, which text does not have.
func (in *stream) checkText(path string) error {
	if bytes.IndexByte(in.head, 0) < 0 {
		return nil
	}
	return fmt.Errorf("%s: binary data, expected text; the formats read are %s, %s and %s (UTF-16 text must be saved as UTF-8)", path, CSV, LibSVM, IDX)
}

// detect tells a format from the ending of a name, or from the file's head.
func detect(path string, head []byte) string {
	name := strings.TrimSuffix(strings.ToLower(filepath.Base(path)), ".gz")
	switch filepath.Ext(name) {
	case ".csv", ".tsv":
		return CSV
	case ".libsvm", ".svm", ".svmlight":
		return LibSVM
	case ".idx":
		return IDX
	}
	if strings.HasSuffix(name, "-ubyte") || len(head) > 3 && head[0] == 0 && head[1] == 0 && head[2] >= 8 && head[2] <= 14 {
		return IDX
	}
	if looksLibSVM(head) {
		return LibSVM
	}
	return CSV
}

// looksLibSVM reports whether the first example in the head is a number followed
// by at least one index:value.
func looksLibSVM(head []byte) bool {
	for line := range strings.Lines(string(head)) {
		fields := strings.Fields(uncomment(line))
		if len(fields) == 0 {
			continue
		}
		if _, kind := parseCell(fields[0]); kind != numberCell || len(fields) < 2 {
			return false
		}
		index, _, colon := strings.Cut(fields[1], ":")
		_, err := strconv.ParseUint(index, 10, 64)
		return colon && err == nil
	}
	return false
}
