package online

import (
	"bytes"
	"io"
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
