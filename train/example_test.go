package train_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/train"
)

// Plain gradient descent fits the line y = 2x + 1.
func Example() {
	m, err := train.New(train.Spec{
		Kind: "logistic", Input: []int{1}, Outputs: 1, Regression: true, Batch: 4,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	if err := m.Load([]float32{0, 1, 2, 3}, []float32{1, 3, 5, 7}); err != nil {
		fmt.Println(err)
		return
	}
	for range 500 {
		if _, err := m.Gradient(); err != nil {
			fmt.Println(err)
			return
		}
		for _, p := range m.Params() {
			for i, g := range p.Grad {
				p.Value[i] -= 0.1 * g
			}
		}
	}
	for _, p := range m.Params() {
		fmt.Printf("%s %.2f\n", p.Name, p.Value)
	}
	// Output:
	// fc1.weight [2.00]
	// fc1.bias [1.00]
}

// A network learns the prices of houses; the file of the model then predicts them.
func ExampleRun() {
	folder, err := os.MkdirTemp("", "train")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	model := filepath.Join(folder, "houses.safetensors")

	learn, test, err := dataset.OpenSplit("../dataset/testdata/houses.csv", dataset.Options{Target: "price"}, 0.2, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := train.Run(context.Background(), train.Config{
		Train: learn, Test: test,
		Rule: optim.AdamW, Options: []descent.Option{descent.LR(0.01), descent.ClipNorm(1)},
		Schedule: "cosine", Epochs: 50, Save: model,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("steps:", result.Steps)
	fmt.Println("off by less than 50,000 on average:", *result.TestRMSE < 50_000)

	var predictions strings.Builder
	if _, err := train.Predict(model, "../dataset/testdata/houses.csv", &predictions); err != nil {
		fmt.Println(err)
		return
	}
	name, _, _ := strings.Cut(predictions.String(), "\n")
	fmt.Println("predicted:", name)
	// Output:
	// steps: 150
	// off by less than 50,000 on average: true
	// predicted: price
}
