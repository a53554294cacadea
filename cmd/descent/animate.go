package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/descent-go/descent/animate"
	"github.com/descent-go/descent/surface"
)

// animateFlags is what the command line of animate says.
type animateFlags struct {
	cmd            *cobra.Command
	hyper          hyperFlags
	formulas       []string
	race           string
	surface, start string
	steps          int
	seed           uint64
	output         string
}

func newAnimate() *cobra.Command {
	f := &animateFlags{}
	f.cmd = &cobra.Command{
		Use:   "animate [NAME[:NAME=VALUE,...]]",
		Short: "Draw an optimizer's way down a surface, step by step",
		Long: `Draw an optimizer's way down a surface, step by step, on the contours of a function
of x and y: arrows for the gradient, for the momentum that is kept, and for the step
they make; where the gradient is taken elsewhere than at the point, as nag does, the
lookahead point and the gradient there. With --race several go side by side, their
losses beside them.

Name optimizers as for train --optimizer, chains and torch/AdamW too, each with
hyperparameters of its own after a colon; --lr and its kin hold for all. Where no
learning rate is given, one is chosen that shows the optimizer well, and printed:
of a grid the one with which the mean loss over the last quarter of the steps is
lowest, while the way stays in the picture and climbs hills, but no walls.

The ending of --output says what is written: .gif, which loops; .svg, which is
sharp at every size and plays in browsers; .png, the last picture.`,
		Example: `  descent animate sgd
  descent animate momentum -o momentum.svg --lr 0.02
  descent animate nag --surface rosenbrock --start -1,1.5 --steps 200
  descent animate adam:beta1=0.5 --surface 'x^2 + 10*y^2'
  descent animate --formula mine.rule --surface beale
  descent animate --race sgd,momentum,nag,adam -o race.gif`,
		Args:              func(_ *cobra.Command, args []string) error { return f.checkNames(args) },
		ValidArgsFunction: completeOne(completeBench),
		RunE:              func(_ *cobra.Command, args []string) error { return f.run(args) },
	}
	f.register()
	return f.cmd
}

// completeOne offers what a completer does for the first argument only.
func completeOne(c completer) completer {
	return func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nothing(cmd, args, typed)
		}
		return c(cmd, args, typed)
	}
}

func (f *animateFlags) register() {
	s := f.cmd.Flags()
	s.SortFlags = false
	s.StringArrayVar(&f.formulas, "formula", nil, "in place of a name, or beside those of --race: a `file` with your own formula (may be repeated)")
	s.StringVar(&f.race, "race", "", "several optimizers on one surface, by their `names` with commas between them")
	s.StringVar(&f.surface, "surface", "quadratic", "`surface` to go down: "+strings.Join(surface.Names(), ", ")+", or a function of x and y such as 'x^2 + 10*y^2'")
	s.StringVar(&f.start, "start", "", "`point` to start from, as in -1.2,1 (default: the surface's own)")
	s.IntVar(&f.steps, "steps", 0, fmt.Sprintf("steps to go, at most %d (default: what suits the surface)", animate.MaxSteps))
	f.hyper.add(f.cmd, f.last)
	s.Lookup("lr").Usage = "learning rate, a `number` (default: chosen to show the optimizer well)"
	s.Uint64Var(&f.seed, "seed", 1, "seed of noise in gradients and of what the optimizer draws")
	s.StringVarP(&f.output, "output", "o", "", "`file` to write, which ends in .gif, .svg or .png (default: the optimizer's name, or race, and .gif)")

	complete(f.cmd, "race", completeRace)
	complete(f.cmd, "surface", cobra.FixedCompletions(surface.Names(), cobra.ShellCompDirectiveNoFileComp))
	complete(f.cmd, "output", endings(animate.Formats...))
	for _, name := range []string{"start", "steps", "seed"} {
		complete(f.cmd, name, nothing)
	}
}

// checkNames reports a command line that names no optimizer, or too many.
func (f *animateFlags) checkNames(args []string) error {
	racing := f.cmd.Flags().Changed("race")
	switch {
	case racing && len(args) > 0:
		return usagef("animate: give a name or --race, not both: --race %s,%s", args[0], f.race)
	case racing && strings.TrimSpace(f.race) == "":
		return usagef("--race is empty: expected names of optimizers, as in --race sgd,momentum,adam")
	case slices.Contains(f.formulas, ""):
		return usagef("--formula is empty: expected the name of a file")
	case !racing && len(args)+len(f.formulas) > 1:
		return usagef("animate: give the name of one optimizer, or several as in --race sgd,adam")
	case !racing && len(args)+len(f.formulas) == 0:
		return usagef("animate: give the name of an optimizer, --formula FILE or --race NAMES; descent optimizers lists the names")
	}
	return nil
}

// run draws.
func (f *animateFlags) run(args []string) error {
	o, err := f.options()
	if err != nil {
		return err
	}
	runners, err := f.runners(args)
	if err != nil {
		return err
	}
	format, err := f.checkOutput(runners)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(f.cmd.Context(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second one ends at once
	defer stop()
	a, file, err := f.draw(ctx, runners, o, format)
	if errors.Is(err, context.Canceled) {
		return interruptedError{fmt.Errorf("interrupted; %s is not written", f.output)}
	}
	if err != nil {
		return err
	}
	if err := writeFile(f.output, file); err != nil {
		return fmt.Errorf("--output: %w", err)
	}
	f.report(a, o, len(file))
	return nil
}

// draw makes the animation and its file.
func (f *animateFlags) draw(ctx context.Context, runners []animate.Runner, o animate.Options, format string) (*animate.Animation, []byte, error) {
	progress, clear := waiting()
	o.Progress = progress
	a, err := f.animation(ctx, runners, o)
	clear()
	if err != nil {
		return nil, nil, err
	}
	progress, clear = waiting()
	defer clear()
	file, err := a.Encode(ctx, format, progress)
	return a, file, err
}

// waiting shows on a terminal how much is done, once that takes long.
func waiting() (progress func(done, total int), clear func()) {
	var bar *waitBar
	progress = func(done, total int) {
		if bar == nil {
			bar = newWaitBar(total)
		}
		bar.set(done)
	}
	return progress, func() {
		if bar != nil {
			bar.clear()
		}
	}
}

func (f *animateFlags) animation(ctx context.Context, runners []animate.Runner, o animate.Options) (*animate.Animation, error) {
	if f.race != "" {
		return animate.Race(ctx, runners, o)
	}
	return animate.Single(ctx, runners[0], o)
}

// checkOutput reports a file that could not be written, and gives its format.
func (f *animateFlags) checkOutput(runners []animate.Runner) (format string, err error) {
	switch {
	case f.cmd.Flags().Changed("output"):
	case f.race != "":
		f.output = "race.gif"
	default:
		f.output = fileName(runners[0].Name) + ".gif"
	}
	format = strings.TrimPrefix(strings.ToLower(filepath.Ext(f.output)), ".")
	if !slices.Contains(animate.Formats, format) {
		return "", usagef("--output %s: expected the name of a file that ends in .gif, .svg or .png", f.output)
	}
	if err := writable(f.output); err != nil {
		return "", fmt.Errorf("--output: %w", err)
	}
	return format, nil
}

// fileName makes a name for a file of that of an optimizer.
func fileName(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:=,{}" `, r) {
			return '-'
		}
		return r
	}, name)
}
