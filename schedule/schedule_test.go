package schedule

import (
	"errors"
	"math"
	"strings"
	"testing"
)

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-14*max(1, math.Abs(want))) {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

func TestValues(t *testing.T) {
	ownSteps := Func(func(step int) float64 { return float64(step) })
	for _, c := range []struct {
		s    Schedule
		want map[int]float64
	}{
		{Constant(0.5), map[int]float64{-1: 0.5, 0: 0.5, 9: 0.5}},
		{Step(10, 0.5), map[int]float64{-3: 1, 0: 1, 9: 1, 10: 0.5, 19: 0.5, 20: 0.25, 100: 1. / 1024}},
		{MultiStep(0.5, 3, 7), map[int]float64{0: 1, 2: 1, 3: 0.5, 6: 0.5, 7: 0.25, math.MaxInt: 0.25}},
		{Exponential(0.5), map[int]float64{0: 1, 1: 0.5, 10: 1. / 1024, math.MaxInt: 0}},
		{Exponential(2), map[int]float64{3: 8, math.MaxInt: math.MaxFloat64}},
		{Polynomial(4, 1, 0), map[int]float64{0: 1, 1: 0.75, 4: 0, 5: 0}},
		{Polynomial(4, 2, 0.5), map[int]float64{0: 1, 2: 0.625, 4: 0.5, math.MaxInt: 0.5}},
		{Polynomial(4, 0.5, 0), map[int]float64{0: 1, 3: 0.5, 4: 0}},
		{Polynomial(4, 1, 10), map[int]float64{0: 1, 2: 5.5, 4: 10}},
		{Cosine(6, 0), map[int]float64{-5: 1, 0: 1, 2: 0.75, 3: 0.5, 4: 0.25, 6: 0, math.MaxInt: 0}},
		{Cosine(6, 0.2), map[int]float64{0: 1, 2: 0.8, 3: 0.6, 6: 0.2, 7: 0.2}},
		{Warmup(4, ownSteps), map[int]float64{0: 0, 3: 0, 4: 0, 5: 1, 9: 5}},
		{Warmup(4, Constant(0.5)), map[int]float64{-1: 0.125, 0: 0.125, 1: 0.25, 3: 0.5, 4: 0.5, 100: 0.5}},
		{Warmup(0, Step(1, 0.5)), map[int]float64{0: 1, 1: 0.5}},
		{WarmupCosine(4, 10), map[int]float64{0: 0.25, 3: 1, 4: 1, 6: 0.75, 7: 0.5, 10: 0, 11: 0}},
		{Sequence(Part{Constant(2), 3}, Part{ownSteps, 5}, Part{Cosine(6, 0), 3}),
			map[int]float64{0: 2, 2: 2, 3: 0, 7: 4, 8: 1, 10: 0.75, 11: 0.5, 99: 0.5}},
		{Func(func(step int) float64 { return float64(step) }), map[int]float64{-1: 0, 0: 0, 7: 7}},
	} {
		if err := Check(c.s); err != nil {
			t.Error(err)
		}
		for step, want := range c.want {
			near(t, c.s.String()+" at "+itoa(step), c.s.At(step), want)
		}
	}
}

// TestOneCycle compares with the text of torch's OneCycleLR and its defaults.
func TestOneCycle(t *testing.T) {
	cosine := func(start, end, part float64) float64 {
		return end + (start-end)/2*(1+math.Cos(math.Pi*part))
	}
	for _, total := range []int{1, 2, 3, 4, 10, 100, 12345} {
		s := OneCycle(total)
		top, end := 0.3*float64(total)-1, float64(total)-1
		for step := range total {
			at := float64(step)
			want := cosine(1, 1./25/1e4, (at-top)/(end-top))
			if at <= top {
				want = cosine(1./25, 1, at/top)
			}
			near(t, s.String()+" at "+itoa(step), s.At(step), want)
		}
		if got := s.At(total + 1); got != 1./25/1e4 {
			t.Errorf("%v holds %v after its end", s, got)
		}
	}
	if got := OneCycle(10).At(0); got != 1./25 {
		t.Errorf("first factor %v", got)
	}
	if got := OneCycle(10).At(2); got != 1 {
		t.Errorf("factor at the top %v", got)
	}
}

func TestShape(t *testing.T) {
	const total = 3000
	for _, s := range []Schedule{
		Constant(1), Step(7, 0.9), MultiStep(0.1, 5, 50), Exponential(0.99), Exponential(1e-300),
		Polynomial(total, 1, 0), Polynomial(total, 0.9, 0.1), Polynomial(total, 3.7, 0), Polynomial(total, 1e-300, 0), Polynomial(total, 1e300, 0),
		Cosine(total, 0), Cosine(total, 0.1), Cosine(1, 0), Warmup(0, Cosine(total, 0)),
	} {
		before := 1.0
		for step := range total + 10 {
			v := s.At(step)
			if !(v >= 0 && v <= before) {
				t.Fatalf("%v: %v at %d follows %v", s, v, step, before)
			}
			before = v
		}
		if last := s.At(math.MaxInt); !(last >= 0 && last <= before) {
			t.Errorf("%v: %v far past the end follows %v", s, last, before)
		}
	}
	rise := WarmupCosine(100, total)
	for step := range 100 {
		if v := rise.At(step); !(v > 0 && v <= rise.At(step+1)) {
			t.Errorf("%v: %v at %d", rise, v, step)
		}
	}
	for step := 100; step < total; step++ {
		if v := rise.At(step); !(v > 0 && v >= rise.At(step+1)) {
			t.Errorf("%v: %v at %d", rise, v, step)
		}
	}
}

func TestAgainstMath(t *testing.T) {
	for i := range 1001 {
		x := float64(i) / 1000
		near(t, "half a cosine", halfCosine(x), (1+math.Cos(math.Pi*x))/2)
		for _, p := range []float64{0, 0.1, 0.5, 0.9, 1, 2, 3.3, 17, 100.25} {
			near(t, "a power", pow(x, p), math.Pow(x, p))
		}
	}
}

// TestBits fails on a machine that rounds otherwise than the others.
func TestBits(t *testing.T) {
	for _, c := range []struct {
		s    Schedule
		step int
		bits uint64
	}{
		{Polynomial(1000, 0.9, 0.1), 333, 0x3fe73417d0846b13},
		{Cosine(1000, 0.1), 123, 0x3feef02fa1ed41ea},
		{WarmupCosine(10, 1000), 777, 0x3fbebbe87b97663e},
		{OneCycle(1000), 100, 0x3fd20365bca8ff2a},
		{Exponential(0.999), 777, 0x3fdd6a2958545178},
		{Step(10, 0.9), 777, 0x3f33a3f9a390dd19},
	} {
		if got := math.Float64bits(c.s.At(c.step)); got != c.bits {
			t.Errorf("%v at %d has bits %#x, want %#x", c.s, c.step, got, c.bits)
		}
	}
}

func TestInvalid(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		s    Schedule
		want string
	}{
		{nil, "nil"},
		{Constant(nan), "factor is NaN"},
		{Constant(-1), "factor is -1"},
		{Constant(inf), "factor is +Inf"},
		{Step(0, 0.1), "every is 0"},
		{Step(1, 0), "gamma is 0"},
		{MultiStep(0.1), "no milestones"},
		{MultiStep(0.1, 5, 3), "milestone 3 follows 5"},
		{MultiStep(0.1, 5, 5), "milestone 5 follows 5"},
		{MultiStep(0.1, 0), "milestone 0"},
		{MultiStep(nan, 1), "gamma is NaN"},
		{Exponential(inf), "gamma is +Inf"},
		{Polynomial(0, 1, 0), "total is 0"},
		{Polynomial(1, 0, 0), "power is 0"},
		{Polynomial(1, 1, nan), "final is NaN"},
		{Cosine(-1, 0), "total is -1"},
		{Cosine(1, -1), "final is -1"},
		{Warmup(-1, Constant(1)), "steps is -1"},
		{Warmup(1, nil), "nil"},
		{Warmup(1, Cosine(0, 0)), "total is 0"},
		{WarmupCosine(-1, 10), "warmup is -1"},
		{WarmupCosine(10, 10), "leaves none"},
		{WarmupCosine(10, 0), "total is 0"},
		{OneCycle(0), "total is 0"},
		{Sequence(), "no parts"},
		{Sequence(Part{Constant(1), 0}), "part 1 is 0"},
		{Sequence(Part{Constant(1), 1}, Part{nil, 1}), "part 2"},
		{Sequence(Part{Constant(1), 1}, Part{OneCycle(0), 1}), "total is 0"},
		{Func(nil), "nil"},
	} {
		err := Check(c.s)
		if err == nil || !strings.HasPrefix(err.Error(), "schedule: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error %v, want one with %q", c.s, err, c.want)
		}
		if c.s != nil && (c.s.At(-1) != 1 || c.s.At(0) != 1 || c.s.At(5) != 1) {
			t.Errorf("%v has values %v", c.s, c.s.At(0))
		}
	}
}

type own struct{ err error }

func (own) At(int) float64 { return 1 }
func (own) String() string { return "own" }
func (o own) Err() error   { return o.err }

func TestOwnErr(t *testing.T) {
	mine := errors.New("mine")
	for _, s := range []Schedule{own{mine}, Warmup(1, own{mine}), Sequence(Part{own{mine}, 1})} {
		if err := Check(s); !errors.Is(err, mine) {
			t.Errorf("Check(%v) = %v", s, err)
		}
	}
	if err := Check(own{}); err != nil {
		t.Error(err)
	}
}

func TestArgumentsAreCopied(t *testing.T) {
	milestones := []int{5, 10}
	parts := []Part{{Constant(1), 1}, {Constant(2), 1}}
	m, s := MultiStep(0.5, milestones...), Sequence(parts...)
	milestones[0], parts[0] = 1, Part{}
	if m.At(4) != 1 || s.At(0) != 1 {
		t.Error("a schedule changed with its arguments")
	}
}
