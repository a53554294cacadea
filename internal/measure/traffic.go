package measure

import (
	"fmt"
	"slices"
	"strings"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// traffic is what a rule keeps and moves for a weight.
type traffic struct {
	kept   float64 // bytes of states
	moved  float64 // bytes read and written in a step, each array once
	states int     // arrays as long as the weights that a step writes beside them
	formal bool    // the rule is a formula: what it moves is known
}

// probe finds the traffic of a rule by a small optimizer of it.
func (w Work) probe(rule optim.Rule, options []descent.Option) (traffic, error) {
	const n = 64
	w.Tensors, w.Size = 1, n
	opt, err := descent.New(rule, w.model().params, slices.Concat(options, w.options(1))...)
	if err != nil {
		return traffic{}, err
	}
	defer opt.Close()
	links := optim.Links(rule)
	out := traffic{formal: true, moved: float64(3 * w.Type.Size())} // weights read and written, gradient read
	for _, l := range links {
		if _, ok := l.Rule.(optim.Stepper); ok {
			out.formal = false
		}
	}
	assigns := func(string) bool { return true }
	if out.formal {
		p, err := optim.Flatten(links)
		if err != nil {
			return traffic{}, err
		}
		assigns = p.Assigns
	}
	for _, s := range opt.States() {
		if len(s.Shape) == 0 {
			continue
		}
		bytes := float64(s.Bytes()) / n
		out.kept += bytes
		out.moved += bytes
		if master := strings.HasPrefix(s.Name, "descent."); master || assigns(s.Name) {
			out.moved += bytes
			if !master && s.Shape[0] == n {
				out.states++
			}
		}
	}
	return out, nil
}

// loop is a rule that does nothing but read the gradient and read and write
// weights and a number of states: the memory's speed. Each state reads
// the one before, or it would be left out as one that moves no weight.
func loop(states int) (optim.Rule, error) {
	var names, lines strings.Builder
	last := "g"
	for i := range states {
		name := fmt.Sprintf("s%d", i)
		fmt.Fprintf(&names, "state %s\n", name)
		fmt.Fprintf(&lines, "%s = %s + %s\n", name, name, last)
		last = name
	}
	return optim.Parse("read-write", fmt.Sprintf("%s%sw = w + %s\n", &names, &lines, last))
}
