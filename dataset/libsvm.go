package dataset

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"strconv"
	"strings"
)

// A sparse table is what a LibSVM file holds.
type sparse struct {
	labels []string  // one a row, or none at all
	lines  []int     // of the rows in the file
	ends   []int     // of the rows in index and value
	index  []int32   // counted from 0
	value  []float32 // beside index
	width  int       // the largest index, counted from 1
}

// openLibSVM reads a file whose every line has a label.
func openLibSVM(src *source, o Options, h holder) (*Data, error) {
	if o.Target != "" {
		return nil, fmt.Errorf("%s: a target %q is named, but the target of a LibSVM file is the label that starts each line; leave it out", src.path, o.Target)
	}
	t, err := readSparse(src)
	if err != nil {
		return nil, err
	}
	if len(t.labels) == 0 {
		return nil, lineError(src.path, t.lines[0], "the line does not start with a label")
	}
	if t.width == 0 {
		return nil, fmt.Errorf("%s: the lines have labels and no values", src.path)
	}
	p := newProfile("label", maxClasses)
	p.split()
	held := h.of(len(t.labels))
	for i, label := range t.labels {
		p.see(label, t.lines[i], held[i])
	}
	s := Schema{Format: LibSVM, Shape: []int{t.width}}
	if s.Target, err = targetOf(src.path, p, o.Task); err != nil {
		return nil, err
	}
	d, err := s.dense(src, t)
	if err != nil {
		return nil, err
	}
	d.Notes = []string{fmt.Sprintf("%d features, used as written", t.width), s.Target.note()}
	return d, nil
}

func (s Schema) readLibSVM(src *source) (*Data, error) {
	t, err := readSparse(src)
	if err != nil {
		return nil, err
	}
	return s.dense(src, t)
}

// dense makes data of a sparse table, with as many features as the schema has.
func (s Schema) dense(src *source, t *sparse) (*Data, error) {
	n, features := len(t.lines), product(s.Shape)
	if err := checkSize(src.path, n, features); err != nil {
		return nil, err
	}
	d := &Data{Name: src.name(), N: n, Shape: []int{features}, Schema: s}
	label := newLabeler(s.Target)
	for i, text := range t.labels {
		y, err := label.encode(text)
		if err != nil {
			return nil, lineError(src.path, t.lines[i], "%w", err)
		}
		d.Y = append(d.Y, y)
	}
	d.X = make([]float32, n*features)
	k, beyond := 0, 0
	for i, end := range t.ends {
		x := d.X[i*features : (i+1)*features]
		for ; k < end; k++ {
			if int(t.index[k]) < features {
				x[t.index[k]] = t.value[k]
			} else {
				beyond++
			}
		}
	}
	if beyond > 0 {
		d.Notes = append(d.Notes, fmt.Sprintf("%d of the values are of features beyond the %d of the schema, ignored", beyond, features))
	}
	return d, nil
}

func readSparse(src *source) (*sparse, error) {
	in, err := src.open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	if err := in.checkText(src.path); err != nil {
		return nil, err
	}
	t := new(sparse)
	for line := 1; ; line++ {
		text, err := in.ReadString('\n')
		if err != nil && err != io.EOF {
			return nil, lineError(src.path, line, "%w", err)
		}
		if column, wrong := t.add(text, line); wrong != nil {
			return nil, fmt.Errorf("%s:%d:%d: %w", src.path, line, column, wrong)
		}
		if err == io.EOF {
			break
		}
	}
	if len(t.lines) == 0 {
		return nil, fmt.Errorf("%s: the file has only comments and empty lines", src.path)
	}
	return t, nil
}

// uncomment cuts a comment, and the byte order mark, off a line.
func uncomment(line string) string {
	line, _, _ = strings.Cut(line, "#")
	return strings.TrimPrefix(line, "\ufeff")
}

// add reads a line. An error comes with the column, in bytes from 1.
func (t *sparse) add(line string, number int) (column int, err error) {
	first, previous := true, 0
	for column, token := range tokens(uncomment(line)) {
		if first {
			first = false
			t.lines = append(t.lines, number)
			isLabel, err := t.addLabel(token)
			if err != nil {
				return column, err
			}
			if isLabel {
				continue
			}
		}
		if previous, err = t.addValue(token, previous); err != nil {
			return column, err
		}
	}
	if !first {
		t.ends = append(t.ends, len(t.index))
	}
	return 0, nil
}

// tokens yields the words of a line with their columns.
func tokens(line string) iter.Seq2[int, string] {
	const space = " \t\r\n"
	return func(yield func(int, string) bool) {
		for rest := strings.TrimLeft(line, space); rest != ""; rest = strings.TrimLeft(rest, space) {
			end := strings.IndexAny(rest, space)
			if end < 0 {
				end = len(rest)
			}
			if !yield(len(line)-len(rest)+1, rest[:end]) {
				return
			}
			rest = rest[end:]
		}
	}
}

// addLabel takes the first token of a line as its label, unless it is an
// index:value. Either all lines have a label or none.
func (t *sparse) addLabel(token string) (bool, error) {
	isLabel, earlier := !strings.Contains(token, ":"), len(t.lines)-1
	if isLabel && len(t.labels) < earlier {
		return false, errors.New("a label, though earlier lines have none")
	}
	if !isLabel && len(t.labels) > 0 {
		return false, fmt.Errorf("expected a label, found %q", token)
	}
	if !isLabel {
		return false, nil
	}
	if _, kind := parseCell(token); kind != numberCell {
		return false, fmt.Errorf("the label %q is not a finite number", token)
	}
	t.labels = append(t.labels, strings.Clone(token))
	return true, nil
}

// addValue takes a token as index:value and returns the index.
func (t *sparse) addValue(token string, previous int) (int, error) {
	left, right, ok := strings.Cut(token, ":")
	if !ok {
		return 0, fmt.Errorf("expected index:value, found %q", token)
	}
	if left == "qid" {
		return 0, errors.New("qid: ranking is not supported, remove it")
	}
	index, err := strconv.ParseUint(left, 10, 31)
	if err != nil {
		return 0, fmt.Errorf("the index %q is not a whole number from 1 to %d", left, math.MaxInt32)
	}
	if index == 0 {
		return 0, errors.New("index 0: indices are counted from 1")
	}
	if int(index) <= previous {
		return 0, fmt.Errorf("index %d after %d: indices must ascend", index, previous)
	}
	v, kind := parseCell(right)
	if value := float32(v); kind == numberCell && !math.IsInf(float64(value), 0) {
		t.index, t.value = append(t.index, int32(index-1)), append(t.value, value)
		t.width = max(t.width, int(index))
		return int(index), nil
	}
	return 0, fmt.Errorf("the value %q is not a finite number (of single precision)", right)
}
