package dataset

import (
	"math"
	"slices"
	"testing"
)

// checkData checks what Data promises of whatever could be read.
func checkData(t *testing.T, d *Data) {
	t.Helper()
	if d.N < 1 || len(d.X) != d.N*d.Features() || d.Y != nil && len(d.Y) != d.N {
		t.Fatalf("%d examples of shape %v with %d values and %d targets", d.N, d.Shape, len(d.X), len(d.Y))
	}
	for _, v := range slices.Concat(d.X, d.Y) {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			t.Fatalf("the value %v", v)
		}
	}
	for _, y := range d.Y {
		if d.Classification() && int(y) >= len(d.Classes()) {
			t.Fatalf("class %v of %d", y, len(d.Classes()))
		}
	}
}

func FuzzCSV(f *testing.F) {
	for _, text := range []string{flats, "1,2\n3,4\n", "x;y\na;1\nb;0\n", "a\tb\n\"1\"\t?\n", "\ufeffx,y\r\nNaN,1\r\n", ",\n1,2\n0,3", "x,\"y\n"} {
		f.Add([]byte(text), "y", []byte("x,size,c1\n1,2,3\n"))
	}
	f.Fuzz(func(t *testing.T, text []byte, target string, other []byte) {
		src := &source{path: "a.csv", content: append([]byte{}, text...)}
		d, err := openCSV(src, Options{Target: target}, nil)
		if err != nil {
			d, err = openCSV(src, Options{Target: "c1"}, nil)
		}
		if err != nil {
			return
		}
		checkData(t, d)
		s := reread(t, d.Schema)
		if err := s.check(); err != nil {
			t.Fatal(err)
		}
		again, err := s.readCSV(src, 0)
		if err != nil {
			t.Fatal(err)
		}
		wantSame(t, d, again)
		if d, err := s.readCSV(&source{path: "b.csv", content: append([]byte{}, other...)}, 0); err == nil {
			checkData(t, d)
		}
	})
}

func FuzzLibSVM(f *testing.F) {
	for _, text := range []string{"1 1:2 3:4 # c\n0 2:1\n", "1:2\n", "0.5\n-1.5 7:1e3", "1 1:nan\n", "1 0:1", "1 x"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		src := &source{path: "a.svm", content: append([]byte{}, text...)}
		if sparse, err := readSparse(src); err != nil || len(sparse.lines)*sparse.width > 1<<20 {
			return // or it would only be slow
		}
		d, err := openLibSVM(src, Options{}, nil)
		if err != nil {
			return
		}
		checkData(t, d)
		again, err := reread(t, d.Schema).readLibSVM(src)
		if err != nil {
			t.Fatal(err)
		}
		wantSame(t, d, again)
	})
}

func FuzzIDX(f *testing.F) {
	for _, text := range []string{tinyImages, tinyLabels, tinyImages[:11], idx(idxFloat, []uint32{1, 1}, []float32{2}), idx(idxDouble, []uint32{2}, []float64{2, 3})} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		a, err := readArray(&source{path: "a", content: append([]byte{}, text...)})
		if err != nil {
			return
		}
		if s, err := a.target("a", "", nil); err == nil {
			if err := s.check(); err != nil {
				t.Fatal(err)
			}
		}
		if d, err := (Schema{}).images(&source{path: "a"}, a); err == nil && len(a.dims) > 1 {
			checkData(t, d)
		}
	})
}
