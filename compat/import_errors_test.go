package compat_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/checkpoint"
	"github.com/descent-go/descent/compat"
)

// adamw is a recording of torch's, with its state.
const adamw = importData + "/torch/AdamW_8"

func toFloat32(v float64) float32 { return float32(v) }

// refusesState imports a file, which must be an error that says so, and nothing may change.
func refusesState(t *testing.T, peer, optimizer, path string, m *model[float32], want ...string) {
	t.Helper()
	var before []descent.State
	for _, s := range m.opt.States() {
		before = append(before, s.Clone())
	}
	err := compat.Import(peer, optimizer, path, m.opt)
	for _, w := range want {
		if err == nil || !strings.Contains(err.Error(), w) {
			t.Errorf("error %v, expected %q", err, w)
		}
	}
	if !reflect.DeepEqual(before, m.opt.States()) {
		t.Error("something has changed")
	}
}

func TestImportMistakes(t *testing.T) {
	trace := readTrace(t, adamw+".json.gz")
	first := trace.Params[0].Name
	other := trace.Params[1].Name
	drop := func(start string) func(f *checkpoint.File) {
		return func(f *checkpoint.File) {
			f.Tensors = slices.DeleteFunc(f.Tensors, func(t checkpoint.Tensor) bool { return strings.HasPrefix(t.Name, start) })
		}
	}
	add := func(name string, values ...float32) func(f *checkpoint.File) {
		return func(f *checkpoint.File) {
			drop("optimizer/" + name)(f)
			f.Tensors = append(f.Tensors, checkpoint.Tensor{Name: "optimizer/" + name, Shape: []int{len(values)}, F32: append([]float32{}, values...)})
		}
	}
	for _, c := range []struct {
		change func(f *checkpoint.File)
		want   []string
	}{
		{drop("optimizer/" + first + "/exp_avg_sq"), []string{"exp_avg_sq of " + first + " is missing", "torch's AdamW", "nothing has changed"}},
		{drop("optimizer/" + first), []string{"parameter " + first + " is missing"}},
		{drop("optimizer/"), []string{"there is no state of an optimizer"}},
		{add("layers.w9/exp_avg", 1, 2), []string{"layers.w9/exp_avg is not expected"}},
		{add(first+"/max_exp_avg_sq", 1, 2), []string{first + "/max_exp_avg_sq is not expected"}},
		{add(other+"/exp_avg", make([]float32, 77)...), []string{"exp_avg of " + other + " has shape [77], expected"}},
		{add(first+"/step", 2.5), []string{"2.5, expected a whole number"}},
		{add(first + "/step"), []string{"step of " + first + " has shape [0], expected one number"}},
		{func(f *checkpoint.File) { f.Meta["framework"] = "optax" }, []string{"the state is optax's, expected torch's"}},
		{func(f *checkpoint.File) { f.Meta["optimizer"] = "Adam" }, []string{"the state is that of Adam, expected AdamW's"}},
	} {
		f, err := checkpoint.Load(adamw + ".safetensors")
		if err != nil {
			t.Fatal(err)
		}
		c.change(f)
		path := filepath.Join(t.TempDir(), "state.safetensors")
		if err := f.Save(path); err != nil {
			t.Fatal(err)
		}
		refusesState(t, "torch", "AdamW", path, newModel(t, trace, "torch", toFloat32), append(c.want, path)...)
	}
}

func TestImportManyMistakes(t *testing.T) {
	f := &checkpoint.File{}
	for i := range 50 {
		f.Tensors = append(f.Tensors, checkpoint.Tensor{Name: fmt.Sprintf("optimizer/w%d/exp_avg", i), F32: []float32{1}})
	}
	path := filepath.Join(t.TempDir(), "state.safetensors")
	if err := f.Save(path); err != nil {
		t.Fatal(err)
	}
	refusesState(t, "torch", "AdamW", path, newModel(t, readTrace(t, adamw+".json.gz"), "torch", toFloat32), "and more")
}

