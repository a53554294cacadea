package descent

import (
	"sync"

	"github.com/descent-go/descent/internal/interp"
	"github.com/descent-go/descent/internal/jit"
	"github.com/descent-go/descent/internal/plan"
)

// runner is what runs steps, and what to say of it.
type runner struct {
	plan.Backend
	name string
}

// backend is the best there is on this machine: machine code or, where there
// can be none, portable Go. It is an error of the environment variable
// DESCENT_JIT.
var backend = sync.OnceValues(func() (runner, error) {
	b, reason, err := jit.New()
	if b == nil {
		b = interp.Backend{}
	}
	name := b.Name()
	if reason != "" {
		name += "; " + reason
	}
	return runner{b, name}, err
})
