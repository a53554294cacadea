package server

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/schedule"
)

// TestRules trains by every rule: one worker without delay gets what one optimizer
// for all tensors gives, to the bit, or the rule is refused for a reason that is its
// own.
func TestRules(t *testing.T) {
	refused := map[string]string{ // what the error says
		"lbfgs": "lbfgs is no formula", "muon": "muon is no formula", "soap": "soap is no formula",
		"nag": "nag asks for gradients", "nadam-lookahead": "nadam-lookahead asks for gradients", "sam": "sam asks for gradients",
		"prodigy": "prodigy keeps one number over all parameters (", "dadapt-adam": "dadapt-adam keeps one number over all parameters (",
		"dog": "dog keeps one number over all parameters (", "dowg": "dowg keeps one number over all parameters (",
		"clip-norm": "clip-norm reduces over all parameters (all.norm)",
	}
	for _, name := range optim.Names() {
		link, err := optim.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		info, err := link.Info()
		if err != nil {
			t.Fatal(err)
		}
		rule := link
		if info.Link {
			rule = optim.Chain(link, optim.Adam)
		}
		core, err := NewCore(Config{Rule: rule, Tensors: model()})
		if err != nil && info.Link && refused[name] == "" { // one that comes after a rule
			rule = optim.Chain(optim.Adam, link)
			core, err = NewCore(Config{Rule: rule, Tensors: model()})
		}
		if err != nil {
			if want := refused[name]; want == "" || !strings.HasPrefix(err.Error(), "server: "+want) || !strings.Contains(err.Error(), "as sgd, adam and dcasgd do") {
				t.Errorf("%s: %v", name, err)
			}
			delete(refused, name)
			continue
		}
		var numbers []uint64
		for seq := uint64(1); seq <= 4; seq++ {
			_, w := pull(t, core, "w", seq)
			w.Release()
			push(t, core, "w", seq, gradients(seq))
			numbers = append(numbers, seq)
		}
		want, o := alone(t, rule, numbers)
		got, states := holds(t, core)
		if !same(got, want) {
			t.Errorf("%s: other weights than one optimizer's", name)
		}
		if fmt.Sprint(states) != fmt.Sprint(o.States()) {
			t.Errorf("%s: other states than one optimizer's", name)
		}
		if err := o.Eval(); err != nil {
			t.Fatal(err)
		}
		into := model()
		if err := core.Eval(into); err != nil || !same(into, want) {
			t.Errorf("%s: %v, or other weights to evaluate with", name, err)
		}
	}
	for name := range refused {
		t.Errorf("%s is not refused", name)
	}
}

func TestOptions(t *testing.T) {
	options := []descent.Option{
		descent.LR(0.3), descent.Schedule(schedule.WarmupCosine(2, 6)), descent.For("*.bias", descent.LRMult(0.5)),
		descent.ClipValue(0.2), descent.Rescale(2), descent.CheckFinite(), descent.StateType(descent.BF16), descent.Momentum(0.9),
	}
	core := newTestCore(t, Config{Options: options})
	for seq := uint64(1); seq <= 5; seq++ {
		pull(t, core, "w", seq)
		push(t, core, "w", seq, gradients(seq))
	}
	want, _ := alone(t, optim.SGD, []uint64{1, 2, 3, 4, 5}, options...)
	if got, _ := holds(t, core); !same(got, want) {
		t.Error("other weights than one optimizer's")
	}
	for _, c := range []struct {
		options []descent.Option
		want    string
	}{
		{[]descent.Option{descent.ClipNorm(1)}, "server: option ClipNorm is about all parameters together"},
		{[]descent.Option{descent.Accumulate(2)}, "server: option Accumulate is about several gradients"},
		{[]descent.Option{descent.LR(-1)}, "server: descent: "},
	} {
		if _, err := NewCore(Config{Rule: optim.SGD, Tensors: model(), Options: c.options}); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("error %v, want %s...", err, c.want)
		}
	}
}

