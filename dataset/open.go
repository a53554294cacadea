package dataset

import "fmt"

// Options say how Open reads a file. The zero value is right for LibSVM and for
// IDX with the usual names.
type Options struct {
	// Target is the name of the CSV column to predict, which must be given. For
	// IDX it is the path of the labels file; where it is empty they are looked
	// for beside the images, under the name with "labels" for "images" (and
	// idx1 for idx3), with and without .gz. It must be empty for LibSVM.
	Target string
	// Task is Classification or Regression; "" decides by the target's values.
	Task Task
	// Format is CSV, LibSVM or IDX; "" decides by the file's ending (.csv .tsv;
	// .libsvm .svm .svmlight; .idx or -ubyte) and else by its content.
	Format string
}

// Open reads a file of examples with their targets and decides what its columns
// are; see the package documentation for how. The file may be compressed with
// gzip, whatever its name. Errors name the file and, where there is one, the
// line and the column.
func Open(path string, o Options) (*Data, error) { return openFile(path, o, nil) }

// OpenSplit reads a file as Open does and splits it as [Data.Split] does, the
// same examples being held back. Means, deviations and categories are those of
// train alone, so that test says how well a model does on examples of which it
// knows nothing; a category that only test has is encoded as zeros. What
// is a number or a category, the task and its classes are decided from all
// examples.
func OpenSplit(path string, o Options, held float64, seed uint64) (train, test *Data, err error) {
	if !(held > 0 && held < 1) {
		return nil, nil, errHeld(held)
	}
	d, err := openFile(path, o, func(n int) []bool { return heldBack(n, held, seed) })
	if err != nil {
		return nil, nil, err
	}
	return d.Split(held, seed)
}

// A holder says which of n examples are held back; nil holds none.
type holder func(n int) []bool

func (h holder) of(n int) []bool {
	if h == nil {
		return make([]bool, n)
	}
	return h(n)
}

func openFile(path string, o Options, h holder) (*Data, error) {
	switch o.Task {
	case "", Classification, Regression:
	default:
		return nil, fmt.Errorf("task %q is neither %s nor %s", o.Task, Classification, Regression)
	}
	src, err := newSource(path)
	if err != nil {
		return nil, err
	}
	if o.Format == "" {
		in, err := src.open()
		if err != nil {
			return nil, err
		}
		o.Format = detect(path, in.head)
		if err := in.Close(); err != nil {
			return nil, err
		}
	}
	switch o.Format {
	case CSV:
		return openCSV(src, o, h)
	case LibSVM:
		return openLibSVM(src, o, h)
	case IDX:
		return openIDX(src, o, h)
	}
	return nil, fmt.Errorf("format %q is none of %s, %s and %s", o.Format, CSV, LibSVM, IDX)
}
