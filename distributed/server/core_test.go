package server

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/optim"
)

// TestOnce sends pulls and pushes again.
func TestOnce(t *testing.T) {
	for _, rule := range []optim.Rule{optim.SGD, optim.DCASGD} {
		core := newTestCore(t, Config{Rule: rule, MaxDelay: -1, Work: 5})
		pull(t, core, "a", 1)
		push(t, core, "a", 1, gradients(1))
		first, weights := pull(t, core, "b", 1)
		pull(t, core, "a", 2)
		want := push(t, core, "a", 2, gradients(2))
		again, present := pull(t, core, "b", 1)
		if rule == optim.DCASGD && (again != first || present != weights) {
			t.Errorf("pulled again: %+v, before %+v", again, first)
		}
		if rule == optim.SGD && (again.Version != 2 || again.Work != first.Work || again.Seq != 1 || present.Version != 2) {
			t.Errorf("pulled again: %+v, weights of version %d", again, present.Version)
		}
		before, _ := holds(t, core)
		for range 2 {
			ack, err := core.Push(start, "a", 2, gradients(2))
			if want.Again = true; err != nil || ack != want {
				t.Errorf("pushed again: %+v, %v; want %+v", ack, err, want)
			}
		}
		if after, _ := holds(t, core); !same(before, after) || core.Updates() != 2 {
			t.Errorf("a push that is sent again is applied again: %d updates", core.Updates())
		}
		for _, stale := range []struct {
			worker string
			seq    uint64
		}{{"a", 1}, {"a", 3}, {"b", 2}, {"c", 1}, {"c", 0}} {
			if _, err := core.Push(start, stale.worker, stale.seq, gradients(3)); err != distributed.ErrExpired {
				t.Errorf("push %d of %s: %v", stale.seq, stale.worker, err)
			}
		}
		if _, _, err := core.Pull(start, "a", 2); err != distributed.ErrExpired {
			t.Errorf("a pull after its push: %v", err)
		}
	}
}

// TestWork hands out units: each is done once, those given up go to others, and who
// comes too late waits until all are done.
func TestWork(t *testing.T) {
	core := newTestCore(t, Config{MaxDelay: -1, Work: 3})
	unit := func(worker string, seq uint64, want int) {
		t.Helper()
		if ticket, _ := pull(t, core, worker, seq); ticket.Work != want {
			t.Errorf("%s has unit %d, want %d", worker, ticket.Work, want)
		}
	}
	unit("a", 1, 0)
	unit("b", 1, 1)
	unit("c", 1, 2)
	if _, _, err := core.Pull(start, "d", 1); err != ErrWait {
		t.Fatal(err)
	}
	if name, ok := core.Next(start); ok {
		t.Errorf("%s is let in without work", name)
	}
	core.Leave("b")
	if name, ok := core.Next(start); name != "d" || !ok {
		t.Errorf("%q is next", name)
	}
	unit("d", 1, 1)
	if _, err := core.Push(start, "b", 1, gradients(1)); err != distributed.ErrExpired {
		t.Errorf("push of one that has left: %v", err)
	}
	core.Pull(start, "c", 2) // gives unit 2 up and has it again
	unit("c", 2, 2)
	core.Pull(start, "e", 1)
	push(t, core, "a", 1, gradients(1))
	push(t, core, "d", 1, gradients(2))
	if core.Done() {
		t.Error("done with a unit under way")
	}
	push(t, core, "c", 2, gradients(3))
	if _, _, err := core.Pull(start, "e", 1); err != distributed.ErrDone { // asks again before it is told
		t.Error(err)
	}
	if name, ok := core.Next(start); name != "e" || !ok || !core.Done() {
		t.Errorf("%q is next, done %v", name, core.Done())
	}
	for _, worker := range []string{"a", "e", "new"} {
		if _, _, err := core.Pull(start, worker, 3); err != distributed.ErrDone {
			t.Errorf("%s: %v", worker, err)
		}
	}
	if s := core.Stats(); s.WorkDone != 3 || s.Updates != 3 || s.Waiting != 0 || s.Outstanding != 0 {
		t.Errorf("stats %+v", s)
	}
}

