package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"
)

// talker is a connection to a server.
type talker interface {
	// predict asks for a prediction of an example.
	predict(example string) error
	// learn teaches examples.
	learn(examples []string) error
}

// result is a measurement.
type result struct{ predict, learn figures }

// figures are those of one kind of request: how many a second, and in how many
// milliseconds half and 99 % of them are answered.
type figures struct{ rate, half, most float64 }

func figuresOf(times []time.Duration, in time.Duration) figures {
	if len(times) == 0 {
		return figures{}
	}
	slices.Sort(times)
	ms := func(share float64) float64 { return times[int(share*float64(len(times)-1))].Seconds() * 1000 }
	return figures{float64(len(times)) / in.Seconds(), ms(0.5), ms(0.99)}
}

// teachers is how many connections teach.
const teachers = 16

// measure starts a server, asks it and stops it.
func measure(s server, l load) (r result, err error) {
	address, stop, err := s.start()
	if err != nil {
		return r, err
	}
	defer func() {
		if failed := stop(); err == nil {
			err = failed
		}
	}()
	texts := examples(l.features)
	talkers := make([]talker, l.connections+teachers)
	for i := range talkers { // one after the other: the daemon takes not many at once
		if talkers[i], err = s.dial(address); err != nil {
			return r, err
		}
		if err := talkers[i].predict("|"); err != nil {
			return r, err
		}
	}
	predicting, learning := make([][]time.Duration, l.connections), make([][]time.Duration, teachers)
	errs := make(chan error, len(talkers))
	var all sync.WaitGroup
	start := time.Now()
	for i, t := range talkers[:l.connections] {
		all.Go(func() {
			var err error
			predicting[i], err = predictAll(t, texts, i, start.Add(l.time))
			errs <- err
		})
	}
	for i, t := range talkers[l.connections:] {
		all.Go(func() {
			var err error
			learning[i], err = teach(t, texts, i, l, start)
			errs <- err
		})
	}
	all.Wait()
	for range cap(errs) {
		if err := <-errs; err != nil {
			return r, err
		}
	}
	return result{figuresOf(slices.Concat(predicting...), l.time), figuresOf(slices.Concat(learning...), l.time)}, nil
}

// predictAll asks for one prediction after the other.
func predictAll(t talker, texts []string, i int, end time.Time) (times []time.Duration, err error) {
	for {
		start := time.Now()
		if start.After(end) {
			return times, nil
		}
		_, text, _ := strings.Cut(texts[i%len(texts)], " ")
		if err := t.predict(text); err != nil {
			return times, err
		}
		times = append(times, time.Since(start))
		i++
	}
}

// teach teaches at a fixed rate. What is late counts from when it was due.
func teach(t talker, texts []string, i int, l load, start time.Time) (times []time.Duration, err error) {
	every := time.Duration(float64(teachers*l.batch) / float64(l.rate) * float64(time.Second))
	due := start.Add(every * time.Duration(i) / teachers)
	at := i * len(texts) / teachers
	for ; due.Before(start.Add(l.time)); due = due.Add(every) {
		time.Sleep(time.Until(due))
		if at+l.batch > len(texts) {
			at = 0
		}
		if err := t.learn(texts[at : at+l.batch]); err != nil {
			return times, err
		}
		if time.Now().Before(start.Add(l.time)) {
			times = append(times, time.Since(due))
		}
		at += l.batch
	}
	return times, nil
}

// examples makes examples of clicks: features of which some are frequent.
func examples(features int) []string {
	random := rand.New(rand.NewPCG(1, 1))
	texts := make([]string, 5000)
	for i := range texts {
		var b strings.Builder
		fmt.Fprintf(&b, "%d |", 2*random.IntN(2)-1)
		for f := range features {
			fmt.Fprintf(&b, " f%d_%d:%.3f", f, int(1000*random.ExpFloat64()), random.Float64())
		}
		texts[i] = b.String()
	}
	return texts
}
