package source

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"sync/atomic"

	"github.com/descent-go/descent/online"
)

// A cache begins with the magic, the number of its version, the key's length
// and the key, and their checksum. Blocks follow: the length of the content,
// its checksum, the content, which is examples one after the other. The last
// block is empty. Numbers are little-endian.
var cacheMagic = []byte("descent cache\n")

const cacheVersion = 1

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Cache reads the examples of a file that CacheWriter wrote. It is used by one
// goroutine at a time; Progress may be called from any.
type Cache struct {
	name  string
	file  *os.File
	start int64 // where the blocks start
	size  int64
	done  atomic.Int64
	block []byte // what is left of the block being read
	buf   []byte
	err   error // ended reading, io.EOF too
}

// OpenCache opens a cache that was written with the same key: what shaped the
// examples, hash and seed above all. Errors name the file and say what to do.
// Close it in the end.
func OpenCache(name, key string) (*Cache, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("source: %w", err)
	}
	c := &Cache{name: name, file: f}
	if err := c.readHeader(key); err != nil {
		f.Close()
		return nil, c.fail(err)
	}
	return c, nil
}

func (c *Cache) fail(err error) error {
	return fmt.Errorf("source: cache %s: %w; remove it, or read the examples anew with -k", c.name, err)
}

var errCutOff = errors.New("it is cut off")

func (c *Cache) readHeader(key string) error {
	info, err := c.file.Stat()
	if err != nil {
		return err
	}
	c.size = info.Size()
	head := make([]byte, len(cacheMagic)+8)
	n, err := io.ReadFull(c.file, head)
	if !bytes.HasPrefix(head[:n], cacheMagic) {
		return errors.New("the file is none that descent wrote")
	}
	if err != nil {
		return errCutOff
	}
	if v := binary.LittleEndian.Uint32(head[len(cacheMagic):]); v != cacheVersion {
		return fmt.Errorf("version %d, expected %d", v, cacheVersion)
	}
	length := int64(binary.LittleEndian.Uint32(head[len(cacheMagic)+4:]))
	if length+4 > c.size-int64(len(head)) {
		return errCutOff
	}
	text := make([]byte, length+4)
	if _, err := io.ReadFull(c.file, text); err != nil {
		return errCutOff
	}
	if crc32.Update(crc32.Checksum(head, castagnoli), castagnoli, text[:length]) != binary.LittleEndian.Uint32(text[length:]) {
		return errors.New("the header is damaged")
	}
	if string(text[:length]) != key {
		return fmt.Errorf("written with %q, expected %q", text[:length], key)
	}
	c.start = int64(len(head) + len(text))
	c.done.Store(c.start)
	return nil
}

// Read makes x the next example. At the end it returns io.EOF.
func (c *Cache) Read(x *online.Example) error {
	for len(c.block) == 0 && c.err == nil {
		c.err = c.nextBlock()
	}
	if c.err != nil {
		return c.err
	}
	d := decoder{b: c.block}
	d.example(x)
	if d.bad {
		c.err = c.fail(errors.New("the content is damaged"))
		return c.err
	}
	c.block = d.b
	return nil
}

func (c *Cache) nextBlock() error {
	var head [8]byte
	if _, err := io.ReadFull(c.file, head[:]); err != nil {
		return c.readError(err)
	}
	n := int64(binary.LittleEndian.Uint32(head[:]))
	at := c.done.Add(8)
	if n > c.size-at {
		return c.fail(errCutOff)
	}
	if int64(cap(c.buf)) < n {
		c.buf = make([]byte, n)
	}
	c.block = c.buf[:n]
	if _, err := io.ReadFull(c.file, c.block); err != nil {
		return c.readError(err)
	}
	if crc32.Checksum(c.block, castagnoli) != binary.LittleEndian.Uint32(head[4:]) {
		c.block = nil
		return c.fail(fmt.Errorf("the block at byte %d is damaged", at))
	}
	c.done.Add(n)
	if n == 0 {
		return io.EOF
	}
	return nil
}

func (c *Cache) readError(err error) error {
	c.block = nil
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = errCutOff
	}
	return c.fail(err)
}

// Rewind goes back to the first example, for another pass.
func (c *Cache) Rewind() error {
	if _, err := c.file.Seek(c.start, io.SeekStart); err != nil {
		return c.fail(err)
	}
	c.block, c.err = nil, nil
	c.done.Store(c.start)
	return nil
}

// Progress returns how many bytes of the file have been read in this pass, and
// its size.
func (c *Cache) Progress() (done, total int64) { return c.done.Load(), c.size }

// Close ends reading and closes the file.
func (c *Cache) Close() error { return c.file.Close() }
