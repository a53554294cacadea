package checkpoint

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/descent-go/descent/internal/atomicfile"
)

// A Part is what one rank has written of a checkpoint. It can be sent as JSON.
type Part struct {
	Rank   int    `json:"rank"`
	Ranks  int    `json:"ranks"` // how many parts there are
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// name is the part's file. It depends on what is in it: a step that is saved anew
// never overwrites a part that its manifest names.
func (p Part) name() string {
	return fmt.Sprintf("part-%d-of-%d-%.16s.safetensors", p.Rank, p.Ranks, p.SHA256)
}

// Part writes what a rank keeps of a step that Begin has begun, and brings it to
// disk. Tensors may be pieces. A tensor that is whole may be in the parts of
// several ranks, with the same numbers; one in pieces must be made whole by those
// of all ranks, with no element given twice. f has no Meta: Commit takes it.
func (d Folder) Part(step, rank, ranks int, f *File) (Part, error) {
	p, err := d.part(step, Part{Rank: rank, Ranks: ranks}, f)
	if err != nil {
		return Part{}, d.wrap(fmt.Errorf("step %d, part of rank %d is not written: %w", step, rank, err))
	}
	return p, nil
}

func (d Folder) part(step int, p Part, f *File) (Part, error) {
	if p.Rank < 0 || p.Rank >= p.Ranks {
		return p, fmt.Errorf("the rank must be from 0 to %d, below the number of ranks", p.Ranks-1)
	}
	flat, err := f.flat()
	if err != nil {
		return p, err
	}
	temporary := filepath.Join(d.path(step), fmt.Sprintf(".part-%d-%016x.tmp", p.Rank, rand.Uint64()))
	sum := &summer{hash: sha256.New()}
	err = writeNew(temporary, nil, func(w io.Writer) error {
		sum.out = w
		return flat.write(sum)
	})
	if errors.Is(err, fs.ErrNotExist) {
		return p, errors.New("the folder of the step is not there: rank 0 makes it by Begin, and all ranks must see the same folder")
	}
	if err != nil {
		return p, atomicfile.Unnamed(err)
	}
	p.Bytes, p.SHA256 = sum.size, hex.EncodeToString(sum.hash.Sum(nil))
	return p, rename(temporary, filepath.Join(d.path(step), p.name()))
}

// summer counts and sums what is written through it.
type summer struct {
	out  io.Writer
	hash hash.Hash
	size int64
}

func (s *summer) Write(p []byte) (int, error) {
	n, err := s.out.Write(p)
	s.size += int64(n)
	s.hash.Write(p[:n])
	return n, err
}

// extent is where a piece lies, in the metadata of a part, under the tensor's name.
// The piece itself is stored as a list of numbers.
type extent struct {
	From  int   `json:"from"`
	Shape []int `json:"shape"` // of the whole
}

// flat is the file with pieces as a part stores them. Pieces of nothing are left out.
func (f *File) flat() (*File, error) {
	if f.Meta != nil {
		return nil, errors.New("it has Meta; give that to Commit")
	}
	flat := &File{Meta: map[string]string{}}
	for _, t := range f.Tensors {
		whole, err := product(t.Shape)
		if err != nil {
			return nil, fmt.Errorf("tensor %q: %w", t.Name, err)
		}
		switch n := t.len(); {
		case n == 0 && whole > 0:
			continue
		case n != whole:
			if err := checkExtent(t.Shape, t.From, n); err != nil {
				return nil, fmt.Errorf("tensor %q: %w", t.Name, err)
			}
			where, err := json.Marshal(extent{t.From, t.Shape})
			if err != nil {
				return nil, err
			}
			flat.Meta[t.Name] = string(where)
			t.From, t.Shape = 0, []int{n}
		}
		flat.Tensors = append(flat.Tensors, t)
	}
	return flat, flat.check()
}

// checkExtent refuses a piece of n elements that does not lie within its whole.
func checkExtent(shape []int, from, n int) error {
	whole, err := product(shape)
	if err != nil {
		return err
	}
	if from < 0 || from > whole || n > whole-from {
		return fmt.Errorf("shape %v has %d elements, a piece of %d cannot begin at %d", shape, whole, n, from)
	}
	return nil
}

// open opens a part and checks its size.
func (p Part) open(path string) (*os.File, error) {
	in, err := os.Open(filepath.Join(path, p.name()))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is %w: it is not there", p.name(), errDamaged)
	}
	if err != nil {
		return nil, err
	}
	info, err := in.Stat()
	if err == nil && info.Size() != p.Bytes {
		err = fmt.Errorf("%s is %w: it has %d bytes, %d were written", p.name(), errDamaged, info.Size(), p.Bytes)
	}
	if err != nil {
		return nil, errors.Join(err, in.Close())
	}
	return in, nil
}

// read reads the tensors of a part, or where they lie only: then they have no data.
func (p Part) read(path string, data bool) ([]piece, error) {
	in, err := p.open(path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	sum := sha256.New()
	pieces, err := p.pieces(io.TeeReader(in, sum), data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.name(), err)
	}
	if data && hex.EncodeToString(sum.Sum(nil)) != p.SHA256 {
		return nil, fmt.Errorf("%s is %w: its checksum is another", p.name(), errDamaged)
	}
	return pieces, nil
}

func (p Part) pieces(in io.Reader, data bool) ([]piece, error) {
	entries, meta, err := readLayout(in, uint64(p.Bytes))
	if err != nil {
		return nil, err
	}
	pieces := make([]piece, len(entries))
	buf := make([]byte, 1<<16)
	for i, e := range entries {
		if pieces[i], err = newPiece(p.Rank, e, meta); err == nil && data {
			pieces[i].data, err = e.read(in, buf)
		}
		if err != nil {
			return nil, fmt.Errorf("tensor %q: %w", e.name, err)
		}
	}
	return pieces, nil
}
