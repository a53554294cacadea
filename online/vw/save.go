package vw

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// save writes the model and the files of its weights.
func (r *run) save() error {
	for _, out := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{r.c.Model, r.saveModel},
		{r.c.Readable, func(w io.Writer) error { return r.readable(w, false) }},
		{r.c.InvertHash, func(w io.Writer) error { return r.readable(w, true) }},
	} {
		if out.name == "" {
			continue
		}
		if err := writeWhole(out.name, out.write); err != nil {
			return fmt.Errorf("%s cannot be written: %w", out.name, err)
		}
	}
	return nil
}

// saveModel writes the model, or what predicting needs of it.
func (r *run) saveModel(w io.Writer) error {
	if r.c.PredictOnly {
		return r.l.Freeze().Save(w)
	}
	return r.l.Save(w)
}

// writable says early what could not be written in the end.
func (c *Config) writable() error {
	for _, name := range []string{c.Model, c.Readable, c.InvertHash} {
		if name == "" {
			continue
		}
		path, device := target(name)
		if device {
			continue
		}
		f, err := createBeside(path)
		if err != nil {
			return fmt.Errorf("%s cannot be written: %w", name, err)
		}
		if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil {
			return err
		}
	}
	return nil
}

// createBeside creates a file in the folder of another that it will replace.
func createBeside(name string) (*os.File, error) {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return nil, errors.New("it is a directory")
	}
	beside := filepath.Join(filepath.Dir(name), fmt.Sprintf(".%s-%016x.tmp", filepath.Base(name), rand.Uint64()))
	return os.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
}

// target follows links to the file that is to be written, and reports whether
// it is there and no file, but a device or a pipe, to write to as it is.
func target(name string) (path string, device bool) {
	if path, err := filepath.EvalSymlinks(name); err == nil {
		name = path
	}
	info, err := os.Stat(name)
	return name, err == nil && !info.Mode().IsRegular() && !info.IsDir()
}

// writeTo writes to a device or a pipe.
func writeTo(name string, write func(io.Writer) error) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

// writeWhole writes a file whole or not at all.
func writeWhole(name string, write func(io.Writer) error) error {
	name, device := target(name)
	if device {
		return writeTo(name, write)
	}
	f, err := createBeside(name)
	if err != nil {
		return err
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
