package dataset_test

import (
	"encoding/json"
	"fmt"
	"log"

	"github.com/descent-go/descent/dataset"
)

func ExampleOpen() {
	d, err := dataset.Open("testdata/houses.csv", dataset.Options{Target: "price"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(d.N, "examples of", d.Features(), "features")
	for _, note := range d.Notes {
		fmt.Println(note)
	}
	train, test, err := d.Split(0.2, 1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(train.N, "to train on,", test.N, "to test with")
	// Output:
	// 200 examples of 16 features
	// 9 columns: 4 numeric, 3 categorical, 1 ignored and the target; 16 features
	// target "price": regression, mean 522400, standard deviation 157303
	// column "address": more than 50 distinct texts such as "1 Cedar Street" (line 2), ignored
	// column "built": 10 missing, filled with the mean
	// column "heating": 13 missing, kept as a category
	// column "distance": 9 missing, filled with the mean
	// 160 to train on, 40 to test with
}

func ExampleSchema() {
	d, err := dataset.Open("testdata/houses.csv", dataset.Options{Target: "price"})
	if err != nil {
		log.Fatal(err)
	}
	kept, err := json.Marshal(d.Schema) // beside a trained model
	if err != nil {
		log.Fatal(err)
	}

	var s dataset.Schema
	if err := json.Unmarshal(kept, &s); err != nil {
		log.Fatal(err)
	}
	again, err := s.Open("testdata/houses.csv")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("the first house costs %.0f\n", s.Target.Value(again.Y[0]))
	// Output: the first house costs 848000
}

func ExampleMNIST() {
	train, test, err := dataset.MNIST()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(train.N, test.N, train.Shape)
	fmt.Println("the first digit is a", train.Classes()[int(train.Y[0])])
	// Output:
	// 60000 10000 [1 28 28]
	// the first digit is a 5
}
