package online_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/online"
	"github.com/descent-go/descent/optim"
)

// A stream of impressions: which of three ads was shown at what hour, and
// whether it was clicked. FTRL learns the probability of a click; the noise,
// features that come up once, stays at weights of exactly 0: what is left is
// three ads and the constant.
func Example() {
	l, err := online.New(optim.FTRL, online.Options{Loss: online.Logistic, Link: online.LogisticLink},
		descent.LR(0.1), descent.Set("l1", 2.0))
	if err != nil {
		fmt.Println(err)
		return
	}
	r := rand.New(rand.NewPCG(1, 2))
	rates := map[string]float64{"shoes": 0.1, "books": 0.3, "tea": 0.6}
	ads := []string{"shoes", "books", "tea"}

	var x online.Example
	fill := func(ad string) {
		x.Reset()
		x.Namespace("ad")
		x.Feature(ad, 1)
		x.Namespace("user")
		x.Feature(fmt.Sprint("u", r.Uint32()), 1)
	}
	for range 20000 {
		ad := ads[r.IntN(3)]
		fill(ad)
		x.Label = -1
		if r.Float64() < rates[ad] {
			x.Label = 1
		}
		l.Learn(&x)
	}
	for _, ad := range ads {
		fill(ad)
		fmt.Printf("%s: a click in %.0f of 100\n", ad, 100*l.Predict(&x).Value)
	}
	fmt.Println(l.NonZero(), "weights are not 0")

	var file bytes.Buffer
	if err := l.Save(&file); err != nil {
		fmt.Println(err)
		return
	}
	again, err := online.Load(&file)
	fmt.Println(again.Learned(), err)
	// Output:
	// shoes: a click in 9 of 100
	// books: a click in 29 of 100
	// tea: a click in 61 of 100
	// 4 weights are not 0
	// 20000 <nil>
}
