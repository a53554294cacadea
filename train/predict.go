package train

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"github.com/descent-go/descent/dataset"
)

// predictBatch is how many examples go through the network at a time.
const predictBatch = 256

// Predict applies a model that [Run] has saved to a file of examples, which is
// read as the training data was; targets in it are ignored. It writes CSV: a
// line of names and a line for each example, in order. For classes the columns
// are the target's name with the most probable class, "probability" with its
// probability, and "probability_CLASS" for each; for regression the target's
// name with the value in its own units. Nothing is written on an error, unless w
// has failed.
//
// The notes say in plain English what had to be guessed: cells that are missing,
// categories that the training had not, columns that are ignored.
func Predict(modelPath, dataPath string, w io.Writer) (notes []string, err error) {
	s, err := load(modelPath)
	if err != nil {
		return nil, err
	}
	data, err := s.Schema.Open(dataPath)
	if err != nil {
		return nil, err
	}
	out, err := s.outputs(data)
	if err != nil {
		return nil, err
	}
	return data.Notes, writeCSV(w, s.Schema.Target, out)
}

// outputs applies the model to data.
func (s *saved) outputs(data *dataset.Data) ([]float32, error) {
	c := Config{Train: data, Kind: s.Model, Hidden: s.Hidden, Batch: predictBatch}
	m, err := newModel(c.spec())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.path, err)
	}
	defer m.Close()
	if err := s.weights(m, false); err != nil {
		return nil, err
	}
	return m.Outputs(data.X)
}

func writeCSV(w io.Writer, target dataset.Target, out []float32) error {
	rows := csv.NewWriter(w)
	if target.Task == dataset.Regression {
		writeValues(rows, target, out)
	} else {
		writeClasses(rows, target, out)
	}
	rows.Flush()
	if err := rows.Error(); err != nil {
		return fmt.Errorf("train: writing predictions: %w", err)
	}
	return nil
}

// writeValues and writeClasses leave errors to rows.Error.
func writeValues(rows *csv.Writer, target dataset.Target, out []float32) {
	_ = rows.Write([]string{target.Name})
	for _, y := range out {
		_ = rows.Write([]string{strconv.FormatFloat(target.Value(y), 'f', -1, 32)})
	}
}

func writeClasses(rows *csv.Writer, target dataset.Target, out []float32) {
	record := []string{target.Name, "probability"}
	for _, class := range target.Classes {
		record = append(record, "probability_"+class)
	}
	_ = rows.Write(record)
	width := len(target.Classes)
	for ; len(out) > 0; out = out[width:] {
		best := largest(out[:width])
		record = append(record[:0], target.Classes[best], probability(out[best]))
		for _, p := range out[:width] {
			record = append(record, probability(p))
		}
		_ = rows.Write(record)
	}
}

func probability(p float32) string { return strconv.FormatFloat(float64(p), 'g', -1, 32) }
