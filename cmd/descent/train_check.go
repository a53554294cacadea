package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/internal/atomicfile"
	"github.com/descent-go/descent/optim"
)

// check reports flags that make no sense or do not go together.
func (f *trainFlags) check() error {
	given := f.cmd.Flags().Changed
	switch {
	case given("optimizer") && given("formula"):
		return usagef("give one of --optimizer and --formula")
	case given("formula") && f.formula == "":
		return usagef("--formula is empty: expected the name of a file")
	case given("optimizer"):
		if err := checkChain(f.optimizer); err != nil {
			return err
		}
	}
	switch {
	case given("state-type") && !isStateType(f.stateType):
		return usagef("--state-type %s: unknown; there is bfloat16", f.stateType)
	case !slices.Contains(models, f.model):
		return usagef("--model %s: unknown%s", f.model, hint(f.model, models, "there is "+strings.Join(models, ", ")))
	case f.task != "" && !slices.Contains(tasks, f.task):
		return usagef("--task %s: unknown%s", f.task, hint(f.task, tasks, "there is "+strings.Join(tasks, ", ")))
	case f.model != "mlp" && given("hidden"):
		return usagef("--hidden: %s has no hidden layers to choose; use --model mlp", f.model)
	case given("epochs") && f.epochs < 1, f.batch < 1:
		return usagef("--epochs and --batch must be at least 1")
	case f.threads < 0:
		return usagef("--threads %d: expected 1 or more, or 0 for all processors", f.threads)
	case !(f.held > 0 && f.held < 1):
		return usagef("--held %v: expected a share between 0 and 1", f.held)
	}
	for _, check := range []func() error{f.checkPictures, f.checkTogether} {
		if err := check(); err != nil {
			return err
		}
	}
	for _, name := range []string{"target", "task", "held"} {
		if f.data == "" && given(name) {
			return usagef("--%s goes with --data FILE", name)
		}
	}
	for _, width := range f.hidden {
		if width < 1 {
			return usagef("--hidden: a layer of width %d: expected at least 1", width)
		}
	}
	return nil
}

// checkPictures reports flags of plots and reports that make no sense.
func (f *trainFlags) checkPictures() error {
	switch {
	case f.plot && f.json:
		return usagef("give one of --plot and --json")
	case f.cmd.Flags().Changed("report") && !slices.Contains([]string{".html", ".htm"}, strings.ToLower(filepath.Ext(f.report))):
		return usagef("--report %s: expected the name of a file that ends in .html", f.report)
	case f.report != "" && f.report == f.save:
		return usagef("--report and --save name the same file, %s", f.report)
	}
	return nil
}

// ready is the optimizer, of a run whose files are seen to.
func (f *trainFlags) ready() (optim.Rule, []descent.Option, error) {
	rule, options, err := f.rule()
	if err == nil {
		err = f.checkFiles()
	}
	return rule, options, err
}

// checkFiles reports at once files that could not be written in the end, or are not
// there to go on from.
func (f *trainFlags) checkFiles() error {
	if err := writable(f.save); err != nil {
		return fmt.Errorf("--save: %w", err)
	}
	if err := writable(f.report); err != nil {
		return fmt.Errorf("--report: %w", err)
	}
	if _, err := os.Stat(f.resume); f.resume != "" && errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("--resume: there is no %s", f.resume)
	}
	return f.checkFolder()
}

// isStateType reports whether states can be kept in a type of that name.
func isStateType(name string) bool {
	t, err := descent.ParseType(name)
	return err == nil && t != descent.AsComputed
}

// writable reports at once what would otherwise show after the training.
func writable(path string) error {
	if path == "" {
		return nil
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a folder; give the name of a file", path)
	}
	probe, err := os.CreateTemp(filepath.Dir(path), ".descent-*")
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", path, atomicfile.Unnamed(err)) // the name is that of the probe
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}
