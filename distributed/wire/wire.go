// Package wire has the forms in which gradients travel: float32 as they are, in
// half precision, as signs, or the largest only. What half precision and the
// largest lose is fed back into the next gradient, so that in the long run nothing
// is lost ("error feedback"); signs are a vote, in which nothing is fed back.
//
// Numbers are little-endian. An infinite number or NaN stays one that the receiver
// sees, in every form.
package wire

import (
	"fmt"
	"strconv"
	"strings"
)

// Codec turns gradients to bytes and back. It has no state and may be used from
// any goroutine.
type Codec interface {
	// Name is what the codec is called on command lines and in messages: float32,
	// float16, bfloat16, sign, topk:0.01.
	Name() string
	// Size is how many bytes n numbers take, always.
	Size(n int) int
	// Encode writes x into data, whose length must be Size(len(x)), and sets x to
	// what is to be fed back: x minus what Decode gives back; 0 where that is not
	// finite, and for votes.
	Encode(data []byte, x []float32)
	// Decode sets x to what data holds. Data that Encode cannot have written for
	// so many numbers is an error, and x is as it was.
	Decode(x []float32, data []byte) error
	// Vote says that the mean over ranks is to be replaced by its sign: the
	// majority decides.
	Vote() bool
}

// Names lists what Parse takes, topk with a share for example.
func Names() []string {
	return []string{Float32.Name(), Float16.Name(), BFloat16.Name(), Sign.Name(), "topk:0.01"}
}

// Parse finds a codec by its name.
func Parse(name string) (Codec, error) {
	for _, c := range []Codec{Float32, Float16, BFloat16, Sign} {
		if c.Name() == name {
			return c, nil
		}
	}
	kind, text, given := strings.Cut(name, ":")
	if kind != "topk" {
		return nil, fmt.Errorf("wire: unknown form %q; there are float32, float16, bfloat16, sign and topk:SHARE, as topk:0.01", name)
	}
	share, err := strconv.ParseFloat(text, 64)
	if !given || err != nil {
		return nil, fmt.Errorf("wire: %q: topk needs the share of the numbers that is sent, as topk:0.01 for a hundredth", name)
	}
	return TopK(share)
}

// checkLength refuses data of another length than n numbers take.
func checkLength(c Codec, n int, data []byte) error {
	if want := c.Size(n); len(data) != want {
		return fmt.Errorf("wire: %s: %d numbers take %d bytes, there are %d", c.Name(), n, want, len(data))
	}
	return nil
}
