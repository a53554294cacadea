package wire_test

import (
	"fmt"
	"log"

	"github.com/descent-go/descent/distributed/wire"
)

// A quarter of the numbers is sent, the others wait for the next gradient.
func Example() {
	codec, err := wire.Parse("topk:0.25")
	if err != nil {
		log.Fatal(err)
	}
	waiting, arrived := make([]float32, 4), make([]float32, 4)
	data := make([]byte, codec.Size(4))
	for range 3 {
		for i, g := range []float32{1, -2, 3, 0} {
			waiting[i] += g
		}
		codec.Encode(data, waiting)
		if err := codec.Decode(arrived, data); err != nil {
			log.Fatal(err)
		}
		fmt.Println(len(data), "bytes:", arrived, "waiting:", waiting)
	}
	// Output:
	// 8 bytes: [0 0 3 0] waiting: [1 -2 0 0]
	// 8 bytes: [0 -4 0 0] waiting: [2 0 3 0]
	// 8 bytes: [0 0 6 0] waiting: [3 -2 0 0]
}
