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
		var err error
		if standard(out.name) {
			err = out.write(r.s.Out)
		} else {
			err = writeWhole(out.name, out.write)
		}
		if err != nil {
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
		if name == "" || standard(name) {
			continue
		}
		if err := probe(name); err != nil {
			return fmt.Errorf("%s cannot be written: %w", name, err)
		}
	}
	return nil
}

// probe creates what writeWhole would create, and removes it.
func probe(name string) error {
	path, replace, err := place(name)
	if err != nil || !replace {
		return err
	}
	f, err := createBeside(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// place is the file that a name leads to, and whether it is one to replace: what
// is no ordinary file, as a pipe or /dev/null, is written to.
func place(name string) (path string, replace bool, err error) {
	path = name
	if target, err := filepath.EvalSymlinks(name); err == nil {
		path = target
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return path, true, nil // there is none yet
	case info.IsDir():
		return path, false, errors.New("it is a directory")
	}
	return path, info.Mode().IsRegular(), nil
}

// createBeside creates a file in the folder of another that it will replace.
func createBeside(path string) (*os.File, error) {
	beside := filepath.Join(filepath.Dir(path), fmt.Sprintf(".%s-%016x.tmp", filepath.Base(path), rand.Uint64()))
	return os.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
}

// writeWhole writes a file whole or not at all.
func writeWhole(name string, write func(io.Writer) error) error {
	path, replace, err := place(name)
	if err != nil {
		return err
	}
	if !replace {
		return writeInto(path, write)
	}
	f, err := createBeside(path)
	if err != nil {
		return err
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// writeInto writes into what is there.
func writeInto(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}
