package vw

import (
	"fmt"
	"strings"
)

// accepted defines options that change nothing, because what they ask for holds.
func (d *definer) accepted() {
	c := d.c
	for name, to := range map[string]*bool{"save_resume": &c.SaveResume, "predict_only_model": &c.PredictOnly, "sparse_weights": &c.SparseWeights, "onethread": &c.OneThread, "compressed": &c.Compressed} {
		d.bool(to, name, "", "accepted")
		d.f.Lookup(name).Hidden = true
	}
}
