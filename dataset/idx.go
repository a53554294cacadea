package dataset

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The element types of IDX files that are read.
const (
	idxByte   = 0x08
	idxFloat  = 0x0d
	idxDouble = 0x0e
)

// An array is the content of an IDX file.
type array struct {
	dims   []int
	kind   byte // of element
	size   int  // of an element, in bytes
	values []byte
}

// readArray reads an IDX file with at least the given number of dimensions.
func readArray(src *source) (*array, error) {
	in, err := src.open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	a, err := parseArray(in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", src.path, err)
	}
	return a, nil
}

func parseArray(r io.Reader) (*array, error) {
	var magic [4]byte
	if _, err := io.ReadFull(r, magic[:]); err != nil {
		return nil, cutOff("magic number", err)
	}
	a := &array{kind: magic[2]}
	switch a.kind {
	case idxByte:
		a.size = 1
	case idxFloat:
		a.size = 4
	case idxDouble:
		a.size = 8
	}
	if magic[0] != 0 || magic[1] != 0 || magic[3] == 0 {
		return nil, fmt.Errorf("not an IDX file: it starts with the bytes % x, expected 00 00, a type and a number of dimensions", magic)
	}
	if a.size == 0 {
		return nil, fmt.Errorf("IDX elements of type 0x%02x; those read are unsigned byte (0x08), float (0x0d) and double (0x0e)", a.kind)
	}
	dims := make([]byte, 4*int(magic[3]))
	if _, err := io.ReadFull(r, dims); err != nil {
		return nil, cutOff("dimensions", err)
	}
	n := 1
	for ; len(dims) > 0; dims = dims[4:] {
		d := int64(binary.BigEndian.Uint32(dims))
		if d == 0 {
			return nil, errors.New("an IDX dimension is 0, the file has no examples")
		}
		if d > maxValues/int64(n) {
			return nil, errors.New("the IDX dimensions make more than 2 GiB of values")
		}
		n *= int(d)
		a.dims = append(a.dims, int(d))
	}
	return a, a.read(r, int64(n)*int64(a.size))
}

// read reads the elements, so many bytes. Memory grows with what is there, not
// with what the header promises.
func (a *array) read(r io.Reader, size int64) (err error) {
	a.values, err = io.ReadAll(io.LimitReader(r, size+1))
	if err != nil {
		return err
	}
	if n := int64(len(a.values)); n < size {
		return fmt.Errorf("the file is cut off: its dimensions %v need %d bytes of values, there are %d", a.dims, size, n)
	} else if n > size {
		return fmt.Errorf("the file is longer than its dimensions %v say", a.dims)
	}
	return nil
}

func cutOff(where string, err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("the file is cut off in its %s", where)
	}
	return err
}

// at returns element i.
func (a *array) at(i int) float64 {
	switch a.kind {
	case idxFloat:
		return float64(math.Float32frombits(binary.BigEndian.Uint32(a.values[4*i:])))
	case idxDouble:
		return math.Float64frombits(binary.BigEndian.Uint64(a.values[8*i:]))
	}
	return float64(a.values[i])
}

// floats returns the elements, bytes scaled to [0, 1].
func (a *array) floats() ([]float32, error) {
	x := make([]float32, product(a.dims))
	if a.kind == idxByte {
		var scaled [256]float32
		for i := range scaled {
			scaled[i] = float32(i) / 255
		}
		for i, b := range a.values {
			x[i] = scaled[b]
		}
		return x, nil
	}
	for i := range x {
		x[i] = float32(a.at(i))
		if math.IsNaN(float64(x[i])) || math.IsInf(float64(x[i]), 0) {
			return nil, fmt.Errorf("example %d has the value %v, which is not a finite number (of single precision)", i/product(a.dims[1:])+1, a.at(i))
		}
	}
	return x, nil
}

// exampleShape is the shape of one example; a plane image gets its channel.
func (a *array) exampleShape() []int {
	if len(a.dims) == 3 {
		return []int{1, a.dims[1], a.dims[2]}
	}
	return slices.Clone(a.dims[1:])
}

