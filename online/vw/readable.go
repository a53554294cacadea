package vw

import (
	"bufio"
	"fmt"
	"io"
)

// readable writes the weights that are not 0 as text: index:weight a line, or
// name:index:weight, after lines that end with :0 as those of Vowpal Wabbit do.
func (r *run) readable(w io.Writer, names bool) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "bits:%d\n:0\n", r.o.Bits)
	for v := range r.l.Weights() {
		if names && v.Name != "" {
			fmt.Fprintf(b, "%s:", v.Name)
		}
		fmt.Fprintf(b, "%d:%.6g\n", v.Index, v.Value)
	}
	return b.Flush()
}
