package dataset

import (
	"math"
	"slices"
	"testing"
)

// numbered is a table whose example i is (i, -i) with target i.
func numbered(n int) *Data {
	d := &Data{N: n, Shape: []int{2}}
	for i := range n {
		d.X = append(d.X, float32(i), float32(-i))
		d.Y = append(d.Y, float32(i))
	}
	return d
}

func TestSplit(t *testing.T) {
	train, test, err := numbered(100).Split(0.3, 7)
	if err != nil {
		t.Fatal(err)
	}
	if train.N != 70 || test.N != 30 {
		t.Fatalf("%d and %d examples, want 70 and 30", train.N, test.N)
	}
	var seen []float32
	for _, d := range []*Data{train, test} {
		if len(d.X) != 2*d.N || len(d.Y) != d.N {
			t.Fatalf("%d examples with %d values and %d targets", d.N, len(d.X), len(d.Y))
		}
		for i, y := range d.Y {
			if d.X[2*i] != y || d.X[2*i+1] != -y {
				t.Errorf("target %v has example %v", y, d.X[2*i:2*i+2])
			}
			seen = append(seen, y)
		}
	}
	slices.Sort(seen)
	if !slices.Equal(seen, numbered(100).Y) {
		t.Errorf("the parts together are not the whole: %v", seen)
	}
	if slices.IsSorted(train.Y) {
		t.Error("the examples are not shuffled")
	}
}

// TestSplitFixed pins the order, which must not change from one machine or
// version to another.
func TestSplitFixed(t *testing.T) {
	_, test, err := numbered(10).Split(0.5, 1)
	if err != nil {
		t.Fatal(err)
	}
	if want := []float32{0, 9, 6, 5, 4}; !slices.Equal(test.Y, want) {
		t.Errorf("seed 1 holds back %v, want %v", test.Y, want)
	}
	_, other, err := numbered(10).Split(0.5, 2)
	if err != nil {
		t.Fatal(err)
	}
	if slices.Equal(test.Y, other.Y) {
		t.Error("another seed gives the same split")
	}
}

func TestSplitSmall(t *testing.T) {
	for _, held := range []float64{1e-9, 0.5, 1 - 1e-9} {
		train, test, err := numbered(2).Split(held, 0)
		if err != nil || train.N != 1 || test.N != 1 {
			t.Errorf("held %v: %v, want one example each", held, err)
		}
	}
	d := numbered(3)
	d.Y = nil
	train, _, err := d.Split(0.5, 0)
	if err != nil || train.Y != nil {
		t.Errorf("without targets: %v, %v", train, err)
	}
}

func TestSplitErrors(t *testing.T) {
	for _, held := range []float64{0, 1, -0.5, 2, math.NaN()} {
		_, _, err := numbered(5).Split(held, 0)
		wantError(t, err, "between 0 and 1")
	}
	_, _, err := numbered(1).Split(0.5, 0)
	wantError(t, err, "two examples are needed")
}
