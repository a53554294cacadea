package dataset

import (
	"fmt"
	"math"
	"slices"
)

// The formats that Open reads, as Options.Format and Schema.Format name them.
const (
	CSV    = "csv"
	LibSVM = "libsvm"
	IDX    = "idx"
)

// A Schema is what must be known to read another file in the way a first one
// was read: it is made by Open, kept as JSON beside a trained model, and used
// through its method Open.
type Schema struct {
	// Format is CSV, LibSVM or IDX.
	Format string `json:"format"`
	// Header says that the columns have names of their own, not c1, c2, ....
	Header bool `json:"header,omitempty"`
	// Columns are those of a CSV file, in its order, the target among them.
	Columns []Column `json:"columns,omitempty"`
	// Shape is the shape of one example, as in Data.
	Shape []int `json:"shape"`
	// Target is what is to be predicted.
	Target Target `json:"target"`
}

// A Kind is the use made of a CSV column.
type Kind string

// The kinds of columns.
const (
	Number   Kind = "number"   // one feature, standardised
	Category Kind = "category" // one feature for each value, 0 or 1
	Predict  Kind = "target"   // the target, described by Schema.Target
	Ignored  Kind = "ignored"  // not read
)

// A Column describes one column of a CSV file.
type Column struct {
	Name string `json:"name"`
	Kind Kind   `json:"kind"`
	// Mean and Std, the standard deviation, are those of a Number, in its units.
	Mean float64 `json:"mean,omitempty"`
	Std  float64 `json:"std,omitempty"`
	// Values are those of a Category, sorted; "" stands for missing values.
	Values []string `json:"values,omitempty"`
}

// features is the number of features that the column becomes.
func (c Column) features() int {
	switch c.Kind {
	case Number:
		return 1
	case Category:
		return len(c.Values)
	}
	return 0
}

// Open reads a file as the schema says: columns of CSV are matched by name (by
// position where the schema's file had no header either), whatever their order,
// and scaled by the schema's means and deviations.
//
// The target may be absent, or missing in every example; Data.Y is nil then. A
// category not in the schema becomes zeros in all the category's features, and
// columns and LibSVM indices not in the schema are ignored; Notes say so. A
// column that is absent, a cell that is not of its column's kind, a class that
// is not in the schema and examples of another shape are errors.
func (s Schema) Open(path string) (*Data, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	src, err := newSource(path)
	if err != nil {
		return nil, err
	}
	switch s.Format {
	case LibSVM:
		return s.readLibSVM(src)
	case IDX:
		return s.readIDX(src)
	}
	return s.readCSV(src, 0)
}

// check finds what a schema must not have, so that reading can rely on it even
// where the schema comes from a damaged file.
func (s Schema) check() error {
	size := 1
	for _, n := range s.Shape {
		if n < 1 || n > maxValues/size {
			return fmt.Errorf("schema: the shape %v is not one of an example", s.Shape)
		}
		size *= n
	}
	if err := s.Target.check(); err != nil {
		return err
	}
	switch s.Format {
	case LibSVM, IDX:
		return nil
	case CSV:
		return s.checkColumns()
	}
	return fmt.Errorf("schema: format %q is none of %s, %s and %s", s.Format, CSV, LibSVM, IDX)
}

func (s Schema) checkColumns() error {
	features, targets := 0, 0
	for _, c := range s.Columns {
		switch c.Kind {
		case Number:
			if !isScale(c.Mean, c.Std) {
				return fmt.Errorf("schema: column %q has mean %v and standard deviation %v", c.Name, c.Mean, c.Std)
			}
		case Predict:
			targets++
		case Category, Ignored:
		default:
			return fmt.Errorf("schema: column %q is of the unknown kind %q", c.Name, c.Kind)
		}
		features += c.features()
	}
	if targets != 1 {
		return fmt.Errorf("schema: %d columns are the target, expected one", targets)
	}
	if !slices.Equal(s.Shape, []int{features}) {
		return fmt.Errorf("schema: the columns make examples of shape [%d], not %v", features, s.Shape)
	}
	return nil
}

// isScale says whether values can be standardised by a mean and a deviation.
func isScale(mean, std float64) bool {
	return std > 0 && !math.IsInf(std, 0) && !math.IsNaN(mean) && !math.IsInf(mean, 0)
}

// standardise returns (v-mean)/std, and false where that is no finite float32.
func standardise(v, mean, std float64) (float32, bool) {
	x := float32((v - mean) / std)
	return x, !math.IsInf(float64(x), 0) && x == x
}
