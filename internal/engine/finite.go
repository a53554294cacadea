package engine

import "fmt"

// NotFinite says where a gradient is NaN or infinite.
type NotFinite struct {
	Param   string
	Element int
	Value   float64
}

// Error names parameter, element and value.
func (e *NotFinite) Error() string {
	return fmt.Sprintf("the gradient of %s is %v at element %d; nothing has changed", e.Param, e.Value, e.Element)
}

// finite looks for gradients that are no numbers.
func (e *Engine) finite() error {
	if !e.CheckFinite {
		return nil
	}
	at, i := e.notFinite()
	if e.Peers != nil {
		return e.agree(at, i)
	}
	if at < 0 {
		return nil
	}
	t := e.tensors[at]
	return &NotFinite{t.Name, t.whole(i), t.G.At(i)}
}

// notFinite is the first tensor whose gradient has a value that is no number,
// and its place there; -1 where there is none.
func (e *Engine) notFinite() (tensor, i int) {
	for k, t := range e.tensors {
		if t.Frozen {
			continue
		}
		if i := t.G.NotFinite(); i >= 0 {
			return k, i
		}
	}
	return -1, 0
}

// agree lets all ranks return the error of the first gradient that is no number:
// value i of this rank's part of a tensor, if any.
func (e *Engine) agree(tensor, i int) error {
	e.found = append(e.found[:0], float64(tensor), 0, 0)
	if tensor >= 0 {
		t := e.tensors[tensor]
		e.found[1], e.found[2] = float64(t.first+i), t.G.At(i)
	}
	all, err := e.gather(e.found, e.threes)
	if err != nil {
		return err
	}
	for ; len(all) > 0; all = all[3:] {
		if all[0] >= 0 {
			return &NotFinite{e.tensors[int(all[0])].Name, int(all[1]), all[2]}
		}
	}
	return nil
}
