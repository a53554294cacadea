package main

import (
	"bytes"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/descent-go/descent/internal/atomicfile"
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
				return usagef("predict needs --model FILE, of train --save or --checkpoint, and --data FILE")
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
	f.StringVar(&model, "model", "", "`file` of train --save, or folder of its --checkpoint")
	f.StringVar(&data, "data", "", "`file` of the examples, CSV, LibSVM or IDX")
	f.StringVar(&output, "output", "", "`file` to write to (default: standard output)")
	complete(cmd, "model", endings("safetensors"))
	return cmd
}

// writeFile writes a file whole or not at all.
func writeFile(path string, content []byte) error {
	err := atomicfile.Write(path, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
	if err != nil {
		return fmt.Errorf("%s: not written: %w", path, atomicfile.Unnamed(err))
	}
	return nil
}
