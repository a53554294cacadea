package compare

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/surface"
)

var mnist = sync.OnceValues(func() (train, test *dataset.Data) {
	train, test, err := dataset.MNIST()
	if err != nil {
		panic(err)
	}
	return first(train, 300), first(test, 100)
})

// network is the task to learn some digits.
func network() *Network {
	train, test := mnist()
	return &Network{Train: train, Test: test, Hidden: []int{8}, Epochs: 2, Batch: 50}
}

func terrain(t *testing.T, name string) *Terrain {
	t.Helper()
	s, err := surface.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	return &Terrain{Surface: s, Steps: 80}
}

func entrants(t *testing.T, names ...string) []Entrant {
	t.Helper()
	var all []Entrant
	for _, name := range names {
		rule, err := optim.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, Entrant{Name: name, Rule: rule})
	}
	return all
}

// wild diverges.
func wild() Entrant {
	return Entrant{Name: "wild", Rule: optim.SGD, Options: []descent.Option{descent.LR(1e30)}, Fixed: true}
}

// run makes a comparison to its end.
func run(t *testing.T, c Config) *Result {
	t.Helper()
	m, err := New(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	r, err := m.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// stop makes a comparison until so many runs have begun, of which the last is dropped.
func stop(t *testing.T, c Config, runs int) *Result {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	begun := map[runKey]bool{}
	c.Progress = func(p Progress) {
		begun[runKey{p.Optimizer, p.Stage, p.LR, p.Seed}] = true
		if len(begun) >= runs {
			cancel()
		}
	}
	m, err := New(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	r, err := m.Run(ctx)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("stopped at run %d: %v, want that it is cancelled", runs, err)
	}
	return r
}

// untimed is the file of a comparison, without its times.
func untimed(t *testing.T, r *Result) string {
	t.Helper()
	var out strings.Builder
	if err := r.WriteCSV(&out); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(out.String()) {
		lines = append(lines, line[:strings.LastIndexByte(line, ',')])
	}
	return strings.Join(lines, "\n")
}

func journalPath(t *testing.T) string { return filepath.Join(t.TempDir(), "report.jsonl") }

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}

// fails wants an error of New that says all of the texts.
func fails(t *testing.T, c Config, texts ...string) error {
	t.Helper()
	_, err := New(context.Background(), c)
	if err == nil {
		t.Fatalf("no error, want one with %q", texts)
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("the error is %v, want one with %q", err, text)
		}
	}
	return err
}
