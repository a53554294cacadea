package vw

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// checkFiles says what would be written over.
func (c *Config) checkFiles() error {
	outs := []struct{ flag, name string }{
		{"predictions", c.Predictions}, {"raw_predictions", c.Raw},
		{"final_regressor", c.Model}, {"readable_model", c.Readable}, {"invert_hash", c.InvertHash},
	}
	for i, out := range outs {
		for _, in := range c.read(out.flag) {
			if same(out.name, in) {
				return fmt.Errorf("%s is read and would be written over by --%s: name another file", out.name, out.flag)
			}
		}
		for _, other := range outs[:i] {
			if same(out.name, other.name) {
				return fmt.Errorf("--%s and --%s both write %s: name another file", other.flag, out.flag, out.name)
			}
		}
		if i >= 2 && standard(out.name) && c.Passes > 1 && !c.HoldoutOff {
			return errors.New("--" + out.flag + " to standard output: with several passes only a file can become that of the best one, or add --holdout_off")
		}
	}
	return nil
}

// read are the files that are read, and that an option must not write. A model
// may take the place of the one that it goes on from.
func (c *Config) read(flag string) []string {
	names := []string{c.cacheName()}
	if !c.stdin() {
		names = append(names, c.Data)
	}
	if flag != "final_regressor" && c.Initial != "-" {
		names = append(names, c.Initial)
	}
	return names
}

// same reports whether two names are those of one ordinary file, or both of
// standard output.
func same(a, b string) bool {
	switch {
	case a == "" || b == "":
		return false
	case standard(a) || standard(b):
		return standard(a) && standard(b)
	}
	x, err := os.Stat(a)
	y, wrong := os.Stat(b)
	if err != nil || wrong != nil {
		return filepath.Clean(a) == filepath.Clean(b)
	}
	return x.Mode().IsRegular() && os.SameFile(x, y)
}
