package engine

import (
	"fmt"
	"runtime"
	"sync"
	"weak"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/internal/plan"
)

// compiled is a plan and its code, which all variants of the same program
// share, whichever optimizer they are of. It does not change.
type compiled struct {
	plan    *plan.Plan
	kernels [][]plan.Kernel // nil for an optimizer's own plan, which has scalar code only
}

// shared finds what is compiled as long as somebody uses it.
var shared = struct {
	sync.Mutex
	byKey map[string]weak.Pointer[compiled]
}{byKey: map[string]weak.Pointer[compiled]{}}

// compileProgram gives the plan and the code of a program. Where its lines
// stand matters: plans of an optimizer name what they share by it.
func compileProgram(p *formula.Program, o plan.Options, back plan.Backend) (*compiled, error) {
	key := fmt.Sprintf("%s %+v\n%s", back.Name(), o, p)
	for _, s := range p.Body {
		key += fmt.Sprint(s.Pos)
	}
	shared.Lock()
	defer shared.Unlock()
	if c := shared.byKey[key].Value(); c != nil {
		return c, nil
	}
	pl, err := plan.Build(p, o)
	if err != nil {
		return nil, err
	}
	c := &compiled{plan: pl}
	if !o.Optimizer {
		c.kernels = back.Compile(pl)
	}
	shared.byKey[key] = weak.Make(c)
	runtime.AddCleanup(c, forget, key)
	return c, nil
}

// forget drops what nobody uses any more, unless it has been compiled again.
func forget(key string) {
	shared.Lock()
	defer shared.Unlock()
	if shared.byKey[key].Value() == nil {
		delete(shared.byKey, key)
	}
}
