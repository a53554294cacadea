package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/train"
)

// display shows a training: a bar on a terminal, lines on standard output.
type display struct {
	out         io.Writer
	json, quiet bool
	terminal    bool // standard error is one, and a bar is wanted
	target      dataset.Target

	notice  string // shown on the terminal until the next
	unsaved bool   // a failure to save has been shown

	bar   *progressbar.ProgressBar
	first int           // step before the first of this run
	shown time.Duration // when the bar was last drawn

	live      *train.History // graphs of it show above the bar, nil is none
	liveLines int            // lines that they take now
}

// redraw is the time between two pictures of the bar.
const redraw = 100 * time.Millisecond

func newDisplay(out io.Writer, json, quiet bool) *display {
	return &display{out: out, json: json, quiet: quiet, terminal: !quiet && term.IsTerminal(int(os.Stderr.Fd()))}
}

// status shows a notice on the terminal in place of the last; "" takes it away.
func (d *display) status(text string) {
	if d.terminal {
		fmt.Fprintf(os.Stderr, "%s\r%s\r", strings.Repeat(" ", len(d.notice)), text)
		d.notice = text
	}
}

// notes says what was recognised in the data.
func (d *display) notes(trainData, testData *dataset.Data) {
	d.target = trainData.Schema.Target
	if d.json || d.quiet {
		return
	}
	fmt.Fprintf(d.out, "%s: %d examples to train on, %d held out\n", trainData.Name, trainData.N, testData.N)
	for _, note := range trainData.Notes {
		fmt.Fprintf(d.out, "  %s\n", note)
	}
}

// progress shows a step.
func (d *display) progress(p train.Progress) {
	if p.EpochEnd {
		d.epoch(p)
	}
	d.warn(p.SaveError)
	if p.Warning != nil {
		d.clear()
		fmt.Fprintf(os.Stderr, "warning: %v\n", p.Warning)
	}
	if d.terminal && (d.bar == nil || p.Elapsed-d.shown >= redraw) {
		d.draw(p)
	}
}

// warn says once that saving failed.
func (d *display) warn(err error) {
	if err == nil || d.unsaved {
		return
	}
	d.unsaved = true
	d.clear()
	fmt.Fprintf(os.Stderr, "warning: %v; training goes on, the next save tries again\n", err)
}

// epoch prints a line for an epoch.
func (d *display) epoch(p train.Progress) {
	if d.json {
		d.clear()
		d.encode(newEpochLine(p))
		return
	}
	every := (p.Epochs + maxLines - 1) / maxLines
	if d.quiet || p.Epoch%every != 0 && p.Epoch != p.Epochs {
		return
	}
	d.clear()
	fmt.Fprintf(d.out, "epoch %*d/%d  %stest %s  %v\n", len(fmt.Sprint(p.Epochs)), p.Epoch, p.Epochs,
		d.training(p, "  "), d.score(p.TestLoss, p.TestAccuracy), p.Elapsed.Round(100*time.Millisecond))
}

// maxLines is the number of epochs that get a line, unless --json wants all.
const maxLines = 20

// training is the score in training with what follows it, "" where it is not known:
// nothing was trained here.
func (d *display) training(p train.Progress, then string) string {
	if math.IsNaN(p.Loss) {
		return ""
	}
	return d.score(p.Loss, p.Accuracy) + then
}

// score is the loss and accuracy, or for regression, whose loss is a mean
// squared error, the root of that, in the target's own units.
func (d *display) score(loss, accuracy float64) string {
	if d.target.Task == dataset.Regression {
		return "RMSE " + plain(math.Sqrt(loss))
	}
	return fmt.Sprintf("loss %s accuracy %.2f %%", lossText(loss), 100*accuracy)
}

// lossText writes a cross-entropy, which is small where training works.
func lossText(loss float64) string {
	if loss >= 1e6 {
		return fmt.Sprintf("%.3g", loss)
	}
	return fmt.Sprintf("%.3f", loss)
}