func TestLease(t *testing.T) {
	core := newTestCore(t, Config{MaxDelay: 0, Lease: time.Minute, Work: 2})
	at := func(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }
	pull(t, core, "a", 1)
	if _, _, err := core.Pull(at(10), "b", 1); err != ErrWait {
		t.Fatal(err)
	}
	core.Alive(at(50), "a")
	if lost := core.Expire(at(110)); len(lost) > 0 {
		t.Errorf("%v are lost", lost)
	}
	if lost := core.Expire(at(111)); len(lost) != 1 || lost[0] != "a" {
		t.Errorf("%v are lost", lost)
	}
	if name, ok := core.Next(at(200)); name != "b" || !ok {
		t.Errorf("%q is next", name)
	}
	if _, err := core.Push(at(201), "a", 1, gradients(1)); err != distributed.ErrExpired {
		t.Errorf("push of one given up: %v", err)
	}
	if lost := core.Expire(at(250)); len(lost) > 0 { // its lease begins when its turn comes
		t.Errorf("%v are lost", lost)
	}
	ticket, _, err := core.Pull(at(251), "b", 1)
	if err != nil || ticket.Work != 0 {
		t.Errorf("%+v, %v", ticket, err)
	}
	if _, err := core.Push(at(252), "b", 1, gradients(1)); err != nil {
		t.Error(err)
	}
	if s := core.Stats(); s.Lost != 1 {
		t.Errorf("stats %+v", s)
	}
}

func TestRefused(t *testing.T) {
	good := gradients(1)
	nan, inf, short, other, shape := clone(good), clone(good), clone(good), clone(good), clone(good)
	nan[0].Data[7] = float32(math.NaN())
	inf[1].Data[3] = float32(math.Inf(-1))
	short[1].Data = short[1].Data[1:]
	other[0].Name = "fc.weights"
	shape[0].Shape = []int{90, 100}
	for _, c := range []struct {
		grads []distributed.Tensor
		want  string
	}{
		{nan, "the gradient of fc.weight is NaN at element 7"},
		{inf, "the gradient of fc.bias is -Inf at element 3"},
		{short, "gradient: tensor fc.bias has 89 elements, expected 90"},
		{other, `gradient: no tensor is named "fc.weights": the model has 2, from fc.weight on`},
		{shape, "gradient: tensor fc.weight has shape [90 100], expected [100 90]"},
		{append(clone(good), good[1]), "gradient: tensor fc.bias is given twice"},
		{nil, "the push has no gradient"},
	} {
		core := newTestCore(t, Config{Work: 4})
		pull(t, core, "a", 1)
		_, err := core.Push(start, "a", 1, c.grads)
		var refused *distributed.RefusedError
		if !errors.As(err, &refused) || refused.Worker != "a" || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
		var bad *descent.NotFiniteError
		if errors.As(err, &bad) != strings.Contains(c.want, "element ") && !strings.Contains(c.want, "elements") {
			t.Errorf("%v is not of its type", err)
		}
		if got, _ := holds(t, core); !same(got, model()) || core.Updates() != 0 {
			t.Error("something has changed")
		}
		if ticket, _ := pull(t, core, "b", 1); ticket.Work != 0 {
			t.Errorf("another gets unit %d", ticket.Work)
		}
		if core.Stats().Refused != 1 {
			t.Error("not counted")
		}
	}
}

