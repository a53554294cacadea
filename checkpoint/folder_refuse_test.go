package checkpoint

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFolderMakeRefuses(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		file:                              "file: no checkpoints can be written there: it is there and is no folder",
		filepath.Join(file, "a"):          "no checkpoints can be written there",
		filepath.Join(dir, "none", "one"): "no checkpoints can be written there",
	} {
		if err := Folder(path).Make(); err == nil || !strings.HasPrefix(err.Error(), "checkpoint: "+path) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v", path, err)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
}

// TestFolderTwoTrainings has a second training start from 0 where another has saved.
func TestFolderTwoTrainings(t *testing.T) {
	d := Folder(t.TempDir())
	mustSave(t, d, 100, 2, small(100))
	err := saveStep(d, 5, 1, small(5))
	if err == nil || !strings.Contains(err.Error(), "step 5 is not saved: step 100 is there, of another training: go on from it, remove it or name another folder") {
		t.Errorf("error %v", err)
	}
	latest(t, d, 100, small(100))
	if got := stepFolders(t, d); got != "step-000100" {
		t.Errorf("there are %s", got)
	}
}

func TestPartRefuses(t *testing.T) {
	d := Folder(t.TempDir())
	if err := d.Begin(1); err != nil {
		t.Fatal(err)
	}
	one := []float32{1}
	for _, c := range []struct {
		step, rank, ranks int
		f                 *File
		want              string
	}{
		{1, 2, 2, &File{}, "part of rank 2 is not written: the rank must be from 0 to 1"},
		{1, -1, 2, &File{}, "the rank must be from 0 to 1"},
		{2, 0, 1, &File{}, "step 2, part of rank 0 is not written: the folder of the step is not there: rank 0 makes it by Begin"},
		{1, 0, 1, &File{Meta: map[string]string{}}, "it has Meta; give that to Commit"},
		{1, 0, 1, &File{Tensors: []Tensor{{Name: "w", Shape: []int{3}, F32: one, From: 3}}}, `tensor "w": shape [3] has 3 elements, a piece of 1 cannot begin at 3`},
		{1, 0, 1, &File{Tensors: []Tensor{{Name: "w", Shape: []int{3}, F32: one, From: -1}}}, "cannot begin at -1"},
		{1, 0, 1, &File{Tensors: []Tensor{{Name: "w", Shape: []int{0}, F32: one}}}, "a piece of 1 cannot begin at 0"},
		{1, 0, 1, &File{Tensors: []Tensor{{Name: "w", Shape: []int{1}, F32: one, From: 1}}}, "it begins at element 1"},
		{1, 0, 1, &File{Tensors: []Tensor{{Name: "w", Shape: []int{-3}, F32: one}}}, "-3 is negative"},
		{1, 0, 1, &File{Tensors: []Tensor{{Name: "w", Shape: []int{3}, F32: one, F64: []float64{1}}}}, "want exactly one of F32"},
		{1, 0, 1, &File{Tensors: []Tensor{{Name: "w", F32: one}, {Name: "w", Shape: []int{3}, F32: one}}}, "there are two of this name"},
	} {
		if _, err := d.Part(c.step, c.rank, c.ranks, c.f); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
	if entries, err := os.ReadDir(d.path(1)); len(entries) > 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	if err := (&File{Tensors: []Tensor{{Name: "w", Shape: []int{3}, F32: one}}}).Save(filepath.Join(string(d), "f")); err == nil {
		t.Error("a piece was saved outside of a folder")
	}
	if err := d.Begin(-1); err == nil || !strings.Contains(err.Error(), "a step is not negative") {
		t.Errorf("error %v", err)
	}
}

// TestCommitRefuses gives parts that are no checkpoint: the earlier one stays.
func TestCommitRefuses(t *testing.T) {
	f32 := func(shape []int, from, n int) Tensor {
		return Tensor{Name: "w", Shape: shape, From: from, F32: make([]float32, n)}
	}
	shape := []int{2, 5}
	for _, c := range []struct {
		tensors []Tensor // of rank 0, 1, ...
		want    string
	}{
		{[]Tensor{f32(shape, 0, 5), f32(shape, 5, 4)}, `tensor "w": no part has its elements 9 to 9`},
		{[]Tensor{f32(shape, 0, 5), f32(shape, 6, 4)}, "no part has its elements 5 to 5"},
		{[]Tensor{f32(shape, 6, 4), f32(shape, 2, 4)}, "no part has its elements 0 to 1"},
		{[]Tensor{f32(shape, 0, 5), f32(shape, 4, 6)}, "ranks 0 and 1 both have its element 4"},
		{[]Tensor{f32(shape, 0, 10), f32(shape, 5, 5)}, "ranks 0 and 1 both have its element 5"},
		{[]Tensor{f32(shape, 0, 5), f32(shape, 0, 10)}, "ranks 0 and 1 both have its element 0"},
		{[]Tensor{f32(shape, 0, 5), f32([]int{5, 2}, 5, 5)}, "it is F32 [2 5] for rank 0 and F32 [5 2] for rank 1"},
		{[]Tensor{f32(shape, 0, 5), {Name: "w", Shape: shape, From: 5, F64: make([]float64, 5)}}, "F32 [2 5] for rank 0 and F64 [2 5] for rank 1"},
		{[]Tensor{f32([]int{10}, 0, 10), f32(shape, 0, 10)}, "it is F32 [10] for rank 0"},
	} {
		d := Folder(t.TempDir())
		mustSave(t, d, 1, 1, small(1))
		if err := d.Begin(2); err != nil {
			t.Fatal(err)
		}
		var parts []Part
		for rank, tensor := range c.tensors {
			p, err := d.Part(2, rank, len(c.tensors), &File{Tensors: []Tensor{tensor}})
			if err != nil {
				t.Fatal(err)
			}
			parts = append(parts, p)
		}
		if err := d.Commit(2, parts, nil); err == nil || !strings.Contains(err.Error(), "step 2 is not saved: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
		if s := latest(t, d, 1, small(1)); len(s.Notes) > 0 {
			t.Errorf("%s: notes %q", c.want, s.Notes)
		}
	}
}

func TestCommitRefusesParts(t *testing.T) {
	d := Folder(t.TempDir())
	if err := d.Begin(1); err != nil {
		t.Fatal(err)
	}
	var p [2]Part
	for rank := range p {
		var err error
		if p[rank], err = d.Part(1, rank, 2, &File{}); err != nil {
			t.Fatal(err)
		}
	}
	foreign, short := p[1], p[1]
	foreign.SHA256, short.SHA256 = strings.Repeat("0", 64), "../../x"
	for _, c := range []struct {
		parts []Part
		meta  map[string]string
		want  string
	}{
		{nil, nil, "no parts are given"},
		{p[:1], nil, "1 parts are given, one is that of rank 0 of 2"},
		{[]Part{p[0], p[0]}, nil, "2 parts are given, one is that of rank 0 of 2"},
		{[]Part{p[0], {Rank: 1, Ranks: 2}}, nil, `"" is no checksum`},
		{[]Part{p[0], short}, nil, `"../../x" is no checksum`},
		{[]Part{p[0], foreign}, nil, "part-1-of-2-0000000000000000.safetensors is damaged: it is not there"},
		{p[:], map[string]string{"a": "\xff"}, "not valid UTF-8"},
	} {
		if err := d.Commit(1, c.parts, c.meta); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
	p[0], p[1] = p[1], p[0] // in any order
	if err := d.Commit(1, p[:], nil); err != nil {
		t.Error(err)
	}
}
