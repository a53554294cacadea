package train_test

import (
	"fmt"

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
