package online

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/descent-go/descent/optim"
)

// Whatever a model's file holds when it is unpacked, reading it gives a learner
// that can be saved, or an error.
func FuzzLoad(f *testing.F) {
	for _, l := range []func() (*Learner, error){
		func() (*Learner, error) { return New(optim.FTRL, Options{Bits: 4}) },
		func() (*Learner, error) { return New(DefaultVW(), Options{Bits: 5, Classes: 2, Names: true}) },
		func() (*Learner, error) { return New(Coin{4, 1}, Options{Bits: 3, Loss: Quantile(0.5)}) },
	} {
		l, err := l()
		if err != nil {
			f.Fatal(err)
		}
		stream(l, 1, 20, func(x *Example) { l.Learn(x) })
		var b bytes.Buffer
		if err := l.write(&b); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if bytes.Contains(data, []byte(`"Bits":2`)) || bytes.Contains(data, []byte(`"Bits":3`)) && !bytes.Contains(data, []byte(`"Bits":3,`)) {
			t.Skip("tables of gigabytes")
		}
		l, err := read(bytes.NewReader(data))
		if err != nil {
			return
		}
		var x Example
		x.Reset()
		x.Feature("a", 1)
		l.Predict(&x)
		if err := l.write(io.Discard); err != nil {
			t.Fatal(err)
		}
	})
}

// Whatever features are asked for, there are as many as size says, each with a
// value, a name and a weight that is there.
func FuzzFeatures(f *testing.F) {
	f.Add("|a x y |b z", "ab", "2", "1", "3", "c", uint8(0))
	f.Add("|a x |b y |a z", ":::", "a2", "a2", "b1", "", uint8(3))
	f.Fuzz(func(t *testing.T, line, interaction, ngram, skip, limit, letters string, flags uint8) {
		features := Features{NoConstant: flags&1 != 0, Permutations: flags&2 != 0, KeepDuplicates: flags&4 != 0,
			Interactions: strings.Fields(interaction), Ngrams: strings.Fields(ngram), Skips: strings.Fields(skip), Limits: strings.Fields(limit)}
		if flags&8 != 0 {
			features.Keep = letters
		} else if flags&16 != 0 {
			features.Ignore = letters
		} else {
			features.IgnoreLinear = letters
		}
		e, err := newExpander(features, uint32(flags)+1, 1<<(flags%31+1)-1)
		if err != nil {
			return
		}
		var x Example
		built(&x, line)
		if e.size(&x) > 100_000 {
			return
		}
		at, value := e.expand(&x)
		if len(at) != len(value) || len(at) != len(e.names(&x)) {
			t.Errorf("%d weights, %d values, %d names", len(at), len(value), len(e.names(&x)))
		}
		if n := len(at) + x.unseen; n > e.size(&x) || n < e.size(&x) && len(features.Limits) == 0 {
			t.Errorf("%d features, size %d", n, e.size(&x))
		}
		for _, a := range at {
			if a&^e.mask != 0 {
				t.Errorf("weight %d beyond %d", a, e.mask)
			}
		}
	})
}
