package lab

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

const moons = `{"data": "moons", "points": 100, "noise": 0.05, "seed": 1, "hidden": 6, "batch": 10, "runner": {"rule": "%s", "hypers": {"lr": %v}}}`

// The network's gradients agree with differences of its loss.
func TestNetworkGradient(t *testing.T) {
	m := newMLP(4, 7)
	points := place(shapes["spirals"], 9, 0.1, 7)
	for i, l := range m.layers() {
		m.gradient(points)
		analytic := slices.Clone(l.grad)
		for j := range l.value {
			const h = 1e-5
			at := l.value[j]
			l.value[j] = at + h
			above := m.gradient(points)
			l.value[j] = at - h
			below := m.gradient(points)
			l.value[j] = at
			if d := (above - below) / (2 * h); math.Abs(d-analytic[j]) > 1e-8 {
				t.Errorf("layer %d, weight %d: gradient %v, by differences %v", i, j, analytic[j], d)
			}
		}
	}
}

func TestNetworkLearns(t *testing.T) {
	for _, rule := range []string{"adam", "nag", "schedule-free-adamw", "soap"} {
		l := new(Lab)
		start := ask[NetStart](t, l, "net", fmt.Sprintf(moons, rule, 0.02))
		if len(start.Points.X) != 100 || len(start.Points.Label) != 100 || start.Step != 0 || start.Weights != 67 || len(start.Parameters) != 6 || len(unpacked(t, start.Grid)) != startGrid*startGrid {
			t.Fatalf("%s starts with %+v", rule, start)
		}
		ask[Net](t, l, "netStep", `{"steps": 500}`)
		end := ask[Net](t, l, "netStep", `{"steps": 500, "grid": 16}`)
		if end.Accuracy < 0.98 || end.Loss > 0.1 || end.Step != 1000 || end.Epoch != 100 || end.Diverged || end.StepNorm == 0 || end.GradNorm == 0 {
			t.Errorf("%s ends with %+v", rule, end)
		}
		again := new(Lab)
		ask[NetStart](t, again, "net", fmt.Sprintf(moons, rule, 0.02))
		ask[Net](t, again, "netStep", `{"steps": 400}`)
		ask[Net](t, again, "netStep", `{"steps": 200}`)
		if same := ask[Net](t, again, "netStep", `{"steps": 400, "grid": 16}`); same != end {
			t.Errorf("%s: the same seed ends with %+v, then with %+v", rule, end, same)
		}
	}
}

// The boundary lies between the points: the grid says of each point's place
// what the network says of it.
func TestNetworkGrid(t *testing.T) {
	l := new(Lab)
	start := ask[NetStart](t, l, "net", fmt.Sprintf(moons, "adam", 0.02))
	ask[Net](t, l, "netStep", `{"steps": 500}`)
	end := ask[Net](t, l, "netStep", `{"steps": 500, "grid": 101}`)
	grid, right := unpacked(t, end.Grid), 0
	for i, label := range start.Points.Label {
		place := func(v, from, to float64) int { return int(math.Round((v - from) / (to - from) * 100)) }
		column := place(start.Points.X[i], start.Window[0], start.Window[1])
		row := place(start.Points.Y[i], start.Window[2], start.Window[3])
		if (grid[101*row+column] > 0.5) == (label == 1) {
			right++
		}
	}
	if right < 97 {
		t.Errorf("the grid has %d of 100 points on their side", right)
	}
}

func TestBatches(t *testing.T) {
	n, err := NetRequest{Data: "circles", Points: 10, Hidden: 2, Batch: 4, Runner: Runner{Rule: "sgd"}}.make()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[labelled]int{}
	for range 5 {
		n.choose()
		if len(n.chosen) != 4 {
			t.Fatalf("a batch of %d", len(n.chosen))
		}
		for _, p := range n.chosen {
			seen[p]++
		}
	}
	for _, p := range n.points {
		if seen[p] != 2 {
			t.Errorf("in two epochs %v is seen %d times", p, seen[p])
		}
	}
	whole, err := NetRequest{Data: "circles", Points: 10, Hidden: 2, Runner: Runner{Rule: "sgd"}}.make()
	if err != nil || whole.batch != 10 {
		t.Errorf("batch 0 is %d points: %v", whole.batch, err)
	}
}

