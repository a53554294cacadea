package compat

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/descent-go/descent"
)

// FuzzTrace reads anything as a recording and replays what is one.
func FuzzTrace(f *testing.F) {
	files, err := filepath.Glob("../testdata/traces/*/*.json.gz")
	if err != nil || len(files) == 0 {
		f.Fatal("no recordings", err)
	}
	for _, name := range files[:20] {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{"format": "optimizer-trace/1", "peer": "formula", "optimizer": "nesterov", "dtype": "float32",
		"params": [{"name": "w", "shape": [2, 1], "value": [1, 2], "options": {"lr": 1}}],
		"objective": {"name": "rosenbrock"}, "steps": [{"options": {"momentum": 0.5}, "values": [[1, 2]]}], "tolerance": {"rtol": 0, "atol": 1}}`))
	f.Add([]byte(`{"format": "optimizer-trace/1", "peer": "formula", "optimizer": "adam", "dtype": "float64",
		"params": [{"name": "w", "shape": [2, 1], "value": [1, 2]}],
		"steps": [{"grads": [null], "values": [[1, 2]]}, {"grads": [[1, 0]], "values": [[1, 2]]}, {"grads": [{"rows": [1], "values": [3]}], "values": [[1, 2]]}],
		"tolerance": {"rtol": 0, "atol": 1}}`))
	f.Add([]byte(`{"format": "optimizer-trace/1", "peer": "mxnet", "optimizer": "adam", "options": {"multi_precision": true}, "dtype": "float16",
		"params": [{"name": "w", "shape": [2, 1], "value": [1, 2], "options": {"stype": "row_sparse"}}],
		"steps": [{"grads": [{"rows": [1, 0, 1], "values": [3, 1, 2]}], "values": [[1, 2]], "master": [[1, 2]]}, {"grads": [{"rows": [], "values": []}], "values": [[1, 2]]}],
		"tolerance": {"rtol": 0, "atol": 1}, "master_tolerance": {"rtol": 0, "atol": 1}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		trace, err := ReadTrace(bytes.NewReader(data))
		if err != nil {
			return
		}
		var r Report
		if err := trace.replay(nil, &r); err == nil && (r.Worst > 1) != (r.Mismatch != nil) {
			t.Errorf("a report that contradicts itself: %+v", r)
		}
	})
}

// FuzzOptions gives New any words; what it takes, descent.New takes too.
func FuzzOptions(f *testing.F) {
	for _, seed := range [][3]string{
		{"formula", "adam", `{"lr": 0.1, "beta_1": 0.5}`},
		{"formula", "lbsgd", `{"warmup": "sqrt", "batch_scale": 2}`},
		{"formula", "momentum", `{"beta": 1}`},
		{"formula", "ftrl", `{"alpha": [1], "l1": null, "l2": "2"}`},
		{"torch", "Adam", `{}`},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	for _, peer := range Peers() {
		for _, optimizer := range Optimizers(peer) {
			f.Add(peer, optimizer, defaults(f, peer, optimizer))
		}
	}
	f.Fuzz(func(t *testing.T, peer, optimizer, text string) {
		var options map[string]any
		if json.Unmarshal([]byte(text), &options) != nil {
			return
		}
		rule, settings, err := New(peer, optimizer, options)
		if err != nil {
			return
		}
		if _, err := descent.New(rule, []descent.Param{descent.NewParam("w", []float32{1}, []float32{1})}, settings...); err != nil {
			t.Errorf("%s %s %s: %v", peer, optimizer, text, err)
		}
	})
}

// defaults gives an optimizer's options with their defaults as JSON.
func defaults(f *testing.F, peer, optimizer string) string {
	infos, err := Describe(peer, optimizer)
	if err != nil {
		f.Fatal(err)
	}
	options := map[string]any{}
	for _, o := range infos {
		switch {
		case o.Required:
			options[o.Name] = 0.01
		case o.Default != nil && o.Default != math.Inf(1): // which is no JSON
			options[o.Name] = o.Default
		}
	}
	text, err := json.Marshal(options)
	if err != nil {
		f.Fatal(err)
	}
	return string(text)
}
