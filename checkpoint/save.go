package checkpoint

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/nlpodyssey/safetensors"

	"github.com/descent-go/descent/internal/littleendian"
)

// maxHeader is the longest header, in bytes, that readers of the format accept.
var maxHeader uint64 = 100_000_000

// output is the part of *os.File that Save writes through.
type output interface {
	io.WriteCloser
	Chmod(fs.FileMode) error
	Sync() error
}

// create makes a new file. Tests replace it by one whose disk is full.
var create = func(path string) (output, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
}

// Save writes f to path, replacing an earlier file. It writes to a temporary
// file in the same folder, has it brought to disk and renames it, so that after
// an error, a crash or a power cut the earlier file is whole, and an error
// leaves nothing behind. The new file keeps the permissions of the earlier one.
// If path is a symbolic link, the file that it points to is replaced.
func (f *File) Save(path string) error {
	if err := f.check(); err != nil {
		return fmt.Errorf("checkpoint: %s: not written: %w", path, err)
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	temporary := filepath.Join(filepath.Dir(path), fmt.Sprintf(".checkpoint-%016x.tmp", rand.Uint64()))
	if err := f.replace(path, temporary); err != nil {
		return fmt.Errorf("checkpoint: %s: not written: %w", path, err)
	}
	return nil
}

// Write writes f to where Save does not, as a part of something else.
func (f *File) Write(w io.Writer) error {
	err := f.check()
	if err == nil {
		err = f.write(w)
	}
	if err != nil {
		return fmt.Errorf("checkpoint: not written: %w", err)
	}
	return nil
}

func (f *File) replace(path, temporary string) error {
	earlier, err := os.Stat(path)
	if err == nil && !earlier.Mode().IsRegular() {
		return fmt.Errorf("it is there and is no file but %s; give the name of a file", kind(earlier.Mode()))
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := writeNew(temporary, earlier, f.write); err != nil {
		return err
	}
	return rename(temporary, path)
}

// writeNew makes a new file and brings it to disk, or leaves none. It has the
// permissions of an earlier one, if there is one.
func writeNew(path string, earlier fs.FileInfo, write func(io.Writer) error) error {
	out, err := create(path)
	if err != nil {
		return err
	}
	if earlier != nil {
		err = out.Chmod(earlier.Mode().Perm())
	}
	if err == nil {
		err = write(out)
	}
	if err == nil {
		err = out.Sync()
	}
	if e := out.Close(); err == nil {
		err = e
	}
	if err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// rename gives a file that writeNew has made its name.
func rename(temporary, path string) error {
	if err := os.Rename(temporary, path); err != nil {
		return errors.Join(err, os.Remove(temporary))
	}
	syncFolder(filepath.Dir(path))
	return nil
}

// syncFolder brings a rename to disk, where the system can do that for a folder.
// Where it cannot there is nothing to do: the new file is in place.
func syncFolder(path string) {
	if folder, err := os.Open(path); err == nil {
		_ = folder.Sync()
		_ = folder.Close()
	}
}

func kind(mode fs.FileMode) string {
	if mode.IsDir() {
		return "a folder"
	}
	return "a device, pipe or socket"
}

func (f *File) write(w io.Writer) error {
	views := make(map[string]view, len(f.Tensors))
	for _, t := range f.Tensors {
		views[t.Name] = view{t}
	}
	out := bufio.NewWriterSize(&headerLimit{w: w}, 1<<16)
	if err := safetensors.SerializeToWriter(views, f.Meta, out); err != nil {
		return err
	}
	return out.Flush()
}

// headerLimit refuses a header that no reader would accept: the library checks
// its length when it reads, not when it writes.
type headerLimit struct {
	w       io.Writer
	checked bool
}

func (h *headerLimit) Write(p []byte) (int, error) {
	if !h.checked {
		if n := binary.LittleEndian.Uint64(p); n > maxHeader {
			return 0, fmt.Errorf("the names, shapes and meta texts take %d bytes, the format allows %d", n, maxHeader)
		}
		h.checked = true
	}
	return h.w.Write(p)
}

// view shows a tensor to the library. The library's own TensorView takes an
// empty shape for no element; in the format it is one.
type view struct{ t Tensor }

func (v view) DType() safetensors.DType { return v.t.dtype() }

// Shape is never nil, which the library would write as null.
func (v view) Shape() []uint64 {
	shape := make([]uint64, len(v.t.Shape))
	for i, d := range v.t.Shape {
		shape[i] = uint64(d)
	}
	return shape
}

func (v view) DataLen() uint64 { return v.DType().Size() * uint64(v.t.len()) }

// Data is called once a tensor, when its turn to be written has come.
func (v view) Data() []byte {
	switch {
	case v.t.F32 != nil:
		return littleendian.Bytes(v.t.F32)
	case v.t.F64 != nil:
		return littleendian.Bytes(v.t.F64)
	case v.t.F16 != nil:
		return littleendian.Bytes(v.t.F16)
	}
	return littleendian.Bytes(v.t.BF16)
}
