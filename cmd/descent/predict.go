package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/descent-go/descent/train"
)

func newPredict() *cobra.Command {
	var model, data, output string
	cmd := &cobra.Command{
		Use:   "predict --model FILE --data FILE",
		Short: "Predict with a trained model",
		Long: `Predict with a model that train --save wrote. The data is read as that of the
training was: the same columns, by name; the target may be absent. The predictions
are CSV, a row for each example. What had to be guessed, such as cells that are
missing or categories that the training had not, is noted on standard error.`,
		Example: `  descent predict --model houses.safetensors --data new.csv
  descent predict --model houses.safetensors --data new.csv --output prices.csv`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if model == "" || data == "" {
				return usagef("predict needs --model FILE, of train --save, and --data FILE")
			}
			var out bytes.Buffer
			notes, err := train.Predict(model, data, &out)
			if err != nil {
				return err
			}
			if output != "" {
				err = writeFile(output, out.Bytes())
			} else {
				_, err = cmd.OutOrStdout().Write(out.Bytes())
			}
			if err != nil {
				return err
			}
			for _, note := range notes {
				fmt.Fprintf(cmd.ErrOrStderr(), "note: %s\n", note)
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&model, "model", "", "`file` of the trained model")
	f.StringVar(&data, "data", "", "`file` of the examples, CSV, LibSVM or IDX")
	f.StringVar(&output, "output", "", "`file` to write to (default: standard output)")
	complete(cmd, "model", endings("safetensors"))
	return cmd
}

// writeFile writes beside the file and renames, so that an error leaves the
// earlier file. What is no ordinary file, such as a pipe, is written to.
func writeFile(path string, content []byte) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return os.WriteFile(path, content, 0o666)
	}
	beside := filepath.Join(filepath.Dir(path), fmt.Sprintf(".descent-%016x.tmp", rand.Uint64()))
	err := os.WriteFile(beside, content, 0o666)
	if err == nil {
		err = os.Rename(beside, path)
	}
	if err != nil {
		_ = os.Remove(beside)
		return fmt.Errorf("%s: not written: %w", path, unnamed(err))
	}
	return nil
}

// unnamed takes the names of files, which users may not have given, from an error.
func unnamed(err error) error {
	var named *fs.PathError
	var renamed *os.LinkError
	switch {
	case errors.As(err, &named):
		return named.Err
	case errors.As(err, &renamed):
		return renamed.Err
	}
	return err
}
