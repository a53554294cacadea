// Command studies measures what the documentation says of many machines, and
// writes it as CSV, of which go generate ./docs/generate draws pictures:
//
//	nice go run ./bench/distributed/studies batches docs/studies/batches.csv
//	nice go run ./bench/distributed/studies delays docs/studies/delays.csv
//	nice go run ./bench/distributed/studies scaling docs/studies/scaling.csv
//
// Each takes some minutes on one processor. The same seeds give the same files.
package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"log"
	"math"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/internal/atomicfile"
)

// studies are what there is to measure, by name.
var studies = map[string]func() (*table, error){"batches": batches, "delays": delays, "scaling": scaling}

func main() {
	log.SetFlags(log.Ltime)
	if len(os.Args) != 3 || studies[os.Args[1]] == nil {
		log.Fatal("usage: studies batches|delays|scaling FILE.csv")
	}
	runtime.GOMAXPROCS(1)
	t, err := studies[os.Args[1]]()
	if err == nil {
		err = t.write(os.Args[2])
	}
	if err != nil {
		log.Fatal(err)
	}
}

// table is what a study has measured.
type table struct{ rows [][]string }

// add adds a row and shows it.
func (t *table) add(values ...any) {
	var row []string
	for _, v := range values {
		switch v := v.(type) {
		case float64:
			row = append(row, strconv.FormatFloat(v, 'g', 6, 64))
		default:
			row = append(row, fmt.Sprint(v))
		}
	}
	t.rows = append(t.rows, row)
	log.Print(row)
}

// sort sorts the rows by the first column, others as they were added.
func (t *table) sort() {
	slices.SortStableFunc(t.rows[1:], func(a, b []string) int { return strings.Compare(a[0], b[0]) })
}

func (t *table) write(path string) error {
	return atomicfile.Write(path, func(f io.Writer) error {
		w := csv.NewWriter(f)
		return errors.Join(w.WriteAll(t.rows), w.Error())
	})
}

// digits are parts of MNIST: to learn from and to test with; and to choose
// hyperparameters, parts of what is learned from.
func digits(examples int) (learn, test, choiceLearn, choiceTest *dataset.Data, err error) {
	all, test, err := dataset.MNIST()
	if err != nil {
		return nil, nil, nil, nil, err
	}
	if learn, _, err = all.Split(1-float64(examples)/float64(all.N), 1); err != nil {
		return nil, nil, nil, nil, err
	}
	choiceLearn, choiceTest, err = learn.Split(0.2, 2)
	return learn, test, choiceLearn, choiceTest, err
}

// factor is between the values that a search tries.
var factor = math.Sqrt(10)

// choose finds the value with the highest score, from start on in both directions,
// each until so many values in a row have not helped.
func choose(start float64, patience int, score func(v float64) (float64, error)) (float64, error) {
	at := start
	best, err := score(start)
	for _, f := range []float64{factor, 1 / factor} {
		v := start
		for misses := 0; misses < patience && err == nil; {
			var s float64
			v *= f
			if s, err = score(v); s > best {
				best, at, misses = s, v, 0
			} else {
				misses++
			}
		}
	}
	return at, err
}
