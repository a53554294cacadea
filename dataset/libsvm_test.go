package dataset

import (
	"slices"
	"testing"
)

func TestLibSVM(t *testing.T) {
	const text = "# made by hand\n+1 1:0.5 3:-2e1 # first\r\n\n-1\n1\t2:1\n-1 3:7"
	for _, name := range []string{"a.libsvm", "a.svm", "a.txt", "a"} {
		d := open(t, name, text, Options{})
		if d.N != 4 || !slices.Equal(d.Shape, []int{3}) || d.Name != name {
			t.Errorf("%s: %d examples of shape %v", d.Name, d.N, d.Shape)
		}
		if want := []float32{0.5, 0, -20, 0, 0, 0, 0, 1, 0, 0, 0, 7}; !slices.Equal(d.X, want) {
			t.Errorf("X = %v, want %v", d.X, want)
		}
		if want := []string{"-1", "1"}; !slices.Equal(d.Classes(), want) {
			t.Errorf("classes %q, want %q", d.Classes(), want)
		}
		if want := []float32{1, 0, 1, 0}; !slices.Equal(d.Y, want) {
			t.Errorf("Y = %v, want %v", d.Y, want)
		}
		wantNote(t, d, "3 features, used as written")
		again, err := reread(t, d.Schema).Open(write(t, name, text))
		if err != nil {
			t.Fatal(err)
		}
		wantSame(t, d, again)
	}
}

func TestLibSVMRegression(t *testing.T) {
	d := open(t, "a.svm", "1.5 1:1\n2.5 1:2\n", Options{})
	if d.Classification() || !slices.Equal(d.Y, []float32{-1, 1}) {
		t.Errorf("%s with Y = %v", d.Schema.Target.Task, d.Y)
	}
}

func TestLibSVMSchema(t *testing.T) {
	s := open(t, "a.svm", "0 1:1\n1 2:1\n", Options{}).Schema
	d, err := s.Open(write(t, "b", "1:3\n2:4 3:5 9:1\n"))
	if err != nil {
		t.Fatal(err)
	}
	if want := []float32{3, 0, 0, 4}; !slices.Equal(d.X, want) || d.Y != nil {
		t.Errorf("X = %v, Y = %v, want X = %v and no Y", d.X, d.Y, want)
	}
	wantNote(t, d, "2 of the values are of features beyond the 2 of the schema, ignored")
	_, err = s.Open(write(t, "b", "0 1:3\n2 1:4\n"))
	wantError(t, err, `b:2: target "label": "2" is none of the classes 0, 1`)
}

func TestLibSVMErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "the file is empty"},
		{"# nothing\n\n", "only comments and empty lines"},
		{"1 1:1\nx 1:1", `a.svm:2:1: the label "x" is not a finite number`},
		{"1,2 1:1", `a.svm:1:1: the label "1,2" is not a finite number`},
		{"nan 1:1", `a.svm:1:1: the label "nan" is not a finite number`},
		{"1 1:1\n0 1:2  2", `a.svm:2:8: expected index:value, found "2"`},
		{"1 0:1", "a.svm:1:3: index 0: indices are counted from 1"},
		{"1 -1:1", `a.svm:1:3: the index "-1" is not a whole number`},
		{"1 9999999999:1", `a.svm:1:3: the index "9999999999" is not a whole number from 1 to 2147483647`},
		{"1 2:1 2:1", "a.svm:1:7: index 2 after 2: indices must ascend"},
		{"1 1:NaN", `a.svm:1:3: the value "NaN" is not a finite number`},
		{"1 1:", `a.svm:1:3: the value "" is not a finite number`},
		{"1 1:1e39", `a.svm:1:3: the value "1e39" is not a finite number`},
		{"1 qid:3 1:1", "a.svm:1:3: qid: ranking is not supported"},
		{"1:1\n2:1", "a.svm:1: the line does not start with a label"},
		{"1:1\n1 2:1", "a.svm:2:1: a label, though earlier lines have none"},
		{"1 1:1\n2:1", `a.svm:2:1: expected a label, found "2:1"`},
		{"1\n0\n", "labels and no values"},
		{"1 1:1\n1 1:2\n", "the same value in every example"},
		{"0 500000000:1\n1 500000000:1", "2 examples of 500000000 features would take more than 2 GiB"},
		{"\x00\x01\x02", "binary data"},
	} {
		_, err := Open(write(t, "a.svm", c.text), Options{})
		wantError(t, err, c.want)
	}
	_, err := Open(write(t, "a.svm", "1 1:1"), Options{Target: "y"})
	wantError(t, err, "leave it out")
}
