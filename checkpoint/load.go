package checkpoint

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"unicode/utf8"

	"github.com/nlpodyssey/safetensors"

	"github.com/descent-go/descent"
)

// Load reads a file. One that is cut off, damaged, of another format or of
// element types other than F32, F64, F16 and BF16 is an error that says so; what a header
// claims is checked against the file's size before memory is taken for it.
func Load(path string) (*File, error) {
	f, err := load(path)
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %s: %w", path, err)
	}
	return f, nil
}

func load(path string) (*File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("no file but %s", kind(info.Mode()))
	}
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return read(in, uint64(info.Size()))
}

// read reads a file of the given size.
func read(in io.Reader, size uint64) (*File, error) {
	entries, meta, err := readLayout(in, size)
	if err != nil {
		return nil, err
	}
	f := &File{Tensors: make([]Tensor, len(entries))}
	if len(meta) > 0 {
		f.Meta = meta
	}
	buf := make([]byte, 1<<16)
	for i, e := range entries {
		if f.Tensors[i], err = e.read(in, buf); err != nil {
			return nil, fmt.Errorf("tensor %q: %w", e.name, err)
		}
	}
	slices.SortFunc(f.Tensors, func(a, b Tensor) int { return cmp.Compare(a.Name, b.Name) })
	return f, nil
}

// readLayout returns what the header says, checked: the tensors, in the order of
// their data, which follow, and the metadata.
func readLayout(in io.Reader, size uint64) ([]entry, map[string]string, error) {
	header, err := readHeader(in, size)
	if err != nil {
		return nil, nil, err
	}
	if err := checkHeader(header); err != nil {
		return nil, nil, fmt.Errorf("header: %w", err)
	}
	var meta safetensors.Metadata
	if err := json.Unmarshal(header, &meta); err != nil {
		return nil, nil, fmt.Errorf("header: %w", err)
	}
	entries, err := layout(meta.Tensors(), size-8-uint64(len(header)))
	return entries, meta.Metadata(), err
}

// readHeader returns the header, which is followed by the tensors' data.
func readHeader(in io.Reader, size uint64) ([]byte, error) {
	start := make([]byte, min(size, 8))
	if _, err := io.ReadFull(in, start); err != nil {
		return nil, err
	}
	if size < 8 {
		return nil, foreign(start, fmt.Sprintf("cut off: it has %d bytes, the length of the header alone takes 8", size))
	}
	n := binary.LittleEndian.Uint64(start)
	if n > maxHeader {
		return nil, foreign(start, fmt.Sprintf("no safetensors file: it claims a header of %d bytes, the format allows %d", n, maxHeader))
	}
	if n > size-8 {
		return nil, foreign(start, fmt.Sprintf("cut off: a header of %d bytes should follow the first 8, there are %d", n, size-8))
	}
	header := make([]byte, n)
	if _, err := io.ReadFull(in, header); err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(header, []byte("{")) {
		return nil, foreign(start, "no safetensors file: the header does not begin with {")
	}
	return header, nil
}

// signatures are how files begin that people take for safetensors.
var signatures = []struct{ start, name string }{
	{"\x1f\x8b", "gzip; unpack it first"},
	{"PK\x03\x04", "a zip archive, as torch.save and numpy.savez write; convert it with safetensors.torch.save_file or safetensors.numpy.save_file"},
	{"\x80\x02", "a Python pickle, as torch.save wrote; convert it with safetensors.torch.save_file"},
	{"\x80\x03", "a Python pickle"},
	{"\x80\x04", "a Python pickle"},
	{"\x80\x05", "a Python pickle"},
	{"\x93NUMPY", "a numpy array; convert it with safetensors.numpy.save_file"},
	{"\x89HDF", "HDF5, as keras writes"},
	{"GGUF", "GGUF"},
	{"\x28\xb5\x2f\xfd", "zstd; unpack it first"},
	{"version ", "a Git LFS pointer; fetch the file itself with git lfs pull"},
	{"{", "JSON"},
	{"[", "JSON"},
	{"<", "HTML or XML, perhaps an error page saved as a file"},
}

// foreign adds to what is wrong which other format the file looks like.
func foreign(start []byte, wrong string) error {
	for _, s := range signatures {
		if bytes.HasPrefix(start, []byte(s.start)) {
			return fmt.Errorf("%s; it looks like %s", wrong, s.name)
		}
	}
	return errors.New(wrong)
}

