package compat

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// importer reads the states that a framework has saved.
type importer struct {
	read func(optimizer, path string, opt *descent.Optimizer) (*saved, error)
	// origins says where the states of a rule come from: of an optimizer of the
	// framework, or of one link of its chain.
	origins func(optimizer, link string) []origin
	// every gives what any of the framework's optimizers may have.
	every []origin
}

var importers = map[string]importer{
	"mxnet":  {readMXNetStates(mxnetOrigins, mxnetMasterLast), mxnetOrigins, mxnetCounts},
	"mxnet2": {readMXNetStates(mxnet2Origins, mxnet2MasterLast), mxnet2Origins, mxnetCounts},
	"optax":  {readTensors("optax"), optaxOrigins, optaxCounts},
	"torch":  {readTensors("torch"), torchOrigins, torchCounts},
}

// Import sets an optimizer to the state that a framework has saved of its own,
// so that training goes on as if it had never stopped: its states, the numbers
// t of updates and what it keeps for all parameters together. The optimizer must be
// new, of the rule and options that New has made of the framework's words, for
// parameters of the names and shapes that the framework has; their values are not
// set.
//
// The framework is torch or optax, whose states come as safetensors files by the
// names that docs/importing.md describes, or mxnet or mxnet2, whose files are those
// of Trainer.save_states: parameters are numbered there, and descent's stand in the
// same order. Nothing that a file says is run.
//
// A file that does not fit is an error that names what is missing, not expected or of
// another shape, and nothing has changed then; so is one that is cut off, damaged or of
// another framework.
func Import(peer, optimizer, path string, opt *descent.Optimizer) error {
	im, ok := importers[peer]
	if !ok {
		return fmt.Errorf("compat: states of %q are not read: %s", peer, offer(peer, slices.Sorted(maps.Keys(importers))))
	}
	if _, err := find(peer, optimizer); err != nil {
		return fmt.Errorf("compat: %w", err)
	}
	if opt.Updates() > 0 {
		return errors.New("compat: the optimizer has made steps already: import into a new one")
	}
	s, err := im.read(optimizer, path, opt)
	if err == nil {
		err = s.into(&im, optimizer, opt)
	}
	if err != nil {
		return fmt.Errorf("compat: %s: %w", path, err)
	}
	return nil
}

// into sets an optimizer to what is saved.
func (s *saved) into(im *importer, optimizer string, opt *descent.Optimizer) error {
	f := &fit{saved: s, im: im, optimizer: optimizer, opt: opt}
	states, err := f.states()
	if err != nil {
		return err
	}
	return opt.Restore(states)
}

// fit fits what is saved to an optimizer.
type fit struct {
	*saved
	im        *importer
	optimizer string
	opt       *descent.Optimizer
	wrong     []string
	updates   float64 // the most of any parameter
}

// states are those that the optimizer is to be set to. The error names all that
// does not fit.
func (f *fit) states() ([]descent.State, error) {
	f.skip()
	var states []descent.State
	for _, s := range f.opt.States() {
		s = s.Clone()
		switch {
		case s.Name == importMaster:
			f.master(s)
		case strings.HasPrefix(s.Name, "descent."): // gradients that wait
			clearState(s)
		case s.Param == "" || s.Name == "t" || !f.lacks(s.Param):
			f.fill(s)
		}
		states = append(states, s)
	}
	for _, name := range f.left() {
		f.fail("%s is not expected", name)
	}
	if len(f.wrong) > 0 {
		return nil, fmt.Errorf("the state does not fit %s's %s; nothing has changed:\n  %s",
			f.peer, f.optimizer, strings.Join(f.wrong, "\n  "))
	}
	for _, s := range states {
		if s.Param == "" && s.Name == "descent.updates" {
			s.F64[0] = max(f.steps, f.updates)
		}
	}
	return states, nil
}

// fail notes what does not fit, once, and not without end.
func (f *fit) fail(format string, args ...any) {
	const most = 20
	line := fmt.Sprintf(format, args...)
	switch {
	case slices.Contains(f.wrong, line) || len(f.wrong) > most:
	case len(f.wrong) == most:
		f.wrong = append(f.wrong, "and more")
	default:
		f.wrong = append(f.wrong, line)
	}
}

// lacks notes a parameter of which the file has nothing.
func (f *fit) lacks(param string) bool {
	if f.has(param) {
		return false
	}
	f.fail("parameter %s is missing", param)
	return true
}

