package journal_test

import (
	"fmt"
	"io"
	"log"
	"os"
	"strconv"

	"github.com/descent-go/descent/internal/journal"
)

// A service that adds up what it is told.
func Example() {
	dir, err := os.MkdirTemp("", "journal")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()

	for range 2 { // it starts twice
		l, err := journal.Open(dir, journal.Options{})
		if err != nil {
			log.Fatal(err)
		}
		sum := 0
		start, path, ok := l.Latest()
		if ok {
			state, err := os.ReadFile(path)
			if err != nil {
				log.Fatal(err)
			}
			if sum, err = strconv.Atoi(string(state)); err != nil {
				log.Fatal(err)
			}
		}
		err = l.Replay(start, func(_ uint64, record []byte) error {
			term, err := strconv.Atoi(string(record))
			sum += term
			return err
		})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("starts with %d, from a snapshot of %d records and %d others\n", sum, start, l.Next()-start)

		// What a handler does, many of them at the same time.
		learn := func(term int) {
			var before int
			n, err := l.Append([][]byte{[]byte(strconv.Itoa(term))}, func(uint64) { before, sum = sum, sum+term })
			fmt.Printf("record %d: %d, before it %d, %v\n", n, term, before, err)
		}
		learn(20)
		var state int
		n, err := l.Append(nil, func(uint64) { state = sum }) // nothing is learned meanwhile
		if err == nil {
			err = l.Snapshot(n, func(w io.Writer) error { _, err := fmt.Fprint(w, state); return err })
		}
		if err != nil {
			log.Fatal(err)
		}
		learn(1)
		if err := l.Close(); err != nil {
			log.Fatal(err)
		}
	}
	// Output:
	// starts with 0, from a snapshot of 0 records and 0 others
	// record 0: 20, before it 0, <nil>
	// record 1: 1, before it 20, <nil>
	// starts with 21, from a snapshot of 1 records and 1 others
	// record 2: 20, before it 21, <nil>
	// record 3: 1, before it 41, <nil>
}
