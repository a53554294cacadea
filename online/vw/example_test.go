package vw_test

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/descent-go/descent/online/vw"
)

// A command line of Vowpal Wabbit, run from Go.
func Example() {
	clicks := "1 |ad shoes |user anna\n-1 |ad tea |user ben\n1 |ad shoes |user ben\n-1 |ad tea |user anna\n"
	c, err := vw.Parse("--loss_function", "logistic", "--link", "logistic", "--ftrl", "--ftrl_alpha", "0.1", "-q", "au")
	if err != nil {
		fmt.Println(err)
		return
	}
	var predictions strings.Builder
	c.Predictions = "-"
	r, err := c.Run(context.Background(), vw.Streams{In: strings.NewReader(strings.Repeat(clicks, 50)), Out: &predictions, Log: io.Discard, Warn: io.Discard})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d examples, average loss %.3f, AUC %.3f\n", r.Examples, r.AverageLoss, r.Quality.AUC)
	lines := strings.Fields(predictions.String())
	fmt.Println("the last ones:", lines[len(lines)-4:])
	// Output:
	// 200 examples, average loss 0.344, AUC 1.000
	// the last ones: [0.818699 0.181901 0.817136 0.183471]
}
