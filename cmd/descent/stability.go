package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

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
h*x^2/2, the simplest that has a minimum, and how fast, in the plane of two of them
or, for a formula that has only one, on its line.

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
		return completeNamed(cmd, args, typed)
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
	if !(f.curvature >= 1e-100 && f.curvature <= 1e100) {
		return usagef("--h %v: expected a number above 0, from 1e-100 to 1e100", f.curvature)
	}
	ctx, stop := signal.NotifyContext(f.cmd.Context(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second one ends at once
	defer stop()
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
	text, m, err := mapStability(ctx, system, x, y, f.steps)
	if errors.Is(err, context.Canceled) {
		return interruptedError{errors.New("interrupted; nothing is known yet")}
	}
	if err != nil {
		return err
	}
	if f.output != "" {
		if err := f.draw(m); err != nil {
			return fmt.Errorf("--output: %w", err)
		}
		text += fmt.Sprintf("picture %s\n", f.output)
	}
	fmt.Fprint(f.cmd.OutOrStdout(), text)
	return nil
}

// mapStability makes the map, and says what it shows.
func mapStability(ctx context.Context, system *stability.System, x, y stability.Axis, steps int) (string, *stability.Map, error) {
	bar := newWaitBar(0)
	defer bar.clear()
	m, err := system.Map(ctx, x, y, steps, func(done, all int) {
		bar.total = all
		bar.set(done)
	})
	if err != nil {
		if ctx.Err() == nil {
			err = usagef("%s", strings.TrimPrefix(err.Error(), "stability: "))
		}
		return "", nil, err
	}
	var text bytes.Buffer
	err = tellStability(ctx, &text, m)
	return text.String(), m, err
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
