package main

import (
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// waitBar shows on a terminal how many of a number of things are done, once
// that takes long.
type waitBar struct {
	total int
	start time.Time
	bar   *progressbar.ProgressBar
	quiet bool // standard error is no terminal
}

// patience is how long a bar waits before it shows.
const patience = 2 * time.Second

func newWaitBar(total int) *waitBar {
	return &waitBar{total: total, start: time.Now(), quiet: !term.IsTerminal(int(os.Stderr.Fd()))}
}

// set shows that n are done.
func (b *waitBar) set(n int) {
	if b.quiet || b.bar == nil && time.Since(b.start) < patience {
		return
	}
	if b.bar == nil {
		b.bar = progressbar.NewOptions(b.total,
			progressbar.OptionSetWriter(os.Stderr),
			progressbar.OptionSetWidth(20),
			progressbar.OptionSetTheme(progressbar.ThemeASCII),
			progressbar.OptionThrottle(redraw),
			progressbar.OptionShowCount())
	}
	_ = b.bar.Set(n)
}

// clear takes the bar away for a line to be printed.
func (b *waitBar) clear() {
	if b.bar != nil {
		_ = b.bar.Clear()
	}
}
