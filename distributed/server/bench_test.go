package server

import (
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/optim"
)

// BenchmarkPullPush is a pull and a push of 4 MiB each.
func BenchmarkPullPush(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	tensors := []distributed.Tensor{random(r, "w", 1024, 1024)}
	grads := []distributed.Tensor{random(r, "w", 1024, 1024)}
	for _, rule := range []optim.Rule{optim.SGD, optim.DCASGD, optim.Adam} {
		for _, log := range []bool{false, true} {
			name := rule.Name()
			c := Config{Rule: rule, Tensors: tensors, MaxDelay: -1}
			if log {
				name, c.Store = name+"/log", filepath.Join(b.TempDir(), "store")
			}
			b.Run(name, func(b *testing.B) {
				s := newTestServer(b, c)
				into := clone(tensors)
				b.SetBytes(2 * 4 << 20)
				for seq := uint64(1); b.Loop(); seq++ {
					if _, err := s.Pull(ctx, "a", seq, into); err != nil {
						b.Fatal(err)
					}
					if _, err := s.Push(ctx, "a", seq, grads); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
