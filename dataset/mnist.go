package dataset

import (
	"embed"
	"fmt"
)

//go:embed mnist/*.gz
var mnistFiles embed.FS

// MNIST returns the handwritten digits, 60,000 to train on and 10,000 to test
// with, images of shape [1 28 28] with values in [0, 1] and the classes "0" to
// "9". They are part of the program; nothing is downloaded. Each call unpacks
// them anew, which takes about half a second and 220 MB of memory.
func MNIST() (train, test *Data, err error) {
	if train, err = mnist("train", nil); err != nil {
		return nil, nil, err
	}
	if test, err = mnist("t10k", &train.Schema); err != nil {
		return nil, nil, err
	}
	return train, test, nil
}

// mnist reads one part, with a schema of its own or the given one.
func mnist(part string, s *Schema) (*Data, error) {
	images, err := embedded(part + "-images-idx3-ubyte.gz")
	if err != nil {
		return nil, err
	}
	labels, err := embedded(part + "-labels-idx1-ubyte.gz")
	if err != nil {
		return nil, err
	}
	if s == nil {
		s = &Schema{Format: IDX, Shape: images.exampleShape()}
		if s.Target, err = labels.target("MNIST", Classification, nil); err != nil {
			return nil, err
		}
	}
	d, err := s.images(&source{path: "MNIST"}, images)
	if err != nil {
		return nil, err
	}
	if err := d.encodeLabels("MNIST", labels); err != nil {
		return nil, err
	}
	d.Notes = []string{fmt.Sprintf("%d examples of shape %v", d.N, d.Shape), s.Target.note()}
	return d, nil
}

func embedded(name string) (*array, error) {
	content, err := mnistFiles.ReadFile("mnist/" + name)
	if err != nil {
		return nil, err
	}
	return readArray(&source{path: "MNIST", content: content})
}
