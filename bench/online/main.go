// Command online times descent learn and Vowpal Wabbit on the same stream with
// the same options, interleaved in one run, and prints a table of medians.
//
//	pip install vowpalwabbit==9.11.9
//	go run ./bench/online --vw "python3 -m vowpalwabbit"
//	go run ./bench/online --vw "" --times 10000 --rounds 1       # ten million examples: memory
//	go run ./bench/online --vw "python3 -m vowpalwabbit" --args "-b 28 --ftrl"
//
// Run it from the root of the repository, on a machine that does nothing else.
// What a program takes for a stream of one line, its start, is subtracted.
package main

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// options are those of the command line.
type options struct {
	vw, data, args string
	times, rounds  int
}

func parse() options {
	var o options
	flag.StringVar(&o.vw, "vw", "vw", "the command that runs Vowpal Wabbit; empty: it is left out")
	flag.StringVar(&o.data, "data", filepath.Join("online", "vw", "testdata", "data", "rcv1_small.dat.gz"), "examples, which are repeated")
	flag.IntVar(&o.times, "times", 150, "how often they are repeated")
	flag.IntVar(&o.rounds, "rounds", 9, "measurements of each, of which the median is shown")
	flag.StringVar(&o.args, "args", "", "one case instead of the usual: options that both understand")
	flag.Parse()
	return o
}

// cases are options that both programs understand.
func (o options) cases() []string {
	if o.args != "" {
		return []string{o.args}
	}
	return []string{
		"--loss_function logistic --ftrl",
		"--loss_function logistic",
		"--loss_function logistic --sgd -l 0.5",
		"--loss_function logistic --coin",
		"--loss_function logistic --ftrl --ngram 2",
		"--loss_function logistic -b 24",
	}
}

func main() {
	log.SetFlags(0)
	if err := run(parse(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(o options, out io.Writer) error {
	folder, err := os.MkdirTemp("", "online")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	stream, lines, err := repeat(o, folder)
	if err != nil {
		return err
	}
	one := filepath.Join(folder, "one.dat")
	if err := os.WriteFile(one, []byte("1 | a\n"), 0o666); err != nil {
		return err
	}
	programs, err := o.programs(folder)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d examples; medians of %d rounds, start-up subtracted\n\n| options | program | seconds | examples a second | times | CPU seconds | memory MB | average loss |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n", lines, o.rounds)
	for _, c := range o.cases() {
		for r := range o.rounds {
			for _, p := range programs {
				if err := p.measure(r == 0, c, one, stream); err != nil {
					return err
				}
			}
		}
		for _, p := range programs {
			fmt.Fprintln(out, p.row(c, lines, programs[len(programs)-1]))
		}
	}
	return nil
}

// repeat writes the examples so often to a file, and counts them.
func repeat(o options, folder string) (path string, lines int, err error) {
	in, err := os.ReadFile(o.data)
	if err != nil {
		return "", 0, err
	}
	if strings.HasSuffix(o.data, ".gz") {
		z, err := gzip.NewReader(bytes.NewReader(in))
		if err != nil {
			return "", 0, err
		}
		if in, err = io.ReadAll(z); err != nil {
			return "", 0, err
		}
	}
	path = filepath.Join(folder, "stream.dat")
	f, err := os.Create(path)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	for range o.times {
		if _, err := f.Write(in); err != nil {
			return "", 0, err
		}
	}
	return path, o.times * bytes.Count(in, []byte("\n")), nil
}

// program is one that learns, with what was measured of it.
type program struct {
	name    string
	command []string

	start, wall, cpu, memory []float64
	loss                     string
}

// programs are descent, made for this, and Vowpal Wabbit.
func (o options) programs(folder string) ([]*program, error) {
	path := filepath.Join(folder, "descent")
	if text, err := exec.Command("go", "build", "-o", path, "./cmd/descent").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go build: %w\n%s", err, text)
	}
	all := []*program{{name: "descent", command: []string{path, "learn"}}}
	if vw := strings.Fields(o.vw); len(vw) > 0 {
		all = append(all, &program{name: "Vowpal Wabbit", command: vw})
	}
	return all, nil
}

// measure runs the program over one line and over the stream.
func (p *program) measure(first bool, args, one, stream string) error {
	if first {
		*p = program{name: p.name, command: p.command}
	}
	start, _, err := p.run(args, one)
	if err != nil {
		return err
	}
	took, state, err := p.run(args, stream)
	if err != nil {
		return err
	}
	p.start = append(p.start, start.Seconds())
	p.wall = append(p.wall, took.Seconds())
	p.cpu = append(p.cpu, (state.UserTime() + state.SystemTime()).Seconds())
	p.memory = append(p.memory, peak(state))
	return nil
}

var average = regexp.MustCompile(`average loss = (\S+)`)

func (p *program) run(args, data string) (time.Duration, *os.ProcessState, error) {
	words := append(slices.Clone(p.command[1:]), "-d", data, "-P", "1000000000")
	c := exec.Command(p.command[0], append(words, strings.Fields(args)...)...)
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	begin := time.Now()
	if err := c.Run(); err != nil {
		return 0, nil, fmt.Errorf("%s: %w\n%s", p.name, err, said.String())
	}
	took := time.Since(begin)
	if m := average.FindStringSubmatch(said.String()); m != nil {
		p.loss = m[1]
	}
	return took, c.ProcessState, nil
}

// row is the program's line of the table; times is against another's.
func (p *program) row(args string, lines int, other *program) string {
	took := func(p *program) float64 { return median(p.wall) - median(p.start) }
	return fmt.Sprintf("| `%s` | %s | %.3f | %.0f | %.2f | %.2f | %.0f | %s |", args, p.name, took(p), float64(lines)/took(p), took(other)/took(p), median(p.cpu), median(p.memory), p.loss)
}

func median(x []float64) float64 {
	x = slices.Sorted(slices.Values(x))
	return (x[(len(x)-1)/2] + x[len(x)/2]) / 2
}
