// Command nats measures pulls and pushes of 4 MiB over NATS beside what NATS
// itself takes to move the same bytes in the same parts into one array, in turns.
// A second process has the embedded NATS server and the parameter server; all is
// on this machine. What the parameter server itself does, the copy of weights that
// have moved and the update, is measured without NATS and also taken off.
//
//	go run ./bench/distributed/nats
//	go run ./bench/distributed/nats --mib 64 --wire bfloat16
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	mib := flag.Int("mib", 4, "MiB of the model")
	rounds := flag.Int("rounds", 100, "measurements of each, in turns, of which the median is shown")
	form := flag.String("wire", "float32", "form of the gradients of pushes")
	child := flag.Bool("child", false, "be the servers")
	flag.Parse()
	var err error
	if *child {
		err = serve(*mib << 18)
	} else {
		err = run(*mib<<18, *rounds, *form)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// run starts the servers and measures.
func run(numbers, rounds int, form string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(self, "--child", "--mib", fmt.Sprint(numbers>>18))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe() // whose end tells the child to end
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	url, err := bufio.NewReader(out).ReadString('\n')
	if err == nil {
		err = measure(strings.TrimSpace(url), numbers, rounds, form)
	}
	_ = in.Close()
	_ = cmd.Wait() // it has nothing to say
	return err
}

// measure takes turns and prints medians.
func measure(url string, numbers, rounds int, form string) error {
	tasks, end, err := tasksAt(context.Background(), url, numbers, form)
	if err != nil {
		return err
	}
	defer end()
	times := make([][]time.Duration, len(tasks))
	for range rounds {
		for i, t := range tasks {
			start := time.Now()
			if err := t.do(); err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
			times[i] = append(times[i], time.Since(start))
		}
	}
	fmt.Printf("%d MiB, pushed as %s; medians of %d, in turns\n\n| what | ms | MiB/s | of NATS' time | less the server's own |\n| --- | --- | --- | --- | --- |\n", numbers>>18, form, rounds)
	for i, t := range tasks {
		ms := 1000 * median(rounds, func(r int) float64 { return times[i][r].Seconds() })
		fmt.Printf("| %s | %.2f | %.0f |", t.name, ms, 1000*float64(numbers>>18)/ms)
		if t.beside == i {
			fmt.Println(" | |")
			continue
		}
		of := func(less float64) float64 {
			return median(rounds, func(r int) float64 {
				return (times[i][r].Seconds() - less*times[t.own][r].Seconds()) / times[t.beside][r].Seconds()
			})
		}
		fmt.Printf(" %.2f | %.2f |\n", of(0), of(1))
	}
	return nil
}

// median is that of a number of each round.
func median(rounds int, of func(round int) float64) float64 {
	all := make([]float64, rounds)
	for r := range all {
		all[r] = of(r)
	}
	slices.Sort(all)
	return all[rounds/2]
}
