package main

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/spf13/cobra"
	"gonum.org/v1/plot/vg"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/chart"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/stability"
)

// stabilityFlags is what the command line of stability says.
type stabilityFlags struct {
	cmd            *cobra.Command
	hyper          hyperFlags
	formula        string
	x, y           string
	xRange, yRange string
	curvature      float64
	steps          int
	output         string
}

func newStability() *cobra.Command {
	f := &stabilityFlags{}
	f.cmd = &cobra.Command{
		Use:   "stability [NAME[:NAME=VALUE,...]]",
		Short: "Show for which hyperparameters an optimizer converges, and how fast",
		Long: `Show for which hyperparameters an optimizer, adam by default, converges on the loss
h*x^2/2, the simplest that has a minimum, and how fast, in the plane of two of them.

Where a step is linear in the weight and the states, as that of sgd with momentum or
nag is, it multiplies them by a matrix, which is read off the formula. Its largest
eigenvalue is the factor of the distance from the minimum in a step. Other formulas
are run from x = 1. Then there are three outcomes: it converges, comes ever nearer by
ever shorter steps; it stays, moves about near the minimum or is too slow to tell; it
diverges. Rules that step by signs, as lion, or by a gradient over its own average
size, as adam, stay as near as the learning rate says, and come nearer only as that
falls; they converge at best where steps are so short that eps counts. The picture
then also shows how near. Gradients of less than 1e-16 h count as that, as rounding
makes them.

A range whose ends are a factor of 50 or more apart is shown on a logarithmic axis.`,
		Example: `  descent stability sgd -o sgd.svg
  descent stability adam -o adam.png
  descent stability nag --h 10
  descent stability adam --y beta1 --y-range 0:0.99 --lr 0.1
  descent stability sgd+lookahead:k=10 --x-range 0.01:4
  descent stability --formula mine.rule -o mine.svg`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 || len(args) == 1 && (f.formula != "" || args[0] == "") {
				return usagef("stability: give the name of one optimizer, or --formula FILE; descent optimizers lists the names")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return f.run(strings.Join(args, "")) },
	}
	f.cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nothing(cmd, args, typed)
		}
		return completeRules(cmd, args, typed)
	}
	f.register()
	return f.cmd
}

func (f *stabilityFlags) register() {
	s := f.cmd.Flags()
	s.SortFlags = false
	s.StringVar(&f.formula, "formula", "", "a `file` with your own formula, in place of a name")
	f.hyper.add(f.cmd, func(args []string) (name, file string) { return f.named(strings.Join(args, "")), f.formula })
	s.StringVar(&f.x, "x", "", "the hyperparameter to the right, a `name` (default: lr)")
	s.StringVar(&f.y, "y", "", "the hyperparameter upwards, a `name` (default: momentum, beta2 or what is like them)")
	s.StringVar(&f.xRange, "x-range", "", "its values, from `low:high`")
	s.StringVar(&f.yRange, "y-range", "", "its values, from `low:high`")
	s.Float64Var(&f.curvature, "h", 1, "the curvature, a `number` above 0")
	s.IntVar(&f.steps, "steps", stability.Steps, "length of the runs, where there are some")
	s.StringVarP(&f.output, "output", "o", "", "`file` for a picture (.svg or .png)")
	complete(f.cmd, "output", endings("svg", "png"))
	for _, name := range []string{"x-range", "y-range", "h", "steps"} {
		complete(f.cmd, name, nothing)
	}
	for _, name := range []string{"x", "y"} {
		complete(f.cmd, name, f.completeAxis)
	}
}

// named is the optimizer that an argument names.
func (f *stabilityFlags) named(arg string) string {
	if arg == "" {
		return "adam"
	}
	name, _ := splitOptions(arg)
	return name
}

// completeAxis offers the hyperparameters.
func (f *stabilityFlags) completeAxis(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	words, _ := completeHypers(findRule(f.named(strings.Join(args, "")), f.formula))
	for i, word := range words {
		words[i] = strings.Replace(word, "=", "", 1)
	}
	return words, cobra.ShellCompDirectiveNoFileComp
}

func (f *stabilityFlags) run(arg string) error {
	if f.cmd.Flags().Changed("output") && pictureFormat(f.output) == "" {
		return usagef("--output %s: expected the name of a file that ends in .svg or .png", f.output)
	}
	if f.steps < stability.MinSteps {
		return usagef("--steps %d: expected at least %d, of which late ones tell the rate", f.steps, stability.MinSteps)
	}
	if !(f.curvature > 0) || math.IsInf(f.curvature, 1) {
		return usagef("--h %v: expected a finite number above 0", f.curvature)
	}
	system, err := f.open(arg)
	if err != nil {
		return err
	}
	x, y, err := f.axes(system)
	if err != nil {
		return err
	}
	if err := writable(f.output); err != nil {
		return fmt.Errorf("--output: %w", err)
	}
	bar := newWaitBar(len(y.Values))
	m, err := system.Map(x, y, f.steps, func(done, _ int) { bar.set(done) })
	bar.clear()
	if err != nil {
		return usagef("%s", strings.TrimPrefix(err.Error(), "stability: "))
	}
	if f.output != "" {
		if err := f.draw(m); err != nil {
			return fmt.Errorf("--output: %w", err)
		}
	}
	if err := tellStability(f.cmd.OutOrStdout(), m); err != nil {
		return err
	}
	if f.output != "" {
		fmt.Fprintf(f.cmd.OutOrStdout(), "picture %s\n", f.output)
	}
	return nil
}