func TestPoints(t *testing.T) {
	for name, shape := range shapes {
		points := place(shape, 9, 0, 1)
		again := place(shape, 9, 0.5, 1)
		for i, p := range points {
			if p.label != i%2 || math.Hypot(p.x, p.y) > 1.3 {
				t.Errorf("%s: point %d is %+v", name, i, p)
			}
			if again[i].x == p.x || again[i].y == p.y {
				t.Errorf("%s: noise does not move %+v", name, p)
			}
		}
	}
	for i, p := range place(shapes["circles"], 8, 0, 1) {
		if want := []float64{1, 0.4}[i%2]; !near(math.Hypot(p.x, p.y), want) {
			t.Errorf("circles: %+v is not %v from the middle", p, want)
		}
	}
	spirals := place(shapes["spirals"], 8, 0, 1)
	for i := 0; i < 8; i += 2 {
		if a, b := spirals[i], spirals[i+1]; !near(a.x, -b.x) || !near(a.y, -b.y) {
			t.Errorf("spirals: %+v is not opposite %+v", a, b)
		}
	}
}

// A network is seen with the weights to evaluate with, and trains the others.
func TestNetworkEvaluates(t *testing.T) {
	l := new(Lab)
	ask[NetStart](t, l, "net", `{"data": "moons", "points": 20, "hidden": 3, "runner": {"text": "w = w - 0.1*g\neval x = 0*w"}}`)
	for range 2 {
		if n := ask[Net](t, l, "netStep", `{"steps": 5}`); !near(float64(n.Loss), math.Ln2) || n.StepNorm == 0 {
			t.Errorf("with weights of 0 %+v", n)
		}
	}
}

func TestNetworkSeed(t *testing.T) {
	drawn := func(seed uint64) float64 {
		n, err := NetRequest{Data: "moons", Points: 4, Hidden: 2, Seed: seed, Runner: Runner{Text: "w = w + normal() - 0*g"}}.make()
		if err != nil {
			t.Fatal(err)
		}
		before := n.model.w1.value[0]
		if err := n.step(); err != nil {
			t.Fatal(err)
		}
		return n.model.w1.value[0] - before
	}
	if drawn(1) != drawn(1) || near(drawn(1), drawn(2)) {
		t.Errorf("seed 1 draws %v, then %v, seed 2 %v", drawn(1), drawn(1), drawn(2))
	}
}

func TestNetworkDiverges(t *testing.T) {
	l := new(Lab)
	ask[NetStart](t, l, "net", `{"data": "circles", "points": 20, "hidden": 4, "runner": {"text": "w = w - exp(1e9*abs(g))"}}`)
	first := ask[Net](t, l, "netStep", `{"steps": 5}`)
	if !first.Diverged || first.Step != 1 {
		t.Errorf("%+v", first)
	}
}

func TestNetSet(t *testing.T) {
	l := new(Lab)
	for _, request := range []string{"netStep", "netSet"} {
		if f := refused(t, l, request, "{}"); f.Message != errNoNet.Message {
			t.Errorf("%s without a network: %v", request, f)
		}
	}
	ask[NetStart](t, l, "net", fmt.Sprintf(moons, "sgd", 0.02))
	ask[struct{}](t, l, "netSet", `{"hypers": {"lr": 0.5}}`)
	if n := ask[Net](t, l, "netStep", `{"steps": 1}`); n.LR != 0.5 {
		t.Errorf("lr is %v", n.LR)
	}
	if f := refused(t, l, "netSet", `{"hypers": {"lr": -1}}`); f.Field != "hyper" || f.Name != "lr" {
		t.Errorf("a wrong lr: %+v", f)
	}
	if f := refused(t, l, "netSet", `{"hypers": {"momentum": 0.5}}`); f.Field != "hyper" || f.Name != "momentum" {
		t.Errorf("a momentum that was removed: %+v", f)
	}
	if f := refused(t, l, "netStep", `{"steps": 1, "grid": 1}`); f.Field != "grid" {
		t.Errorf("a grid of one: %+v", f)
	}
}
