package distributed

import (
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"

	"github.com/descent-go/descent"
)

// agree gives the mean of the ranks' losses, or loss and error of the first rank
// that has one or is elsewhere in the training.
func (o *Optimizer) agree(loss float64, own error) (float64, error) {
	const n = 5 // numbers a rank
	failed := 0.0
	if own != nil {
		failed = 1
	}
	all, err := o.peers.Gather([]float64{loss, failed, float64(o.made), o.opt.LR(), o.checksum()}, slices.Repeat([]int{n}, o.c.Size()))
	if err != nil {
		return 0, err
	}
	losses := make([][]float64, o.c.Size())
	for r := range losses {
		its := all[n*r : n*r+n]
		losses[r] = its[:1]
		switch {
		case its[1] != 0:
			return its[0], o.reason(r, own)
		case its[2] != all[2] || its[3] != all[3]:
			return its[0], &RankError{r, fmt.Errorf("it has made %v updates and has the learning rate %v: rank 0 has made %v and has %v", its[2], its[3], all[2], all[3])}
		case its[4] != all[4]:
			return its[0], &RankError{r, fmt.Errorf("it has other weights than rank 0: %s moves all on each rank, which must be alike", o.opt.Rule().Name())}
		}
	}
	mean := make([]float64, 1)
	fold(mean, losses, Mean)
	return mean[0], nil
}

// checksum is that of the weights where every rank moves all of them: nobody else
// would see that the ranks have gone different ways.
func (o *Optimizer) checksum() float64 {
	sum := uint32(0)
	for _, t := range o.tensors {
		if o.whole {
			sum = crc32.Update(sum, castagnoli, t.value.bytes(0, t.value.len()))
		}
	}
	return float64(sum)
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// reason tells all ranks why one has failed; within a process by the error itself.
func (o *Optimizer) reason(rank int, own error) error {
	l, here := o.c.(*local)
	text := ""
	if own != nil {
		text = own.Error()
	}
	if here {
		l.fail(own)
	}
	texts, err := gatherTexts(o.c, text)
	if err != nil {
		return o.end(err)
	}
	if here {
		own = l.failure(rank)
	}
	if own == nil || !here && rank != o.c.Rank() {
		own = errors.New(texts[rank])
	}
	return &RankError{rank, own}
}

// fail keeps an error for the other ranks of the process.
func (l *local) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failed[l.rank] = err
}

func (l *local) failure(rank int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failed[rank]
}

// gatherTexts gives every rank the texts of all.
func gatherTexts(c Collective, own string) ([]string, error) {
	sizes := make([]float64, c.Size())
	starts := make([]int, c.Size())
	for r := range starts {
		starts[r] = r
	}
	sizes[c.Rank()] = float64(len(own))
	if err := AllGather(c, sizes, starts); err != nil {
		return nil, err
	}
	n := 0
	for r := range starts {
		starts[r] = n
		n += int(sizes[r])
	}
	all := make([]byte, n)
	copy(all[starts[c.Rank()]:], own)
	if err := AllGather(c, all, starts); err != nil {
		return nil, err
	}
	texts := make([]string, c.Size())
	for r := range texts {
		texts[r] = string(all[starts[r] : starts[r]+int(sizes[r])])
	}
	return texts, nil
}

// blame names the ranks whose gradients are no numbers, where that has failed a
// step, and what the first of them has: on the way more may have become NaN.
func (o *Optimizer) blame(err error) error {
	var bad *descent.NotFiniteError
	if !errors.As(err, &bad) {
		return err
	}
	all, failed := o.Gather(o.notFinite())
	if failed != nil {
		return failed
	}
	var ranks []string
	for r := range o.c.Size() {
		its := all[3*r : 3*r+3]
		if its[0] < 0 {
			continue
		}
		if ranks == nil {
			bad = &descent.NotFiniteError{Param: o.tensors[int(its[0])].name, Element: int(its[1]), Value: its[2]}
		}
		ranks = append(ranks, fmt.Sprint(r))
	}
	switch len(ranks) {
	case 0:
		return fmt.Errorf("distributed: the mean of all ranks' gradients: %w", err)
	case 1:
		return fmt.Errorf("distributed: by rank %s: %w", ranks[0], bad)
	}
	return fmt.Errorf("distributed: by ranks %s: %w", strings.Join(ranks, ", "), bad)
}

// notFinite is the first number of this rank's gradients that is NaN or infinite:
// tensor, place and value. Tensor -1 is none.
func (o *Optimizer) notFinite() []float64 {
	for i, t := range o.tensors {
		if o.opt.Frozen(t.name) {
			continue
		}
		if k := t.grad.vector().NotFinite(); k >= 0 {
			var x [1]float64
			read(x[:], t.grad, k)
			return []float64{float64(i), float64(k), x[0]}
		}
	}
	return []float64{-1, 0, 0}
}

// compare reports, on all ranks, a rank that cannot make its optimizer, and the
// first difference between ranks.
func (o *Optimizer) compare(params []descent.Param, own error) error {
	text := "!"
	if own == nil {
		text = strings.Join(o.describe(params), "\n")
	} else {
		text += own.Error()
	}
	texts, err := gatherTexts(o.c, text)
	if err != nil {
		return err
	}
	if own != nil {
		return own
	}
	for r, text := range texts {
		if why, bad := strings.CutPrefix(text, "!"); bad {
			return &RankError{r, errors.New(why)}
		}
	}
	for r, text := range texts {
		if text != texts[0] {
			return difference(r, strings.Split(texts[0], "\n"), strings.Split(text, "\n"))
		}
	}
	return nil
}

// difference is the first line in which a rank differs from rank 0.
func difference(rank int, first, other []string) error {
	line := func(lines []string, i int) string {
		if i < len(lines) {
			return lines[i]
		}
		return "nothing"
	}
	i := 0
	for line(first, i) == line(other, i) {
		i++
	}
	return fmt.Errorf("distributed: ranks 0 and %d differ: rank 0 has %q, rank %d has %q", rank, line(first, i), rank, line(other, i))
}

// describe is what must be the same on all ranks, a line each.
func (o *Optimizer) describe(params []descent.Param) []string {
	wire := "float32"
	if o.lossy() {
		wire = o.options.Wire.Name()
	}
	lines := []string{fmt.Sprintf("ranks: %d", o.c.Size())} // no "!", whatever Meta begins with
	lines = append(append(lines, strings.Split(o.options.Meta, "\n")...), "wire: "+wire)
	lines = append(lines, o.opt.Describe()...)
	for _, p := range params {
		v := valueOf(p)
		lines = append(lines, fmt.Sprintf("gradient of %s: %s", p.Name(), gradType(p)),
			fmt.Sprintf("weights of %s at the start: checksum %08x", p.Name(), crc32.Checksum(v.bytes(0, v.len()), castagnoli)))
	}
	return append(lines, fmt.Sprintf("buckets: %d bytes, overlap: %v", o.options.BucketBytes, o.options.Overlap))
}