// open puts the optimizer of the command line on its loss.
func (f *stabilityFlags) open(arg string) (*stability.System, error) {
	var rule optim.Rule
	var options []descent.Option
	var err error
	switch {
	case f.formula != "":
		if rule, err = findRule("", f.formula); err == nil {
			options, err = f.hyper.options()
		}
	case arg == "":
		rule, options, err = f.hyper.named("adam")
	default:
		rule, options, err = f.hyper.named(arg)
	}
	if err != nil {
		return nil, err
	}
	wrong := func(err error) error { return usagef("%s", strings.TrimPrefix(err.Error(), "stability: ")) }
	system, err := stability.Open(rule, f.curvature, nil)
	if err != nil {
		return nil, wrong(err)
	}
	opt, err := trial(rule, options)
	if err != nil {
		return nil, usageError{err}
	}
	defer opt.Close()
	values := map[string]float64{}
	for _, h := range opt.Hypers() {
		if values[h.Name], err = opt.Hyper(h.Name); err != nil {
			return nil, err
		}
	}
	if system, err = system.With(values); err != nil {
		return nil, wrong(err)
	}
	return system, nil
}

// draw writes the picture.
func (f *stabilityFlags) draw(m *stability.Map) error {
	p, err := m.Picture()
	if err != nil {
		return err
	}
	file, err := chart.Render(p, 6.5*vg.Inch, vg.Length(m.Panels())*4.5*vg.Inch, pictureFormat(f.output))
	if err != nil {
		return err
	}
	return writeFile(f.output, file)
}

// tellStability prints what a map shows.
func tellStability(out io.Writer, m *stability.Map) error {
	system := m.System
	how := "by the eigenvalues of a step"
	if m.Steps > 0 {
		how = fmt.Sprintf("by running %s from x = 1", count(m.Steps, "step"))
	}
	fmt.Fprintf(out, "%s on h*x^2/2, h = %s, %s\n", system.Name(), plain(system.Curvature()), how)
	x, y := system.Value(m.X.Name), system.Value(m.Y.Name)
	set, err := m.At(x, y)
	if err != nil {
		return err
	}
	stretches, err := m.Intervals(y)
	if err != nil {
		return err
	}
	rows := [][]string{
		{"  set", fmt.Sprintf("%s = %s, %s = %s: %s", m.X.Name, plain(x), m.Y.Name, plain(y), tellPoint(set))},
		{"  " + m.X.Name, fmt.Sprintf("%s, where %s = %s", tellIntervals(stretches, m), m.Y.Name, plain(y))},
	}
	if x, y, p, ok := m.Best(); ok {
		rows = append(rows, []string{"  best", fmt.Sprintf("%s = %s, %s = %s: %s", m.X.Name, plain(x), m.Y.Name, plain(y), tellPoint(p))})
	}
	return writeTable(out, rows)
}

// tellPoint says what a rule does.
func tellPoint(p stability.Point) string {
	switch p.Outcome {
	case stability.Converges:
		digits := ""
		if n := p.StepsPerDigit(); n >= 1 {
			digits = fmt.Sprintf(", %s for each digit", count(int(n+0.5), "step"))
		}
		return fmt.Sprintf("converges, the distance times %s a step%s", plain(p.Rate), digits)
	case stability.Stays:
		if p.Near > 0 {
			return fmt.Sprintf("stays within %.2g of the minimum, 1 at the start", p.Near)
		}
		return "stays, no nearer and no farther"
	}
	return fmt.Sprintf("diverges, the distance times %s a step", plain(p.Rate))
}

// tellIntervals says where on the axis x a rule converges.
func tellIntervals(list []stability.Interval, m *stability.Map) string {
	low, high := m.X.Values[0], m.X.Values[len(m.X.Values)-1]
	var parts []string
	for _, v := range list {
		part := "from " + plain(v.From)
		if low == 0 && v.From < 1e-9*high {
			part = "up"
		}
		part += " to " + plain(v.To)
		if v.ToEdge {
			part += " or more"
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return fmt.Sprintf("converges nowhere from %s to %s", plain(low), plain(high))
	}
	return "converges " + strings.Join(parts, ", ")
}
