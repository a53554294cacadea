package vw

import (
	"fmt"
	"io"

	"github.com/descent-go/descent/internal/atomicfile"
)

// save writes the model and the files of its weights.
func (r *run) save() error {
	for _, out := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{r.c.Model, r.saveModel},
		{r.c.Readable, func(w io.Writer) error { return r.readable(w, false) }},
		{r.c.InvertHash, func(w io.Writer) error { return r.readable(w, true) }},
	} {
		if out.name == "" {
			continue
		}
		var err error
		if standard(out.name) {
			err = out.write(r.s.Out)
		} else {
			err = atomicfile.Write(out.name, out.write)
		}
		if err != nil {
			return fmt.Errorf("%s cannot be written: %w", out.name, err)
		}
	}
	return nil
}

// saveModel writes the model, or what predicting needs of it.
func (r *run) saveModel(w io.Writer) error {
	if r.c.PredictOnly {
		return r.l.Freeze().Save(w)
	}
	return r.l.Save(w)
}

// writable says early what could not be written in the end.
func (c *Config) writable() error {
	for _, name := range []string{c.Model, c.Readable, c.InvertHash} {
		if name == "" || standard(name) {
			continue
		}
		if err := atomicfile.Probe(name); err != nil {
			return fmt.Errorf("%s cannot be written: %w", name, err)
		}
	}
	return nil
}
