package lab

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/descent-go/descent"
)

// network is one that learns.
type network struct {
	model  *mlp
	opt    *descent.Optimizer
	points []labelled
	batch  int

	order              []int // of the points, drawn anew for each epoch
	draw               *rand.Rand
	chosen             []labelled
	seen, steps        int
	stepNorm, gradNorm float64
}

// step makes one step with the next batch.
func (n *network) step() error {
	if n.diverged() {
		return nil
	}
	n.choose()
	before := make([][]float64, 0, 6)
	for _, l := range n.model.layers() {
		before = append(before, slices.Clone(l.value))
	}
	if _, err := n.opt.StepFunc(func() (float64, error) { return n.model.gradient(n.chosen), nil }); err != nil {
		return err
	}
	n.steps++
	n.seen += n.batch
	var moved, grad float64
	for i, l := range n.model.layers() {
		for j, v := range l.value {
			moved += (v - before[i][j]) * (v - before[i][j])
			grad += l.grad[j] * l.grad[j]
		}
	}
	n.stepNorm, n.gradNorm = math.Sqrt(moved), math.Sqrt(grad)
	return nil
}

// choose draws the next batch: the points in an order that is drawn anew
// for each epoch, in which a batch that is left over begins the next.
func (n *network) choose() {
	n.chosen = n.chosen[:0]
	for len(n.chosen) < n.batch {
		if len(n.order) == 0 {
			n.order = n.draw.Perm(len(n.points))
		}
		n.chosen = append(n.chosen, n.points[n.order[0]])
		n.order = n.order[1:]
	}
}

// diverged reports weights that are no numbers any more.
func (n *network) diverged() bool {
	return math.IsNaN(n.stepNorm) || math.IsInf(n.stepNorm, 0)
}

// report tells how far the network is, by the weights to evaluate with.
func (n *network) report(grid int) (Net, error) {
	if err := n.opt.Eval(); err != nil {
		return Net{}, asFault("request", err)
	}
	defer n.opt.Train()
	var loss, right float64
	for _, p := range n.points {
		odds := n.model.forward(p.x, p.y)
		loss += logistic(odds, p.label)
		if (odds > 0) == (p.label == 1) {
			right++
		}
	}
	all := float64(len(n.points))
	out := Net{
		Step: n.steps, Epoch: Number(float64(n.seen) / all), Loss: Number(loss / all), Accuracy: Number(right / all),
		LR: Number(n.opt.LR()), StepNorm: Number(n.stepNorm), GradNorm: Number(n.gradNorm), Diverged: n.diverged(),
	}
	if grid > 0 {
		out.Grid = packed(sample(grid, grid, pointWindow, func(x, y float64) float64 { return chance(n.model.forward(x, y)) }))
	}
	return out, nil
}
