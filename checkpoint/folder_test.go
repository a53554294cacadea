package checkpoint

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/descent-go/descent"
)

// cut is what a rank of so many keeps of f: pieces of what has more than one element,
// the rest whole.
func cut(f *File, rank, ranks int) *File {
	part := &File{}
	for _, t := range f.Tensors {
		if n := t.len(); n > 1 {
			from, to := rank*n/ranks, (rank+1)*n/ranks
			t.From = from
			switch {
			case t.F32 != nil:
				t.F32 = t.F32[from:to]
			case t.F64 != nil:
				t.F64 = t.F64[from:to]
			case t.F16 != nil:
				t.F16 = t.F16[from:to]
			default:
				t.BF16 = t.BF16[from:to]
			}
		}
		part.Tensors = append(part.Tensors, t)
	}
	return part
}

// saveStep saves f with so many ranks, each in a goroutine.
func saveStep(d Folder, step, ranks int, f *File) error {
	if err := d.Begin(step); err != nil {
		return err
	}
	parts, errs := make([]Part, ranks), make([]error, ranks)
	var wait sync.WaitGroup
	for rank := range ranks {
		wait.Go(func() { parts[rank], errs[rank] = d.Part(step, rank, ranks, cut(f, rank, ranks)) })
	}
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return d.Commit(step, parts, f.Meta)
}

func mustSave(t *testing.T, d Folder, step, ranks int, f *File) {
	t.Helper()
	if err := saveStep(d, step, ranks, f); err != nil {
		t.Fatal(err)
	}
}

// latest wants the newest whole checkpoint to be that of a step, with the tensors of f.
func latest(t *testing.T, d Folder, step int, f *File) *Snapshot {
	t.Helper()
	s, err := d.Latest()
	if err != nil {
		t.Fatal(err)
	}
	if s.Step != step || s.Path != filepath.Join(string(d), stepName(step)) {
		t.Errorf("the newest is %d in %s, want %d; notes %q", s.Step, s.Path, step, s.Notes)
	}
	sameBits(t, s.File, f)
	return s
}

// stepFolders are the names in the folder.
func stepFolders(t *testing.T, d Folder) string {
	t.Helper()
	entries, err := os.ReadDir(string(d))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

// small is a file that tells its step.
func small(step int) *File {
	return &File{
		Tensors: []Tensor{
			{Name: "w", Shape: []int{3, 4}, F32: slices.Repeat([]float32{float32(step)}, 12)},
			{Name: "t", F64: []float64{float64(step)}},
		},
		Meta: map[string]string{"step": fmt.Sprint(step)},
	}
}

// TestFolder saves with several numbers of ranks: the whole comes back, two are kept.
func TestFolder(t *testing.T) {
	d := Folder(filepath.Join(t.TempDir(), "checkpoints"))
	for range 2 { // once it is there already
		if err := d.Make(); err != nil {
			t.Fatal(err)
		}
	}
	for i, ranks := range []int{1, 2, 3, 7} {
		f := odd()
		f.Meta["ranks"] = fmt.Sprint(ranks)
		mustSave(t, d, 10*i, ranks, f)
		s := latest(t, d, 10*i, f)
		if s.Ranks != ranks || len(s.Notes) > 0 {
			t.Errorf("%d ranks, want %d; notes %q", s.Ranks, ranks, s.Notes)
		}
		if !slices.IsSortedFunc(s.File.Tensors, func(a, b Tensor) int { return strings.Compare(a.Name, b.Name) }) {
			t.Error("not sorted by name")
		}
	}
	if got := stepFolders(t, d); got != "step-000020 step-000030" {
		t.Errorf("kept: %s", got)
	}
}

// TestFolderSameBytes has the same contents make the same files.
func TestFolderSameBytes(t *testing.T) {
	var files [2]map[string]string
	for i := range files {
		d := Folder(t.TempDir())
		mustSave(t, d, 1, 3, odd())
		files[i] = map[string]string{}
		entries, err := os.ReadDir(d.path(1))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			files[i][e.Name()] = string(contents(t, filepath.Join(d.path(1), e.Name())))
		}
	}
	if len(files[0]) != 4 || !reflect.DeepEqual(files[0], files[1]) {
		t.Errorf("%d and %d files, or other bytes", len(files[0]), len(files[1]))
	}
}

