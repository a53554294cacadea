package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/train"
)

// warmUp is how many steps go before those that are timed.
const warmUp = 3

// ours trains with descent and returns the seconds of the timed steps, and the
// bytes of states a weight that a worker keeps.
func (b *bench) ours(n network, workers int, rule string) (seconds float64, stateBytes int, err error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(workers)) // a processor a worker
	r, err := optim.Lookup(rule)
	if err != nil {
		return 0, 0, err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var begin time.Time
	result, err := train.Run(ctx, train.Config{
		Train: b.train, Test: b.test, Hidden: n.hidden, Batch: n.batch, Workers: workers,
		Epochs: 1 + (n.steps+warmUp)*n.batch/b.train.N,
		Rule:   r, Options: []descent.Option{descent.LR(0.001)},
		Progress: func(p train.Progress) {
			switch p.Step {
			case warmUp:
				begin = time.Now()
			case warmUp + n.steps:
				seconds = time.Since(begin).Seconds()
				stop()
			}
		},
	})
	if !errors.Is(err, context.Canceled) {
		return 0, 0, fmt.Errorf("%d steps were not to be the whole run: %w", n.steps, err)
	}
	return seconds, result.StateBytes, nil
}

// torch does the same with PyTorch, in a process a worker.
func (b *bench) torch(n network, workers int) (seconds float64, err error) {
	_, file, _, _ := runtime.Caller(0)
	layers := strings.Trim(strings.ReplaceAll(fmt.Sprint(n.hidden), " ", ","), "[]")
	cmd := exec.Command(b.python, filepath.Join(filepath.Dir(file), "ddp.py"), layers,
		strconv.Itoa(n.batch), strconv.Itoa(workers), strconv.Itoa(warmUp), strconv.Itoa(n.steps))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("torch: %w", err)
	}
	return strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
}
