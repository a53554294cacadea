package dataset

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// openIDX reads images and the labels that belong to them.
func openIDX(src *source, o Options, h holder) (*Data, error) {
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
	s := Schema{Format: IDX, Shape: images.exampleShape()}
	if s.Target, err = labels.target(path, o.Task, h); err != nil {
		return nil, err
	}
	d, err := s.images(src, images)
	if err != nil {
		return nil, err
	}
	if err := d.encodeLabels(path, labels); err != nil {
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
	d, err := s.images(src, images)
	if err != nil {
		return nil, err
	}
	path := firstFile(labelsNames(src.path))
	if path == "" {
		return d, nil
	}
	labels, err := readLabels(path, d.N)
	if err != nil {
		return nil, err
	}
	if err := d.encodeLabels(path, labels); err != nil {
		return nil, err
	}
	return d, nil
}

// images makes data of images, without targets.
func (s Schema) images(src *source, a *array) (*Data, error) {
	x, err := a.floats()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", src.path, err)
	}
	return &Data{Name: src.name(), X: x, N: a.dims[0], Shape: a.exampleShape(), Schema: s}, nil
}

// target decides what labels are; whole bytes are classes unless told otherwise.
func (a *array) target(path string, task Task, h holder) (Target, error) {
	if a.kind == idxByte && task == "" {
		task = Classification
	}
	p := newProfile("label", maxClasses)
	p.split()
	for i, held := range h.of(a.dims[0]) {
		p.see(formatNumber(a.at(i)), 0, held)
	}
	return targetOf(path, p, task)
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

// readLabels reads the labels of n examples, finite numbers.
func readLabels(path string, n int) (*array, error) {
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
	for i := range n {
		if v := a.at(i); math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("%s: example %d: the label %v is not a finite number", path, i+1, v)
		}
	}
	return a, nil
}

// encodeLabels gives d its targets.
func (d *Data) encodeLabels(path string, labels *array) error {
	label := newLabeler(d.Schema.Target)
	for i := range d.N {
		y, err := label.encode(formatNumber(labels.at(i)))
		if err != nil {
			return fmt.Errorf("%s: example %d: %w", path, i+1, err)
		}
		d.Y = append(d.Y, y)
	}
	return nil
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
