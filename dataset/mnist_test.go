package dataset

import (
	"slices"
	"testing"
)

func TestMNIST(t *testing.T) {
	train, test, err := MNIST()
	if err != nil {
		t.Fatal(err)
	}
	// The counts of the digits, as published.
	checkDigits(t, train, []int{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949})
	checkDigits(t, test, []int{980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009})
}

func checkDigits(t *testing.T, d *Data, want []int) {
	t.Helper()
	count, n := make([]int, 10), 0
	for _, y := range d.Y {
		count[int(y)]++
		n++
	}
	if !slices.Equal(count, want) || n != d.N {
		t.Errorf("%d examples with digits %v, want %v", d.N, count, want)
	}
	if !slices.Equal(d.Shape, []int{1, 28, 28}) || len(d.X) != n*784 || d.Features() != 784 {
		t.Errorf("shape %v, %d values", d.Shape, len(d.X))
	}
	if low, high := slices.Min(d.X), slices.Max(d.X); low != 0 || high != 1 {
		t.Errorf("values from %v to %v, want 0 to 1", low, high)
	}
	if !d.Classification() || !slices.Equal(d.Classes(), []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}) {
		t.Errorf("classes %q", d.Classes())
	}
}

// TestMNISTFile reads the same files through Open and the schema.
func TestMNISTFile(t *testing.T) {
	d, err := Open("mnist/t10k-images-idx3-ubyte.gz", Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, test, err := MNIST()
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, d, test)
	again, err := reread(t, test.Schema).Open("mnist/t10k-images-idx3-ubyte.gz")
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, again, test)
}
