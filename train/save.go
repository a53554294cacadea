package train

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/checkpoint"
	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/optim"
)

const (
	// metaKey is where a file's metadata has the header, as JSON.
	metaKey = "descent"
	// version is that of the files written.
	version = 1
	// training begins the names of weights that are trained, where the rule has
	// others to evaluate with, which then have the parameters' names.
	training = "training/"
)

// Settings say what a run is, beside its data.
type Settings struct {
	Optimizer string            `json:"optimizer"`            // as the user calls it
	Rule      string            `json:"rule"`                 // as it calls itself
	Formula   string            `json:"formula"`              // its text
	Hypers    map[string]string `json:"hyperparameters"`      // by name, before schedules
	StateType string            `json:"state_type,omitempty"` // see Config
	Schedule  string            `json:"schedule,omitempty"`   // of the learning rate, "" is constant
	Epochs    int               `json:"epochs"`
	Batch     int               `json:"batch"`
	Seed      uint64            `json:"seed"`
	Model     string            `json:"model"`            // the kind of network
	Hidden    []int             `json:"hidden,omitempty"` // widths of its hidden layers
	Data      string            `json:"data"`             // the name of the training data
	Examples  int               `json:"examples"`         // in it
}

// header is what a file says of its run beside the weights ("fc1.weight", ...) and
// the states of the optimizer ("optimizer/fc1.weight/m", ...).
type header struct {
	Version int `json:"version"`
	Settings
	Step   int            `json:"step"` // made
	Schema dataset.Schema `json:"schema"`
}

// save writes the run to the file that the user asked for: the first worker does, of
// what all give. That the file cannot be written is kept for the end of the run,
// which goes on.
func (r *run) save() error {
	if r.Save == "" {
		return nil
	}
	weights, err := r.weights()
	if err != nil {
		return err
	}
	states, err := r.opt.GatherStates()
	if err != nil || !r.first() {
		return err
	}
	h, err := r.header()
	if err != nil {
		return err
	}
	file := &checkpoint.File{Tensors: append(checkpoint.StateTensors(states), weights...), Meta: map[string]string{metaKey: h}}
	r.saves.file = notSaved(file.Save(r.Save))
	return nil
}

func (r *run) header() (string, error) {
	settings, err := r.settings()
	if err != nil {
		return "", err
	}
	out, err := json.Marshal(header{Version: version, Settings: settings, Step: r.step, Schema: r.Train.Schema})
	return string(out), err
}

func (r *run) settings() (Settings, error) {
	text, err := ruleText(r.Rule)
	if err != nil {
		return Settings{}, err
	}
	s := Settings{
		Optimizer: r.RuleName, Rule: r.Rule.Name(), Formula: text,
		Hypers: map[string]string{}, StateType: r.StateType.String(), Schedule: r.Schedule,
		Epochs: r.Epochs, Batch: r.Batch, Seed: r.Seed,
		Model: r.Kind, Hidden: r.Hidden,
		Data: r.Train.Name, Examples: r.Train.N,
	}
	for _, hyper := range r.opt.Hypers() {
		v, err := r.opt.Hyper(hyper.Name)
		if err != nil {
			return Settings{}, err
		}
		s.Hypers[hyper.Name] = hyper.FormatValue(v)
	}
	return s, nil
}

// ruleText is the formulas of a rule, without their comments.
func ruleText(rule optim.Rule) (string, error) {
	var parts []string
	for _, l := range optim.Links(rule) {
		f, ok := l.Rule.(*optim.Formula)
		if !ok {
			parts = append(parts, l.Rule.Name())
			continue
		}
		p, err := f.Program()
		if err != nil {
			return "", err
		}
		parts = append(parts, p.String())
	}
	return strings.Join(parts, "\n"), nil
}

// weights are those to evaluate with, and those in training where they differ.
func (r *run) weights() ([]checkpoint.Tensor, error) {
	trained := copies(r.model)
	for _, t := range trained {
		for i, v := range t.F32 {
			if v64 := float64(v); math.IsNaN(v64) || math.IsInf(v64, 0) {
				return nil, fmt.Errorf("train: after step %d: %w: %s has %v at element %d: try a smaller learning rate", r.step, ErrDiverged, t.Name, v, i)
			}
		}
	}
	if err := r.opt.Eval(); err != nil {
		return nil, err
	}
	defer r.opt.Train()
	all := copies(r.model)
	for i, t := range all[:len(trained)] {
		if !slices.Equal(t.F32, trained[i].F32) {
			trained[i].Name = training + t.Name
			all = append(all, trained[i])
		}
	}
	return all, nil
}

