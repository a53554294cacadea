// Package atomicfile writes files whole or not at all.
package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// Probe says early that a file could not be written: it creates what Write would
// create, and removes it.
func Probe(name string) error {
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

// Write writes a file whole or not at all: into one beside it, which then takes
// its place, so that an error leaves the earlier file. Links are followed. What is
// no ordinary file, as a pipe or /dev/null, is written to as it is.
func Write(name string, write func(io.Writer) error) error {
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

// Unnamed takes the names of files, which users may not have given, from an error.
func Unnamed(err error) error {
	var named *fs.PathError
	var renamed *os.LinkError
	switch {
	case errors.As(err, &named):
		return named.Err
	case errors.As(err, &renamed):
		return renamed.Err
	}
	return err
}