// plain writes a number with four digits or more and no exponent where that is short.
func plain(v float64) string {
	if v >= 1000 && v < 1e9 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.4g", v)
}

// draw draws the bar.
func (d *display) draw(p train.Progress) {
	if d.bar == nil {
		d.first = p.Step - 1
		d.bar = progressbar.NewOptions(p.Steps,
			progressbar.OptionSetWriter(os.Stderr),
			progressbar.OptionSetWidth(20),
			progressbar.OptionSetTheme(progressbar.ThemeASCII),
			progressbar.OptionSetPredictTime(false),
			progressbar.OptionSetElapsedTime(false),
			progressbar.OptionShowDescriptionAtLineEnd())
	}
	d.shown = p.Elapsed
	d.drawLive()
	text := fmt.Sprintf("%-9s epoch %d/%d, %s", d.left(p), p.Epoch, p.Epochs, d.training(p, ""))
	if width, _, err := term.GetSize(int(os.Stderr.Fd())); err == nil {
		text = text[:max(0, min(len(text), width-33))]
	}
	_ = d.bar.Set(p.Step)
	d.bar.Describe(text)
}

// left is the time left, as the steps of this run were fast.
func (d *display) left(p train.Progress) string {
	done := p.Step - d.first
	left := time.Duration(float64(p.Elapsed) / float64(done) * float64(p.Steps-p.Step))
	return left.Round(time.Second).String() + " left,"
}

// clear takes the bar away for a line to be printed.
func (d *display) clear() {
	if d.bar != nil {
		_ = d.bar.Clear()
	}
	d.clearLive()
}

// result prints the last line, and before it where the model is saved.
func (d *display) result(r *train.Result, saved ...string) {
	if d.json {
		d.encode(r)
		return
	}
	for _, path := range saved {
		if path != "" {
			d.wrote("saved", path)
		}
	}
	score := ""
	if r.TestAccuracy != nil {
		score = fmt.Sprintf("test accuracy %.2f %%, loss %.4f", 100**r.TestAccuracy, *r.TestLoss)
	} else {
		score = fmt.Sprintf("test RMSE %s of %s", plain(*r.TestRMSE), d.target.Name)
	}
	made := count(r.Epochs, "epoch") + ", " + count(r.Steps, "step")
	if r.Workers > 1 {
		made += ", " + count(r.Workers, "worker")
	}
	if r.Delays != nil {
		made += ", gradients " + lateness(r.Delays)
	}
	fmt.Fprintf(d.out, "%s (%s, %s, %.1f s)\n", score, r.Optimizer, made, r.Seconds)
}

// wrote prints that a file was written.
func (d *display) wrote(what, path string) {
	if !d.quiet && !d.json {
		fmt.Fprintf(d.out, "%s %s\n", what, path)
	}
}

// count is a number of things.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// encode prints a value as a line of JSON.
func (d *display) encode(v any) {
	enc := json.NewEncoder(d.out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // main reports what could not be written
}

// epochLine is a line of --json. What is not known is left out.
type epochLine struct {
	Epoch        int      `json:"epoch"`
	Epochs       int      `json:"epochs"`
	Step         int      `json:"step"`
	Steps        int      `json:"steps"`
	Loss         *float64 `json:"loss,omitempty"`
	Accuracy     *float64 `json:"accuracy,omitempty"`
	TestLoss     *float64 `json:"test_loss,omitempty"`
	TestAccuracy *float64 `json:"test_accuracy,omitempty"`
	LR           float64  `json:"lr"`
	Workers      int      `json:"workers"`
	Seconds      float64  `json:"seconds"`
}

func newEpochLine(p train.Progress) epochLine {
	return epochLine{p.Epoch, p.Epochs, p.Step, p.Steps, known(p.Loss), known(p.Accuracy),
		known(p.TestLoss), known(p.TestAccuracy), p.LR, p.Workers, p.Elapsed.Seconds()}
}

// known is nil for a NaN or an infinity, which JSON has not.
func known(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}
