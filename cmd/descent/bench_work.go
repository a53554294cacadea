package main

import (
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/descent-go/descent/internal/measure"
)

// maxWeights is more than any machine has memory for, or than an int holds.
var maxWeights = min(1e12, float64(math.MaxInt))

// works are the sizes or tensors to step over, in each type.
func (f *benchFlags) works() ([]measure.Work, error) {
	types, err := f.elementTypes()
	if err != nil {
		return nil, err
	}
	var works []measure.Work
	add := func(tensors, size int) {
		for _, t := range types {
			if w := (measure.Work{Tensors: tensors, Size: size, Type: t}); !slices.Contains(works, w) {
				works = append(works, w)
			}
		}
	}
	if len(f.tensors) == 0 || f.cmd.Flags().Changed("size") {
		for _, text := range f.sizes {
			size, ok := readSize(text)
			if !ok {
				return nil, usagef("--size %s: expected a number of weights from 1 to %s, as in 5000, 10k, 25M or 1e6", text, short(int(maxWeights)))
			}
			add(1, size)
		}
	}
	for _, text := range f.tensors {
		tensors, size, ok := readTensors(text)
		if !ok {
			return nil, usagef("--tensors %s: expected a number of tensors, x, and the weights of each, as in 10000x64, not more than %s together", text, short(int(maxWeights)))
		}
		add(tensors, size)
	}
	if len(works) == 0 {
		return nil, usagef("--size is empty: expected numbers of weights, as in 10k,25M")
	}
	return works, nil
}

// suffixes of sizes.
var suffixes = []struct {
	letter string
	factor int
}{{"G", 1e9}, {"M", 1e6}, {"k", 1e3}}

// readSize reads a number of weights, as in 10k, 2.5M or 1e6.
func readSize(text string) (int, bool) {
	number, factor := strings.TrimSpace(text), 1.0
	for _, s := range suffixes {
		if n := len(number) - 1; n > 0 && strings.EqualFold(number[n:], s.letter) {
			number, factor = number[:n], float64(s.factor)
			break
		}
	}
	v, err := strconv.ParseFloat(number, 64)
	v = math.Round(v*factor*1e6) / 1e6 // 1.1k is 1100.0000000000002
	if err != nil || !(v >= 1 && v <= maxWeights) || v != math.Trunc(v) {
		return 0, false
	}
	return int(v), true
}

// readTensors reads count x size.
func readTensors(text string) (tensors, size int, ok bool) {
	left, right, found := strings.Cut(strings.ToLower(text), "x")
	tensors, ok1 := readSize(left)
	size, ok2 := readSize(right)
	return tensors, size, found && ok1 && ok2 && float64(tensors)*float64(size) <= maxWeights
}

// short writes a number of weights as readSize reads it, with a suffix where
// two digits behind the point are enough.
func short(n int) string {
	for _, s := range suffixes {
		if n >= s.factor && n%(s.factor/100) == 0 {
			return strconv.FormatFloat(float64(n)/float64(s.factor), 'f', -1, 64) + s.letter
		}
	}
	return strconv.Itoa(n)
}

func typeNames() []string {
	var names []string
	for _, t := range measure.Types {
		names = append(names, string(t))
	}
	return names
}

// elementTypes reads --type.
func (f *benchFlags) elementTypes() ([]measure.Type, error) {
	var types []measure.Type
	for _, text := range f.types {
		t := measure.Type(strings.TrimSpace(text))
		if !slices.Contains(measure.Types, t) {
			return nil, usagef("--type %s: unknown%s", text, hint(text, typeNames(), "there is "+strings.Join(typeNames(), ", ")))
		}
		if !slices.Contains(types, t) {
			types = append(types, t)
		}
	}
	if len(types) == 0 {
		return nil, usagef("--type is empty: there is %s", strings.Join(typeNames(), ", "))
	}
	return types, nil
}

// threads reads --threads: one and all where it is not given.
func (f *benchFlags) threads() ([]int, error) {
	texts := f.thread
	if !f.cmd.Flags().Changed("threads") {
		texts = []string{"1", "all"}
	}
	all := runtime.GOMAXPROCS(0)
	var numbers []int
	for _, text := range texts {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if strings.TrimSpace(text) == "all" {
			n, err = all, nil
		}
		if err != nil || n < 1 {
			return nil, usagef("--threads %s: expected numbers of 1 or more, or all, as in 1,2,all", text)
		}
		if n > all {
			return nil, usagef("--threads %d: only %d can run at once here", n, all)
		}
		if !slices.Contains(numbers, n) {
			numbers = append(numbers, n)
		}
	}
	if len(numbers) == 0 {
		return nil, usagef("--threads is empty: expected numbers, as in 1,2,all")
	}
	return numbers, nil
}
