package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/descent-go/descent/online"
)

func newModel() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "model",
		Short: "Look into a model that descent learn has made",
		Args:  noVerb,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newModelShow())
	return cmd
}

func newModelShow() *cobra.Command {
	var top int
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show FILE",
		Short: "Show how a model learns, how many weights it has, and the strongest",
		Long: `Show how a model learns, how many weights it has, and the strongest of them. Names
of features are there where descent learn was told --names; else a feature is the
lower bits of its hash. The file - is standard input.`,
		Example: `  descent learn -d clicks.vw --loss_function logistic --ftrl --names -f model
  descent model show model --top 20
  descent model show model --json | jq .weights`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("model show: expected one file, that of a model, got %d", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if top < 0 {
				return usagef("--top %d: expected 0 or more", top)
			}
			m, err := inspect(args[0], cmd.InOrStdin(), top)
			if err != nil {
				return err
			}
			if asJSON {
				e := json.NewEncoder(cmd.OutOrStdout())
				e.SetEscapeHTML(false)
				return e.Encode(m)
			}
			return m.write(cmd.OutOrStdout())
		},
	}
	cmd.Flags().IntVar(&top, "top", 10, "how many weights to show, the strongest first")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

// modelJSON is what there is to say of a model.
type modelJSON struct {
	File     string             `json:"file"`
	Bytes    int64              `json:"bytes"`
	Rule     string             `json:"rule"`
	Hypers   map[string]float64 `json:"hyperparameters"`
	Loss     string             `json:"loss"`
	Link     string             `json:"link"`
	Classes  int                `json:"classes,omitempty"`
	Features []string           `json:"features,omitempty"`
	Learned  int                `json:"learned"`
	Bits     int                `json:"bits"`
	NonZero  int                `json:"nonzero"`
	Weights  []weightJSON       `json:"weights"`
}

type weightJSON struct {
	Feature string  `json:"feature,omitempty"`
	Index   uint32  `json:"index"`
	Weight  float32 `json:"weight"`
}

// counter counts bytes.
type counter struct {
	io.Reader
	n int64
}

// Read reads, and counts.
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

// inspect reads a model; in is standard input, which the name - is of.
func inspect(name string, in io.Reader, top int) (*modelJSON, error) {
	from := &counter{Reader: in}
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		from.Reader = f
	}
	l, err := online.Load(from)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	o := l.Options()
	m := &modelJSON{
		File: name, Bytes: from.n, Rule: l.Rule().Name(), Hypers: l.Hypers(), Loss: o.Loss.Name(), Link: o.Link.String(),
		Classes: o.Classes, Features: featureWords(o.Features), Learned: l.Learned(), Bits: o.Bits,
	}
	m.strongest(l, top)
	return m, nil
}

// strongest finds the largest weights, those of equal size by index.
func (m *modelJSON) strongest(l *online.Learner, top int) {
	for w := range l.Weights() {
		m.NonZero++
		m.Weights = append(m.Weights, weightJSON{w.Name, w.Index, w.Value})
		if len(m.Weights) >= 2*top+1000 {
			m.cut(top)
		}
	}
	m.cut(top)
}

func (m *modelJSON) cut(top int) {
	slices.SortStableFunc(m.Weights, func(a, b weightJSON) int {
		return cmp.Or(cmp.Compare(math.Abs(float64(b.Weight)), math.Abs(float64(a.Weight))), cmp.Compare(a.Index, b.Index))
	})
	m.Weights = m.Weights[:min(top, len(m.Weights))]
}

// featureWords says what becomes of features, in the words of the command line.
func featureWords(f online.Features) []string {
	var words []string
	if f.NoConstant {
		words = append(words, "--noconstant")
	}
	for _, option := range []struct {
		name   string
		values []string
	}{
		{"--interactions", f.Interactions}, {"--ngram", f.Ngrams}, {"--skips", f.Skips}, {"--feature_limit", f.Limits},
		{"--ignore", letters(f.Ignore)}, {"--ignore_linear", letters(f.IgnoreLinear)}, {"--keep", letters(f.Keep)},
	} {
		for _, v := range option.values {
			words = append(words, option.name+" "+v)
		}
	}
	return words
}

func letters(s string) []string {
	var out []string
	for i := range len(s) {
		out = append(out, s[i:i+1])
	}
	return out
}

// write writes the model for people.
func (m *modelJSON) write(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "model\t%s, %s\n", m.File, size(m.Bytes))
	fmt.Fprintf(w, "rule\t%s: %s\n", m.Rule, hyperWords(m.Hypers))
	fmt.Fprintf(w, "loss\t%s, link %s%s\n", m.Loss, m.Link, m.classes())
	if len(m.Features) > 0 {
		fmt.Fprintf(w, "features\t%s\n", strings.Join(m.Features, " "))
	}
	fmt.Fprintf(w, "learned\t%d examples\n", m.Learned)
	all := 1 << m.Bits
	fmt.Fprintf(w, "weights\t%d of 2^%d are not 0 (%.3g %%)\n", m.NonZero, m.Bits, 100*float64(m.NonZero)/float64(all))
	if err := w.Flush(); err != nil || len(m.Weights) == 0 {
		return err
	}
	fmt.Fprint(out, "\nstrongest\n")
	largest := math.Abs(float64(m.Weights[0].Weight))
	for _, v := range m.Weights {
		name := v.Feature
		if name == "" {
			name = fmt.Sprint(v.Index)
		}
		bar := strings.Repeat("█", int(math.Round(20*math.Abs(float64(v.Weight))/largest)))
		fmt.Fprintf(w, "  %s\t%+.6g\t%s\n", name, v.Weight, bar)
	}
	return w.Flush()
}

func (m *modelJSON) classes() string {
	if m.Classes == 0 {
		return ""
	}
	return fmt.Sprintf(", %d classes", m.Classes)
}

func hyperWords(hypers map[string]float64) string {
	var words []string
	for _, name := range slices.Sorted(maps.Keys(hypers)) {
		words = append(words, fmt.Sprintf("%s %.6g", name, hypers[name]))
	}
	return strings.Join(words, ", ")
}

// size is a number of bytes as people say it.
func size(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%d bytes", n)
}
