package compat

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Format is the format of recordings that ReadTrace reads.
const Format = "optimizer-trace/1"

// Trace is a recorded trajectory of an optimizer.
type Trace struct {
	Format      string
	Peer        string // the framework, as Peers lists it; mxnet stands for mxnet2 too
	PeerVersion string `json:"peer_version"`
	Optimizer   string // by the framework's name
	Options     map[string]any
	DType       string // of the weights: float32, float64, float16 or bfloat16
	Note        string // what the case covers
	UpdaterCall string `json:"updater_call"` // of MXNet: "list", or "single" where each parameter was updated by a call of its own
	Params      []TraceParam
	Steps       []TraceStep
	Objective   *Objective // nil where the steps have gradients
	Tolerance   Tolerance

	MasterTolerance *Tolerance `json:"master_tolerance"` // of master copies
}

// TraceParam is a parameter of a recording.
type TraceParam struct {
	Name    string
	Shape   []int
	Value   Array          // at the start
	Options map[string]any // for this parameter alone
}

// TraceStep is a step of a recording.
type TraceStep struct {
	Options map[string]any // that changed before this step
	Grads   []*TraceGrad   // one a parameter, nil where it got none; none at all with an objective
	Values  []Array        // of the parameters after the step
	Master  []Array        // their master copies after it, none where there are no such copies
}

// TraceGrad is a parameter's gradient in a step.
type TraceGrad struct {
	Rows   []int // of a row-sparse gradient the rows that are not 0, else nil
	Values Array
}

// Array is numbers row by row. Nested ones are read flat.
type Array []float64

// Tolerance says how far a value x may be from the recorded one, ref:
// abs(x - ref) <= ATol + RTol*abs(ref).
type Tolerance struct{ RTol, ATol float64 }

// framework is the framework as Peers lists it, where MXNet 2 is one of its own.
func (t *Trace) framework() string {
	if t.Peer == "mxnet" && strings.HasPrefix(t.PeerVersion, "2") {
		return "mxnet2"
	}
	return t.Peer
}

// circumstances gives options for what MXNet's recordings say beside the
// options: the type of the weights, how parameters were updated, and that a
// scheduler's learning rates stand in the steps.
func (t *Trace) circumstances() map[string]any {
	out := map[string]any{}
	if t.Peer == "mxnet" {
		out["dtype"] = t.DType
	}
	if t.UpdaterCall != "" {
		out["updater_call"] = t.UpdaterCall
	}
	rate := func(s TraceStep) bool { return s.Options["learning_rate"] != nil }
	if t.Options["lr_scheduler"] != nil && slices.ContainsFunc(t.Steps, rate) {
		out["rates_recorded"] = true
	}
	return out
}

// UnmarshalJSON reads an array, in which null is no number.
func (a *Array) UnmarshalJSON(data []byte) error {
	if bytes.Contains(data, []byte("null")) {
		return errors.New("null in place of numbers")
	}
	var flat []float64
	err := json.Unmarshal(data, &flat)
	if err != nil {
		var nested []Array
		if json.Unmarshal(data, &nested) != nil {
			return err
		}
		flat = slices.Concat(nested...)
	}
	*a = flat
	return nil
}

// UnmarshalJSON reads an array of numbers or an object of rows and values.
func (g *TraceGrad) UnmarshalJSON(data []byte) error {
	if data[0] != '{' {
		return json.Unmarshal(data, &g.Values)
	}
	type sparse TraceGrad
	if err := json.Unmarshal(data, (*sparse)(g)); err != nil {
		return err
	}
	if g.Rows == nil || bytes.Contains(data, []byte("null")) {
		return errors.New("a row-sparse gradient without rows")
	}
	return nil
}

// ReadTrace reads a recording, plain or compressed with gzip, and checks it
// whole: format, type, shapes, lengths, rows, objective and tolerance. The
// error names the step and the parameter that do not fit; steps count from 1.
func ReadTrace(r io.Reader) (*Trace, error) {
	t, err := decode(r)
	if err == nil {
		err = t.check()
	}
	if err != nil {
		return nil, fmt.Errorf("compat: %w", err)
	}
	return t, nil
}

// content reads a file, plain or compressed with gzip.
func content(r io.Reader) ([]byte, error) {
	in := bufio.NewReader(r)
	if magic, _ := in.Peek(2); string(magic) == "\x1f\x8b" {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, fmt.Errorf("damaged gzip: %w", err)
		}
		r = z
	} else {
		r = in
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("the recording cannot be read: %w", err)
	}
	return data, nil
}

func decode(r io.Reader) (*Trace, error) {
	data, err := content(r)
	if err != nil {
		return nil, err
	}
	return decodeTrace(data)
}

// place says where in a text a mistake of JSON is.
func place(err error) string {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Sprintf(" at byte %d", syntax.Offset)
	case errors.As(err, &kind):
		return fmt.Sprintf(" at byte %d", kind.Offset)
	}
	return ""
}

func decodeTrace(data []byte) (*Trace, error) {
	var head struct{ Format string }
	if err := json.Unmarshal(data, &head); err == nil && head.Format != Format {
		return nil, fmt.Errorf("no recording: expected the format %q, found %q", Format, head.Format)
	}
	t := &Trace{Tolerance: Tolerance{-1, -1}}
	text := json.NewDecoder(bytes.NewReader(data))
	switch err := text.Decode(t); {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, fmt.Errorf("the recording is cut off after %d bytes", len(data))
	case err != nil:
		return nil, fmt.Errorf("no recording: %w%s", err, place(err))
	}
	if _, err := text.Token(); err != io.EOF {
		return nil, fmt.Errorf("no recording: something follows it at byte %d", text.InputOffset())
	}
	return t, nil
}
