package checkpoint

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Into copies every tensor of f into the one of dst with its name. The names,
// shapes and types must be the same on both sides: if not, nothing is copied and
// the error names every difference, one a line.
func (f *File) Into(dst []Tensor) error {
	if err := errors.Join(checkAll(dst)...); err != nil {
		return fmt.Errorf("checkpoint: cannot be copied into: %w", err)
	}
	if err := f.check(); err != nil {
		return fmt.Errorf("checkpoint: cannot be copied from: %w", err)
	}
	from := make(map[string]Tensor, len(f.Tensors))
	for _, t := range f.Tensors {
		from[t.Name] = t
	}
	if diffs := differences(from, dst); len(diffs) > 0 {
		return fmt.Errorf("checkpoint: nothing copied, %d of the tensors differ:\n\t%s", len(diffs), strings.Join(diffs, "\n\t"))
	}
	for _, t := range dst {
		copy(t.F32, from[t.Name].F32)
		copy(t.F64, from[t.Name].F64)
		copy(t.F16, from[t.Name].F16)
		copy(t.BF16, from[t.Name].BF16)
	}
	return nil
}

func differences(from map[string]Tensor, dst []Tensor) []string {
	var diffs []string
	wanted := make(map[string]bool, len(dst))
	for _, want := range dst {
		wanted[want.Name] = true
		got, ok := from[want.Name]
		if !ok {
			diffs = append(diffs, fmt.Sprintf("tensor %q: missing from the checkpoint", want.Name))
			continue
		}
		var parts []string
		if !slices.Equal(got.Shape, want.Shape) {
			parts = append(parts, fmt.Sprintf("shape %v in the checkpoint, want %v", got.Shape, want.Shape))
		}
		if got.dtype() != want.dtype() {
			parts = append(parts, fmt.Sprintf("type %s in the checkpoint, want %s", got.dtype(), want.dtype()))
		}
		if len(parts) > 0 {
			diffs = append(diffs, fmt.Sprintf("tensor %q: %s", want.Name, strings.Join(parts, "; ")))
		}
	}
	for name := range from {
		if !wanted[name] {
			diffs = append(diffs, fmt.Sprintf("tensor %q: unexpected, only in the checkpoint", name))
		}
	}
	slices.Sort(diffs)
	return diffs
}
