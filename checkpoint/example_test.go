package checkpoint_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/checkpoint"
	"github.com/descent-go/descent/optim"
)

func Example() {
	folder, err := os.MkdirTemp("", "checkpoint")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "state.safetensors")

	state := &checkpoint.File{
		Tensors: []checkpoint.Tensor{
			{Name: "fc1.weight/m", Shape: []int{2, 2}, F32: []float32{1, 2, 3, 4}},
			{Name: "fc1.weight/t", F64: []float64{17}},
		},
		Meta: map[string]string{"rule": "adam"},
	}
	if err := state.Save(path); err != nil {
		log.Fatal(err)
	}

	loaded, err := checkpoint.Load(path)
	if err != nil {
		log.Fatal(err)
	}
	m, _ := loaded.Tensor("fc1.weight/m")
	fmt.Println(loaded.Meta["rule"], m.Shape, m.F32)
	// Output: adam [2 2] [1 2 3 4]
}

func ExampleFile_Into() {
	loaded := &checkpoint.File{Tensors: []checkpoint.Tensor{
		{Name: "weight", Shape: []int{3}, F32: []float32{1, 2, 3}},
		{Name: "bias", Shape: []int{1}, F32: []float32{4}},
	}}
	weight := make([]float32, 2)
	err := loaded.Into([]checkpoint.Tensor{{Name: "weight", Shape: []int{2}, F32: weight}})
	fmt.Println(err)
	// Output:
	// checkpoint: nothing copied, 2 of the tensors differ:
	// 	tensor "bias": unexpected, only in the checkpoint
	// 	tensor "weight": shape [3] in the checkpoint, want [2]
}

// A model with its optimizer, saved and found again.
func ExampleStates() {
	folder, err := os.MkdirTemp("", "checkpoint")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "model.safetensors")

	weight, grad := []float32{1, 2}, []float32{1, 1}
	model := []checkpoint.Tensor{{Name: "weight", Shape: []int{2}, F32: weight}}
	opt, err := descent.New(optim.Adam, []descent.Param{descent.NewParam("weight", weight, grad)})
	if err != nil {
		log.Fatal(err)
	}
	if err := opt.Step(); err != nil {
		log.Fatal(err)
	}
	if err := (&checkpoint.File{Tensors: append(checkpoint.States(opt), model...)}).Save(path); err != nil {
		log.Fatal(err)
	}

	f, err := checkpoint.Load(path)
	if err != nil {
		log.Fatal(err)
	}
	if err := f.Params().Into(model); err != nil {
		log.Fatal(err)
	}
	if err := checkpoint.Restore(opt, f); err != nil {
		log.Fatal(err)
	}
	for _, t := range f.Tensors {
		fmt.Println(t.Name)
	}
	// Output:
	// optimizer/descent.updates
	// optimizer/weight/m
	// optimizer/weight/t
	// optimizer/weight/v
	// weight
}

// Two ranks, each with half of a weight's state, save a checkpoint; one process reads
// it.
func ExampleFolder() {
	dir, err := os.MkdirTemp("", "checkpoint")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	folder := checkpoint.Folder(dir)

	if err := folder.Begin(120); err != nil { // rank 0, before the others write
		log.Fatal(err)
	}
	var parts []checkpoint.Part
	for rank, m := range [][]float32{{1, 2}, {3, 4}} { // every rank, at the same time
		part, err := folder.Part(120, rank, 2, &checkpoint.File{Tensors: []checkpoint.Tensor{
			{Name: "optimizer/weight/m", Shape: []int{2, 2}, F32: m, From: 2 * rank},
			{Name: "optimizer/weight/t", F64: []float64{120}},
		}})
		if err != nil {
			log.Fatal(err)
		}
		parts = append(parts, part)
	}
	if err := folder.Commit(120, parts, map[string]string{"rule": "momentum"}); err != nil { // rank 0
		log.Fatal(err)
	}

	newest, err := folder.Latest()
	if err != nil {
		log.Fatal(err)
	}
	for _, t := range newest.File.Tensors {
		fmt.Println(newest.Step, t.Name, t.Shape, t.F32, t.F64)
	}
	// Output:
	// 120 optimizer/weight/m [2 2] [1 2 3 4] []
	// 120 optimizer/weight/t [] [] [120]
}