// TestDelays plays a script of late gradients by dcasgd and compares with its
// formula, computed here.
func TestDelays(t *testing.T) {
	const lr, momentum, wd, lambda = 0.1, 0.9, 0.01, 2.0
	core := newTestCore(t, Config{Rule: optim.DCASGD, MaxDelay: -1, Options: []descent.Option{
		descent.LR(lr), descent.Momentum(momentum), descent.WeightDecay(wd), descent.Set("lambda", lambda)}})
	var w, v, seen [3]map[string][]float64 // seen by worker
	w[0], v[0] = map[string][]float64{}, map[string][]float64{}
	for _, x := range model() {
		v[0][x.Name] = make([]float64, len(x.Data))
		for _, e := range x.Data {
			w[0][x.Name] = append(w[0][x.Name], float64(e))
		}
	}
	seqs := map[byte]uint64{}
	number := uint64(0)
	var delays []int
	for _, step := range strings.Fields("Pa Pb Pc Ga Pa Gb Pb Ga Pa Ga Gc Gb Pc Gc") {
		worker := step[1]
		name := string(worker)
		if step[0] == 'P' {
			seqs[worker]++
			_, weights := pull(t, core, name, seqs[worker])
			weights.Release()
			seen[worker-'a'] = map[string][]float64{}
			for k, x := range w[0] {
				seen[worker-'a'][k] = append([]float64(nil), x...)
			}
			continue
		}
		number++
		grads := gradients(number)
		delays = append(delays, push(t, core, name, seqs[worker], grads).Delay)
		for _, g := range grads {
			for i, e := range g.Data {
				wi, vi := &w[0][g.Name][i], &v[0][g.Name][i]
				e := float64(e)
				*vi = momentum*(*vi) - lr*(e+wd*(*wi)+lambda*e*e*(*wi-seen[worker-'a'][g.Name][i]))
				*wi += *vi
			}
		}
	}
	if got := fmt.Sprint(delays); got != "[0 1 1 0 4 3 0]" {
		t.Errorf("delays %s", got)
	}
	if s := core.Stats(); s.MaxDelay() != 4 || s.MeanDelay() != 9.0/7 || s.Workers["a"] != 3 {
		t.Errorf("stats %+v", s)
	}
	got, _ := holds(t, core)
	for _, x := range got {
		for i, e := range x.Data {
			if want := w[0][x.Name][i]; math.Abs(float64(e)-want) > 1e-6 {
				t.Fatalf("%s[%d] is %v, the formula gives %v", x.Name, i, e, want)
			}
		}
	}
}

// TestSequential is that dcasgd without delay is sgd.
func TestSequential(t *testing.T) {
	options := []descent.Option{descent.LR(0.1), descent.Momentum(0.9), descent.WeightDecay(0.01)}
	core := newTestCore(t, Config{Rule: optim.DCASGD, Options: append(options, descent.Set("lambda", 2.0))})
	plain := newTestCore(t, Config{Options: options})
	for seq := uint64(1); seq <= 6; seq++ {
		for i, c := range []*Core{core, plain} {
			name := []string{"a", "b"}[(seq+uint64(i))%2]
			pull(t, c, name, seq)
			push(t, c, name, seq, gradients(seq))
		}
	}
	a, _ := holds(t, core)
	b, _ := holds(t, plain)
	for k := range a {
		for i := range a[k].Data {
			if a[k].Data[i] != b[k].Data[i] {
				t.Fatalf("%s[%d]: %v, %v", a[k].Name, i, a[k].Data[i], b[k].Data[i])
			}
		}
	}
}

// TestParts pushes gradients of some tensors only: the others stay, and each is
// compared with what its own worker saw.
func TestParts(t *testing.T) {
	core := newTestCore(t, Config{Rule: optim.DCASGD, MaxDelay: -1, Options: []descent.Option{descent.Set("lambda", 2.0)}})
	before := model()
	pull(t, core, "a", 1)
	pull(t, core, "b", 1)
	push(t, core, "a", 1, gradients(1)[1:])
	_, w := pull(t, core, "c", 1)
	if got, _ := holds(t, core); !same(got[:1], before[:1]) || same(got[1:], before[1:]) {
		t.Error("not the bias alone has moved")
	} else if !same([]distributed.Tensor{{Name: "fc.bias", Data: w.Data(1)}}, got[1:]) {
		t.Error("a pull does not see what the push has done")
	}
	bias, _ := holds(t, core)
	ack := push(t, core, "b", 1, gradients(2))
	if ack.Delay != 1 || ack.Version != 2 {
		t.Errorf("ack %+v", ack)
	}
	got, _ := holds(t, core)
	g := gradients(2)[1].Data[7]
	want := bias[1].Data[7] - 0.01*(g+2*g*g*(bias[1].Data[7]-before[1].Data[7]))
	if math.Abs(float64(got[1].Data[7]-want)) > 1e-7 || bias[1].Data[7] == before[1].Data[7] {
		t.Errorf("bias %v, want %v", got[1].Data[7], want)
	}
}
