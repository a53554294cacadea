//go:build mpi

package mpi

import (
	"fmt"
	"testing"

	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/distributed/internal/battery"
)

func TestEveryRule(t *testing.T) { succeeds(t, "rules", 2, 4) }

// Training by every rule gives to the bit what one optimizer gives.
func init() {
	scenes["rules"] = func(c distributed.Collective) error {
		for i, rule := range battery.Rules() {
			want, err := battery.Expect(c.Size(), rule)
			if err != nil {
				return err
			}
			o := distributed.Options{Overlap: i%2 == 0, BucketBytes: 10_000}
			if err := want.Check(c, o); err != nil {
				err = fmt.Errorf("overlap %v: %w", o.Overlap, err)
				c.Abort(err)
				return err
			}
		}
		return nil
	}
}