// openIDX reads images and the labels that belong to them.
func openIDX(src *source, o Options) (*Data, error) {
	images, err := readImages(src)
	if err != nil {
		return nil, err
	}
	path := o.Target
	if path == "" {
		names := labelsNames(src.path)
		if path = firstFile(names); path == "" {
			return nil, fmt.Errorf("%s: no labels file beside it (looked for %s); name it as the target", src.path, orNothing(names))
		}
	}
	labels, err := readLabels(path, images.dims[0])
	if err != nil {
		return nil, err
	}
	p := newProfile("label", maxClasses)
	for i, label := range labels.texts {
		p.add(label, i+1)
	}
	if labels.bytes && o.Task == "" {
		o.Task = Classification
	}
	s := Schema{Format: IDX, Shape: images.exampleShape()}
	if s.Target, err = targetOf(path, p, o.Task); err != nil {
		return nil, err
	}
	d, err := s.fromArray(src, images, path, labels.texts)
	if err != nil {
		return nil, err
	}
	d.Notes = []string{fmt.Sprintf("%d examples of shape %v, labels from %s", d.N, d.Shape, filepath.Base(path)), s.Target.note()}
	return d, nil
}

// readIDX reads images as the schema says, and labels if there are any.
func (s Schema) readIDX(src *source) (*Data, error) {
	images, err := readImages(src)
	if err != nil {
		return nil, err
	}
	if shape := images.exampleShape(); !slices.Equal(shape, s.Shape) {
		return nil, fmt.Errorf("%s: examples of shape %v, expected %v", src.path, shape, s.Shape)
	}
	path := firstFile(labelsNames(src.path))
	if path == "" {
		return s.fromArray(src, images, "", nil)
	}
	labels, err := readLabels(path, images.dims[0])
	if err != nil {
		return nil, err
	}
	return s.fromArray(src, images, path, labels.texts)
}

func readImages(src *source) (*array, error) {
	a, err := readArray(src)
	if err != nil {
		return nil, err
	}
	if len(a.dims) == 1 {
		return nil, fmt.Errorf("%s: one dimension, so these are labels; name the file with the images", src.path)
	}
	return a, nil
}

// labelTexts are labels as targetOf and labeler want them.
type labelTexts struct {
	texts []string
	bytes bool // they were whole bytes in the file
}

// readLabels reads the labels of n examples.
func readLabels(path string, n int) (*labelTexts, error) {
	src, err := newSource(path)
	if err != nil {
		return nil, fmt.Errorf("labels: %w", err)
	}
	a, err := readArray(src)
	if err != nil {
		return nil, err
	}
	if len(a.dims) != 1 || a.dims[0] != n {
		return nil, fmt.Errorf("%s: dimensions %v, expected one label for each of %d examples", path, a.dims, n)
	}
	labels := &labelTexts{texts: make([]string, n), bytes: a.kind == idxByte}
	for i := range labels.texts {
		labels.texts[i] = strconv.FormatFloat(a.at(i), 'g', -1, 64)
	}
	return labels, nil
}

// fromArray makes data of images and their labels, which may be nil.
func (s Schema) fromArray(src *source, images *array, path string, labels []string) (*Data, error) {
	x, err := images.floats()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", src.path, err)
	}
	d := &Data{Name: src.name(), X: x, N: images.dims[0], Shape: images.exampleShape(), Schema: s}
	label := newLabeler(s.Target)
	for i, text := range labels {
		y, err := label.encode(text)
		if err != nil {
			return nil, fmt.Errorf("%s: example %d: %w", path, i+1, err)
		}
		d.Y = append(d.Y, y)
	}
	return d, nil
}

var idxRank = regexp.MustCompile(`idx\d`)

// labelsNames are the paths where the labels of an images file may be.
func labelsNames(path string) []string {
	dir, name := filepath.Split(path)
	base := strings.TrimSuffix(name, ".gz")
	if !strings.Contains(base, "images") {
		return nil
	}
	labels := idxRank.ReplaceAllString(strings.Replace(base, "images", "labels", 1), "idx1")
	return []string{filepath.Join(dir, labels), filepath.Join(dir, labels+".gz")}
}

// firstFile is the first of the paths where there is a file, or "".
func firstFile(paths []string) string {
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path
		}
	}
	return ""
}

func orNothing(names []string) string {
	if len(names) == 0 {
		return `nothing, as its name has no "images" in it`
	}
	return strings.Join(names, ", ")
}