// places shows the weights of a model as tensors.
func places(m *model) []checkpoint.Tensor {
	var all []checkpoint.Tensor
	for _, p := range m.Params() {
		all = append(all, checkpoint.Tensor{Name: p.Name, Shape: p.Shape, F32: p.Value})
	}
	return all
}

// copies are the weights of a model as they are.
func copies(m *model) []checkpoint.Tensor {
	all := places(m)
	for i := range all {
		all[i].F32 = slices.Clone(all[i].F32)
	}
	return all
}

// saved is a file that a run has saved, or the last of its checkpoints.
type saved struct {
	header
	path  string
	file  *checkpoint.File
	notes []string // checkpoints that were passed over
}

func load(path string) (*saved, error) {
	s, err := open(path)
	if err != nil {
		return nil, err
	}
	text, ok := s.file.Meta[metaKey]
	if !ok {
		return nil, fmt.Errorf("train: %s holds tensors but no training run: its metadata has no %q, which descent's training writes", path, metaKey)
	}
	if err := json.Unmarshal([]byte(text), &s.header); err != nil {
		return nil, fmt.Errorf("train: %s: the metadata %q is damaged: %w", path, metaKey, err)
	}
	if s.Version != version {
		return nil, fmt.Errorf("train: %s is of version %d, this program reads %d", path, s.Version, version)
	}
	if s.Epochs < 1 || s.Batch < 1 || s.Examples < 1 || s.Step < 0 {
		return nil, fmt.Errorf("train: %s: the metadata %q is damaged: epochs %d, batch %d, examples %d, step %d", path, metaKey, s.Epochs, s.Batch, s.Examples, s.Step)
	}
	return s, nil
}

// open reads a file or, in a folder, the newest checkpoint.
func open(path string) (*saved, error) {
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		f, err := checkpoint.Load(path)
		return &saved{path: path, file: f}, err
	}
	latest, err := checkpoint.Folder(path).Latest()
	if err != nil {
		if err := notALog(path); err != nil {
			return nil, err
		}
		if _, of := os.Stat(filepath.Join(path, "manifest.json")); of == nil {
			return nil, fmt.Errorf("train: %s is one of several checkpoints: resume from the folder %s", path, filepath.Dir(filepath.Clean(path)))
		}
		if errors.Is(err, checkpoint.ErrNone) {
			err = fmt.Errorf("%w (expected a folder that a run has saved checkpoints in)", err)
		}
		return nil, err
	}
	return &saved{path: path, file: latest.File, notes: latest.Notes}, nil
}

// weights sets a model to the weights to evaluate with, or to train on.
func (s *saved) weights(m *model, train bool) error {
	all := map[string]checkpoint.Tensor{}
	var trained []checkpoint.Tensor
	for _, t := range s.file.Params().Tensors {
		if name, ok := strings.CutPrefix(t.Name, training); ok {
			t.Name = name
			trained = append(trained, t)
		} else {
			all[t.Name] = t
		}
	}
	if train {
		for _, t := range trained {
			all[t.Name] = t
		}
	}
	f := &checkpoint.File{Tensors: slices.Collect(maps.Values(all))}
	if err := f.Into(places(m)); err != nil {
		return fmt.Errorf("train: %s: %w", s.path, err)
	}
	return nil
}

// place goes to the step at which a run was saved.
func (r *run) place(s *saved) error {
	if s.Step > r.steps {
		return fmt.Errorf("train: %s has made %d steps, and Epochs %d asks for %d: give more epochs", s.path, s.Step, r.Epochs, r.steps)
	}
	r.step = s.Step
	return nil
}

// linkOptions are the options that put a link of one hyperparameter before the rule.
var linkOptions = map[string]func(float64) descent.Option{
	"rescale.factor":   descent.Rescale,
	"clip-value.limit": descent.ClipValue,
	"clip-norm.limit":  descent.ClipNorm,
}