// TestImportElsewhere: files of other frameworks, cut off, or for other optimizers.
func TestImportElsewhere(t *testing.T) {
	torch := func() *model[float32] { return newModel(t, readTrace(t, adamw+".json.gz"), "torch", toFloat32) }
	adam := importData + "/mxnet/Adam_4"
	mxnet := func() *model[float32] { return newModel(t, readTrace(t, adam+".json.gz"), "mxnet", toFloat32) }
	cut := func(path string) string {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out := filepath.Join(t.TempDir(), filepath.Base(path))
		if err := os.WriteFile(out, data[:len(data)-3], 0o644); err != nil {
			t.Fatal(err)
		}
		return out
	}
	refusesState(t, "torch", "AdamW", cut(adamw+".safetensors"), torch(), "cut off")
	refusesState(t, "torch", "AdamW", adam+".states", torch(), "pickle")
	refusesState(t, "torch", "AdamW", "nowhere", torch(), "nowhere")
	refusesState(t, "torch", "AdamWW", adamw+".safetensors", torch(), "did you mean AdamW")
	refusesState(t, "keras", "Adam", adamw+".safetensors", torch(), `states of "keras" are not read`)
	refusesState(t, "mxnet", "adam", cut(adam+".states"), mxnet(), "cut off")
	refusesState(t, "mxnet", "adam", adamw+".safetensors", mxnet(), "no pickle")
	refusesState(t, "mxnet", "adamax", adam+".states", mxnet(), "the state is that of Adam, expected adamax's")
	refusesState(t, "mxnet", "adam", glob(t, 1, importData+"/mxnet/Trainer_*.states")[0], mxnet(), "states of 6 parameters, the optimizer has 3")
	refusesState(t, "mxnet", "sgd", glob(t, 1, importData+"/mxnet/SGD_1.states")[0], newModel(t, readTrace(t, importData+"/mxnet/SGD_0.json.gz"), "mxnet", toFloat32),
		"w0/momentum is not expected")
	refusesState(t, "mxnet", "sgd", importData+"/mxnet/SGD_0.states", newModel(t, readTrace(t, importData+"/mxnet/SGD_1.json.gz"), "mxnet", toFloat32),
		"momentum of w0 is missing")
	m := torch()
	if err := m.opt.Step(); err != nil {
		t.Fatal(err)
	}
	refusesState(t, "torch", "AdamW", adamw+".safetensors", m, "has made steps already")
}

// TestImportFresh: a parameter that has had no update there starts here.
func TestImportFresh(t *testing.T) {
	trace := readTrace(t, adamw+".json.gz")
	f, err := checkpoint.Load(adamw + ".safetensors")
	if err != nil {
		t.Fatal(err)
	}
	prefix := "optimizer/" + trace.Params[0].Name + "/"
	f.Tensors = slices.DeleteFunc(f.Tensors, func(t checkpoint.Tensor) bool { return strings.HasPrefix(t.Name, prefix) || t.Name == "optimizer/step" })
	f.Tensors = append(f.Tensors, checkpoint.Tensor{Name: prefix + "step", F32: []float32{0}})
	path := filepath.Join(t.TempDir(), "state.safetensors")
	if err := f.Save(path); err != nil {
		t.Fatal(err)
	}
	m := newModel(t, trace, "torch", toFloat32)
	if err := compat.Import("torch", "AdamW", path, m.opt); err != nil {
		t.Fatal(err)
	}
	for param, want := range map[string]float64{trace.Params[0].Name: 0, trace.Params[1].Name: 20} {
		if s, err := m.opt.StateOf(param, "t"); err != nil || s.F64[0] != want {
			t.Errorf("%s: %v updates, %v, expected %v", param, s.F64, err, want)
		}
	}
	if m.opt.Updates() != 20 {
		t.Errorf("%d updates, expected 20", m.opt.Updates())
	}
}

// TestImportNadam: the product of momenta is MXNet's, which is in the optimizer.
func TestImportNadam(t *testing.T) {
	path := glob(t, 1, importData+"/mxnet/Nadam_7.json.gz")[0]
	m := newModel(t, readTrace(t, path), "mxnet", toFloat32)
	if err := compat.Import("mxnet", "Nadam", stateOf(t, path), m.opt); err != nil {
		t.Fatal(err)
	}
	product, err := m.opt.StateOf("w0", "product")
	if err != nil || !(product.F64[0] > 0 && product.F64[0] < 1e-9) {
		t.Errorf("product %v, %v", product.F64, err)
	}
}
