package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/descent-go/descent/online/vw"
)

// learnStatus is a line at the bottom of the terminal that says how far
// learning is. What is written goes above it.
type learnStatus struct {
	w     io.Writer
	shown int // columns that are taken
}

// Write writes above the line.
func (s *learnStatus) Write(p []byte) (int, error) {
	s.clear()
	return s.w.Write(p)
}

// clear takes the line away.
func (s *learnStatus) clear() {
	if s.shown > 0 {
		fmt.Fprintf(s.w, "\r%s\r", strings.Repeat(" ", s.shown))
		s.shown = 0
	}
}

// progress shows the line.
func (s *learnStatus) progress(p vw.Progress) {
	if p.Elapsed < patience {
		return
	}
	text := learnLine(p)
	if width, _, err := term.GetSize(int(os.Stderr.Fd())); err == nil && width > 0 {
		text = text[:max(0, min(len(text), width-1))]
	}
	s.clear()
	s.shown, _ = fmt.Fprint(s.w, text)
}

// learnLine says how far a run is, and how long the rest will take where that
// is known.
func learnLine(p vw.Progress) string {
	var parts []string
	if p.Total > 0 {
		share := (float64(p.Pass-1) + float64(p.Done)/float64(p.Total)) / float64(p.Passes)
		left := time.Duration(float64(p.Elapsed) * (1 - share) / max(share, 1e-9))
		parts = append(parts, fmt.Sprintf("%.0f %%, %v left", 100*share, left.Round(time.Second)))
	}
	if p.Passes > 1 {
		parts = append(parts, fmt.Sprintf("pass %d/%d", p.Pass, p.Passes))
	}
	return strings.Join(append(parts, fmt.Sprintf("%d examples, %.0f a second", p.Examples, float64(p.Examples)/p.Elapsed.Seconds())), ", ")
}