// TestFolderAnew saves a step again, with other contents: until Commit the
// earlier one is whole, then no file of it is left.
func TestFolderAnew(t *testing.T) {
	d := Folder(t.TempDir())
	mustSave(t, d, 5, 1, odd())
	if err := d.Begin(5); err != nil {
		t.Fatal(err)
	}
	part, err := d.Part(5, 0, 1, &File{Tensors: small(5).Tensors})
	if err != nil {
		t.Fatal(err)
	}
	latest(t, d, 5, odd())
	if err := d.Commit(5, []Part{part}, small(5).Meta); err != nil {
		t.Fatal(err)
	}
	latest(t, d, 5, small(5))
	if entries, err := os.ReadDir(d.path(5)); len(entries) != 2 {
		t.Errorf("%v, %v", entries, err)
	}
}

// TestFolderOthers leaves alone what others have put there.
func TestFolderOthers(t *testing.T) {
	d := Folder(t.TempDir())
	for _, name := range []string{"step-7/a", "step-0000007/a", "step-000008", "notes.txt", "step-000001/mine.txt", "step-000009x/part-0-of-1.safetensors"} {
		path := filepath.Join(string(d), name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("mine"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for step := range 5 {
		mustSave(t, d, step, 2, small(step))
	}
	latest(t, d, 4, small(4))
	if got := stepFolders(t, d); got != "notes.txt step-0000007 step-000001 step-000003 step-000004 step-000008 step-000009x step-7" {
		t.Errorf("there are %s", got)
	}
	if entries, err := os.ReadDir(d.path(1)); len(entries) != 1 || entries[0].Name() != "mine.txt" {
		t.Errorf("%v, %v", entries, err)
	}
}

func TestFolderNone(t *testing.T) {
	d := Folder(t.TempDir())
	if s, err := d.Latest(); s != nil || !errors.Is(err, ErrNone) || !strings.Contains(err.Error(), string(d)+": there is no whole checkpoint") {
		t.Errorf("an empty folder: %v, %v", s, err)
	}
	if err := d.Begin(3); err != nil {
		t.Fatal(err)
	}
	if s, err := d.Latest(); s != nil || !errors.Is(err, ErrNone) {
		t.Errorf("an unfinished save only: %v, %v", s, err)
	}
	if s, err := Folder(filepath.Join(string(d), "none")).Latest(); s != nil || err == nil || errors.Is(err, ErrNone) {
		t.Errorf("no folder: %v, %v", s, err)
	}
}

// TestPartJSON sends parts from rank to rank.
func TestPartJSON(t *testing.T) {
	want := Part{3, 4, 1 << 40, "abc"}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Part
	if err := json.Unmarshal(text, &got); err != nil || got != want {
		t.Errorf("%s becomes %v, %v", text, got, err)
	}
}

// TestFolderDiffer has ranks give other numbers for a tensor that each has whole: one
// is taken and it is said.
func TestFolderDiffer(t *testing.T) {
	d := Folder(t.TempDir())
	if err := d.Begin(1); err != nil {
		t.Fatal(err)
	}
	var parts []Part
	for rank := range 3 {
		p, err := d.Part(1, rank, 3, &File{Tensors: []Tensor{
			{Name: "same", F64: []float64{7}},
			{Name: "other", F16: []descent.Float16{descent.Float16(rank / 2)}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, p)
	}
	if err := d.Commit(1, parts, nil); err != nil {
		t.Fatal(err)
	}
	s := latest(t, d, 1, &File{Tensors: []Tensor{{Name: "same", F64: []float64{7}}, {Name: "other", F16: []descent.Float16{0}}}})
	if len(s.Notes) != 1 || !strings.Contains(s.Notes[0], `tensor "other": that of rank 0 is taken, rank 2 has another`) {
		t.Errorf("notes %q", s.Notes)
	}
}
