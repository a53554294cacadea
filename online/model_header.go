package online

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// ruleFile is a rule in a model's file: the formulas of its links with their
// hyperparameters, or the fields of one of this package.
type ruleFile struct {
	Own    string            `json:",omitempty"` // vw, coin or pistol
	Fields json.RawMessage   `json:",omitempty"`
	Links  []linkFile        `json:",omitempty"`
	Hypers map[string]string `json:",omitempty"`
}

type linkFile struct{ Name, Formula string }

// ruleFile describes the learner's rule.
func (l *Learner) ruleFile() (f ruleFile, err error) {
	if own, ok := l.rule.(ownRule); ok {
		f.Own = own.Name()
		f.Fields, err = json.Marshal(own)
		return f, err
	}
	for _, link := range optim.Links(l.rule) {
		formula, ok := link.Rule.(*optim.Formula)
		if !ok {
			return f, fmt.Errorf("online: %s is no formula and cannot be saved", link.Rule.Name())
		}
		f.Links = append(f.Links, linkFile{formula.Name(), formula.Text()})
	}
	info, err := l.rule.Info()
	if err != nil {
		return f, err
	}
	f.Hypers = map[string]string{}
	values := l.Hypers()
	for _, h := range info.Hypers {
		f.Hypers[h.Name] = h.FormatValue(values[h.Name])
	}
	return f, nil
}

// rule gives the rule back.
func (f ruleFile) rule() (optim.Rule, []descent.Option, error) {
	switch f.Own {
	case "vw":
		return own[VW](f)
	case "coin":
		return own[Coin](f)
	case "pistol":
		return own[Pistol](f)
	case "":
	default:
		return nil, nil, fmt.Errorf("a rule %q, which this version does not know", f.Own)
	}
	var links []optim.Rule
	for _, link := range f.Links {
		rule, err := optim.Parse(link.Name, link.Formula)
		if err != nil {
			return nil, nil, err
		}
		links = append(links, rule)
	}
	var options []descent.Option
	for name, v := range f.Hypers {
		options = append(options, descent.Set(name, v))
	}
	if len(links) == 1 {
		return links[0], options, nil
	}
	return optim.Chain(links...), options, nil
}

func own[R ownRule](f ruleFile) (optim.Rule, []descent.Option, error) {
	var r R
	err := json.Unmarshal(f.Fields, &r)
	return r, nil, err
}

// header describes the learner.
func (l *Learner) header() (*header, error) {
	rule, err := l.ruleFile()
	if err != nil {
		return nil, err
	}
	o := l.o
	h := &header{
		Bits: o.Bits, Loss: o.Loss.Name(), Tau: number(o.Loss.Parameter()), Link: o.Link.String(), Classes: o.Classes, Binary: o.Binary,
		Min: pointer(o.MinPrediction), Max: pointer(o.MaxPrediction), Initial: number(o.InitialWeight), Const: number(o.Constant),
		Random: o.RandomWeights, Draws: o.RandomSeed, Names: o.Names, HashAll: o.HashAll, Seed: o.HashSeed, Feature: o.Features.each(runes), Rule: rule, Labels: [2]number{number(l.labels.Min), number(l.labels.Max)},
		Seen: number(l.seen), Learned: l.learned, Index: l.zero, Width: l.u.width(), Frozen: l.Frozen(), Note: l.Note, State: map[string]number{},
	}
	for name, v := range l.u.state() {
		h.State[name] = number(v)
	}
	return h, nil
}

func pointer(x *float32) *number {
	if x == nil {
		return nil
	}
	n := number(*x)
	return &n
}

func (n *number) float32() *float32 {
	if n == nil {
		return nil
	}
	x := float32(*n)
	return &x
}

// learner makes a learner without weights.
func (h *header) learner() (*Learner, error) {
	loss, err := LossByName(h.Loss, float32(h.Tau))
	if err != nil {
		return nil, err
	}
	link, err := LinkByName(h.Link)
	if err != nil {
		return nil, err
	}
	rule, hypers, err := h.Rule.rule()
	if err != nil {
		return nil, fmt.Errorf("its rule: %w", err)
	}
	l, err := New(rule, Options{
		Bits: h.Bits, Loss: loss, Link: link, Classes: h.Classes, Binary: h.Binary, MinPrediction: h.Min.float32(), MaxPrediction: h.Max.float32(),
		InitialWeight: float32(h.Initial), Constant: float32(h.Const), RandomWeights: h.Random, RandomSeed: h.Draws, Names: h.Names, HashAll: h.HashAll, HashSeed: h.Seed, Features: h.Feature.each(bytesOf),
	}, hypers...)
	if err != nil {
		return nil, err
	}
	if h.Frozen {
		l.freeze(&frozen{make([]float32, 1<<l.o.Bits), l.Hypers()})
	}
	if l.u.width() != h.Width {
		return nil, fmt.Errorf("damaged: weights of %d values, expected %d", h.Width, l.u.width())
	}
	state := map[string]float64{}
	for name, v := range h.State {
		state[name] = float64(v)
	}
	if err := l.u.setState(state); err != nil {
		return nil, err
	}
	l.labels.Min, l.labels.Max = float32(h.Labels[0]), float32(h.Labels[1])
	l.seen, l.learned, l.zero, l.Note = float64(h.Seen), h.Learned, h.Index, h.Note
	return l, nil
}

// each applies a function to every word.
func (f Features) each(change func(string) string) Features {
	for _, words := range []*[]string{&f.Interactions, &f.Ngrams, &f.Skips, &f.Limits} {
		*words = slices.Clone(*words)
		for i, w := range *words {
			(*words)[i] = change(w)
		}
	}
	f.Ignore, f.IgnoreLinear, f.Keep = change(f.Ignore), change(f.IgnoreLinear), change(f.Keep)
	return f
}

// runes makes a character of every byte, so that JSON can hold it.
func runes(s string) string {
	var out []rune
	for i := range len(s) {
		out = append(out, rune(s[i]))
	}
	return string(out)
}

// bytesOf is the way back.
func bytesOf(s string) string {
	var out []byte
	for _, r := range s {
		out = append(out, byte(r))
	}
	return string(out)
}
