package distributed_test

import (
	"fmt"
	"testing"

	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/distributed/internal/battery"
)

// Every rule gives what one optimizer gives that accumulates the same gradients.
func TestEveryRule(t *testing.T) {
	how := map[int][]distributed.Options{1: {{}}, 2: {{BucketBytes: 10_000}}, 3: {{}, {Overlap: true, BucketBytes: 5000}}, 4: {{Overlap: true}}}
	for n := range how {
		if testing.Short() && n != 3 {
			continue
		}
		for _, rule := range battery.Rules() {
			t.Run(fmt.Sprintf("%d/%s", n, rule.Name()), func(t *testing.T) {
				t.Parallel()
				want, err := battery.Expect(n, rule)
				if err != nil {
					t.Fatal(err)
				}
				for _, o := range how[n] {
					everywhere(distributed.Local(n), func(c distributed.Collective) {
						defer c.Close()
						if err := want.Check(c, o); err != nil {
							t.Errorf("rank %d, overlap %v: %v", c.Rank(), o.Overlap, err)
						}
					})
				}
			})
		}
	}
}
