package train

import (
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/optim"
)

const housesPath = "../dataset/testdata/houses.csv"

func openHouses(t *testing.T) *dataset.Data {
	t.Helper()
	d, err := dataset.Open(housesPath, dataset.Options{Target: "price"})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// predictions are the lines of Predict, its first one apart.
func predictions(t *testing.T, model, data string) (names []string, rows [][]string) {
	t.Helper()
	var b strings.Builder
	if _, err := Predict(model, data, &b); err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all[0], all[1:]
}

// TestPredictValues compares the error of predictions, in the file's own units,
// with what the training says.
func TestPredictValues(t *testing.T) {
	d := openHouses(t)
	var last Progress
	c := Config{Train: d, Test: d, Epochs: 100, Save: filepath.Join(t.TempDir(), "m.safetensors"), Progress: func(p Progress) { last = p }}
	r := mustRun(t, c)
	names, rows := predictions(t, c.Save, housesPath)
	if !slices.Equal(names, []string{"price"}) || len(rows) != d.N {
		t.Fatalf("columns %q and %d rows", names, len(rows))
	}
	sum := 0.0
	for i, row := range rows {
		v, err := strconv.ParseFloat(row[0], 64)
		if err != nil {
			t.Fatal(err)
		}
		sum += (v - d.Schema.Target.Value(d.Y[i])) * (v - d.Schema.Target.Value(d.Y[i]))
	}
	want := math.Sqrt(sum / float64(d.N))
	if math.Abs(*r.TestRMSE-want) > 1e-3*want || math.Abs(*r.TestLoss-want*want) > 1e-2*want*want || r.TestAccuracy != nil {
		t.Errorf("RMSE %v and loss %v, predictions have RMSE %v", *r.TestRMSE, *r.TestLoss, want)
	}
	if *r.TestRMSE > d.Schema.Target.Std/3 || !math.IsNaN(last.Accuracy) || !math.IsNaN(last.TestAccuracy) || last.Loss > 2*want*want || last.Loss < want*want/2 {
		t.Errorf("RMSE %v of prices with standard deviation %v, progress %+v", *r.TestRMSE, d.Schema.Target.Std, last)
	}
}

// flowers is a table of three classes that a line apart each.
func flowers(t *testing.T) string {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	b.WriteString("length,width,\"kind, of flower\"\n")
	for i := range 150 {
		x, y := r.NormFloat64(), r.NormFloat64()
		fmt.Fprintf(&b, "%.3f,%.3f,%s\n", 3*float64(i%3)+x, y-float64(i%3), []string{"aster", "lily", "rose"}[i%3])
	}
	path := filepath.Join(t.TempDir(), "flowers.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestPredictClasses compares the predictions with what the training says, for a
// rule whose weights to evaluate with are others than those it trains.
func TestPredictClasses(t *testing.T) {
	path := flowers(t)
	d, err := dataset.Open(path, dataset.Options{Target: "kind, of flower"})
	if err != nil {
		t.Fatal(err)
	}
	c := Config{Train: d, Test: d, Kind: "logistic", Rule: parseRule(t, "mine", mine), Epochs: 10,
		Options: []descent.Option{descent.LR(0.3)}, Save: filepath.Join(t.TempDir(), "m.safetensors")}
	r := mustRun(t, c)
	names, rows := predictions(t, c.Save, path)
	if !slices.Equal(names, []string{"kind, of flower", "probability", "probability_aster", "probability_lily", "probability_rose"}) || len(rows) != 150 {
		t.Fatalf("columns %q and %d rows", names, len(rows))
	}
	right, loss := 0, 0.0
	for i, row := range rows {
		var p [4]float64
		for j := range p {
			if p[j], err = strconv.ParseFloat(row[j+1], 64); err != nil {
				t.Fatal(err)
			}
		}
		best := slices.Index(d.Classes(), row[0])
		if p[0] != p[best+1] || p[0] != slices.Max(p[:]) || math.Abs(p[1]+p[2]+p[3]-1) > 1e-5 {
			t.Fatalf("row %d: %q", i, row)
		}
		loss -= math.Log(p[int(d.Y[i])+1]) / 150
		if best == int(d.Y[i]) {
			right++
		}
	}
	if *r.TestAccuracy != float64(right)/150 || right < 120 || math.Abs(loss-*r.TestLoss) > 1e-4 {
		t.Errorf("%d of 150 right with loss %v, the training says %v and %v", right, loss, *r.TestAccuracy, *r.TestLoss)
	}
}

// noRoom fails like a full disk.
type noRoom struct{}

func (noRoom) Write([]byte) (int, error) { return 0, errors.New("no room") }

func TestPredictErrors(t *testing.T) {
	d := openHouses(t)
	model := filepath.Join(t.TempDir(), "m.safetensors")
	mustRun(t, Config{Train: d, Test: d, Rule: optim.SGD, Epochs: 1, Save: model})
	var b strings.Builder
	for want, err := range map[string]error{
		"none.csv":         predictError(t, model, "none.csv"),
		"none.safetensors": predictError(t, "none.safetensors", housesPath),
		"area":             predictError(t, model, flowers(t)),
		"houses.csv":       predictError(t, housesPath, housesPath),
	} {
		if err == nil || !strings.Contains(err.Error(), want) || b.Len() > 0 {
			t.Errorf("error %v, want %q; written %q", err, want, b.String())
		}
	}
	if _, err := Predict(model, housesPath, noRoom{}); err == nil || !strings.Contains(err.Error(), "no room") {
		t.Errorf("error %v", err)
	}
}

// predictError is the error of Predict, which then must have written nothing.
func predictError(t *testing.T, model, data string) error {
	t.Helper()
	var b strings.Builder
	notes, err := Predict(model, data, &b)
	if b.Len() > 0 || notes != nil {
		t.Errorf("with error %v: notes %q, written %q", err, notes, b.String())
	}
	return err
}

// TestPredictNotes has a missing cell, an unknown category and a new column.
func TestPredictNotes(t *testing.T) {
	folder := t.TempDir()
	data, fresh := filepath.Join(folder, "a.csv"), filepath.Join(folder, "b.csv")
	if err := os.WriteFile(data, []byte("size,city,price\n1,Rome,2.5\n2,Oslo,3.5\n3,Rome,4\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(fresh, []byte("city,size,new\nBern,,1\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	d, err := dataset.Open(data, dataset.Options{Target: "price"})
	if err != nil {
		t.Fatal(err)
	}
	model := filepath.Join(folder, "m.safetensors")
	mustRun(t, Config{Train: d, Test: d, Hidden: []int{2}, Epochs: 1, Save: model})
	var b strings.Builder
	notes, err := Predict(model, fresh, &b)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{`column "new"`, `column "size": 1 missing`, `column "city": 1 not in the schema, such as "Bern"`}
	if len(notes) != len(want) {
		t.Fatalf("notes %q", notes)
	}
	for i, w := range want {
		if !strings.HasPrefix(notes[i], w) {
			t.Errorf("note %q, want %q", notes[i], w)
		}
	}
}
