package protocol

import (
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"time"
)

// still is a peer whose weights move by the gradients' factor.
type still struct {
	work   Work
	steps  int
	factor float32
}

func (s *still) Prepare(w Work) error {
	if w.Rule != "adam" {
		return ErrNoRule
	}
	s.work, s.factor = w, 1
	return nil
}
func (s *still) Run(steps int) (time.Duration, error) {
	s.steps += steps
	return time.Duration(steps) * time.Millisecond, nil
}
func (s *still) Scale(factor float32) error { s.factor *= factor; return nil }
func (s *still) Moved() (float64, error)    { return float64(s.factor), nil }
func (s *still) Drop() error                { *s = still{}; return nil }

// converse serves a peer and gives its other end.
func converse(p Peer) *Remote {
	asked, to := io.Pipe()
	from, answered := io.Pipe()
	go func() { answered.CloseWithError(Serve(p, asked, answered)) }()
	return NewRemote(to, from)
}

func TestRemoteIsThePeer(t *testing.T) {
	s := new(still)
	r := converse(s)
	if err := r.Prepare(Work{"lamb", 10, 1, 1}); err == nil || err.Error() != ErrNoRule.Error() {
		t.Errorf("a rule it has not: %v", err)
	}
	want := Work{"adam", 1000, 3, 2}
	if err := r.Prepare(want); err != nil || s.work != want {
		t.Errorf("prepared %v, %v; want %v", s.work, err, want)
	}
	if d, err := r.Run(5); d != 5*time.Millisecond || s.steps != 5 || err != nil {
		t.Errorf("run 5: %d steps in %v, %v", s.steps, d, err)
	}
	if err := r.Scale(-0.5); err != nil {
		t.Error(err)
	}
	if x, err := r.Moved(); x != -0.5 || err != nil {
		t.Errorf("moved %v, %v", x, err)
	}
	if err := r.Drop(); err != nil || *s != (still{}) {
		t.Errorf("dropped: %v, %v", *s, err)
	}
}

func TestRemoteKnowsALostPeer(t *testing.T) {
	for _, answers := range []string{"", "some warning\n", "ok\n", "ns soon\n"} {
		if d, err := NewRemote(io.Discard, strings.NewReader(answers)).Run(1); !errors.Is(err, ErrLost) {
			t.Errorf("answers %q: %v, %v", answers, d, err)
		}
	}
}

func TestServeSaysNo(t *testing.T) {
	var out strings.Builder
	if err := Serve(new(still), strings.NewReader("prepare adam many\nrun\njump\n"), &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	for _, line := range lines {
		if !strings.HasPrefix(line, "no ") {
			t.Errorf("answer %q", line)
		}
	}
	if len(lines) != 3 {
		t.Errorf("%d answers to 3 lines", len(lines))
	}
}

func TestGradientsAreNotZero(t *testing.T) {
	weights, grads := Fill(5000)
	for i, g := range grads {
		if math.Abs(float64(g)) < 0.09 || math.Abs(float64(g)) > 1.2 {
			t.Fatalf("gradient %d is %v", i, g)
		}
	}
	if d := Distance(weights); d != 0 {
		t.Errorf("weights at the start have moved by %v", d)
	}
	weights[7]++
	if d := Distance(weights); math.Abs(d-1.0/5000) > 1e-9 {
		t.Errorf("one weight in 5000 moved by 1: %v", d)
	}
}
