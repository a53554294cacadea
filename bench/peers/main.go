// Command peers times the same optimizer work in descent and in its peers,
// interleaved in one run: PyTorch, DeepSpeed, Optax, MXNet, Gorgonia, GoMLX, and
// a loop in C with AVX2 intrinsics and OpenMP. It prints a table of medians.
// README.md says how to install the peers; those that are not there are left out.
//
//	go run ./bench/peers --python torch=PATH --python optax=PATH --json all.json
//	go run ./bench/peers --cases "10 thousand" --peers c --rounds 3
//	go run ./bench/peers --scaling 256000000 --cases none
//	go run ./bench/peers --from all.json --plot chart
//
// Run it from the root of the repository, on a machine that does nothing else.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// Report is everything that was measured.
type Report struct {
	Machine Machine  `json:"machine"`
	Rounds  int      `json:"rounds"`
	Missing []string `json:"missing,omitempty"` // peers that are not installed
	Results []Result `json:"results"`
	Scaling []Result `json:"scaling,omitempty"`
}

// options are those of the command line.
type options struct {
	cases, peers, threads    string
	rounds, scaling          int
	slice, pause, patience   time.Duration
	json, from, plot, source string
	verbose                  bool
	python                   map[string]string
}

func parse() options {
	o := options{python: map[string]string{}}
	flag.StringVar(&o.cases, "cases", "all", `cases by words of their names, as "25 M|first step"; none for none`)
	flag.StringVar(&o.peers, "peers", "all", "peers beside descent, with commas: "+keys())
	flag.StringVar(&o.threads, "threads", "2,1", "numbers of threads, one after the other")
	flag.IntVar(&o.rounds, "rounds", 11, "measurements of each, of which the median is shown")
	flag.IntVar(&o.scaling, "scaling", 0, "also measure adam of descent and C from 1,000 weights to this many")
	flag.DurationVar(&o.slice, "slice", 100*time.Millisecond, "what a measurement takes, about")
	flag.DurationVar(&o.pause, "pause", 30*time.Millisecond, "rest before each, in which other peers' threads fall asleep")
	flag.DurationVar(&o.patience, "patience", 2*time.Minute, "how long a peer may take for an answer, compiling included")
	flag.StringVar(&o.json, "json", "", "file to write everything measured to")
	flag.StringVar(&o.from, "from", "", "file of --json to show again instead of measuring")
	flag.StringVar(&o.plot, "plot", "", "beginning of the names of charts to draw, as docs/performance")
	flag.StringVar(&o.source, "source", filepath.Join("bench", "peers"), "folder of this program")
	flag.BoolVar(&o.verbose, "verbose", false, "show what peers print on stderr")
	flag.Func("python", "name=PATH, a Python with requirements/name.txt installed; may be repeated", func(s string) error {
		name, path, ok := strings.Cut(s, "=")
		if !ok {
			return fmt.Errorf("%q: expected name=PATH", s)
		}
		o.python[name] = path
		return nil
	})
	flag.Parse()
	return o
}

func main() {
	log.SetFlags(0)
	o := parse()
	report, err := o.report()
	if err != nil {
		log.Fatal(err)
	}
	report.print(os.Stdout)
	if o.json != "" {
		if err := report.save(o.json); err != nil {
			log.Fatal(err)
		}
	}
	if o.plot != "" {
		if err := report.draw(o.plot); err != nil {
			log.Fatal(err)
		}
	}
}

// report measures, or reads what was measured.
func (o options) report() (*Report, error) {
	if o.from != "" {
		return load(o.from)
	}
	chosen, err := choose(o.cases)
	if err != nil {
		return nil, err
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(o.source, "limit.c")); err != nil {
		return nil, fmt.Errorf("%w: run this from the root of the repository, or give --source", err)
	}
	scratch, err := os.MkdirTemp("", "peers")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch)
	h := &hall{source: o.source, scratch: scratch, python: o.python, patience: o.patience}
	if o.verbose {
		h.log = os.Stderr
	}
	r := &Report{Rounds: o.rounds}
	if r.Machine, err = thisMachine(); err != nil {
		return nil, err
	}
	for text := range strings.SplitSeq(o.threads, ",") {
		threads, err := strconv.Atoi(text)
		if err != nil || threads < 1 {
			return nil, fmt.Errorf("--threads: %q is no number of threads", text)
		}
		p := plan{threads, o.rounds, o.slice, o.pause, log.Printf}
		r.measure(h, p, o, chosen)
	}
	return r, nil
}

// check reports numbers that make no sense and peers that are not there.
func (o options) check() error {
	if o.rounds < 1 || o.scaling < 0 {
		return fmt.Errorf("--rounds %d, --scaling %d: expected at least 1, and at least 0", o.rounds, o.scaling)
	}
	known := strings.Split(keys()+", all, none", ", ")
	for name := range strings.SplitSeq(o.peers, ",") {
		if !slices.Contains(known, name) {
			return fmt.Errorf("--peers %s: there is %s", name, strings.Join(known, ", "))
		}
	}
	return nil
}

// measure measures all with the plan's number of threads.
func (r *Report) measure(h *hall, p plan, o options, chosen []Case) {
	var entrants []entrant
	entrants, r.Missing = h.enter(o.peers, p.threads)
	defer func() {
		for _, e := range entrants {
			e.stop()
		}
	}()
	for _, c := range chosen {
		p.say("%s, %d threads", c.Name, p.threads)
		r.Results = append(r.Results, p.measure(c, entrants)...)
	}
	if o.scaling > 0 {
		for _, e := range entrants {
			e.stop() // the memory is needed
		}
		r.Scaling = append(r.Scaling, p.grow(o.scaling, growth(entrants))...)
	}
}

// thisMachine describes the machine.
func thisMachine() (Machine, error) {
	x := make([]float32, 2)
	opt, err := descent.New(optim.SGD, []descent.Param{descent.NewParam("w", x[:1], x[1:])})
	if err != nil {
		return Machine{}, err
	}
	defer opt.Close()
	return describe(opt.Backend()), nil
}

func load(file string) (*Report, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	r := new(Report)
	if err := json.Unmarshal(text, r); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return r, nil
}

func (r *Report) save(file string) error {
	text, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o666)
}
