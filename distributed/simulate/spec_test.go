package simulate

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestDelays: all models have the mean that they say, and stragglers take longer.
func TestDelays(t *testing.T) {
	for _, c := range []struct {
		spec string
		mean float64
	}{
		{"constant:mean=1s", 1}, {"uniform:low=1s,high=3s", 2}, {"exponential:mean=50ms", 0.05}, {"pareto:alpha=3,mean=20ms", 0.02},
		{"lognormal:sigma=1,mean=2s", 2}, {"pareto:alpha=2", 0.05}, {"uniform:low=25ms", 0.05},
	} {
		d, err := ParseDelay(c.spec + ",stragglers=0.5,slowdown=4")
		if err != nil {
			t.Fatal(err)
		}
		slow, fast := 0.0, 0.0
		r := rand.New(rand.NewPCG(1, 2))
		const n = 200_000
		for range n {
			fast += d.draw(2, 4, r) / n
			slow += d.draw(1, 4, r) / n
		}
		if math.Abs(fast/c.mean-1) > 0.03 || math.Abs(slow/c.mean/4-1) > 0.03 {
			t.Errorf("%s: means %v and of stragglers %v, expected %v and %v", d, fast, slow, c.mean, 4*c.mean)
		}
	}
}

// TestUsage: what the help says can be read.
func TestUsage(t *testing.T) {
	for _, d := range Delays() {
		if _, err := ParseDelay(d.Usage); err != nil {
			t.Error(err)
		}
	}
	n, err := ParseNetwork(NetworkUsage())
	if again, _ := ParseNetwork(""); err != nil || n != again || n.latency != 1e-4 || n.bandwidth != 1e10 {
		t.Errorf("%+v, %v", n, err)
	}
	for text, want := range map[string]float64{"10Gbit": 1e10, "2.5 Mbit/s": 2.5e6, "64kbit": 64e3, "1Tbit/s": 1e12} {
		if n, err := ParseNetwork("bandwidth=" + text); err != nil || n.bandwidth != want {
			t.Errorf("%s: %v, %v", text, n.bandwidth, err)
		}
	}
}

func TestWrongDelays(t *testing.T) {
	for spec, want := range map[string]string{
		"paretto":                            "did you mean pareto?",
		"":                                   "there is constant, uniform, exponential",
		"pareto:alfa=2":                      "did you mean alpha?",
		"pareto:alpha=1":                     "no mean",
		"pareto:alpha":                       "name=value",
		"pareto:alpha=2,alpha=3":             "twice",
		"constant:mean=-1ms":                 "0 or more",
		"constant:mean=50":                   "0 or more, as in constant:mean=50ms",
		"uniform:low=2s,high=1s":             "low is above high",
		"constant:stragglers=2":              "share from 0 to 1",
		"lognormal:sigma=-1":                 "from 0 to 1e9",
		"lognormal:sigma=NaN":                "from 0 to 1e9",
		"exponential:mean=1s,slowdown=1e999": "from 1 to 1e9",
		"exponential:slowdown=0":             "from 1 to 1e9",
	} {
		if _, err := ParseDelay(spec); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v; expected one with %q", spec, err, want)
		}
	}
	for spec, want := range map[string]string{
		"latency=-1ms": "0 or more", "bandwidth=0Gbit": "above 0", "bandwidth=10": "bits a second", "latence=1ms": "did you mean latency?", "fast": "name=value",
	} {
		if _, err := ParseNetwork(spec); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v; expected one with %q", spec, err, want)
		}
	}
}

// FuzzParse: any text is read or refused, and what is read gives times.
func FuzzParse(f *testing.F) {
	for _, d := range Delays() {
		f.Add(d.Usage)
	}
	f.Add(NetworkUsage())
	f.Fuzz(func(t *testing.T, spec string) {
		if d, err := ParseDelay(spec); err == nil {
			if took := d.draw(0, 1, rand.New(rand.NewPCG(1, 1))); !(took >= 0) {
				t.Errorf("%q: %v", spec, took)
			}
		}
		if n, err := ParseNetwork(spec); err == nil && !(n.send(1000) >= 0) {
			t.Errorf("%q: %v", spec, n.send(1000))
		}
	})
}
