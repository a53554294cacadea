package source

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/descent-go/descent/online"
)

// A block is written when it is so large.
const cacheBlock = 256 << 10

// CacheWriter writes examples for [Cache]: in a file beside the one asked for,
// which takes its name when all are written. Its errors name the file; after
// one, Abort it.
type CacheWriter struct {
	name  string
	file  *os.File
	out   *bufio.Writer
	block []byte
}

// CreateCache begins a cache. The key is what a reader has to know: what
// shaped the examples. End it with Commit or Abort.
func CreateCache(name, key string) (*CacheWriter, error) {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("source: cache %s: it is there and is no file (%v): give the name of a file", name, info.Mode().Type())
	}
	beside := filepath.Join(filepath.Dir(name), fmt.Sprintf(".cache-%016x.tmp", rand.Uint64()))
	f, err := os.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, fmt.Errorf("source: cache %s: %w", name, err)
	}
	w := &CacheWriter{name: name, file: f, out: bufio.NewWriterSize(f, 1<<16)}
	head := binary.LittleEndian.AppendUint32(append([]byte(nil), cacheMagic...), cacheVersion)
	head = append(binary.LittleEndian.AppendUint32(head, uint32(len(key))), key...)
	head = binary.LittleEndian.AppendUint32(head, crc32.Checksum(head, castagnoli))
	if _, err := w.out.Write(head); err != nil {
		return nil, errors.Join(w.fail(err), w.Abort())
	}
	return w, nil
}

func (w *CacheWriter) fail(err error) error {
	return fmt.Errorf("source: cache %s: not written: %w", w.name, err)
}

// Write appends an example.
func (w *CacheWriter) Write(x *online.Example) error {
	w.block = appendExample(w.block, x)
	if len(w.block) < cacheBlock {
		return nil
	}
	return w.flush()
}

// flush writes the block, also an empty one, which ends the file.
func (w *CacheWriter) flush() error {
	head := binary.LittleEndian.AppendUint32(nil, uint32(len(w.block)))
	head = binary.LittleEndian.AppendUint32(head, crc32.Checksum(w.block, castagnoli))
	_, err := w.out.Write(head)
	if err == nil {
		_, err = w.out.Write(w.block)
	}
	w.block = w.block[:0]
	if err != nil {
		return w.fail(err)
	}
	return nil
}

// Commit ends the cache and puts it in place of an earlier one.
func (w *CacheWriter) Commit() error {
	var err error
	if len(w.block) > 0 {
		err = w.flush()
	}
	if err == nil {
		err = w.flush()
	}
	if err == nil {
		err = w.finish()
	}
	if err != nil {
		return errors.Join(err, w.Abort())
	}
	return nil
}

func (w *CacheWriter) finish() error {
	err := errors.Join(w.out.Flush(), w.file.Close())
	if err == nil {
		err = os.Rename(w.file.Name(), w.name)
	}
	if err != nil {
		return w.fail(err)
	}
	return nil
}

// Abort leaves no file behind. After Commit it does nothing.
func (w *CacheWriter) Abort() error {
	_ = w.file.Close() // finish may have closed it
	if err := os.Remove(w.file.Name()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return w.fail(err)
	}
	return nil
}
