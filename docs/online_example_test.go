package docs_test

import (
	"fmt"
	"io"
	"log"
	"strings"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/online"
	"github.com/descent-go/descent/online/source"
	"github.com/descent-go/descent/optim"
)

// clicks is the stream of online.md.
const clicks = `1 |ad shoes |user anna |site news
-1 |ad tea |user anna |site news
-1 |ad shoes |user bob |site sport
1 |ad shoes |user carl |site news
-1 |ad tea |user bob |site news
1 |ad books |user dora |site mail
-1 |ad tea |user carl |site sport
-1 |ad books |user bob |site sport
1 |ad shoes |user dora |site news
-1 |ad tea |user dora |site mail
`

func Example_online() {
	l, err := online.New(optim.FTRL, online.Options{Loss: online.Logistic, Link: online.LogisticLink}, descent.LR(0.5), descent.Set("l1", 0.0))
	if err != nil {
		log.Fatal(err)
	}
	in, err := source.New(strings.NewReader(clicks), "clicks", source.Auto, source.Options{}) // source.Open for a file
	if err != nil {
		log.Fatal(err)
	}
	var x online.Example
	for {
		if err := in.Read(&x); err == io.EOF {
			break
		} else if err != nil {
			log.Fatal(err)
		}
		l.Learn(&x) // returns the prediction from before
	}

	x.Reset() // an example without text
	x.Namespace("ad")
	x.Feature("shoes", 1)
	x.Namespace("user")
	x.Feature("anna", 1)
	x.Namespace("site")
	x.Feature("news", 1)
	fmt.Printf("%.6f\n", l.Predict(&x).Value)
	for w := range l.Weights() {
		if w.Value < -0.5 {
			fmt.Printf("weight %d is %.4f\n", w.Index, w.Value)
		}
	}
	// Output:
	// 0.553481
	// weight 34291 is -0.5520
}
