package serve

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"time"
)

// Options are the limits of a service. What is 0 is as the comment says.
type Options struct {
	Token string // that requests must bear in Authorization: Bearer ...; "" asks for none
	Debug bool   // serve /debug/pprof
	TLS   *tls.Config

	BodyBytes   int           // of a request; 4 MiB
	LineBytes   int           // of an example's text; 1 MiB
	Examples    int           // in a request; 10,000
	Features    int           // of an example, interactions and n-grams among them; 100,000. A request may have ten times as many
	QueueBytes  int           // of all examples that wait to be learned; 64 MiB
	Connections int           // at once; 1,024
	RequestTime time.Duration // in which a request must have arrived, and again in which its answer must be taken; 30 s
	IdleTime    time.Duration // after which a connection without a request is closed; 2 min

	SnapshotExamples int           // learned since the last snapshot, that make another; 1,000,000
	SnapshotBytes    int           // of their text; 256 MiB
	SnapshotTime     time.Duration // since the last, where anything was learned; 10 min

	Log      *slog.Logger               // is told what happens; nil: nobody is
	Progress func(done, records uint64) // of learning again at the start, now and then; nil: nobody is told
}

// fill gives what is 0 its usual value.
func (o *Options) fill() error {
	for _, n := range []struct {
		name  string
		value *int
		usual int
	}{
		{"BodyBytes", &o.BodyBytes, 4 << 20},
		{"LineBytes", &o.LineBytes, 1 << 20},
		{"Examples", &o.Examples, 10_000},
		{"Features", &o.Features, 100_000},
		{"QueueBytes", &o.QueueBytes, 64 << 20},
		{"Connections", &o.Connections, 1024},
		{"SnapshotExamples", &o.SnapshotExamples, 1_000_000},
		{"SnapshotBytes", &o.SnapshotBytes, 256 << 20},
	} {
		if err := usual(n.name, n.value, n.usual); err != nil {
			return err
		}
	}
	for _, d := range []struct {
		name  string
		value *time.Duration
		usual time.Duration
	}{
		{"RequestTime", &o.RequestTime, 30 * time.Second},
		{"IdleTime", &o.IdleTime, 2 * time.Minute},
		{"SnapshotTime", &o.SnapshotTime, 10 * time.Minute},
	} {
		if err := usual(d.name, d.value, d.usual); err != nil {
			return err
		}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return nil
}

func usual[T int | time.Duration](name string, value *T, usual T) error {
	if *value < 0 {
		return fmt.Errorf("serve: %s is %v, expected more than 0", name, *value)
	}
	if *value == 0 {
		*value = usual
	}
	return nil
}