// TestWrongPulls has pulls that are no pulls.
func TestWrongPulls(t *testing.T) {
	core := newTestCore(t, Config{MaxDelay: -1})
	pull(t, core, "a", 5)
	for _, c := range []struct {
		worker string
		seq    uint64
		want   string
	}{{"", 1, "expected a name and a number from 1 on"}, {"a", 0, "expected a name and a number from 1 on"}, {"a", 4, "pull 4 comes after pull 5"}} {
		_, _, err := core.Pull(start, c.worker, c.seq)
		var refused *distributed.RefusedError
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}

func TestWrongConfig(t *testing.T) {
	good := Config{Rule: optim.SGD, Tensors: model()}
	for want, change := range map[string]func(*Config){
		"MaxDelay is -2":                       func(c *Config) { c.MaxDelay = -2 },
		"Lease is -1s":                         func(c *Config) { c.Lease = -time.Second },
		"Work is -1":                           func(c *Config) { c.Work = -1 },
		"SnapshotEvery is -1s":                 func(c *Config) { c.SnapshotEvery = -time.Second },
		"no tensors":                           func(c *Config) { c.Tensors = nil },
		"tensor seen/5/w: names that begin":    func(c *Config) { c.Tensors = append(c.Tensors, distributed.Tensor{Name: "seen/5/w"}) },
		"no rule":                              func(c *Config) { c.Rule = nil },
		"two tensors are named fc.bias":        func(c *Config) { c.Tensors = append(c.Tensors, c.Tensors[1]) },
		"shape [2] means 2 weights, the value": func(c *Config) { c.Tensors[0].Shape = []int{2} },
		"state t of fc.weight is missing":      func(c *Config) { c.States = []descent.State{} },
	} {
		c := good
		c.Tensors = model()
		change(&c)
		if _, err := New(c); err == nil || !strings.HasPrefix(err.Error(), "server: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestBroken moves lr out of its range by a schedule: pushes say so, from then on.
func TestBroken(t *testing.T) {
	core := newTestCore(t, Config{MaxDelay: -1, Options: []descent.Option{descent.Schedule(falling{})}})
	for seq := uint64(1); seq <= 2; seq++ {
		pull(t, core, "a", seq)
		push(t, core, "a", seq, gradients(seq))
	}
	pull(t, core, "b", 1)
	pull(t, core, "a", 3)
	_, err := core.Push(start, "a", 3, gradients(3))
	if err == nil || !strings.HasPrefix(err.Error(), "server: update 3, by worker a: descent: ") {
		t.Error(err)
	}
	if _, again := core.Push(start, "b", 1, gradients(4)); again != err {
		t.Error(again)
	}
	if _, _, again := core.Pull(start, "c", 1); again != err {
		t.Error(again)
	}
}

// falling is below 0 after two updates.
type falling struct{}

func (falling) At(step int) float64 { return float64(1 - step) }

// TestStates goes on from another run's weights and states.
func TestStates(t *testing.T) {
	for _, rule := range []optim.Rule{optim.Adam, optim.SGD} {
		tensors, o := alone(t, rule, []uint64{1, 2, 3}, descent.Live("wd"))
		var states []descent.State
		for _, s := range o.States() {
			states = append(states, s.Clone())
		}
		core := newTestCore(t, Config{Rule: rule, Tensors: tensors, States: states, Options: []descent.Option{descent.Live("wd")}})
		ticket, _ := pull(t, core, "a", 1)
		if ack := push(t, core, "a", 1, gradients(4)); ticket.Version != 3 || ack.Version != 4 {
			t.Errorf("versions %d and %d", ticket.Version, ack.Version)
		}
		want, o := alone(t, rule, []uint64{1, 2, 3, 4}, descent.Live("wd"))
		got, states := holds(t, core)
		if !same(got, want) || fmt.Sprint(states) != fmt.Sprint(o.States()) {
			t.Errorf("%s goes on otherwise", rule.Name())
		}
	}
}

func TestOf(t *testing.T) {
	counts := make([]int, 3)
	for i := range 3000 {
		counts[Of(fmt.Sprintf("layer%d.weight", i), 3)]++
	}
	for _, n := range counts {
		if n < 900 {
			t.Errorf("tensors by server: %v", counts)
		}
	}
	if Of("fc1.weight", 1) != 0 || Of("fc1.weight", 0) != 0 {
		t.Error("one server has not all")
	}
	if got := [3]int{Of("fc1.weight", 4), Of("fc1.bias", 4), Of("fc2.weight", 4)}; got != [3]int{1, 0, 2} {
		t.Errorf("%v: workers of other versions would look elsewhere", got)
	}
}
