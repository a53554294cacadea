package train

// share is where the k-th of n parts of so many examples begins and ends.
func share(k, n, examples int) (from, to int) {
	return k * examples / n, (k + 1) * examples / n
}

// parts computes the loss and the gradient of a batch from those of its parts, one
// after the other, or of those of them that are this rank's.
type parts struct {
	model      *model
	of         int // how many a batch has
	first, own int // the first of those computed here, and how many
	sums       [][]float32

	examples int       // of the batch
	from     int       // the first of them that is here
	x, y     []float32 // those that are here
	correct  int       // of them, those classified rightly
}

func newParts(m *model, of, first, own int) *parts {
	p := &parts{model: m, of: of, first: first, own: own}
	if own > 1 {
		for _, t := range m.Params() {
			p.sums = append(p.sums, make([]float32, len(t.Grad)))
		}
	}
	return p
}

// begin makes room for the next batch and says which of its examples to add.
func (p *parts) begin(examples int) (from, to int) {
	p.examples, p.x, p.y = examples, p.x[:0], p.y[:0]
	p.from, _ = share(p.first, p.of, examples)
	_, to = share(p.first+p.own-1, p.of, examples)
	return p.from, to
}

// gradient is the mean loss of the parts computed here and sets the model's gradients
// to those of this mean: added and averaged in order of the parts, as
// descent.Accumulate does that, and ranks.
func (p *parts) gradient() (float64, error) {
	sum := 0.0
	p.correct = 0
	for i := range p.own {
		loss, err := p.one(p.first + i)
		if err != nil {
			return loss, err
		}
		sum += loss
		p.add(i)
	}
	return sum / float64(p.own), nil
}

// one computes a part. The sum of its losses is divided by an equal share of the
// batch and not by its own size, so that the mean over the parts is that over the
// batch where sizes differ. A part may be empty, at the end of an epoch.
func (p *parts) one(k int) (float64, error) {
	from, to := share(k, p.of, p.examples)
	if from == to {
		p.model.noGradient()
		return 0, nil
	}
	from, to = from-p.from, to-p.from
	width, over := p.model.features, float64(p.examples)/float64(p.of)
	if err := p.model.load(p.x[from*width:to*width], p.y[from:to], over); err != nil {
		return 0, err
	}
	loss, err := p.model.Gradient()
	p.correct += p.model.loss.correct
	return loss, err
}

// add adds the gradients of the i-th part computed here to the sums, or puts the
// means in their place where it is the last.
func (p *parts) add(i int) {
	if p.own == 1 {
		return
	}
	for at, t := range p.model.Params() {
		sum, grad := p.sums[at], t.Grad
		switch i {
		case 0:
			copy(sum, grad)
		case p.own - 1:
			for j, g := range grad {
				grad[j] = float32((float64(g) + float64(sum[j])) / float64(p.own))
			}
		default:
			for j, g := range grad {
				sum[j] += g
			}
		}
	}
}
