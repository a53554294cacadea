package main

import (
	"fmt"
	"os"
	"strings"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/chart"
	"github.com/descent-go/descent/online"
	"github.com/descent-go/descent/optim"
)

// onlinePage and onlinePicture are the page on streams and its picture.
const (
	onlinePage    = "../online.md"
	onlinePicture = "../online-l1.svg"
)

// onlineParts make what stands in the page.
var onlineParts = makers{"table": onlineTable, "rule": onlineRule, "session": sessionOf, "file": fileOf, "example": onlineExample}

// streamsPage makes what is made of docs/online.md.
func streamsPage() error {
	defer forget()
	if err := pages(onlinePage, onlineParts); err != nil {
		return err
	}
	picture, err := l1Lines()
	if err != nil {
		return err
	}
	return os.WriteFile(onlinePicture, picture, 0o666)
}

func onlineRule(string) (string, error) { return "```formula\n" + fading + "```\n", nil }

func onlineTable(of string) (string, error) {
	switch of {
	case "rules":
		return rulesTable()
	case "l1":
		return l1Table()
	case "bits":
		return bitsTable()
	}
	return "", fmt.Errorf("there is no table %q", of)
}

func onlineExample(name string) (string, error) { return outputOf("../online_example_test.go", name) }

// tried are the learning rates that the table of rules tries.
var tried = []float64{0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10}

// rulesTable has what every rule reaches on every stream.
func rulesTable() (string, error) {
	text := "| |"
	for _, s := range streams {
		text += " " + s.name + " |"
	}
	text += "\n| --- |" + strings.Repeat(" --- |", len(streams)) + "\n"
	for _, e := range entrants {
		name := "Vowpal Wabbit's own"
		if e.option != "" {
			name = "`" + e.option + "`"
		}
		text += "| " + name + " |"
		for _, s := range streams {
			cell, err := e.cell(s)
			if err != nil {
				return "", fmt.Errorf("%s on %s: %w", name, s.name, err)
			}
			text += " " + cell + " |"
		}
		text += "\n"
	}
	return text, nil
}

// cell is the loss with the usual learning rate and with the best of those that
// are tried.
func (e entrant) cell(s stream) (string, error) {
	usual, err := e.loss(s, e.lr)
	if err != nil || e.lr == 0 {
		return fmt.Sprintf("%.4f", usual), err
	}
	best, at := usual, e.lr
	for _, lr := range tried {
		loss, err := e.loss(s, lr)
		if err != nil {
			return "", err
		}
		if loss < best {
			best, at = loss, lr
		}
	}
	return fmt.Sprintf("%.4f; %.4f at %g", usual, best, at), nil
}

// crossed learns the clicks by FTRL, with pairs of ads and sites.
func crossed(bits int, l1 float64) (outcome, error) {
	examples, err := streams[0].examples()
	if err != nil {
		return outcome{}, err
	}
	l, err := online.New(optim.FTRL, online.Options{
		Bits: bits, Loss: online.Logistic, Features: online.Features{Interactions: []string{"as"}},
	}, descent.LR(0.3), descent.Set("l1", l1))
	if err != nil {
		return outcome{}, err
	}
	return run(l, examples, impressions/5)
}

// l1s are those of the table; the picture has more.
var l1s = []float64{0, 0.1, 0.3, 1, 3, 10}

func l1Table() (string, error) {
	text := "| `--l1` | loss while learning | loss of the next day | weights that are not 0 | model, kB | to predict only, kB |\n| ---: | ---: | ---: | ---: | ---: | ---: |\n"
	for _, l1 := range l1s {
		o, err := crossed(18, l1)
		if err != nil {
			return "", err
		}
		text += fmt.Sprintf("| %g | %.4f | %.4f | %d | %.0f | %.0f |\n", l1, o.loss, o.next, o.nonzero, float64(o.file)/1000, float64(o.frozen)/1000)
	}
	return text, nil
}

func bitsTable() (string, error) {
	text := "| `-b` | weights | loss of the next day | weights that are not 0 |\n| ---: | ---: | ---: | ---: |\n"
	for _, bits := range []int{8, 10, 12, 14, 16, 18, 20} {
		o, err := crossed(bits, 0)
		if err != nil {
			return "", err
		}
		text += fmt.Sprintf("| %d | %d | %.4f | %d |\n", bits, 1<<bits, o.next, o.nonzero)
	}
	return text, nil
}

// l1Lines draws loss and size as l1 grows.
func l1Lines() ([]byte, error) {
	loss := chart.New("Loss", "l1", "mean logistic loss")
	size := chart.New("Size", "l1", "weights that are not 0")
	var learning, next, weights plotter.XYs
	for _, l1 := range []float64{0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50} {
		o, err := crossed(18, l1)
		if err != nil {
			return nil, err
		}
		learning = append(learning, plotter.XY{X: l1, Y: o.loss})
		next = append(next, plotter.XY{X: l1, Y: o.next})
		weights = append(weights, plotter.XY{X: l1, Y: float64(o.nonzero)})
	}
	chart.LogX(loss)
	chart.LogX(size)
	chart.LogY(size)
	if err := chart.AddLines(loss, chart.Line{Name: "while learning", Points: learning, Dots: true}, chart.Line{Name: "the next day", Points: next, Dots: true}); err != nil {
		return nil, err
	}
	if err := chart.AddLines(size, chart.Line{Points: weights, Dots: true, Color: chart.Color(2)}); err != nil {
		return nil, err
	}
	return chart.Render(chart.Row{loss, size}, pageWidth, 3.2*vg.Inch, "svg")
}
