// Command optimizers trains a network on MNIST with every optimizer, by the
// settings that the documentation recommends for these data, and writes the
// table of docs/optimizers.md:
//
//	go run ./bench/optimizers docs/optimizers.md
//
// It runs the command line itself, so each row is what its command prints.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/descent-go/descent/optim"
)

// settings are the arguments of descent train for each optimizer.
var settings = []struct{ name, args string }{
	{"sgd", "--lr 0.1"},
	{"sgd", "--lr 0.05 --momentum 0.9"},
	{"nag", "--lr 0.05"},
	{"nag-shifted", "--lr 0.05"},
	{"adagrad", "--lr 0.02"},
	{"rmsprop", ""},
	{"rmsprop-centered", "--lr 0.0003"},
	{"adadelta", ""},
	{"adam", ""},
	{"adamax", ""},
	{"nadam", ""},
	{"nadam-lookahead", "--set beta1=0.05"},
	{"adamw", ""},
	{"signum", "--lr 0.0003"},
	{"sgld", "--model logistic --lr 1e-5 --rescale 60000"},
	{"ftml", ""},
	{"ftrl", "--model logistic"},
	{"lbsgd", "--lr 0.1 --momentum 0.9 --set batch_scale=2"},
	{"dcasgd", "--lr 0.05 --momentum 0.9"},
	{"dcasgd-mxnet", "--lr 0.1"},
	{"lion", "--lr 0.0002"},
	{"lamb", "--lr 0.003"},
	{"lars", ""},
	{"radam", ""},
	{"adabelief", ""},
	{"yogi", ""},
	{"amsgrad", ""},
	{"adan", ""},
	{"ademamix", ""},
	{"prodigy", ""},
	{"schedule-free-sgd", ""},
	{"schedule-free-adamw", ""},
	{"novograd", ""},
	{"rprop", "--batch 1000 --lr 0.003 --set least=0.0006 --set most=0.02 --set down=0.85"},
	{"asgd", "--lr 1 --set alpha=0.25"},
	{"qhadam", ""},
	{"adopt", ""},
	{"muon", "--lr 0.002"},
	{"adam+decay", "--set decay.wd=0.1"},
	{"adam+decay+trust-ratio", "--lr 0.003"},
	{"adam+cautious", ""},
	{"adam+ema", ""},
}

const (
	begin = "<!-- table: go run ./bench/optimizers docs/optimizers.md -->"
	end   = "<!-- end of table -->"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: optimizers FILE.md")
	}
	page, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(page), begin)
	_, tail, closed := strings.Cut(rest, end)
	if !ok || !closed {
		log.Fatalf("%s has no lines %q and %q to write the table between", os.Args[1], begin, end)
	}
	complete()
	table, err := measure()
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(os.Args[1], []byte(head+begin+"\n"+table+end+tail), 0o666); err != nil {
		log.Fatal(err)
	}
}

// complete makes sure that no optimizer has been forgotten.
func complete() {
	have := map[string]bool{}
	for _, s := range settings {
		have[s.name] = true
	}
	for _, name := range optim.Names() {
		r, err := optim.Lookup(name)
		if err != nil {
			log.Fatal(err)
		}
		if info, err := r.Info(); err != nil || !info.Link && !have[name] {
			log.Fatalf("%s: no settings here to measure it by (%v)", name, err)
		}
	}
}

func measure() (string, error) {
	dir, err := os.MkdirTemp("", "descent")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "descent.exe")
	if out, err := exec.Command("go", "build", "-o", program, "./cmd/descent").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	var table strings.Builder
	table.WriteString("| command | test accuracy after each epoch, % | seconds |\n| --- | --- | --- |\n")
	for _, s := range settings {
		args := strings.Fields("train --optimizer " + s.name + " " + s.args + " --epochs 3")
		row, err := run(program, args)
		if err != nil {
			return "", fmt.Errorf("descent %s: %w", strings.Join(args, " "), err)
		}
		fmt.Fprint(&table, row)
		fmt.Fprint(os.Stderr, row)
	}
	fmt.Fprintf(&table, "\nMeasured with %s on %s/%s, %d processors, seed 0.\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	return table.String(), nil
}

// run trains once and gives the row of the table.
func run(program string, args []string) (string, error) {
	var stderr bytes.Buffer
	cmd := exec.Command(program, append(args, "--json")...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%w\n%s", err, stderr.String())
	}
	var epochs []string
	var seconds float64
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		var line struct {
			Epoch    int     `json:"epoch"` // 0 in the result, the last line
			Accuracy float64 `json:"test_accuracy"`
			Seconds  float64 `json:"seconds"`
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return "", err
		}
		if seconds = line.Seconds; line.Epoch > 0 {
			epochs = append(epochs, fmt.Sprintf("%.2f", 100*line.Accuracy))
		}
	}
	return fmt.Sprintf("| `descent %s` | %s | %.1f |\n", strings.Join(args, " "), strings.Join(epochs, ", "), seconds), nil
}
