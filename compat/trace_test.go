package compat_test

import (
	"bytes"
	"compress/gzip"
	"reflect"
	"strings"
	"testing"

	"github.com/descent-go/descent/compat"
)

// small is a recording that is right.
const small = `{
	"format": "optimizer-trace/1", "peer": "formula", "peer_version": "seed",
	"optimizer": "adam", "options": {"lr": 0.1}, "dtype": "float64", "note": "",
	"params": [{"name": "w", "shape": [2], "value": [1, -1]}, {"name": "b", "shape": [], "value": [0.5]}],
	"steps": [{"grads": [[0.5, 0], null], "values": [[0.900000002, -1], [0.5]]}],
	"tolerance": {"rtol": 1e-9, "atol": 1e-11}
}`

func TestReadTrace(t *testing.T) {
	tr, err := compat.ReadTrace(strings.NewReader(small))
	if err != nil {
		t.Fatal(err)
	}
	want := &compat.Trace{
		Format: compat.Format, Peer: "formula", PeerVersion: "seed", Optimizer: "adam", Options: map[string]any{"lr": 0.1}, DType: "float64",
		Params:    []compat.TraceParam{{Name: "w", Shape: []int{2}, Value: []float64{1, -1}}, {Name: "b", Shape: []int{}, Value: []float64{0.5}}},
		Steps:     []compat.TraceStep{{Grads: []*compat.TraceGrad{{Values: []float64{0.5, 0}}, nil}, Values: []compat.Array{{0.900000002, -1}, {0.5}}}},
		Tolerance: compat.Tolerance{RTol: 1e-9, ATol: 1e-11},
	}
	if !reflect.DeepEqual(tr, want) {
		t.Errorf("got %+v\nexpected %+v", tr, want)
	}
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	w.Write([]byte(small))
	w.Close()
	compressed := z.Bytes()
	if tr, err := compat.ReadTrace(bytes.NewReader(compressed)); err != nil || !reflect.DeepEqual(tr, want) {
		t.Errorf("compressed: %+v, %v", tr, err)
	}
	if _, err := compat.ReadTrace(bytes.NewReader(compressed[:len(compressed)/2])); err == nil || !strings.Contains(err.Error(), "cannot be read") {
		t.Errorf("compressed and truncated: %v", err)
	}
	if _, err := compat.ReadTrace(bytes.NewReader(compressed[:5])); err == nil || !strings.Contains(err.Error(), "damaged gzip") {
		t.Errorf("no more than the head of gzip: %v", err)
	}
}

func TestNestedArrays(t *testing.T) {
	tr, err := compat.ReadTrace(strings.NewReader(`{"format": "optimizer-trace/1", "peer": "p", "optimizer": "o", "dtype": "float32",
		"params": [{"name": "w", "shape": [2, 2], "value": [[1, 2], [3, 4]]}],
		"objective": {"name": "quadratic", "a": [[1, 2], [3, 4]], "b": [0, 0, 0, 0]},
		"steps": [{"values": [[1, 2, 3, 4]]}], "tolerance": {"rtol": 0, "atol": 0}}`))
	if err != nil {
		t.Fatal(err)
	}
	if flat := (compat.Array{1, 2, 3, 4}); !reflect.DeepEqual(tr.Params[0].Value, flat) || !reflect.DeepEqual(tr.Objective.A, flat) {
		t.Errorf("got %v and %v", tr.Params[0].Value, tr.Objective.A)
	}
}

