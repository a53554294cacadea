package online

import (
	"encoding/binary"
	"flag"
	"fmt"
	"hash/fnv"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
)

var renew = flag.Bool("renew", false, "write testdata/golden.txt anew")

// What is learned has the bits on file, made on amd64, whatever the processor,
// the instruction set and the backend.
func TestGolden(t *testing.T) {
	var lines []string
	for name, make := range kinds(t) {
		l, h := make(), fnv.New64a()
		stream(l, 7, 500, func(x *Example) {
			p := l.Learn(x)
			binary.Write(h, binary.LittleEndian, []uint32{math.Float32bits(p.Value), math.Float32bits(p.Raw), math.Float32bits(p.Loss)})
		})
		for w := range l.Weights() {
			binary.Write(h, binary.LittleEndian, []uint32{w.Index, math.Float32bits(w.Value)})
		}
		lines = append(lines, fmt.Sprintf("%s: %016x\n", name, h.Sum64()))
	}
	slices.Sort(lines)
	got := strings.Join(lines, "")
	const file = "testdata/golden.txt"
	if *renew {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the bits are\n%sexpected\n%s", got, want)
	}
}
