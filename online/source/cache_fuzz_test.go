package source

import (
	"bytes"
	"testing"

	"github.com/descent-go/descent/online"
)

// FuzzCache decodes blocks that nobody wrote.
func FuzzCache(f *testing.F) {
	var block []byte
	for _, x := range randomExamples(5) {
		block = appendExample(block, &x)
		f.Add(bytes.Clone(block))
	}
	f.Add([]byte("\x1f\xff\xff\xff\xff\x0f0000000000000000\xff\xff\xff\xff\xff\xff\xff\xff\x7f"))
	f.Fuzz(func(t *testing.T, block []byte) {
		d := decoder{b: block}
		var x online.Example
		for len(d.b) > 0 {
			d.example(&x)
			if d.bad {
				return
			}
			if len(x.Values) != len(x.Hashes) || len(x.Names) != 0 && len(x.Names) != len(x.Hashes) {
				t.Fatalf("%d hashes, %d values, %d names", len(x.Hashes), len(x.Values), len(x.Names))
			}
			for _, g := range x.Groups {
				if g.From < 0 || g.From > g.To || g.To > len(x.Hashes) {
					t.Fatalf("group %v of %d features", g, len(x.Hashes))
				}
			}
		}
	})
}
