package descent

import "fmt"

// SetRows gives a parameter a gradient of some rows only, as embeddings have:
// rows[i] is the number of the row, from 0, whose gradient is the i-th part of
// grad, a row's length each. Rows may be in any order; values of a row named
// several times are added. The other rows' gradient is 0 or, with Lazy, these
// rows rest. It stays until SetRows or SetGrad is called again; rows is copied,
// grad is not and may change between steps. It may be called within the
// function of StepFunc. Rows out of range and another length of grad are
// errors that change nothing.
func SetRows[G Float](o *Optimizer, name string, rows []int, grad []G) error {
	v := vector(grad)
	p, err := o.param(name)
	if err != nil {
		return err
	}
	if o.isSplit() {
		return fmt.Errorf("descent: parameter %s: a gradient of some rows, but the weights are split over ranks: give one of all by SetGrad", name)
	}
	count, length := p.t.RowCount(), p.t.RowLength()
	if len(grad) != len(rows)*length {
		return fmt.Errorf("descent: parameter %s: the gradient has %d values, expected %d for %d rows of %d", name, len(grad), len(rows)*length, len(rows), length)
	}
	for _, r := range rows {
		if r < 0 || r >= count {
			return fmt.Errorf("descent: parameter %s: row %d of a gradient: expected 0 to %d", name, r, count-1)
		}
	}
	if other := overlap(o.memory, v); other != "" {
		return fmt.Errorf("descent: parameter %s: the gradient and %s share memory", name, other)
	}
	p.g, p.someRows, o.complete = v, true, false
	o.e.SetRows(p.at, rows, v, p.group.lazy)
	return nil
}