// fill sets a state to what is saved.
func (f *fit) fill(s descent.State) {
	if s.Name == "t" {
		s.F64[0] = f.count(s.Param)
		f.updates = max(f.updates, s.F64[0])
		return
	}
	link, name := f.link(s.Name)
	from := f.origins(link, name)
	if len(from) == 0 {
		f.fail("%s of %s: %s's %s has nothing like it", s.Name, owner(s.Param), f.peer, f.optimizer)
		return
	}
	for _, o := range from {
		if a, ok := f.take(s.Param, o.theirs); ok {
			f.copy(s, o, a)
			return
		}
	}
	if o := from[0]; !o.optional && !f.off(o) && !f.fresh(s.Param) {
		f.fail("%s of %s is missing", o.theirs, owner(s.Param))
	}
}

// copy copies what is saved into a state.
func (f *fit) copy(s descent.State, o origin, a array) {
	if o.value != nil {
		a = o.value(a)
	}
	flat := len(s.Shape) == 1 && s.Shape[0] == len(a.values)
	if !flat && !slices.Equal(long(s.Shape), long(a.shape)) {
		f.fail("%s of %s has shape %v, expected %v", o.theirs, owner(s.Param), a.shape, s.Shape)
		return
	}
	setState(s, a.values)
}

// importMaster is the state that has a parameter's weights in float32.
const importMaster = "descent.master"

// master sets the weights in float32, where the framework has them; else they
// stay as they are.
func (f *fit) master(s descent.State) {
	if a, ok := f.take(s.Param, mxnetMaster); ok {
		f.copy(s, origin{theirs: mxnetMaster}, a)
	}
}

func setState(s descent.State, values []float64) {
	copy(s.F64, values)
	for i := range s.F32 {
		s.F32[i] = float32(values[i])
	}
	for i := range s.F16 {
		s.F16[i] = descent.ToFloat16(float32(values[i]))
	}
	for i := range s.BF16 {
		s.BF16[i] = descent.ToBFloat16(float32(values[i]))
	}
}

func clearState(s descent.State) {
	clear(s.F64)
	clear(s.F32)
	clear(s.F16)
	clear(s.BF16)
}

// long is a shape without its ones.
func long(shape []int) []int {
	return slices.DeleteFunc(slices.Clone(shape), func(n int) bool { return n == 1 })
}

// link takes a state's name in a chain apart.
func (f *fit) link(name string) (link, state string) {
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		return name[:i], name[i+1:]
	}
	return f.opt.Rule().Name(), name
}

// origins are where a state may come from.
func (f *fit) origins(link, name string) []origin {
	var out []origin
	for _, o := range f.im.origins(f.optimizer, link) {
		if o.ours == name {
			out = append(out, o)
		}
	}
	return out
}

// count is the number of a parameter's updates.
func (f *fit) count(param string) float64 {
	for _, o := range f.im.every {
		if o.ours != "t" {
			continue
		}
		a, ok := f.take(param, o.theirs)
		if ok && len(a.values) != 1 {
			f.fail("%s of %s has shape %v, expected one number", o.theirs, param, a.shape)
			return 0
		}
		if ok && o.value != nil {
			a = o.value(a)
		}
		switch {
		case ok && o.atLeast:
			return max(a.values[0], f.steps)
		case ok:
			return a.values[0]
		}
	}
	return f.steps
}

// fresh reports whether the file says that a parameter has had no update.
func (f *fit) fresh(param string) bool {
	return param != "" && slices.ContainsFunc(f.im.every, func(o origin) bool {
		a, ok := f.find(param, o.theirs)
		return ok && o.ours == "t" && o.value == nil && len(a.values) == 1 && a.values[0] == 0
	})
}

// off reports whether the framework keeps a state with other options only.
func (f *fit) off(o origin) bool {
	if o.unless == "" {
		return false
	}
	v, err := f.opt.Hyper(o.unless)
	return err == nil && v == 0
}

// skip takes what may be in the file and has no place in the optimizer: what says
// nothing new, and states that no step would read.
func (f *fit) skip() {
	names := []string{""}
	for _, s := range f.opt.States() {
		if s.Name == "t" {
			names = append(names, s.Param)
		}
	}
	origins := slices.Clone(f.im.every)
	for _, l := range optim.Links(f.opt.Rule()) {
		for _, o := range f.im.origins(f.optimizer, l.Rule.Name()) {
			if declares(l.Rule, o.ours) && !f.off(o) {
				origins = append(origins, o)
			}
		}
	}
	for _, o := range origins {
		for _, name := range names {
			f.take(name, o.theirs)
		}
	}
	for _, o := range f.im.every {
		f.takeAll(o.theirs)
	}
}

// declares reports whether a rule has a state, even if it need not be kept. A
// rule that is no formula may have it.
func declares(rule optim.Rule, state string) bool {
	f, ok := rule.(*optim.Formula)
	if !ok || state == "" {
		return true
	}
	p, err := f.Program()
	return err == nil && p.State(state) != nil
}

func owner(param string) string {
	if param == "" {
		return "the optimizer"
	}
	return param
}
