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
func Open(path string, o Options) (*Data, error) {
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
		return openCSV(src, o)
	case LibSVM:
		return openLibSVM(src, o)
	case IDX:
		return openIDX(src, o)
	}
	return nil, fmt.Errorf("format %q is none of %s, %s and %s", o.Format, CSV, LibSVM, IDX)
}
