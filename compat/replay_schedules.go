package compat

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"

	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/schedule"
)

// recordedSchedule is a schedule with the values that its framework gave.
type recordedSchedule struct {
	Peer        string
	PeerVersion string `json:"peer_version"`
	Scheduler   string
	Options     map[string]any
	BaseLR      *float64   `json:"base_lr"` // torch's optimizer has it
	Values      Array      // after 0, 1, 2, ... updates
	LR          Array      `json:"lr"` // what MXNet's are called
	Every       int        // updates between two values, 1 where it is left out
	Metrics     Array      // that a plateau observes, each after the value of its place
	Tolerance   *Tolerance // scheduleTolerance where it is left out
}

// scheduleTolerance is that of schedules recorded in float64.
var scheduleTolerance = Tolerance{1e-12, 1e-15}

// ReplaySchedules compares the schedules of a file, plain or compressed with
// gzip, with the values recorded there, and gives a report for each. The file
// is one JSON object or a list of them:
//
//	{"peer": "torch", "scheduler": "StepLR", "base_lr": 0.1, "options": {"step_size": 30}, "values": [0.1, 0.1, ...]}
//
// The first value is that before any update. MXNet's are called lr; base_lr is
// the learning rate of torch's optimizer, metrics is what ReduceLROnPlateau is
// told after each value, and every says how many updates lie between two values
// where that is not one. Values that differ are no error: the report names the
// first. A schedule that cannot be made has no report: it is part of the error.
func ReplaySchedules(path string) ([]Report, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return replaySchedules(path, data)
}

// ReplayFile replays a file of either kind, which it tells by what is in it:
// one report of Replay, or those of ReplaySchedules, for which rule must be nil.
func ReplayFile(path string, rule optim.Rule) ([]Report, error) {
	data, err := readFile(path)
	switch {
	case err != nil:
		return nil, err
	case !holdsSchedules(data):
		report, err := replayTrace(path, data, rule)
		if err != nil {
			return nil, err
		}
		return []Report{report}, nil
	case rule != nil:
		return nil, fmt.Errorf("compat: %s holds schedules, which are no optimizer to compare a formula with", path)
	}
	return replaySchedules(path, data)
}

// holdsSchedules reports whether JSON is a list, or an object with a scheduler
// before anything that makes it a recording of an optimizer.
func holdsSchedules(data []byte) bool {
	text := json.NewDecoder(bytes.NewReader(data))
	start, _ := text.Token()
	if start != json.Delim('{') {
		return start == json.Delim('[')
	}
	for {
		key, err := text.Token()
		if err != nil || key == "format" || key == "steps" {
			return false
		}
		if key == "scheduler" {
			return true
		}
		var value json.RawMessage
		if text.Decode(&value) != nil {
			return false
		}
	}
}

func replaySchedules(path string, data []byte) ([]Report, error) {
	all, err := decodeSchedules(data)
	if err != nil {
		return nil, fmt.Errorf("compat: %s: %w", path, err)
	}
	var reports []Report
	var wrong []error
	for i := range all {
		s := &all[i]
		report := Report{Name: fmt.Sprintf("%s: %d. %s", path, i+1, s.Scheduler)}
		if err := s.replay(&report); err != nil {
			wrong = append(wrong, fmt.Errorf("compat: %s: schedule %d: %w", path, i+1, err))
			continue
		}
		reports = append(reports, report)
	}
	return reports, errors.Join(wrong...)
}

// decodeSchedules reads a list of schedules or one.
func decodeSchedules(data []byte) ([]recordedSchedule, error) {
	var all []recordedSchedule
	var into any = &all
	if !bytes.HasPrefix(bytes.TrimSpace(data), []byte("[")) {
		all = make([]recordedSchedule, 1)
		into = &all[0]
	}
	text := json.NewDecoder(bytes.NewReader(data))
	switch err := text.Decode(into); {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, fmt.Errorf("the recording is cut off after %d bytes", len(data))
	case err != nil:
		return nil, fmt.Errorf("no recording of schedules: %w%s", err, place(err))
	}
	if _, err := text.Token(); err != io.EOF {
		return nil, fmt.Errorf("no recording of schedules: something follows it at byte %d", text.InputOffset())
	}
	if len(all) == 0 {
		return nil, errors.New("no recording of schedules: an empty list")
	}
	return all, nil
}

// check fills in what may be left out and reports what does not fit.
func (s *recordedSchedule) check() error {
	if s.Peer == "mxnet" && s.PeerVersion != "" && s.PeerVersion[0] == '2' {
		s.Peer = "mxnet2"
	}
	if s.LR != nil && s.Values == nil {
		s.Values = s.LR
	}
	if s.Every == 0 {
		s.Every = 1
	}
	if s.Tolerance == nil {
		s.Tolerance = &scheduleTolerance
	}
	switch t := s.Tolerance; {
	case s.Peer == "" || s.Scheduler == "":
		return errors.New("peer or scheduler is missing: they say what was recorded")
	case len(s.Values) == 0:
		return errors.New("it has no values")
	case s.Every < 1:
		return fmt.Errorf("every %d: expected at least 1 update between values", s.Every)
	case len(s.Metrics) > 0 && s.Every > 1:
		return errors.New("metrics are told after every value, which must then be one update apart: leave out every")
	case !(t.RTol >= 0 && t.ATol >= 0):
		return fmt.Errorf("tolerance rtol %v, atol %v: expected two numbers that are not negative", t.RTol, t.ATol)
	}
	return nil
}

// replay compares every value.
func (s *recordedSchedule) replay(report *Report) error {
	if err := s.check(); err != nil {
		return err
	}
	options := maps.Clone(s.Options)
	if s.BaseLR != nil {
		if options == nil {
			options = map[string]any{}
		}
		options["lr"] = *s.BaseLR
	}
	made, err := Schedule(s.Peer, s.Scheduler, options)
	if err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), "compat: "))
	}
	plateau, _ := made.(*Plateau)
	if len(s.Metrics) > 0 && plateau == nil {
		return fmt.Errorf("%s is told no metrics, but some are recorded", s.Scheduler)
	}
	at := made.At
	if strings.HasPrefix(s.Peer, "mxnet") {
		at = mxnetCounted(s.Scheduler, options, made)
	}
	report.Peer, report.Steps = s.Peer, len(s.Values)
	for i, want := range s.Values {
		s.compare(i*s.Every, at(i*s.Every), want, report)
		if i < len(s.Metrics) {
			plateau.Observe(s.Metrics[i])
		}
	}
	return nil
}

// mxnetCounted gives MXNet's values by the number of updates as MXNet counts
// them, the present one too. No step has the value at 0.
func mxnetCounted(class string, options map[string]any, made schedule.Schedule) func(int) float64 {
	rates := newMXNetRates(class, newReader(options))
	return func(updates int) float64 {
		if updates == 0 {
			return rates.at(0)
		}
		return made.At(updates - 1)
	}
}

// compare compares a value.
func (s *recordedSchedule) compare(updates int, got, want float64, report *Report) {
	off := s.Tolerance.deviation(got, want)
	report.Worst = max(report.Worst, off)
	if off > 1 && report.Mismatch == nil {
		report.Mismatch = &Mismatch{Step: updates, Got: got, Want: want}
	}
}
