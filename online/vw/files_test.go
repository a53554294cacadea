package vw_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/descent-go/descent/online/vw"
)

// Nothing is written over that is read, or twice.
func TestWrittenOver(t *testing.T) {
	data, model, out := write(t, "data", clicks(10)), file(t, "model"), file(t, "out")
	run(t, "", data, "-f", model)
	for _, c := range []struct{ args, want string }{
		{"-p DATA", "DATA is read and would be written over by --predictions"},
		{"-f DATA", "DATA is read and would be written over by --final_regressor"},
		{"-c -f DATA.cache", "would be written over by --final_regressor"},
		{"-i MODEL -r MODEL", "would be written over by --raw_predictions"},
		{"-p OUT -r OUT", "--predictions and --raw_predictions both write OUT"},
		{"-p OUT -f OUT", "--predictions and --final_regressor both write OUT"},
		{"-p - -r stdout", "both write stdout"},
		{"-i - -d -", "cannot both be standard input"},
		{"-c --passes 2 -f -", "--final_regressor to standard output"},
	} {
		fill := strings.NewReplacer("DATA", data, "MODEL", model, "OUT", out)
		args := strings.Fields(fill.Replace(c.args))
		if !strings.Contains(c.args, "-d") {
			args = append(args, "-d", data)
		}
		refuse(t, "", args, fill.Replace(c.want))
	}
	if read(t, data) != clicks(10) {
		t.Error("the data have changed")
	}
	run(t, "", data, "-i", model, "-f", model)
	run(t, "", data, "-c", "-k", "--passes", "2", "--holdout_off", "-f", "-")
	run(t, clicks(10), "-d", "-", "-p", "-")
	run(t, clicks(10), "-p", os.DevNull, "-r", os.DevNull)
}

// A model goes through standard output and input.
func TestModelThroughPipe(t *testing.T) {
	data, model := write(t, "data", clicks(50)), file(t, "model")
	run(t, "", data, "-f", model)
	_, s := run(t, "", data, "-f", "-")
	if s.out.String() != read(t, model) {
		t.Error("the model on standard output is another")
	}
	_, want := run(t, "", data, "-t", "-i", model, "-p", "-")
	if _, got := run(t, s.out.String(), data, "-t", "-i", "-", "-p", "-"); got.out.String() != want.out.String() {
		t.Error("the model of standard input predicts otherwise")
	}
}

// Where a model's name is a link, the file behind it is replaced.
func TestModelBehindLink(t *testing.T) {
	model := file(t, "model")
	link := filepath.Join(filepath.Dir(model), "link")
	if err := os.WriteFile(model, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("model", link); err != nil {
		t.Skip(err)
	}
	run(t, clicks(10), "-f", link)
	if at, err := os.Readlink(link); at != "model" || len(read(t, model)) == 0 {
		t.Errorf("the link leads to %q, %v", at, err)
	}
}

// Streams may be left out.
func TestNoStreams(t *testing.T) {
	c, err := vw.Parse("-p", "-")
	if err != nil {
		t.Fatal(err)
	}
	if r, err := c.Run(t.Context(), vw.Streams{}); err != nil || r.Examples != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

// Data that are not there cost no earlier predictions.
func TestPredictionsKept(t *testing.T) {
	preds := write(t, "preds", "0.5\n")
	c, err := vw.Parse("none.vw", "-p", preds)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Run(t.Context(), vw.Streams{}); err == nil {
		t.Error("no error for data that are not there")
	}
	if b, err := os.ReadFile(preds); err != nil || string(b) != "0.5\n" {
		t.Errorf("the predictions are %q, error %v", b, err)
	}
}
