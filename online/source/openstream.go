package source

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

const (
	headSize = 1 << 16 // a format is told by so many bytes at most
	// A zstd stream may ask for a window of so many bytes: what zstd --long makes.
	maxWindow = 1 << 27
)

// A stream reads a file, unpacked where it is packed.
type stream struct {
	*bufio.Reader
	counter  *counter
	total    int64 // of the file, 0 where unknown
	unpacked io.Closer
	file     io.Closer
}

// newStream looks at the first bytes of r; c is closed with the stream.
func newStream(r io.Reader, c io.Closer) (*stream, error) {
	s := &stream{counter: &counter{r: r}, file: c, unpacked: io.NopCloser(nil)}
	if f, ok := r.(*os.File); ok {
		info, err := f.Stat()
		if err != nil {
			return nil, err
		}
		if info.IsDir() {
			return nil, fmt.Errorf("a directory; name a file in it")
		}
		if info.Mode().IsRegular() {
			s.total = info.Size()
		}
	}
	s.Reader = bufio.NewReaderSize(s.counter, headSize)
	if err := s.unpack(); err != nil {
		return nil, err
	}
	return s, nil
}

// unpack puts a decompressor in between where the magic bytes ask for one.
func (s *stream) unpack() error {
	magic, err := s.Peek(4)
	if err != nil && err != io.EOF {
		return err
	}
	switch {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(s.Reader)
		if err != nil {
			return damaged("gzip", s.counter, err)
		}
		s.wrap("gzip", z, z)
	case bytes.Equal(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(s.Reader, zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderConcurrency(s.decoders()))
		if err != nil {
			return damaged("zstd", s.counter, err)
		}
		c := z.IOReadCloser()
		s.wrap("zstd", z, c)
	}
	return nil
}

// decoders is how many goroutines unpack zstd. Where bytes may be long in
// coming, as from a pipe, it is the caller's alone: Close would wait for others.
func (s *stream) decoders() int {
	if s.total == 0 {
		return 1
	}
	return 0 // as many as there are processors
}

func (s *stream) wrap(kind string, r io.Reader, c io.Closer) {
	s.Reader = bufio.NewReaderSize(&unpacker{r, kind, s.counter}, headSize)
	s.unpacked = c
}

func (s *stream) Close() error {
	s.unpacked.Close() // of a decompressor: nothing that Read did not say
	return s.file.Close()
}

// An unpacker says of a decompressor's error what it is and where.
type unpacker struct {
	r       io.Reader
	kind    string
	counter *counter
}

func (u *unpacker) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	if err != nil && err != io.EOF {
		err = damaged(u.kind, u.counter, err)
	}
	return n, err
}

func damaged(kind string, c *counter, err error) error {
	return fmt.Errorf("the %s data is damaged or cut off within its first %d bytes: %w", kind, c.done.Load(), err)
}

// A counter counts the bytes read through it.
type counter struct {
	r    io.Reader
	done atomic.Int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.done.Add(int64(n))
	return n, err
}
