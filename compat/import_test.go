package compat_test

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/checkpoint"
	"github.com/descent-go/descent/compat"
)

const importData = "../testdata/import"

// TestImport: of forty steps the framework made, the state after twenty is
// read and the others are made here.
func TestImport(t *testing.T) {
	for _, path := range glob(t, 155, importData+"/*/*.json.gz") {
		name := strings.TrimPrefix(filepath.ToSlash(path), importData+"/")
		t.Run(strings.TrimSuffix(name, ".json.gz"), func(t *testing.T) {
			trace := readTrace(t, path)
			switch trace.DType {
			case "float64":
				goesOn(t, trace, path, func(v float64) float64 { return v }, func(v float64) float64 { return v })
			case "float32":
				goesOn(t, trace, path, func(v float64) float32 { return float32(v) }, func(v float32) float64 { return float64(v) })
			case "float16":
				goesOn(t, trace, path, func(v float64) descent.Float16 { return descent.ToFloat16(float32(v)) }, func(v descent.Float16) float64 { return float64(v.Float32()) })
			}
		})
	}
}

func readTrace(t *testing.T, path string) *compat.Trace {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	trace, err := compat.ReadTrace(f)
	if err != nil {
		t.Fatal(err)
	}
	return trace
}

// stateOf is the file of states beside a recording.
func stateOf(t *testing.T, path string) string {
	t.Helper()
	return glob(t, 1, strings.TrimSuffix(path, ".json.gz")+".s*")[0]
}

// peerOf is the framework by the folder of a recording.
func peerOf(path string) string { return filepath.Base(filepath.Dir(path)) }

// model is a model in one type.
type model[T descent.Float] struct {
	opt  *descent.Optimizer
	w, g [][]T
}

// newModel makes a recording's optimizer and parameters.
func newModel[T descent.Float](t *testing.T, trace *compat.Trace, peer string, of func(float64) T) *model[T] {
	t.Helper()
	rule, options, err := compat.New(peer, trace.Optimizer, trace.Options)
	if err != nil {
		t.Fatal(err)
	}
	m := &model[T]{}
	var params []descent.Param
	for i, p := range trace.Params {
		m.w = append(m.w, make([]T, len(p.Value)))
		m.g = append(m.g, make([]T, len(p.Value)))
		for k, v := range p.Value {
			m.w[i][k] = of(v)
		}
		params = append(params, descent.NewParam(p.Name, m.w[i], m.g[i], p.Shape...))
	}
	if m.opt, err = descent.New(rule, params, options...); err != nil {
		t.Fatal(err)
	}
	return m
}

// goesOn imports a state and compares the steps that follow.
func goesOn[T descent.Float](t *testing.T, trace *compat.Trace, path string, of func(float64) T, value func(T) float64) {
	m := newModel(t, trace, peerOf(path), of)
	defer m.opt.Close()
	file := stateOf(t, path)
	if err := compat.Import(peerOf(path), trace.Optimizer, file, m.opt); err != nil {
		t.Fatal(err)
	}
	if trace.Optimizer == "LAMB" { // of which MXNet 2 may count every step twice
		m.counted(t, trace, peerOf(path))
	}
	if strings.HasSuffix(file, ".safetensors") {
		m.counted(t, trace, peerOf(path))
		m.load(t, trace, file)
	}
	for i, step := range trace.Steps {
		for k, g := range step.Grads {
			for e, v := range g.Values {
				m.g[k][e] = of(v)
			}
		}
		if err := m.opt.Step(); err != nil {
			t.Fatal(err)
		}
		for k, want := range step.Values {
			for e, v := range want {
				got := value(m.w[k][e])
				if !(math.Abs(got-v) <= trace.Tolerance.ATol+trace.Tolerance.RTol*math.Abs(v)) {
					t.Fatalf("step %d, parameter %s, element %d: got %v, recorded %v", i+1, trace.Params[k].Name, e, got, v)
				}
			}
		}
	}
}

// counted checks the numbers of updates after twenty steps. Of SGD's without
// momentum torch keeps nothing.
func (m *model[T]) counted(t *testing.T, trace *compat.Trace, peer string) {
	t.Helper()
	if n := m.opt.Updates(); n != 20 {
		t.Errorf("%d updates, expected 20", n)
	}
	for _, p := range trace.Params {
		s, err := m.opt.StateOf(p.Name, "t")
		if err != nil || s.F64[0] != 20 && (peer == "optax" || trace.Optimizer != "SGD") {
			t.Errorf("%s: %v updates, %v, expected 20", p.Name, s.F64, err)
		}
	}
}

// load loads the weights that were saved beside the state, in place of those of
// the recording.
func (m *model[T]) load(t *testing.T, trace *compat.Trace, path string) {
	t.Helper()
	var params []checkpoint.Tensor
	for i, p := range trace.Params {
		clear(m.w[i])
		tensor := checkpoint.Tensor{Name: p.Name, Shape: p.Shape}
		switch w := any(m.w[i]).(type) {
		case []float32:
			tensor.F32 = w
		case []float64:
			tensor.F64 = w
		}
		params = append(params, tensor)
	}
	f, err := checkpoint.Load(path)
	if err == nil {
		err = f.Params().Into(params)
	}
	if err != nil {
		t.Fatal(err)
	}
}