// checkHeader refuses what the library lets through: bytes that are no UTF-8,
// which it replaces, and a key given twice, of which it takes the last; and the
// element types that are not read, of which the library knows some.
func checkHeader(header []byte) error {
	if !utf8.Valid(header) {
		return errors.New("it is not valid UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(header))
	if _, err := dec.Token(); err != nil {
		return err
	}
	return uniqueKeys(dec, func(name string, first json.Token) error {
		if first != json.Delim('{') {
			return skip(dec, first) // the library says what is wrong with it
		}
		err := uniqueKeys(dec, func(key string, first json.Token) error {
			if key == "dtype" && name != metaKey && first != "F32" && first != "F64" && first != "F16" && first != "BF16" {
				return fmt.Errorf("its type is %v; F32, F64, F16 and BF16 are read", first)
			}
			return skip(dec, first)
		})
		if err != nil {
			return fmt.Errorf("%q: %w", name, err)
		}
		return nil
	})
}

// uniqueKeys walks through an object whose opening brace has been read; value
// gets each key and the first token of its value, and walks through the rest.
func uniqueKeys(dec *json.Decoder, value func(key string, first json.Token) error) error {
	seen := map[string]bool{}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return err
		}
		key, _ := token.(string)
		if seen[key] {
			return fmt.Errorf("%q is given twice", key)
		}
		seen[key] = true
		first, err := dec.Token()
		if err != nil {
			return err
		}
		if err := value(key, first); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

// skip walks through a value of which the first token has been read. A list of
// very many values is nothing the format has, and would take the library tens of
// times the memory of its text.
func skip(dec *json.Decoder, token json.Token) error {
	const most = 1000
	depth := 0
	for range most {
		switch token {
		case json.Delim('['), json.Delim('{'):
			depth++
		case json.Delim(']'), json.Delim('}'):
			depth--
		}
		if depth == 0 {
			return nil
		}
		var err error
		if token, err = dec.Token(); err != nil {
			return err
		}
	}
	return fmt.Errorf("a list of more than %d values", most)
}

// entry is what the header says of a tensor.
type entry struct {
	name     string
	dtype    safetensors.DType
	shape    []uint64
	from, to uint64 // where its data are, counted from the end of the header
}

// layout checks that the tensors fill size bytes without a gap or an overlap and
// returns them in the order of their data. (The library's own check needs the
// whole file in memory, and its order of tensors without elements varies.)
func layout(tensors map[string]*safetensors.TensorInfo, size uint64) ([]entry, error) {
	entries := make([]entry, 0, len(tensors))
	for name, t := range tensors {
		entries = append(entries, entry{name, t.DType, t.Shape, t.DataOffsets[0], t.DataOffsets[1]})
	}
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.name, b.name))
	})
	end := uint64(0)
	for _, e := range entries {
		if err := e.check(end); err != nil {
			return nil, fmt.Errorf("tensor %q: %w", e.name, err)
		}
		end = e.to
	}
	switch {
	case end > size:
		return nil, fmt.Errorf("cut off: the tensors take %d bytes after the header, there are %d", end, size)
	case end < size:
		return nil, fmt.Errorf("damaged: %d bytes follow the last tensor", size-end)
	}
	return entries, nil
}

// check checks an entry whose data should begin at begin.
func (e entry) check(begin uint64) error {
	switch {
	case e.to < e.from:
		return fmt.Errorf("its data end at %d, before they begin at %d", e.to, e.from)
	case e.from < begin:
		return fmt.Errorf("its data begin at %d and overlap those before, which end at %d", e.from, begin)
	case e.from > begin:
		return fmt.Errorf("its data begin at %d and leave a gap after those before, which end at %d", e.from, begin)
	}
	shape, err := toInts(e.shape)
	if err != nil {
		return err
	}
	n, err := product(shape)
	if err != nil {
		return err
	}
	bytes, each := e.to-e.from, e.dtype.Size()
	if bytes/each != uint64(n) || bytes%each != 0 {
		return fmt.Errorf("shape %v has %d elements of %d bytes, but its data take %d bytes", shape, n, each, bytes)
	}
	if bytes > math.MaxInt {
		return fmt.Errorf("its data take %d bytes: too large for this machine", bytes)
	}
	return nil
}

func toInts(shape []uint64) ([]int, error) {
	ints := make([]int, len(shape))
	for i, d := range shape {
		if d > math.MaxInt {
			return nil, fmt.Errorf("shape %v: %d is too large for this machine", shape, d)
		}
		ints[i] = int(d)
	}
	return ints, nil
}

// read reads the data of an entry that layout has checked, through buf, whose
// length is a multiple of 8.
func (e entry) read(in io.Reader, buf []byte) (Tensor, error) {
	shape, err := toInts(e.shape)
	if err != nil {
		return Tensor{}, err
	}
	t := Tensor{Name: e.name, Shape: shape}
	left := e.to - e.from
	switch e.dtype {
	case safetensors.F32:
		t.F32 = make([]float32, 0, left/4)
	case safetensors.F64:
		t.F64 = make([]float64, 0, left/8)
	case safetensors.F16:
		t.F16 = make([]descent.Float16, 0, left/2)
	default:
		t.BF16 = make([]descent.BFloat16, 0, left/2)
	}
	for left > 0 {
		part := buf[:min(left, uint64(len(buf)))]
		if _, err := io.ReadFull(in, part); err != nil {
			return Tensor{}, err
		}
		t.decode(part)
		left -= uint64(len(part))
	}
	return t, nil
}

func (t *Tensor) decode(data []byte) {
	switch {
	case t.F32 != nil:
		for ; len(data) > 0; data = data[4:] {
			t.F32 = append(t.F32, math.Float32frombits(binary.LittleEndian.Uint32(data)))
		}
	case t.F64 != nil:
		for ; len(data) > 0; data = data[8:] {
			t.F64 = append(t.F64, math.Float64frombits(binary.LittleEndian.Uint64(data)))
		}
	case t.F16 != nil:
		for ; len(data) > 0; data = data[2:] {
			t.F16 = append(t.F16, descent.Float16(binary.LittleEndian.Uint16(data)))
		}
	default:
		for ; len(data) > 0; data = data[2:] {
			t.BF16 = append(t.BF16, descent.BFloat16(binary.LittleEndian.Uint16(data)))
		}
	}
}
