package vw

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"github.com/descent-go/descent/online"
	"github.com/descent-go/descent/online/source"
)

// input opens the data for one pass after the other. All but progress is called
// by the goroutine that reads.
type input struct {
	c     *Config
	in    io.Reader
	f     *feed
	opts  source.Options
	warn  func(format string, args ...any)
	pass  int
	lines int // of this pass

	source *source.Source
	cache  *source.Cache
	write  *source.CacheWriter // nil when it is complete
	begun  *source.CacheWriter // what write was

	at atomic.Pointer[progresser] // of what is being read
}

type progresser interface{ Progress() (done, total int64) }

// progress is how much of this pass has been read; it may be called by others.
func (in *input) progress() (done, total int64) {
	if p := in.at.Load(); p != nil {
		return (*p).Progress()
	}
	return 0, 0
}

func (in *input) follow(p progresser) { in.at.Store(&p) }

// open is the reader of the next pass, io.EOF where there is none.
func (in *input) open() (online.Reader, error) {
	in.lines = 0
	if in.pass++; in.pass > max(1, in.c.Passes) {
		return nil, io.EOF
	}
	switch {
	case in.pass == 1 && in.cache == nil:
		return in, nil
	case in.cache != nil:
		return in, in.cache.Rewind()
	}
	return in, in.reopen()
}

// start opens what the first pass reads, and says so.
func (in *input) start(say func(format string, args ...any)) error {
	name := in.c.cacheName()
	if name != "" && !in.c.KillCache {
		cache, err := source.OpenCache(name, in.key())
		if err == nil {
			in.cache = cache
			in.follow(cache)
			in.stale(name)
			say("using cache_file = %s\nignoring text input in favor of cache input\n", name)
			return nil
		}
		if !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	if err := in.openData(); err != nil {
		return err
	}
	if name == "" {
		say("using no cache\n")
	} else {
		var err error
		if in.write, err = source.CreateCache(name, in.key()); err != nil {
			return errors.Join(err, in.source.Close())
		}
		in.begun = in.write
		say("creating cache_file = %s\n", name)
	}
	say("Reading datafile = %s\n", in.dataName())
	return nil
}

// stale warns of a cache that is older than the data.
func (in *input) stale(cache string) {
	a, err := os.Stat(in.c.Data)
	b, wrong := os.Stat(cache)
	if err == nil && wrong == nil && a.ModTime().After(b.ModTime()) {
		in.warn("%s has changed since %s was written from it; -k reads it anew", in.c.Data, cache)
	}
}

// openData opens the data. A stream that is no file is read no further ahead
// than it has to be.
func (in *input) openData() (err error) {
	format := in.c.format()
	switch {
	case !in.c.stdin():
		in.source, err = source.Open(in.c.Data, format, in.opts)
	case regular(in.in):
		in.source, err = source.New(in.in, "standard input", format, in.opts)
	default:
		in.source, err = source.New(eager{in.in, in.f}, "standard input", format, in.opts)
	}
	if err == nil {
		in.follow(in.source)
	}
	return err
}

func (in *input) dataName() string {
	if in.c.stdin() {
		return "stdin"
	}
	return in.c.Data
}

// format is what the options say of the data.
func (c *Config) format() source.Format {
	switch {
	case c.JSON:
		return source.FormatJSON
	case c.CSV:
		return source.FormatCSV
	case c.Format == "auto":
		return source.Auto
	}
	return source.Format(c.Format)
}

// key is what shapes the examples of a cache.
func (in *input) key() string {
	hash := "strings"
	if in.opts.Hash != nil {
		hash = "all"
	}
	return fmt.Sprintf("--hash %s --hash_seed %d --names=%t", hash, in.opts.Seed, in.opts.Names)
}

// Read reads an example, and in the first pass writes it to the cache.
func (in *input) Read(x *online.Example) error {
	if in.c.Examples >= 0 && in.lines >= in.c.Examples {
		return in.end()
	}
	if in.cache != nil {
		in.lines++
		return in.cache.Read(x)
	}
	if err := in.source.Read(x); err == io.EOF {
		return in.end()
	} else if err != nil {
		return err
	}
	in.lines++
	if in.write != nil {
		return in.write.Write(x)
	}
	return nil
}

// end ends a pass: the cache is complete.
func (in *input) end() error {
	if in.write == nil {
		return io.EOF
	}
	err := in.write.Commit()
	in.write = nil
	if err != nil {
		return err
	}
	return io.EOF
}

// reopen opens the cache that the first pass has written.
func (in *input) reopen() (err error) {
	if in.cache, err = source.OpenCache(in.c.cacheName(), in.key()); err == nil {
		in.follow(in.cache)
	}
	return err
}

// abandon leaves no half of a cache behind, while the goroutine that reads waits
// for its stream.
func (in *input) abandon() error {
	if in.begun == nil {
		return nil
	}
	return in.begun.Abort()
}

// close closes what is open; a cache that is not complete goes.
func (in *input) close() error {
	var errs []error
	if in.write != nil {
		errs = append(errs, in.write.Abort())
	}
	if in.source != nil {
		errs = append(errs, in.source.Close())
	}
	if in.cache != nil {
		errs = append(errs, in.cache.Close())
	}
	return errors.Join(errs...)
}
