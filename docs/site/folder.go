package site

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/descent-go/descent/internal/atomicfile"
)

// mark is a file by which a folder is known to be a site, which may be replaced.
const mark = ".descent-site"

// Write makes a folder of the files. A folder that is there already is replaced
// if it is empty or an earlier site, else it is an error that leaves it alone.
// The new one takes its place when it is complete; when ctx is done before, Write
// ends with its error and leaves everything as it was.
func Write(ctx context.Context, files map[string][]byte, folder string) error {
	if err := replaceable(folder); err != nil {
		return err
	}
	folder = filepath.Clean(folder)
	made, err := os.MkdirTemp(filepath.Dir(folder), ".descent-*")
	if err != nil {
		return fmt.Errorf("site: %s cannot be made: %w", folder, atomicfile.Unnamed(err))
	}
	defer os.RemoveAll(made)
	if err := fill(ctx, made, files); err != nil {
		return fmt.Errorf("site: %s cannot be made: %w", folder, atomicfile.Unnamed(err))
	}
	return swap(made, folder)
}

// fill writes the files into a folder, and its mark.
func fill(ctx context.Context, folder string, files map[string][]byte) error {
	if err := os.Chmod(folder, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, mark), nil, 0o644); err != nil {
		return err
	}
	for name, text := range files {
		file := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// replaceable reports why a folder must not be replaced.
func replaceable(folder string) error {
	entries, err := os.ReadDir(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("site: %s is no folder that can be read: %w", folder, atomicfile.Unnamed(err))
	case len(entries) == 0:
		return nil
	}
	if _, err := os.Stat(filepath.Join(folder, mark)); err != nil {
		return fmt.Errorf("site: the folder %s holds other files; name an empty one, one that is not there, or an earlier site", folder)
	}
	return nil
}

// swap puts the new folder where the old one was, which goes.
func swap(made, folder string) error {
	old := made + ".old"
	err := os.Rename(folder, old)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("site: %s cannot be replaced: %w", folder, atomicfile.Unnamed(err))
	}
	if err := os.Rename(made, folder); err != nil {
		_ = os.Rename(old, folder)
		return fmt.Errorf("site: %s cannot be made: %w", folder, atomicfile.Unnamed(err))
	}
	if err := os.RemoveAll(old); err != nil {
		return fmt.Errorf("site: the earlier site is left in %s: %w", old, err)
	}
	return nil
}