func TestReadTraceErrors(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{small, ``, "cut off after 0 bytes"},
		{small, small[:200], "cut off after 200 bytes"},
		{small, small + "x", "something follows it at byte"},
		{small, small + small, "something follows it at byte"},
		{small, `[1]`, "no recording"},
		{`optimizer-trace/1`, `optimizer-trace/2`, `expected the format "optimizer-trace/1", found "optimizer-trace/2"`},
		{`"format"`, `"shape"`, `found ""`},
		{`"float64"`, `"int8"`, `unknown dtype "int8"`},
		{`"formula"`, `""`, `peer or optimizer is missing`},
		{`"adam"`, `7`, `no recording`},
		{`1e-9`, `-1e-9`, `tolerance rtol -1e-09`},
		{`1e-9`, `NaN`, `no recording: invalid character 'N'`},
		{`1e-9`, `1e999`, `no recording`},
		{`"rtol": 1e-9, `, ``, `tolerance rtol -1`},
		{`"tolerance"`, `"tolerances"`, `no tolerance: expected one as in {"rtol": 1e-6`},
		{`"steps"`, `;"steps"`, `no recording: invalid character ';' looking for beginning of object key string at byte 261`},
		{`"params": [`, `"params": [], "p": [`, `no params`},
		{`"name": "w"`, `"name": ""`, `parameter 0: the name ""`},
		{`"name": "b"`, `"name": "w"`, `parameter 1: the name "w"`},
		{`"name": "w"`, `"name": "w*"`, `parameter w*: a name with * or ?`},
		{`"shape": [2]`, `"shape": [3]`, `parameter w: shape [3] means 3 weights, the value has 2`},
		{`"shape": [2]`, `"shape": [-2]`, `parameter w: shape [-2]`},
		{`"shape": [2]`, `"shape": [1073741824, 1073741824, 1073741824]`, `parameter w: shape [1073741824 1073741824 1073741824]: expected dimensions of at least 1, and at most`},
		{`[1, -1]`, `[1, null]`, `null in place of numbers`},
		{`[1, -1]`, `[1, "x"]`, `cannot unmarshal string`},
		{`"steps": [`, `"steps": [], "s": [`, `no steps`},
		{`, [0.5]]`, `]`, `step 1: 1 times a value for 2 parameters`},
		{`0.900000002, -1`, `0.9`, `step 1: parameter w: the value has 1 weights, expected 2`},
		{`[0.5, 0], null`, `[0.5, 0]`, `step 1: 1 gradients for 2 parameters`},
		{`[0.5, 0], null`, `[0.5], null`, `step 1: parameter w: the gradient has 1 values, expected 2`},
		{`[0.5, 0], null`, `[0.5, 0], {"rows": [0], "values": [1]}`, `step 1: parameter b: a row-sparse gradient for a single number`},
		{`[0.5, 0], null`, `{"rows": [2], "values": [1]}, null`, `step 1: parameter w: row 2 of a gradient with rows 0 to 1`},
		{`[0.5, 0], null`, `{"rows": [-1], "values": [1]}, null`, `step 1: parameter w: row -1`},
		{`[0.5, 0], null`, `{"rows": [0], "values": [1, 2]}, null`, `step 1: parameter w: the gradient has 2 values, expected 1 for 1 rows of 1`},
		{`[0.5, 0], null`, `{"values": [1]}, null`, `without rows`},
		{`"note"`, `"master_tolerance": {"rtol": 0, "atol": -1}, "note"`, `master_tolerance rtol 0, atol -1`},
		{`"steps": [{`, `"steps": [{"master": [[1, 2], [3]], `, `step 1: master copies without a master_tolerance`},
		{`"steps": [{`, `"master_tolerance": {}, "steps": [{"master": [[1, 2]], `, `step 1: 1 times a master copy for 2 parameters`},
		{`"note"`, `"objective": {"name": "cubic"}, "note"`, `objective: unknown function "cubic": expected quadratic or rosenbrock`},
		{`"note"`, `"objective": {"name": "quadratic", "a": [1, 2, 3], "b": [1]}, "note"`, `objective: quadratic has 3 a and 1 b for 3 weights`},
		{`"note"`, `"objective": {"name": "rosenbrock"}, "note"`, `objective: rosenbrock is a function of 2 weights, there are 3`},
		{`"note"`, `"objective": {"name": "quadratic", "a": [1, 2, 3], "b": [1, 2, 3]}, "note"`, `step 1: gradients beside an objective`},
	} {
		text := strings.Replace(small, c.old, c.new, 1)
		if text == small {
			t.Errorf("%q is not in the recording", c.old)
		}
		if _, err := compat.ReadTrace(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "compat: ") {
			t.Errorf("%q for %q: got %v, expected %q", c.new, c.old, err, c.want)
		}
	}
}
