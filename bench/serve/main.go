// Command serve measures descent serve under load: many connections predict as
// fast as they can while others teach at a fixed rate, all on this machine. With
// --python it does the same to Vowpal Wabbit's daemon, in turns.
//
//	go run ./bench/serve
//	go run ./bench/serve --python PATH --rounds 5
//
// PATH is a Python that has the package vowpalwabbit 9.11. Its daemon keeps
// nothing that it is taught; descent acknowledges what is on disk.
package main

import (
	"flag"
	"fmt"
	"log"
	"os/exec"
	"slices"
	"syscall"
	"time"
)

// load is what is asked of a server.
type load struct {
	connections int           // that predict
	rate        int           // examples learned a second
	batch       int           // examples that are learned with one request
	features    int           // of an example
	time        time.Duration // of one measurement
}

// server is one that is measured.
type server struct {
	name string
	// start starts it and gives its address and what stops it.
	start func() (address string, stop func() error, err error)
	// dial connects to it.
	dial func(address string) (talker, error)
}

func main() {
	log.SetFlags(0)
	var l load
	flag.IntVar(&l.connections, "connections", 64, "connections that predict, one example after the other")
	flag.IntVar(&l.rate, "rate", 5000, "examples to learn a second")
	flag.IntVar(&l.batch, "batch", 10, "examples in a request to learn")
	flag.IntVar(&l.features, "features", 30, "features of an example")
	flag.DurationVar(&l.time, "time", 10*time.Second, "how long each is measured")
	rounds := flag.Int("rounds", 3, "measurements of each, in turns, of which the median is shown")
	python := flag.String("python", "", "Python with the package vowpalwabbit; none: its daemon is left out")
	child := flag.String("child", "", "be the service with a store in this folder")
	flag.Parse()
	if *child != "" {
		if err := serveChild(*child); err != nil {
			log.Fatal(err)
		}
		return
	}
	servers := []server{descentServer}
	if *python != "" {
		servers = append(servers, wabbitServer(*python, l))
	}
	if err := run(servers, l, *rounds); err != nil {
		log.Fatal(err)
	}
}

// run measures all servers in turns and prints medians.
func run(servers []server, l load, rounds int) error {
	results := make([][]result, len(servers))
	for range rounds {
		for i, s := range servers {
			r, err := measure(s, l)
			if err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			results[i] = append(results[i], r)
		}
	}
	fmt.Printf("%d connections predict, %d examples a second are to be learned, %d a request; medians of %d\n\n", l.connections, l.rate, l.batch, rounds)
	fmt.Println("| server | predictions a second | half within, ms | 99 % within, ms | learned a second | learning: half within, ms | 99 % within, ms |")
	fmt.Println("| --- | --- | --- | --- | --- | --- | --- |")
	for i, s := range servers {
		of := func(f func(result) float64) float64 {
			var all []float64
			for _, r := range results[i] {
				all = append(all, f(r))
			}
			slices.Sort(all)
			return all[len(all)/2]
		}
		fmt.Printf("| %s | %.0f | %.2f | %.2f | %.0f | %.1f | %.1f |\n", s.name,
			of(func(r result) float64 { return r.predict.rate }), of(func(r result) float64 { return r.predict.half }), of(func(r result) float64 { return r.predict.most }),
			of(func(r result) float64 { return r.learn.rate * float64(l.batch) }), of(func(r result) float64 { return r.learn.half }), of(func(r result) float64 { return r.learn.most }))
	}
	return nil
}

// stopping gives what ends a process.
func stopping(cmd *exec.Cmd) func() error {
	return func() error {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			return err
		}
		_ = cmd.Wait() // one that is told to end has an exit code of its own
		return nil
	}
}
